"""The diagnosis for a terminal: what is wrong first, why, and the commands, whole and each on its line."""

from __future__ import annotations

from envdoctor import __version__
from envdoctor.findings import Finding, Remedy, Severity
from envdoctor.frozen import Record, value
from envdoctor.messages.columns import width, wrap
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.shell import shell

__all__ = ["Style", "as_text", "fits"]

WIDEST = 100
_SIGNS = {
    Severity.ERROR: ("×", "x", "\x1b[1;31m"),
    Severity.WARNING: ("!", "!", "\x1b[1;33m"),
    Severity.INFO: ("·", "-", "\x1b[36m"),
    Severity.OK: ("√", "ok", "\x1b[32m"),
}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_PLAIN = str.maketrans(
    {"×": "x", "·": "-", "√": "+", "→": "->", "—": "-", "…": "...", "’": "'", "“": '"', "”": '"'}
)


@value
class Style(Record):
    """What the place that the text goes to can show."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"
    verbose: bool = False


def fits(text: str, encoding: str) -> str:
    """The text in letters that the encoding has; what it lacks is put another way, never raised."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        plain = text.translate(_PLAIN)
        try:
            return plain.encode(encoding, "replace").decode(encoding, "replace")
        except LookupError:
            return plain.encode("ascii", "replace").decode("ascii")
    return text


def as_text(diagnosis: Diagnosis, style: Style) -> str:
    """The whole report, ending with a line break."""
    page = _Page(diagnosis, style)
    lines = [*page.head(), "", *page.body()]
    spaced = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    text = "\n".join(spaced).rstrip() + "\n"
    return fits(diagnosis.hide(_inert(text) if not style.colour else text), style.encoding)


def _inert(text: str) -> str:
    """Without control characters: text from the machine must not speak to the terminal."""
    return "".join(c for c in text if c == "\n" or (c >= " " and c != "\x7f" and not "\x80" <= c <= "\x9f"))


class _Page:
    def __init__(self, diagnosis: Diagnosis, style: Style) -> None:
        self._diagnosis = diagnosis
        self._words = diagnosis.words
        self._style = style
        self._width = max(24, min(style.width, WIDEST))

    def head(self) -> list[str]:
        """Which environment, how it was found, and the machine, in one wrapped line."""
        machine = self._diagnosis.machine
        facts = machine.facts
        parts = [f"envdoctor {__version__}", self._environment()]
        if facts.interpreter.version:
            parts.append(f"Python {facts.interpreter.version}")
        parts += [part for part in (facts.host.os_name, machine.gpu_name) if part]
        if machine.is_wsl:
            parts.append(f"WSL {facts.host.wsl}")
        if machine.in_container:
            parts.append(self._words.text("report.container", kind=facts.host.container or "?"))
        lines = wrap(_clean(" · ".join(parts)), self._width, then="  ")
        if facts.assumed:
            lines += self._wrap(self._words.text("report.assumed", what=", ".join(facts.assumed)), "  ")
        return lines

    def _environment(self) -> str:
        environment = self._diagnosis.facts.environment
        kind = self._words.text(f"environment.{environment.kind or 'unknown'}")
        if environment.conda_base:
            kind = self._words.text("environment.conda-base")
        name = f' "{environment.name}"' if environment.name and not environment.conda_base else ""
        found = self._words.text(f"found.{environment.found_by or 'unknown'}")
        return f"{kind}{name} ({found})"

    def body(self) -> list[str]:
        """Findings in order, then what is fine, then the next step."""
        findings = self._diagnosis.findings
        loud = [f for f in findings if f.severity in (Severity.ERROR, Severity.WARNING)]
        roots = [f for f in loud if f.caused_by is None or not _present(loud, f.caused_by)]
        lines: list[str] = []
        for finding in roots:
            lines += self._finding(finding, [f for f in loud if f.caused_by == finding.code])
        if not loud:
            lines += self._paint(
                self._wrap(self._words.text("report.all-well"), "", sign=Severity.OK), Severity.OK
            )
        lines += self._notes([f for f in findings if f.severity is Severity.INFO])
        lines += self._fine([f for f in findings if f.severity is Severity.OK], bool(loud))
        lines += self._probes()
        return [*lines, "", *self._next(loud)]

    def _finding(self, finding: Finding, followers: list[Finding]) -> list[str]:
        words = self._words
        title, code = _clean(words.title(finding)), finding.code
        lines = self._title(title, code, finding.severity)
        if detail := words.detail(finding):
            lines += self._wrap(detail, "  ")
        for each in finding.evidence if self._style.verbose else finding.evidence[:3]:
            lines += self._dim(self._wrap(words.say(each), "  - ", "    "))
        for remedy in finding.remedies:
            lines += self._remedy(remedy)
        if followers:
            names = ", ".join(f.code for f in followers)
            lines += self._wrap(words.text("report.follows", names=names), "  ")
        return [*lines, ""]

    def _title(self, title: str, code: str, severity: Severity) -> list[str]:
        sign = _SIGNS[severity][0]
        first = f"{sign} {title}"
        taken = width(first) + len(code)
        if taken + 2 <= self._width:
            gap = " " * (self._width - taken)
            return [self._bold(first, severity) + gap + self._faint(code)]
        lines = wrap(first, self._width, then="  ")
        return [*(self._bold(line, severity) for line in lines), "  " + self._faint(code)]

    def _remedy(self, remedy: Remedy) -> list[str]:
        lines = self._wrap(self._words.say(remedy.summary), "  ")
        if remedy.commands:
            # Whole and at the left margin, so that a copied line is the command and nothing else.
            lines += [
                "",
                *(_clean(shell(argv, self._diagnosis.machine.os or "linux")) for argv in remedy.commands),
                "",
            ]
        return lines

    def _notes(self, notes: list[Finding]) -> list[str]:
        lines: list[str] = []
        for finding in notes:
            lines += self._wrap(self._words.title(finding), "", "  ", sign=Severity.INFO)
            detail = self._words.detail(finding)
            if detail and self._style.verbose:
                lines += self._wrap(detail, "  ")
        return lines

    def _fine(self, fine: list[Finding], always: bool) -> list[str]:
        if not fine:
            return []
        text = " · ".join(_clean(self._words.title(finding)) for finding in fine)
        return self._paint(self._wrap(text, "", "  ", sign=Severity.OK), Severity.OK)

    def _probes(self) -> list[str]:
        facts = self._diagnosis.facts
        lines: list[str] = []
        for probe in facts.probes:
            if probe.outcome in ("failed", "timed-out"):
                key = f"report.probe-{probe.outcome}"
                lines += self._wrap(
                    self._words.text(
                        key, name=probe.name, seconds=f"{probe.seconds or 0:.0f}", detail=probe.detail or ""
                    ),
                    "",
                    "  ",
                    sign=Severity.INFO,
                )
        if self._style.verbose:
            lines += ["", self._words.text("report.durations")]
            lines += [f"  {p.name:<14} {p.outcome:<10} {p.seconds or 0:6.2f} s" for p in facts.probes]
            lines += ["", self._words.text("report.sources")]
            lines += [f"  {key}: {_clean(value)}" for key, value in sorted(facts.sources.items())]
            if facts.unknown:
                lines += ["", self._words.text("report.unknown")]
                lines += [f"  {key}: {_clean(value)}" for key, value in sorted(facts.unknown.items())]
        return lines

    def _next(self, loud: list[Finding]) -> list[str]:
        verdict = self._diagnosis.verdict
        skipped = any(p.outcome == "skipped" for p in self._diagnosis.facts.probes)
        key = f"next.{verdict}" + (".quick" if skipped and verdict != "errors" else "")
        has_commands = any(remedy.commands for finding in loud for remedy in finding.remedies)
        if verdict == "errors" and not has_commands:
            key = "next.errors.words"
        return self._wrap(self._words.text(key), "")

    def _wrap(
        self, text: str, indent: str, then: str | None = None, sign: Severity | None = None
    ) -> list[str]:
        mark = f"{_SIGNS[sign][0]} " if sign is not None else ""
        rest = then if then is not None else indent
        return wrap(_clean(text), self._width, indent + mark, rest)

    def _bold(self, text: str, severity: Severity) -> str:
        return f"{_SIGNS[severity][2]}{text}{_RESET}" if self._style.colour else text

    def _paint(self, lines: list[str], severity: Severity) -> list[str]:
        return [f"{_SIGNS[severity][2]}{line}{_RESET}" for line in lines] if self._style.colour else lines

    def _faint(self, text: str) -> str:
        return f"{_DIM}{text}{_RESET}" if self._style.colour else text

    def _dim(self, lines: list[str]) -> list[str]:
        return [self._faint(line) for line in lines]


def _present(findings: list[Finding], code: str) -> bool:
    return any(finding.code == code for finding in findings)


def _clean(text: str) -> str:
    return _inert(" ".join(text.split()) if "\n" in text else text)
