"""A smoke run for a terminal: each check with its number and bound, the loss, the verdict and its cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from envdoctor import __version__
from envdoctor.findings import Finding
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.style import Style, fits
from envdoctor.shell import shell
from envdoctor.smoke.result import Check, SmokeResult

__all__ = ["as_text", "named", "sparkline"]

WIDEST = 100
NARROW = 60
"""Columns below which a check's detail stands under its name."""
NAME_COLUMNS = 17
BARS = "▁▂▃▄▅▆▇█"
PLAIN_BARS = "_.-~=+*#"
_SIGNS = {"passed": "√", "failed": "×", "warning": "!", "not-claimed": "·", "skipped": "·"}
_COLOURS = {
    "passed": "\x1b[32m",
    "failed": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "not-claimed": "\x1b[2m",
    "skipped": "\x1b[2m",
}
_RESET = "\x1b[0m"


def as_text(
    result: SmokeResult, words: Catalogue, style: Style, hide: Callable[[str], str], system: str = "linux"
) -> str:
    """The whole report, ending with a line break; `system` says for whose shell commands are quoted."""
    page = _Page(result, words, style, system)
    text = "\n".join(page.lines()).rstrip() + "\n"
    return fits(hide(text), style.encoding)


def named(finding: Finding, words: Catalogue) -> Finding:
    """The finding with its check under the name that a reader knows it by."""
    key = f"smoke.name.{finding.values.get('check')}"
    if key not in words.sentences:
        return finding
    return replace(finding, values={**finding.values, "check": words.text(key)})


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
    def __init__(self, result: SmokeResult, words: Catalogue, style: Style, system: str) -> None:
        self._result, self._words, self._style, self._system = result, words, style, system
        self._width = max(24, min(style.width, WIDEST))

    def lines(self) -> list[str]:
        """The page from its head to its last line."""
        return [*self._head(), "", *self._checks(), "", *self._loss(), *self._verdict()]

    def _head(self) -> list[str]:
        result = self._result
        parts = [f"envdoctor {__version__}", self._words.text("smoke.head")]
        if python := result.text("python"):
            parts.append(f"Python {python}")
        if torch := result.text("torch"):
            parts.append(f"torch {torch}")
        if result.device:
            name = result.text("device_name")
            parts.append(f"{result.device} ({name})" if name else result.device)
        return wrap(_clean(" · ".join(parts)), self._width, then="  ")

    def _checks(self) -> list[str]:
        lines: list[str] = []
        for check in self._result.checks:
            shown = check.status not in ("skipped", "not-claimed") or self._style.verbose
            if shown or (check.name == "training" and check.status == "not-claimed"):
                lines += self._check(check)
        skipped = [self._name(check) for check in self._result.checks if check.status == "skipped"]
        if skipped and not self._style.verbose:
            text = self._words.text("smoke.not-reached", names=", ".join(skipped))
            lines += self._painted(wrap(text, self._width, "· ", "  "), "skipped")
        return lines

    def _check(self, check: Check) -> list[str]:
        detail = _clean(self._words.say(check.detail))
        if check.rank is not None and check.status in ("failed", "warning"):
            detail = self._words.text("smoke.rank", rank=check.rank, detail=detail)
        name = self._name(check)
        if self._style.verbose and check.seconds is not None:
            detail += f" ({check.seconds:.2f} s)"
        if self._width < NARROW:
            lines = [f"{_SIGNS[check.status]} {name}", *wrap(detail, self._width, "    ", "    ")]
        else:
            first = padded(f"{_SIGNS[check.status]} {name}", NAME_COLUMNS + 2)
            lines = wrap(detail, self._width, first, " " * (NAME_COLUMNS + 2))
        return self._painted(lines, check.status, whole=check.status != "passed")

    def _name(self, check: Check) -> str:
        return self._words.text(f"smoke.name.{check.name}")

    def _loss(self) -> list[str]:
        losses = self._result.losses
        if not losses:
            return []
        values: dict[str, str | int | float] = {
            "first": f"{losses[0]:.3g}",
            "last": f"{sum(losses[-8:]) / len(losses[-8:]):.3g}",
            "steps": len(losses),
            "bars": sparkline(losses, min(24, self._width - 24), self._style.encoding),
            "noise": f"{self._result.number('noise_floor') or 0:.3g}",
        }
        key = "smoke.loss" if self._result.number("noise_floor") else "smoke.loss.unfinished"
        return [*wrap(self._words.text(key, **values), self._width, then="  "), ""]

    def _verdict(self) -> list[str]:
        if not self._result.passed:
            lines: list[str] = []
            for finding in self._result.findings:
                lines += self._finding(finding)
            if self._result.primary is not None:
                told = self._words.text("report.explain", code=self._result.primary)
                lines += ["", *wrap(told, self._width)]
            return lines or self._painted(
                wrap(self._words.text("smoke.verdict.failed"), self._width, "× ", "  "), "failed"
            )
        unclaimed = any(c.name == "training" and c.status == "not-claimed" for c in self._result.checks)
        kind = ".ranks" if self._result.number("world") else ""
        key = f"smoke.verdict.passed{'.unclaimed' if unclaimed else kind}"
        lines = wrap(self._words.text(key, **self._figures()), self._width, "√ ", "  ")
        if speedup := self._result.number("speedup"):
            lines += wrap(
                self._words.text("smoke.verdict.speedup", speedup=f"{speedup:.3g}"), self._width, "  ", "  "
            )
        if self._result.device == "cpu" and self._result.text("chosen") == "auto":
            lines += wrap(self._words.text("smoke.verdict.cpu"), self._width, "  ", "  ")
        return self._painted(lines, "passed", whole=True)

    def _figures(self) -> dict[str, str | int | float]:
        result = self._result
        return {
            "device": result.text("device_name") or result.device or "?",
            "world": int(result.number("world") or 1),
            "backend": result.text("backend") or "",
            "seconds": f"{result.seconds:.1f}",
            "rate": f"{result.number('samples_per_second') or 0:,.0f}",
            "memory": f"{(result.number('peak_memory') or 0) / 2**20:,.0f}",
        }

    def _finding(self, finding: Finding) -> list[str]:
        words = self._words
        finding = named(finding, words)
        title = _clean(words.title(finding))
        gap = self._width - width(title) - width(finding.code) - 2
        lines = (
            [f"× {title}{' ' * gap}{finding.code}"]
            if gap >= 2
            else [*wrap(title, self._width, "× ", "  "), f"  {finding.code}"]
        )
        lines = self._painted(lines, "failed", whole=True)
        if detail := words.detail(finding):
            lines += wrap(_clean(detail), self._width, "  ", "  ")
        for each in finding.evidence if self._style.verbose else finding.evidence[:3]:
            lines += self._painted(
                wrap(_clean(words.say(each)), self._width, "  - ", "    "), "skipped", whole=True
            )
        for remedy in finding.remedies:
            lines += wrap(_clean(words.say(remedy.summary)), self._width, "  ", "  ")
            if remedy.commands:
                # Whole and at the left margin, so that a copied line is the command and nothing else.
                lines += ["", *(_clean(shell(argv, self._system)) for argv in remedy.commands), ""]
        return [*lines, *self._more()]

    def _more(self) -> list[str]:
        """With --verbose, what torch printed and where it stood."""
        if not self._style.verbose:
            return []
        text = "\n".join(filter(None, (self._result.trace, self._result.output)))
        return ["", *(_clean(line) for line in text.splitlines())] if text else []

    def _painted(self, lines: list[str], status: str, *, whole: bool = False) -> list[str]:
        if not self._style.colour or not lines:
            return lines
        colour = _COLOURS[status]
        if whole:
            return [f"{colour}{line}{_RESET}" for line in lines]
        return [f"{colour}{lines[0][:1]}{_RESET}{lines[0][1:]}", *lines[1:]]


def _clean(text: str) -> str:
    """One line without control characters: text from the machine must not speak to the terminal."""
    return "".join(c for c in " ".join(text.split(" ")) if c >= " " and not "\x7f" <= c <= "\x9f")
