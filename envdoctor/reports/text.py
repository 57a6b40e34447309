"""The report for a terminal: what is wrong first, why, and the commands, whole and each on its line."""

from __future__ import annotations

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, single_spaced, width, wrap
from envdoctor.reports.background import background_lines
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.style import NARROWEST, SIGNS, WIDEST, Style, fits, fits_json, sign
from envdoctor.reports.view import Advice, Root, Told, View, view
from envdoctor.shell import shell

__all__ = ["NARROWEST", "SIGNS", "WIDEST", "Style", "as_text", "fits", "fits_json", "linked", "sign"]

EVIDENCE = 3
"""Lines of evidence that are shown without --verbose."""

_COLOURS = {
    Severity.ERROR: "\x1b[1;31m",
    Severity.WARNING: "\x1b[1;33m",
    Severity.INFO: "\x1b[36m",
    Severity.OK: "\x1b[32m",
}
_DIM, _RESET = "\x1b[2m", "\x1b[0m"


def linked(code: str, words: Catalogue, style: Style) -> str:
    """The code of a finding, faint, as a hyperlink to its explanation where the terminal has them."""
    faint = f"{_DIM}{code}{_RESET}" if style.colour else code
    if not style.links:
        return faint
    from envdoctor.messages.story import page_of

    page = page_of(code, words.language)
    return f"\x1b]8;;{page}\x1b\\{faint}\x1b]8;;\x1b\\" if page else faint


def as_text(diagnosis: Diagnosis, style: Style) -> str:
    """The whole report, ending with a line break."""
    return fits(single_spaced(_Page(view(diagnosis), diagnosis.words, style).lines()), style.encoding)


class _Page:
    def __init__(self, seen: View, words: Catalogue, style: Style) -> None:
        self._view = seen
        self._words = words
        self._style = style
        self._width = style.columns
        self._signs = {severity: sign(severity, words, style) for severity in Severity}

    def lines(self) -> list[str]:
        """Which machine, what is wrong, what is fine, what to do next."""
        seen = self._view
        lines = wrap(" · ".join(seen.head), self._width, then="  ")
        for remark in seen.remarks:
            lines += self._wrap(remark, "  ")
        lines += [""]
        for root in seen.roots:
            lines += self._finding(root)
        lines += self._marked(seen.well, Severity.OK, painted=True)
        for note in seen.notes:
            lines += self._note(note)
        lines += self._marked(" · ".join(told.title for told in seen.fine), Severity.OK, painted=True)
        for trouble in seen.troubles:
            lines += self._marked(trouble, Severity.INFO)
        if not seen.live:
            lines += self._understood()
        if self._style.verbose:
            lines += background_lines(seen.background, self._words, self._width)
        return [*lines, "", *self._wrap(seen.following), *self._explain()]

    def _explain(self) -> list[str]:
        """Where the first finding is explained at length."""
        if not self._view.roots:
            return []
        line = self._words.text("report.explain", code=self._view.roots[0].told.code)
        if width(line) <= self._width:
            return [line]
        intro, _, command = line.rpartition("  ")  # the command whole, on a line of its own
        return [*self._wrap(intro), command]

    def _finding(self, root: Root) -> list[str]:
        told = root.told
        lines = self._title(told)
        lines += self._wrap(told.detail, "  ")
        for each in told.evidence if self._style.verbose else told.evidence[:EVIDENCE]:
            lines += [self._faint(line) for line in wrap(each, self._width, "  - ", "    ")]
        for advice in told.advice:
            lines += self._advice(advice)
        if root.followers:
            names = self._words.listed(follower.code for follower in root.followers)
            lines += self._wrap(self._words.text("report.follows", names=names), "  ")
        return [*lines, ""]

    def _title(self, told: Told) -> list[str]:
        lines = wrap(told.title, self._width, f"{self._signs[told.severity]} ", "  ")
        colour = _COLOURS[told.severity]
        room = self._width - width(lines[0]) - 2
        if len(lines) == 1 and width(told.code) <= room:
            gap = padded("", self._width - width(lines[0]) - width(told.code))
            return [self._paint(lines[0], colour) + gap + linked(told.code, self._words, self._style)]
        return [
            *(self._paint(line, colour) for line in lines),
            f"  {linked(told.code, self._words, self._style)}",
        ]

    def _advice(self, advice: Advice) -> list[str]:
        lines = self._wrap(advice.summary, "  ")
        # Whole and at the left margin, so that a copied line is the command and nothing else.
        return [*lines, "", *advice.lines, ""] if advice.lines else lines

    def _note(self, note: Told) -> list[str]:
        lines = self._marked(note.title, Severity.INFO)
        return lines + (self._wrap(note.detail, "  ") if self._style.verbose else [])

    def _understood(self) -> list[str]:
        seen = self._view
        lines = [""]
        if seen.understood:
            rows = (self._words.row(name, value) for name, value in seen.understood)
            lines += self._wrap(self._words.text("pasted.understood", facts=" · ".join(rows)), "", "  ")
        if seen.asks:
            lines += self._wrap(self._words.text("pasted.asks"))
            lines += ["", *(shell(argv, seen.system) for argv in seen.asks)]
        return lines

    def _wrap(self, text: str, first: str = "", rest: str | None = None) -> list[str]:
        return wrap(text, self._width, first, first if rest is None else rest)

    def _marked(self, text: str, severity: Severity, *, painted: bool = False) -> list[str]:
        lines = wrap(text, self._width, f"{self._signs[severity]} ", "  ") if text else []
        return [self._paint(line, _COLOURS[severity]) for line in lines] if painted else lines

    def _paint(self, text: str, colour: str) -> str:
        return f"{colour}{text}{_RESET}" if self._style.colour else text

    def _faint(self, text: str) -> str:
        return self._paint(text, _DIM)
