"""A smoke run put into words: the one value that its text, Markdown and HTML render.

Every string in a `SmokeView` is fit to be seen, as in `reports.view`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from envdoctor import __version__
from envdoctor.findings import UNKNOWN, Finding, Severity, Value, Words
from envdoctor.frozen import Record, value
from envdoctor.messages import Catalogue
from envdoctor.reports.view import Told, inert, shown, tell
from envdoctor.smoke.result import Check, SmokeResult, Status

__all__ = ["SEVERITIES", "Checked", "SmokeView", "named", "smoke_view"]

SEVERITIES: dict[Status, Severity] = {
    "passed": Severity.OK,
    "failed": Severity.ERROR,
    "warning": Severity.WARNING,
    "not-claimed": Severity.INFO,
    "skipped": Severity.INFO,
}
"""How a check's end is marked."""


@value
class Checked(Record):
    """A check in words."""

    status: Status
    matters: bool
    """Whether a short report shows it: it was reached, or the claim that it would make is the run's own."""
    name: str
    detail: str
    about: str
    """What is compared with what, and what a failure of it means."""
    numbers: tuple[tuple[str, str], ...]
    """What was measured, its bound, and the time it took, as label and value."""
    seconds: float | None


@value
class SmokeView(Record):
    """A smoke run in words, in the order in which a person reads it."""

    system: str
    """Whose shell the commands are for: "linux", "windows", "macos"."""
    passed: bool
    head: tuple[str, ...]
    remarks: tuple[str, ...]
    """What the reader has to know about the report itself: that names are shown."""
    headline: str
    """Whether it passed, or the root cause of why not, in one line."""
    figures: str
    """How fast and how large a run that passed was, in one sentence; empty where nothing is claimed."""
    verdict: tuple[str, ...]
    """Whether it passed with its figures, and what comes with that; empty where findings say it."""
    findings: tuple[Told, ...]
    primary: str | None
    checks: tuple[Checked, ...]
    first_loss: str
    last_loss: str
    """Empty where nothing was trained."""
    steps: int
    noise: str
    """The loss that the noise in the prices alone makes; empty where it is not known."""
    facts: tuple[tuple[str, str], ...]
    """Versions, times and sizes, as label and value."""
    background: tuple[str, ...]
    """Where the worker was and what torch printed, line by line; of a run that failed."""

    @property
    def not_reached(self) -> tuple[str, ...]:
        """The names of the checks that a failure kept from being done."""
        return tuple(check.name for check in self.checks if check.status == "skipped")


def named(finding: Finding, words: Catalogue) -> Finding:
    """The finding with its check under the name that a reader knows it by."""

    def told(said: Words, name: str) -> dict[str, Value]:
        key = f"smoke.name.{said.values.get(name)}"
        return {**said.values, **({name: words.text(key)} if key in words.sentences else {})}

    evidence = tuple(replace(each, values=told(each, "source")) for each in finding.evidence)
    return replace(finding, values=told(Words("", finding.values), "check"), evidence=evidence)


def smoke_view(
    result: SmokeResult,
    words: Catalogue,
    hide: Callable[[str], str],
    system: str = "linux",
    *,
    unhidden: bool = False,
) -> SmokeView:
    """The run in words; `unhidden` says that names were asked to be shown."""
    return _Teller(result, words, hide, system, unhidden).view()


class _Teller:
    def __init__(
        self, result: SmokeResult, words: Catalogue, hide: Callable[[str], str], system: str, unhidden: bool
    ) -> None:
        self._result, self._words, self._hide = result, words, hide
        self._system, self._unhidden = system, unhidden

    def view(self) -> SmokeView:
        result = self._result
        losses = result.losses
        floor = result.number("noise_floor")
        findings = tuple(self._told(each) for each in result.findings)
        return SmokeView(
            system=self._system,
            passed=result.passed,
            head=tuple(self._shown(part) for part in self._head()),
            remarks=(self._text("report.unhidden"),) if self._unhidden else (),
            headline=self._headline(findings),
            figures=self._text(f"smoke.figures{self._kind()}", **self._figures()) if result.passed else "",
            verdict=tuple(self._verdict()),
            findings=findings,
            primary=result.primary,
            checks=tuple(self._checked(check) for check in result.checks),
            first_loss=f"{losses[0]:.3g}" if losses else "",
            last_loss=f"{sum(losses[-8:]) / len(losses[-8:]):.3g}" if losses else "",
            steps=len(losses),
            noise=f"{floor:.3g}" if floor else "",
            facts=tuple(self._facts()),
            background=tuple(self._background()),
        )

    def _shown(self, text: str) -> str:
        return shown(text, self._hide)

    def _text(self, key: str, **values: str | int | float) -> str:
        return self._shown(self._words.text(key, **values))

    def _told(self, finding: Finding) -> Told:
        return tell(
            named(finding, self._words),
            self._words,
            self._shown,
            lambda word: inert(self._hide(word)),
            self._system,
        )

    def _head(self) -> Iterator[str]:
        result = self._result
        yield f"envdoctor {__version__}"
        yield self._words.text("smoke.head")
        if python := result.text("python"):
            yield f"Python {python}"
        if torch := result.text("torch"):
            yield f"torch {torch}"
        if result.device:
            name = result.text("device_name")
            yield f"{result.device} ({name})" if name else result.device

    def _checked(self, check: Check) -> Checked:
        detail = self._words.say(self._named(check.detail))
        if check.rank is not None and check.status in ("failed", "warning"):
            detail = self._words.text("smoke.rank", rank=check.rank, detail=detail)
        reached = check.status not in ("skipped", "not-claimed")
        return Checked(
            status=check.status,
            matters=reached or (check.name == "training" and check.status == "not-claimed"),
            name=self._text(f"smoke.name.{check.name}"),
            detail=self._shown(detail),
            about=self._text(f"smoke.about.{check.name}"),
            numbers=tuple(self._numbers(check)),
            seconds=check.seconds,
        )

    def _named(self, detail: Words) -> Words:
        """The sentence with the check that it is about under the name that a reader knows it by."""
        key = f"smoke.name.{detail.values.get('name')}"
        if detail.key != "smoke.skipped" or key not in self._words.sentences:
            return detail
        return Words(detail.key, {**detail.values, "name": self._words.text(key)})

    def _numbers(self, check: Check) -> Iterator[tuple[str, str]]:
        if check.name == "import" and check.measured is not None:
            yield self._text("smoke.number.time"), f"{check.measured:.2f} s"
            return
        for key, number in (("measured", check.measured), ("bound", check.bound)):
            if number is not None:
                yield self._text(f"smoke.number.{key}"), f"{number:.3g}"
        if check.measured is not None and check.bound and abs(check.measured) < float("inf"):
            yield self._text("smoke.number.share"), f"{100 * check.measured / check.bound:.3g} %"
        if check.seconds is not None:
            yield self._text("smoke.number.time"), f"{check.seconds:.2f} s"

    def _headline(self, findings: tuple[Told, ...]) -> str:
        if self._result.passed:
            return self._text(f"smoke.headline{self._kind()}", **self._figures())
        failed = self._result.failed_check
        if findings or failed is None:
            return findings[0].title if findings else self._text("smoke.verdict.failed")
        return self._text("smoke.headline.failed", name=self._words.text(f"smoke.name.{failed.name}"))

    def _kind(self) -> str:
        """What kind of run passed: of one process, of several, or one that made no claim to have learned."""
        result = self._result
        if any(check.name == "training" and check.status == "not-claimed" for check in result.checks):
            return ".unclaimed"
        return ".ranks" if result.number("world") else ""

    def _verdict(self) -> Iterator[str]:
        result = self._result
        if not result.passed:
            if not result.findings:
                yield self._headline(())
            return
        yield self._text(f"smoke.verdict.passed{self._kind()}", **self._figures())
        if speedup := result.number("speedup"):
            yield self._text("smoke.verdict.speedup", speedup=f"{speedup:.3g}")
        if result.device == "cpu" and result.text("chosen") == "auto":
            yield self._text("smoke.verdict.cpu")

    def _figures(self) -> dict[str, str | int | float]:
        result = self._result
        return {
            "device": result.text("device_name") or result.device or UNKNOWN,
            "world": int(result.number("world") or 1),
            "backend": result.text("backend") or "",
            "seconds": f"{result.seconds:.1f}",
            "rate": f"{result.number('samples_per_second') or 0:,.0f}",
            "memory": f"{(result.number('peak_memory') or 0) / 2**20:,.0f}",
        }

    def _facts(self) -> Iterator[tuple[str, str]]:
        result, figures = self._result, self._figures()
        rows = {
            "torch": result.text("torch"),
            "python": result.text("python"),
            "cuda": result.text("cuda"),
            "device": " · ".join(filter(None, (result.device, result.text("device_name")))),
            "rate": figures["rate"] if result.number("samples_per_second") else None,
            "memory": f"{figures['memory']} MiB" if result.number("peak_memory") else None,
            "import": f"{result.number('import_seconds'):.2f} s" if result.number("import_seconds") else None,
            "seconds": f"{figures['seconds']} s",
        }
        for key, known in rows.items():
            if known:
                yield self._text(f"smoke.fact.{key}"), self._shown(str(known))

    def _background(self) -> Iterator[str]:
        if self._result.passed:
            return
        text = "\n".join(filter(None, (self._result.trace, self._result.output)))
        yield from (inert(self._hide(line)) for line in text.splitlines())
