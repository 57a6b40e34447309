"""Which anchors of the message families a text holds, told from its words in one pass.

There are about two thousand anchors. Looking for each of them in every text takes longer than all else, and
much longer in a log of megabytes; a text has only so many different words.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from typing import Literal

from envdoctor.intake.families import FAMILIES
from envdoctor.intake.labels import LABELS, NOT_COLLECTED

__all__ = ["anchors_in"]

_WORD = re.compile(r"[a-z0-9]+")
_APART = bytes(code if _WORD.match(chr(code)) and code < 128 else 32 for code in range(256))
"""What each byte becomes so that blanks, and nothing else, stand between words."""
PART = 4
"""Letters of the start or end of a word by which an anchor is found that may stand inside longer ones."""
SHORTEST = 2
"""Letters of the shortest such part, and of the shortest anchor that is one word."""
PARTS = range(SHORTEST, PART + 1)
CHUNK = 1 << 20


def anchors_in(lower: str, rows: range) -> list[tuple[int, list[str]]]:
    """The anchors of these rows that the text holds, by row, both in the order of the table."""
    return _index(rows).held_by(lower)


@functools.cache
def _index(rows: range) -> _Index:
    return _Index(rows)


def _words_of(lower: str) -> set[str]:
    """The different words of a text, taken in pieces, so that a long one does not become a long list."""
    words: set[str] = set()
    start = 0
    while start < len(lower):
        end = lower.find(" ", start + CHUNK)
        end = len(lower) if end < 0 else end
        # Anything but ASCII becomes "?", which is in no word; this is ten times as fast as a pattern.
        words.update(lower[start:end].encode("ascii", "replace").translate(_APART).decode("ascii").split())
        start = end
    return words


Table = dict[str, list[int]]
"""The numbers of anchors by a word, or by a part of one."""
Key = tuple[Literal[0, 1, 2], str]
"""What an anchor can be found by: the place of a table in the index, and the key in it."""


class _Index:
    """Where to look the anchors of some rows up; each stands in one place."""

    def __init__(self, rows: range) -> None:
        self._anchors = [(anchor, row) for row in rows for anchor in FAMILIES[row][1]]
        """Every anchor with its row; its number is its place in this list."""
        whole: Table = {}
        """By a word inside the anchor, which no neighbour can lengthen."""
        starts: Table = {}
        """By how a word of the text starts, for anchors that end in the middle of one."""
        ends: Table = {}
        """By how a word of the text ends."""
        self._tables = (whole, starts, ends)
        self._inside: dict[str, list[tuple[str, int]]] = {}
        """By their first letters those of one word, which may stand in the middle of the text's."""
        self._always: list[int] = []
        """Those without a word to go by, which are looked for in any case."""
        self._foreign: list[int] = []
        """Such with letters outside ASCII, which most texts have none of."""
        self._fill()
        # Most words stand in many texts.
        self._of_word = functools.lru_cache(maxsize=1 << 14)(self._looked_up)

    def held_by(self, lower: str) -> list[tuple[int, list[str]]]:
        """The anchors that the text holds, by row, both in the order of the table."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        numbers = set(self._always).union(*map(self._of_word, _words_of(lower)))
        if not lower.isascii():
            numbers.update(self._foreign)
        for anchor, row in map(self._anchors.__getitem__, sorted(numbers)):
            if anchor in lower:
                found[row].append(anchor)
        return list(found.items())

    def _looked_up(self, word: str) -> tuple[int, ...]:
        """The anchors that a word of the text stands for."""
        whole, starts, ends = self._tables
        inside = [
            number
            for place in range(len(word) - SHORTEST + 1)
            for anchor, number in self._inside.get(word[place : place + SHORTEST], ())
            if word.startswith(anchor, place)
        ]
        lengths = [length for length in PARTS if length <= len(word)]
        at_start = [number for length in lengths for number in starts.get(word[:length], ())]
        at_end = [number for length in lengths for number in ends.get(word[-length:], ())]
        return (*whole.get(word, ()), *at_start, *at_end, *inside)

    def _fill(self) -> None:
        keys = [_keys(anchor) for anchor, _ in self._anchors]
        # By a key that few texts have: not in the labels of every report, and in the fewest other messages.
        common = Counter(key for several in keys for key in several)
        usual = _usual()
        for number, (anchor, _) in enumerate(self._anchors):
            if keys[number]:
                table, word = min(
                    keys[number],
                    key=lambda key: (key in usual, len(key[1]) < 3, common[key], -len(key[1])),
                )
                self._tables[table].setdefault(word, []).append(number)
            elif _WORD.fullmatch(anchor):
                self._inside.setdefault(anchor[:SHORTEST], []).append((anchor, number))
            else:
                (self._always if anchor.isascii() else self._foreign).append(number)


def _keys(anchor: str) -> list[Key]:
    keys: list[Key] = []
    for hit in _WORD.finditer(anchor):
        if hit.start() > 0 and hit.end() < len(anchor):
            keys.append((0, hit[0]))
        elif len(hit[0]) >= SHORTEST and hit.start() > 0:
            keys.append((1, hit[0][:PART]))
        elif len(hit[0]) >= SHORTEST and hit.end() < len(anchor):
            keys.append((2, hit[0][-PART:]))
    return keys


@functools.cache
def _usual() -> set[Key]:
    """The keys that stand for words in the labels of reports."""
    keys: set[Key] = set()
    for word in _WORD.findall(" ".join((*LABELS, *NOT_COLLECTED))):
        keys.add((0, word))
        for length in PARTS:
            keys |= {(1, word[:length]), (2, word[-length:])}
    return keys
