"""Text in a terminal's columns: how wide it is, and where its lines may break.

A Chinese letter takes two columns and is followed by no space, so neither `len` nor `textwrap` will do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["COMMAND", "padded", "shortened", "single_spaced", "width", "wrap"]

_WORDS = re.compile(r"(\s*)(\S+)")
COMMAND = re.compile(r"(?<=\s\s)(?:envdoctor|pip|python|wsl|conda|uv)(?: \S+)+")
"""A command in a sentence, which sets it apart by two spaces on either side."""
_HELD = "\ue000"
"""Stands for the spaces of a command while lines are broken."""
_NOT_FIRST = frozenset("，。、：；！？）》」』】〉〕”’…—％·,.:;!?)]}%")
"""What no line may begin with."""
_NOT_LAST = frozenset("（《「『【〈〔“‘([{")
"""What no line may end with."""


def width(text: str) -> int:
    """The columns that the text takes in a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining

    return sum(2 if _is_wide(c) else 0 if combining(c) else 1 for c in text)


def _is_wide(letter: str) -> bool:
    # Asked of Unicode's own table letter by letter: a pattern of all these blocks takes longer to compile
    # than a report takes to write.
    from unicodedata import east_asian_width

    return not letter.isascii() and east_asian_width(letter) in "WF"


def padded(text: str, columns: int) -> str:
    """The text followed by spaces up to so many columns."""
    return text + " " * max(0, columns - width(text))


def wrap(text: str, columns: int, first: str = "", then: str = "") -> list[str]:
    """The text in lines of at most so many columns, the first after `first`, the others after `then`.

    A word longer than a line (a path, a URL) and a command stay whole. Chinese breaks anywhere, but no line
    begins with a closing mark or ends with an opening one.
    """
    if "  " in text:
        held = COMMAND.sub(lambda found: found[0].replace(" ", _HELD), text)
        if held != text:
            return [line.replace(_HELD, " ") for line in _broken(held, columns, first, then)]
    return _broken(text, columns, first, then)


def _broken(text: str, columns: int, first: str, then: str) -> list[str]:
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
    for gap, word in _WORDS.findall(text):
        for piece in [word] if word.isascii() else _pieces(word):
            glued = bool(units) and not gap and (piece[0] in _NOT_FIRST or units[-1][1][-1] in _NOT_LAST)
            if glued:
                units[-1] = (units[-1][0], units[-1][1] + piece)
            else:
                units.append((gap, piece))
            gap = ""  # noqa: PLW2901 - the white space stands before the word's first piece only
    return units


def _pieces(word: str) -> list[str]:
    """Each wide letter by itself, and what stands between them."""
    pieces: list[str] = []
    narrow = ""
    for letter in word:
        if _is_wide(letter):
            pieces += [narrow, letter] if narrow else [letter]
            narrow = ""
        else:
            narrow += letter
    return [*pieces, narrow] if narrow else pieces


def single_spaced(lines: Iterable[str]) -> str:
    """The lines as a text with a line break at its end; no two empty lines together, none at either end."""
    kept: list[str] = []
    for line in lines:
        kept += [line] if line or (kept and kept[-1]) else []
    return "\n".join(kept).rstrip() + "\n"


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
