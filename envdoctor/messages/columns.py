"""Text in a terminal's columns: how wide it is, and where its lines may break.

A Chinese letter takes two columns and is followed by no space, so neither `len` nor `textwrap` will do.
"""

from __future__ import annotations

import re

__all__ = ["padded", "shortened", "width", "wrap"]

_WIDE = (
    "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6"
)
_PIECES = re.compile(rf"(\s+)|([{_WIDE}\U0001f300-\U0001faff\U00020000-\U0003fffd])|([^\s{_WIDE}]+)")
_NOT_FIRST = frozenset("，。、：；！？）》」』】〉〕”’…—％·,.:;!?)]}%")
"""What no line may begin with."""
_NOT_LAST = frozenset("（《「『【〈〔“‘([{")
"""What no line may end with."""


def width(text: str) -> int:
    """The columns that the text takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 0 if combining(c) else 1 for c in text)


def padded(text: str, columns: int) -> str:
    """The text followed by spaces up to so many columns."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int, first: str = "", then: str = "") -> list[str]:
    """The text in lines of at most so many columns, the first after `first`, the others after `then`.

    A word longer than a line (a path, a URL) stays whole. Chinese breaks anywhere, but no line begins with
    a closing mark or ends with an opening one.
    """
    lines: list[str] = []
    line, used, fresh = first, width(first), True
    for gap, unit in _units(text):
        size = width(unit)
        if not fresh and used + len(gap) + size > columns:
            lines.append(line)
            line, used, fresh = then, width(then), True
        if not fresh:
            line += gap
            used += len(gap)
        line += unit
        used += size
        fresh = False
    return lines if fresh else [*lines, line]


def _units(text: str) -> list[tuple[str, str]]:
    """What may not be broken, each with the white space in front of it."""
    units: list[tuple[str, str]] = []
    gap = ""
    for space, wide, word in _PIECES.findall(text):
        if space:
            gap = space
            continue
        piece = wide or word
        glued = bool(units) and not gap and (piece[0] in _NOT_FIRST or units[-1][1][-1] in _NOT_LAST)
        if glued:
            before, unit = units[-1]
            units[-1] = (before, unit + piece)
        else:
            units.append((gap, piece))
        gap = ""
    return units


def shortened(text: str, columns: int) -> str:
    """The text in at most so many columns; "..." stands for what was left out in the middle."""
    if width(text) <= columns:
        return text
    keep = max(0, columns - 3)
    return f"{_start(text, keep - keep // 2)}...{_start(text[::-1], keep // 2)[::-1]}"


def _start(text: str, columns: int) -> str:
    taken = 0
    for index, letter in enumerate(text):
        taken += width(letter)
        if taken > columns:
            return text[:index]
    return text
