"""Pasted text as clean lines: without colours, quote marks, fences and prompts, numbers kept."""

from __future__ import annotations

import bisect
import html
import itertools
import re
from collections import Counter
from collections.abc import Set

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
    r"(?: std(?:out|err) [FP])?"
    r"(?: ?(?:[-|] )?\[?(?:DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL)\b\]?)?:? *(?:[-|:] )?"
    r"|\[\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\] ?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,64}: "
    r"|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d:\d\d \[[^\]\s]{1,80}\] ?"
    r"|\[rank\d{1,5}\]: ?|\(\w[\w ]{0,40}pid=\d{1,9}(?:, ip=[\d.]{1,39})?\) ?"
)
"""What log writers, container runtimes, Ray, vLLM and torchrun put before each line; several may follow."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_SERVICE = re.compile(r"([\w.-]{1,60}) +\| ?")
"""What `docker compose logs` puts before each line."""
_BACKTICKS = re.compile(r"^`{3,}\w*$|^~{3,}\w*$")
_TYPOGRAPHY = str.maketrans(
    {
        "\uff1a": ": ",
        "\uff08": " (",
        "\uff09": ")",
        "\uff0c": ", ",
        "\uff1d": "=",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
    }
)
"""What chat programs, forums and Chinese keyboards make of plain marks."""
_TAGS = re.compile(
    r"</?(?:pre|code|p|div|span|br|blockquote|li|ul|samp)(?: [^<>\n]{0,200})? ?/?>", re.IGNORECASE
)
_ENTITIES = re.compile(r"&(?:gt|lt|quot|amp|nbsp|apos|#39|#x27);")
_NUMBERED = re.compile(r" {0,6}(\d{1,6})(?:[:.|)]| {1,4}|\t)(?= |$|\S)")
WIDTHS = frozenset({72, 76, 78, 79, 80, 100, 110, 120, 132, 140, 150, 160, 170, 180, 190, 200, 220, 240})
"""Widths that terminals and mail programs break lines at."""
STAMPS = 3
"""Prefixes of one line that are taken off, at most: a container runtime's, a process's, a log writer's."""
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
        if not text.replace("\n", " ").isprintable():
            text = _CONTROLS.sub("", _BREAKS.sub("\n", text))
        if not text.isascii():
            text = text.translate(_TYPOGRAPHY)
        if "</" in text or "<br" in text:
            text = _TAGS.sub("", text)
        if "&" in text and _ENTITIES.search(text):
            text = html.unescape(text)
        self.lines = [
            _clean(line) for line in _without_numbers(_without_service(_rejoined(text.split("\n"))))
        ]
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

    def without(self, numbers: Set[int]) -> str:
        """`flat` with blanks for these lines; every other letter keeps its place."""
        kept = (" " * len(line) if number in numbers else line for number, line in enumerate(self.lines, 1))
        return "\n".join(kept)

    def lower_without(self, numbers: Set[int]) -> str:
        """What `lower` holds of the other lines, without their places."""
        kept = (
            self.lower[start : start + len(line)]
            for number, (start, line) in enumerate(zip(self.starts, self.lines, strict=True), 1)
            if number not in numbers
        )
        return " ".join(kept)

    def line_text(self, number: int) -> str:
        """One line, from 1, as it was cleaned."""
        return self.lines[number - 1]


def _rejoined(lines: list[str]) -> list[str]:
    """The lines with those put together again that a terminal broke at its width.

    Broken lines are all equally long and none is longer; where they are few, the next one must look like the
    rest of a sentence or path. Empty lines take the places of those that were joined, so that every line
    keeps its number.
    """
    lengths = Counter(map(len, lines))
    width = max(lengths)
    sure = SURELY <= lengths[width] < len(lines) / 2
    if width < WRAPPED or (width not in WIDTHS and not sure):
        return lines
    whole: list[str] = []
    parts: list[str] = []
    for number, line in enumerate(lines):
        goes_on = number > 0 and len(lines[number - 1]) == width and bool(line) and len(parts) < MOST_PARTS
        if goes_on and (sure or line[0].islower() or line[0] in "/\\._,)'\""):
            parts.append(line)
        else:
            whole += _together(parts)
            parts = [line]
    return whole + _together(parts)


def _together(parts: list[str]) -> list[str]:
    """The one line that these were, and empty ones in the places of all but the first."""
    return parts if len(parts) < 2 else ["".join(parts), *[""] * (len(parts) - 1)]


WRAPPED = 60
"""No terminal breaks lines that are shorter."""
SURELY = 4
"""So many lines of one length, with none longer, are no chance; where most are, it is a table or a log."""
MOST_PARTS = 40
"""Pieces that one line was broken into, at most."""


def _first_filled(lines: list[str]) -> list[str]:
    """The first few lines that hold anything."""
    return list(itertools.islice(filter(str.strip, lines), 6))


def _without_service(lines: list[str]) -> list[str]:
    """The lines without the name of the one service that a log of containers puts before each of them."""
    first = [found and found[1] for found in map(_SERVICE.match, _first_filled(lines))]
    if len(first) < 2 or None in first or len(set(first)) > 1:
        return lines
    return [_SERVICE.sub("", line, count=1) for line in lines]


def _without_numbers(lines: list[str]) -> list[str]:
    """The lines without the numbers that an editor or a web page puts before each of them."""
    found = [_NUMBERED.match(line) for line in _first_filled(lines)]
    numbers = [int(each[1]) for each in found if each]
    if len(numbers) < 4 or len(numbers) < len(found) or any(b <= a for a, b in itertools.pairwise(numbers)):
        return lines
    return [_NUMBERED.sub("", line, count=1) for line in lines]


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
    elif first == "|" and line[-1] != "|":
        line = line.lstrip("| ")
        if not line:
            return line
    elif first in "`~" and _BACKTICKS.match(line):
        return ""
    if "  " in line or "\t" in line or "\u00a0" in line or "\u3000" in line:
        line = _SPACES.sub(" ", line)
    if line and _may_be_stamped(line):
        for _ in range(STAMPS):
            if not (stamp := _STAMP.match(line)):
                break
            line = line[stamp.end() :]
    return line


def _may_be_stamped(line: str) -> bool:
    """Whether the line begins as one of the prefixes does, which most lines do not."""
    first = line[0]
    return (
        first.isdigit()
        or first in "[("
        or (first.isupper() and (line[3:4] == " " or line.startswith(_LEVELS)))
    )
