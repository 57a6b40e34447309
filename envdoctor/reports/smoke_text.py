"""A smoke run for a terminal: each check with its number and bound, the loss, the verdict and its cause."""

from __future__ import annotations

from collections.abc import Sequence

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.smoke_view import SEVERITIES, Checked, SmokeView
from envdoctor.reports.style import Style, fits
from envdoctor.reports.text import EVIDENCE, linked, sign
from envdoctor.reports.view import Told

__all__ = ["as_text", "sparkline"]

NARROW = 60
"""Columns below which a check's detail stands under its name."""
NAME_COLUMNS = 17
BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.-~=+*#"
FEWEST_BARS, MOST_BARS = 8, 24
"""How many bars the curve has, by the width of the terminal."""
_COLOURS = {
    "passed": "\x1b[32m",
    "failed": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "not-claimed": "\x1b[2m",
    "skipped": "\x1b[2m",
}
_RESET = "\x1b[0m"


def as_text(seen: SmokeView, losses: Sequence[float], words: Catalogue, style: Style) -> str:
    """The whole report, ending with a line break."""
    text = "\n".join(_Page(seen, losses, words, style).lines()).rstrip() + "\n"
    return fits(text, style.encoding)


def sparkline(losses: Sequence[float], columns: int, encoding: str = "utf-8") -> str:
    """The falling loss as bars, each the mean of its part of the run on a logarithmic scale."""
    import math

    known = [math.log(max(loss, 1e-12)) for loss in losses if math.isfinite(loss)]
    if not known:
        return ""
    count = min(columns, len(known))
    parts = [known[i * len(known) // count : (i + 1) * len(known) // count] for i in range(count)]
    means = [sum(part) / len(part) for part in parts]
    low, high = min(means), max(means)
    bars = BARS if fits(BARS, encoding) == BARS else PLAIN_BARS
    span = (high - low) or 1.0
    return "".join(bars[min(7, int(8 * (mean - low) / span))] for mean in means)


class _Page:
    def __init__(self, seen: SmokeView, losses: Sequence[float], words: Catalogue, style: Style) -> None:
        self._view, self._losses, self._words, self._style = seen, losses, words, style
        self._width = style.columns
        self._signs = {severity: sign(severity, words, style) for severity in Severity}

    def lines(self) -> list[str]:
        """The page from its head to its last line."""
        lines = wrap(" · ".join(self._view.head), self._width, then="  ")
        for remark in self._view.remarks:
            lines += wrap(remark, self._width, "  ", "  ")
        return [*lines, "", *self._checks(), "", *self._loss(), *self._verdict()]

    def _checks(self) -> list[str]:
        lines: list[str] = []
        for check in self._view.checks:
            if check.matters or self._style.verbose:
                lines += self._check(check)
        if self._view.not_reached and not self._style.verbose:
            text = self._words.text("smoke.not-reached", names=self._words.listed(self._view.not_reached))
            lines += self._painted(self._marked(text, Severity.INFO), "skipped")
        return lines

    def _check(self, check: Checked) -> list[str]:
        mark = self._signs[SEVERITIES[check.status]]
        detail = check.detail
        if self._style.verbose and check.seconds is not None:
            detail += f" ({check.seconds:.2f} s)"
        if self._width < NARROW:
            lines = [f"{mark} {check.name}", *wrap(detail, self._width, "    ", "    ")]
        else:
            margin = NAME_COLUMNS + 1 + max(map(width, self._signs.values()))
            lines = wrap(detail, self._width, padded(f"{mark} {check.name}", margin), " " * margin)
        return self._painted(lines, check.status, whole=check.status != "passed")

    def _loss(self) -> list[str]:
        seen = self._view
        if not seen.last_loss:
            return []
        count = max(FEWEST_BARS, min(MOST_BARS, self._width - 24))
        bars = sparkline(self._losses, count, self._style.encoding)
        values: dict[str, str | int | float] = {
            "first": seen.first_loss,
            "last": seen.last_loss,
            "steps": seen.steps,
            "bars": bars,
            "noise": seen.noise,
        }
        key = "smoke.loss" if seen.noise else "smoke.loss.unfinished"
        return [*wrap(self._words.text(key, **values), self._width, then="  "), ""]

    def _verdict(self) -> list[str]:
        severity, status = (Severity.OK, "passed") if self._view.passed else (Severity.ERROR, "failed")
        lines: list[str] = []
        for number, sentence in enumerate(self._view.verdict):
            lines += wrap(sentence, self._width, "  ", "  ") if number else self._marked(sentence, severity)
        lines = self._painted(lines, status, whole=True)
        for told in self._view.findings:
            lines += self._finding(told)
        if self._view.primary is not None:
            explain = self._words.text("report.explain", code=self._view.primary)
            lines += ["", *wrap(explain, self._width)]
        return lines

    def _finding(self, told: Told) -> list[str]:
        mark = self._signs[told.severity]
        code = linked(told.code, self._words, self._style)
        gap = self._width - width(f"{mark} {told.title}") - width(told.code)
        if gap >= 2:
            title = self._painted([f"{mark} {told.title}"], "failed", whole=True)
            lines = [f"{title[0]}{' ' * gap}{code}"]
        else:
            lines = [
                *self._painted(self._marked(told.title, told.severity), "failed", whole=True),
                f"  {code}",
            ]
        lines += wrap(told.detail, self._width, "  ", "  ") if told.detail else []
        for each in told.evidence if self._style.verbose else told.evidence[:EVIDENCE]:
            lines += self._painted(wrap(each, self._width, "  - ", "    "), "skipped", whole=True)
        for advice in told.advice:
            lines += wrap(advice.summary, self._width, "  ", "  ")
            # Whole and at the left margin, so that a copied line is the command and nothing else.
            lines += ["", *advice.lines, ""] if advice.lines else []
        return [*lines, *self._more()]

    def _more(self) -> list[str]:
        """With --verbose, what torch printed and where it stood."""
        return ["", *self._view.background] if self._style.verbose and self._view.background else []

    def _marked(self, text: str, severity: Severity) -> list[str]:
        return wrap(text, self._width, f"{self._signs[severity]} ", "  ")

    def _painted(self, lines: list[str], status: str, *, whole: bool = False) -> list[str]:
        if not self._style.colour or not lines:
            return lines
        colour = _COLOURS[status]
        if whole:
            return [f"{colour}{line}{_RESET}" for line in lines]
        mark, _, rest = lines[0].partition(" ")
        return [f"{colour}{mark}{_RESET} {rest}", *lines[1:]]
