"""Pasted text as clean lines: without colours, quote marks, fences and prompts, numbers kept."""

from __future__ import annotations

import bisect
import re

__all__ = ["PastedText"]

_ESCAPES = re.compile(
    r"\x1b\[[0-?]{0,32}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)?|\x1b[@-Z\\^_]"
    r"|\x9b[0-?]{0,32}[@-~]"
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]"
)
_BREAKS = re.compile(r"\r\n|[\r\u2028\u2029\x85]")
_SPACES = re.compile(r"[ \t\u00a0\u3000]{2,}|[\t\u00a0\u3000]")
_QUOTE = re.compile(r"(?:[>│┃▌] ?){1,8}(?=[^>])")
_STAMP = re.compile(
    r"\[?\(?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\)?\]?"
    r"(?: ?\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)\]?)?:? ?(?:[-|:] )?"
    r"|\[\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\] ?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,64}: "
)
_BACKTICKS = re.compile(r"^`{3,}\w*$|^~{3,}\w*$")
LONGEST = 4000
"""Letters of one line that are read; what stands behind them is passed over."""


class PastedText:
    """A text in two shapes of equal length, so that a place in one is the same place in the other.

    `lines` are the cleaned lines; `flat` holds them joined by newlines, every run of blanks one blank;
    `lower` is `flat` in lower case with blanks for the newlines, in which wrapped messages stand unbroken.
    """

    def __init__(self, text: str) -> None:
        if "\x1b" in text or "\x9b" in text:
            text = _ESCAPES.sub("", text)
        text = _BREAKS.sub("\n", text)
        text = _CONTROLS.sub("", text)
        self.raw_lines = text.split("\n")
        self.lines = [_clean(line) for line in self.raw_lines]
        self.flat = "\n".join(self.lines)
        self.one_line = self.flat.replace("\n", " ")
        lower = self.one_line.lower()
        # A few letters (Turkish's dotted I) grow when lowered, which would shift every place behind them.
        self.lower = lower if len(lower) == len(self.flat) else _ascii_lower(self.one_line)
        self._starts: list[int] | None = None

    def line_at(self, place: int) -> int:
        """The number, from 1, of the line that holds this place."""
        return bisect.bisect_right(self.starts, place)

    @property
    def starts(self) -> list[int]:
        """Where each line begins in `flat`."""
        if self._starts is None:
            total, starts = 0, []
            for line in self.lines:
                starts.append(total)
                total += len(line) + 1
            self._starts = starts
        return self._starts

    def line_text(self, number: int) -> str:
        """One line, from 1, as it was cleaned."""
        return self.lines[number - 1]


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _ascii_lower(text: str) -> str:
    return text.translate(_ASCII_LOWER)


def _clean(line: str) -> str:
    if len(line) > LONGEST:
        line = line[:LONGEST]
    line = line.strip()
    if not line:
        return line
    first = line[0]
    if first in ">│┃▌" and not line.startswith(">>>"):
        line = _QUOTE.sub("", line, count=1).strip()
    elif first in "`~" and _BACKTICKS.match(line):
        return ""
    if "  " in line or "\t" in line or "\u00a0" in line or "\u3000" in line:
        line = _SPACES.sub(" ", line)
    if line and (line[0].isdigit() or line[0] in "[(" or line[0].isupper()) and (stamp := _STAMP.match(line)):
        line = line[stamp.end() :]
    return line
