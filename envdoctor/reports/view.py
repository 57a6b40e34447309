"""A diagnosis put into words: the one value that every form of a report renders.

Every string in a `View` is fit to be seen: credentials and names are hidden, control characters and
direction marks are gone, nothing is longer than a reader bears. What is left to a form is its own escaping.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal

from envdoctor import __version__
from envdoctor.facts import Environment
from envdoctor.findings import UNKNOWN, Finding, Remedy, Severity
from envdoctor.frozen import Record, value
from envdoctor.late import late
from envdoctor.machine import Machine
from envdoctor.messages import Catalogue
from envdoctor.reports.asks import asks
from envdoctor.reports.background import Background, background
from envdoctor.reports.diagnosis import LIVE, Diagnosis
from envdoctor.reports.understood import understood
from envdoctor.shell import for_cmd_alone, shell, spoken

__all__ = ["Advice", "Told", "View", "environment_in_words", "fit", "inert", "shown", "tell", "told", "view"]

LONGEST = 600
"""Letters of one sentence; a pasted value may be of any length."""

_ACTIVE = late("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""What could speak to a terminal, reorder the text around it, or not be written at all."""


def inert(text: str) -> str:
    """The text without control characters, direction marks and half characters; line breaks stay."""
    if text.isprintable():
        return text
    return _ACTIVE.sub("", text)


@functools.lru_cache(maxsize=2)
def fit(hide: Callable[[str], str]) -> Callable[[str], str]:
    """What hides and takes out all of that; thousands of reports share most of their values."""
    return functools.lru_cache(maxsize=4096)(lambda text: inert(hide(text)))


def shown(text: str, hide: Callable[[str], str]) -> str:
    """The text as one line that is fit to be seen."""
    text = inert(hide(" ".join(text.split()) if "\n" in text else text))
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."


def environment_in_words(environment: Environment, words: Catalogue) -> str:
    """What kind of environment it is, its name, and how it was found."""
    kind = words.text(f"environment.{environment.kind or 'unknown'}")
    if environment.conda_base:
        kind = words.text("environment.conda-base")
    name = f' "{environment.name}"' if environment.name and not environment.conda_base else ""
    found = words.text(f"found.{environment.found_by or 'unknown'}")
    return words.text("report.environment", environment=f"{kind}{name}", found=found)


@value
class Advice(Record):
    """A remedy in words; `lines` are its commands as one pastes them."""

    summary: str
    commands: tuple[tuple[str, ...], ...]
    lines: tuple[str, ...]


@value
class Told(Record):
    """A finding in words."""

    code: str
    severity: Severity
    title: str
    detail: str
    evidence: tuple[str, ...]
    caused_by: str | None
    advice: tuple[Advice, ...]


@value
class Root(Record):
    """A finding that stands by itself, with those that follow from it."""

    told: Told
    followers: tuple[Told, ...]


@value
class View(Record):
    """A report in words, in the order in which a person reads it."""

    source: str
    live: bool
    system: str
    """Whose shell the commands are for: "linux", "windows", "macos"."""
    verdict: Literal["ok", "warnings", "errors"]
    primary: str | None
    head: tuple[str, ...]
    remarks: tuple[str, ...]
    """What the reader has to know about the report itself: what was assumed, that names are shown."""
    findings: tuple[Told, ...]
    roots: tuple[Root, ...]
    notes: tuple[Told, ...]
    fine: tuple[Told, ...]
    well: str
    """The sentence that says that nothing is wrong; empty where something is."""
    troubles: tuple[str, ...]
    """Probes that failed, each in a sentence."""
    background: Background
    """What only `--verbose` shows in a terminal: durations, sources, what is unknown."""
    understood: tuple[tuple[str, str], ...]
    """What is known about the machine, as label and value."""
    asks: tuple[tuple[str, ...], ...]
    """Commands whose output the person who pasted should be asked for."""
    following: str
    """What to do next, one sentence."""


def tell(
    finding: Finding,
    words: Catalogue,
    show: Callable[[str], str],
    word: Callable[[str], str],
    system: str,
) -> Told:
    """The finding in words: `show` makes a sentence fit to be seen, `word` one word of a command."""

    def advice(remedy: Remedy) -> Iterator[Advice]:
        commands = tuple(tuple(word(each) for each in argv) for argv in remedy.commands)
        lines = tuple(shell(argv, system) for argv in commands)
        yield Advice(show(words.say(remedy.summary)), commands, lines)
        if for_cmd_alone(lines, system):
            yield Advice(show(words.text("report.for-cmd")), (), ())
        if remedy.hint is not None:
            yield Advice(show(words.say(remedy.hint)), (), ())

    return Told(
        code=finding.code,
        severity=finding.severity,
        title=show(words.title(finding)),
        detail=show(words.detail(finding)),
        evidence=tuple(show(words.say(each)) for each in finding.evidence),
        caused_by=finding.caused_by,
        advice=tuple(each for remedy in finding.remedies for each in advice(remedy)),
    )


def told(diagnosis: Diagnosis) -> tuple[Told, ...]:
    """The findings alone in words, in order."""
    return _Teller(diagnosis).findings()


def view(diagnosis: Diagnosis) -> View:
    """The diagnosis in words, ready to be rendered in any form."""
    return _Teller(diagnosis).view()


class _Teller:
    def __init__(self, diagnosis: Diagnosis) -> None:
        self._diagnosis = diagnosis
        self._words: Catalogue = diagnosis.words
        self._hide: Callable[[str], str] = diagnosis.hide
        self._machine: Machine = diagnosis.machine
        self._live = diagnosis.source == LIVE
        self._system = spoken(self._machine)

    def findings(self) -> tuple[Told, ...]:
        return tuple(self._told(finding) for finding in self._diagnosis.findings)

    def view(self) -> View:
        diagnosis, facts, words = self._diagnosis, self._diagnosis.facts, self._words
        findings = self.findings()
        loud = [each for each in findings if each.severity in (Severity.ERROR, Severity.WARNING)]
        return View(
            source=self._shown(diagnosis.source),
            live=self._live,
            system=self._system,
            verdict=diagnosis.verdict,
            primary=diagnosis.primary,
            head=tuple(self._shown(part) for part in self._head()),
            remarks=tuple(self._remarks()),
            findings=findings,
            roots=self._roots(loud),
            notes=tuple(each for each in findings if each.severity is Severity.INFO),
            fine=tuple(each for each in findings if each.severity is Severity.OK),
            well="" if loud else self._text(self._well()),
            troubles=tuple(self._troubles()),
            background=background(facts, words, self._shown),
            understood=tuple(
                (label, self._shown(value)) for label, value in understood(self._machine, self._words)
            ),
            asks=() if self._live else asks(self._machine, diagnosis.primary),
            following=self._following(loud),
        )

    def _text(self, key: str, **values: str | int | float) -> str:
        return self._shown(self._words.text(key, **values))

    def _shown(self, text: str) -> str:
        return shown(text, self._hide)

    def _head(self) -> list[str]:
        facts, machine = self._diagnosis.facts, self._machine
        parts = [f"envdoctor {__version__}"]
        if not self._of_another:
            parts.append(self._environment() if self._live else self._pasted())
        if facts.interpreter.version:
            parts.append(f"Python {facts.interpreter.version}")
        parts += [part for part in (facts.host.os_name, machine.gpu_name) if part]
        if machine.is_wsl:
            parts.append(f"WSL {facts.host.wsl}")
        if machine.in_container:
            parts.append(self._words.text("report.container", kind=facts.host.container or UNKNOWN))
        return parts

    @property
    def _of_another(self) -> bool:
        """Whether `--assume os=` left nothing of the machine that envdoctor runs on."""
        facts = self._diagnosis.facts
        return self._live and bool(facts.assumed) and facts.environment.found_by is None

    @property
    def _untold(self) -> Literal["torch", "gpu"] | None:
        """What was not named of a machine that is made up, though the verdict on its build depends on it."""
        machine = self._machine
        if not self._live or not machine.facts.assumed:
            return None
        if machine.torch_version is None:
            return "torch" if machine.facts.packages.distributions is None else None
        asked = machine.assumes("driver") or (self._of_another and machine.torch_cuda is not None)
        return "gpu" if asked and machine.has_nvidia is None and machine.os != "macos" else None

    def _well(self) -> str:
        if self._untold is not None:
            return f"report.well-untold-{self._untold}"
        return "report.all-well" if self._live else "pasted.all-well"

    def _pasted(self) -> str:
        source = self._diagnosis.source
        return self._words.text("pasted.standard-input") if source == "-" else source

    def _environment(self) -> str:
        return environment_in_words(self._diagnosis.facts.environment, self._words)

    def _remarks(self) -> Iterator[str]:
        if assumed := self._diagnosis.facts.assumed:
            key = "report.assumed-other" if self._of_another else "report.assumed"
            what = self._words.listed(assumed)
            yield self._text(key if self._live else "pasted.assumed", what=what)
        paste = self._diagnosis.facts.paste
        if paste is not None and paste.left_out:
            yield self._text("pasted.left-out", count=paste.left_out)
        if self._diagnosis.unhidden:
            yield self._text("report.unhidden")

    def _told(self, finding: Finding) -> Told:
        return tell(finding, self._words, self._shown, self._word, self._system)

    def _word(self, word: str) -> str:
        hidden = inert(self._hide(word))
        if hidden != word and not self._live and word == self._machine.facts.interpreter.executable:
            return "python"  # a path with a hidden name in it starts nothing, there as here
        return hidden

    def _troubles(self) -> list[str]:
        return [
            self._text(
                f"report.probe-{probe.outcome}",
                name=probe.name,
                seconds=f"{probe.seconds or 0:.0f}",
                detail=probe.detail or "",
            )
            for probe in self._diagnosis.facts.probes
            if probe.outcome in ("failed", "timed-out")
        ]

    def _roots(self, loud: list[Told]) -> tuple[Root, ...]:
        """Those that stand by themselves; commands that were shown above are named and not shown again."""
        codes = {told.code for told in loud}
        seen: set[tuple[str, ...]] = set()
        roots = []
        for told in loud:
            if told.caused_by is None or told.caused_by not in codes:
                advice = tuple(self._above(each) if each.lines in seen else each for each in told.advice)
                own = {each.lines for each in told.advice if each.lines}
                followers = tuple(_without(each, own) for each in loud if each.caused_by == told.code)
                roots.append(Root(replace(told, advice=advice), followers))
                seen |= own
        return tuple(roots)

    def _above(self, advice: Advice) -> Advice:
        summary = self._text("report.above", summary=advice.summary.rstrip(":：. 。"))
        return replace(advice, summary=summary, lines=())

    def _following(self, loud: list[Told]) -> str:
        verdict = self._diagnosis.verdict
        has_commands = bool(loud) and any(advice.commands for advice in loud[0].advice)
        words_only = ".words" if verdict == "errors" and not has_commands else ""
        if any(told.code == "report-not-understood" for told in loud):
            return self._text("pasted.next.nothing")
        if not self._live:
            return self._text(f"pasted.next.{verdict}{words_only}")
        if verdict == "ok" and self._untold is not None:
            return self._text(f"next.untold-{self._untold}")
        skipped = any(probe.outcome == "skipped" for probe in self._diagnosis.facts.probes)
        quick = ".quick" if skipped and verdict != "errors" else ""
        return self._text(f"next.{verdict}{quick}{words_only}")


def _without(told: Told, known: set[tuple[str, ...]]) -> Told:
    """The finding without the advice whose commands its cause has shown."""
    return replace(told, advice=tuple(each for each in told.advice if each.lines not in known))
