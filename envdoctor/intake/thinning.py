"""A text of many megabytes, read block by block into one of a few: what repeats is kept some times only.

A log says the same thing a hundred thousand times, with other numbers in it. Nothing that is read from a
paste needs more than `REPEATS` of one line, so that memory depends on how much a text says, not on how long
it is. What is left and still too much keeps its beginning and its end, where reports and tracebacks stand.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from envdoctor.errors import UsageError
from envdoctor.intake.decoding import SAMPLE, decode_line, is_binary, marked_encoding
from envdoctor.intake.lines import LONGEST

__all__ = ["Thinned", "thinned"]

REPEATS = 64
"""Lines of one shape (the same but for digits) that are kept: as many as of anything in a draft."""
MOST_SHAPES = 100_000
"""Shapes that are counted; a line of a further one is kept."""
KEPT = 4 << 20
"""Letters that are kept of the beginning, and as many of the end."""
MOST_LINES = 2_000_000
"""Lines whose numbers are kept right; behind them short lines do not count."""
BLOCK = 1 << 20
_DIGITS = b"0123456789"
_BREAK = re.compile(rb"\r\n|\n|\r")
_SHORT = re.compile(rb"(?:(?<=[\r\n])[^\r\n]{0,7}[\r\n]+)+")


class Readable(Protocol):
    """What bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none: the end."""


class Thinned(NamedTuple):
    """A text with every line in its place; those that were left out are empty."""

    text: str
    left_out: int
    """Lines of the middle that said something new, for which there was no room."""


def thinned(first: bytes, file: Readable) -> Thinned:
    """The text of a stream, without what repeats and without the middle of what is too much.

    `first` was already read from the stream.

    Raises:
        UsageError: the bytes are no text.

    """
    head = first + file.read(max(0, SAMPLE - len(first)))
    mark, encoding = marked_encoding(head)
    if encoding is None and is_binary(head[:SAMPLE]):
        raise UsageError("this is not text but a binary file")
    blocks = _blocks(head[len(mark) :], file)
    return _joined(_lines(blocks if encoding is None else _as_utf8(blocks, encoding)))


def _blocks(head: bytes, file: Readable) -> Iterator[bytes]:
    while head:
        yield head
        head = file.read(BLOCK)


def _as_utf8(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """UTF-16 and UTF-32, of which a line's end can't be found among the bytes."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")


def _lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The lines; of one without an end only its beginning, which is all that is read of it."""
    rest, number = b"", 0
    for block in blocks:
        if number > MOST_LINES:
            block = _SHORT.sub(b"", block)  # noqa: PLW2901 - the same block without its shortest lines
        if rest.endswith(b"\r") and not block.startswith(b"\n"):
            yield rest[:-1]
            rest = b""
        held = b"\r" if block.endswith(b"\r") else b""  # the other half of the line's end may follow
        *lines, rest = _BREAK.split(rest + block.removesuffix(held))
        yield from lines
        number += len(lines)
        rest = rest[: 8 * LONGEST] + held
    yield from _BREAK.split(rest)


def _joined(lines: Iterator[bytes]) -> Thinned:
    """The lines that say something new, decoded: the first and the last of them within the budget."""
    shapes: dict[bytes, int] = {}
    start: list[str] = []
    end: deque[str] = deque()
    room, behind, left_out = KEPT, 0, 0
    for number, line in enumerate(lines):
        text = decode_line(line[: 4 * LONGEST]) if _is_new(line, shapes) else ""
        if not text and number >= MOST_LINES:
            continue
        if room > 0:
            start.append(text)
            room -= len(text)
            continue
        end.append(text)
        behind += len(text)
        while behind > KEPT:
            dropped = end.popleft()
            behind -= len(dropped)
            left_out += bool(dropped)
            if number < MOST_LINES:
                start.append("")
    return Thinned("\n".join([*start, *end]), left_out)


def _is_new(line: bytes, shapes: dict[bytes, int]) -> bool:
    shape = line[:LONGEST].translate(None, _DIGITS)
    seen = shapes.get(shape)
    if seen is None:
        if len(shapes) < MOST_SHAPES:
            shapes[shape] = 1
        return True
    shapes[shape] = seen + 1
    return seen < REPEATS
