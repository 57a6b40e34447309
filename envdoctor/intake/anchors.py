"""Which anchors of the message families a text holds, told from its words in one pass.

There are about a thousand anchors. Looking for each of them in every text takes longer than all else, and
much longer in a log of megabytes; a text has only so many different words.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from typing import Literal, NamedTuple

from envdoctor.intake.families import FAMILIES
from envdoctor.intake.labels import LABELS, NOT_COLLECTED

__all__ = ["anchors_in"]

_WORD = re.compile(r"[a-z0-9]+")
PART = 4
"""Letters of the start or end of a word by which an anchor is found that may stand inside longer ones."""
SHORTEST = 2
"""Letters of the shortest such part, and of the shortest anchor that is one word."""
PARTS = range(SHORTEST, PART + 1)
CHUNK = 1 << 20


def anchors_in(lower: str) -> list[tuple[int, list[str]]]:
    """The anchors that the text holds, by the row of their family, both in the order of the table."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    numbers = _candidates(_words_of(lower))
    if not lower.isascii():
        numbers.update(_index().foreign)
    for anchor, row in map(_anchors().__getitem__, sorted(numbers)):
        if anchor in lower:
            found[row].append(anchor)
    return list(found.items())


def _candidates(words: set[str]) -> set[int]:
    """The numbers of all anchors that may be in a text of these words."""
    return set(_index().always).union(*map(_of_word, words))


@functools.lru_cache(maxsize=1 << 14)
def _of_word(word: str) -> tuple[int, ...]:
    """The anchors that a word of the text stands for; most words stand in many texts."""
    index = _index()
    within = [
        number
        for place in range(len(word) - SHORTEST + 1)
        for anchor, number in index.inside.get(word[place : place + SHORTEST], ())
        if word.startswith(anchor, place)
    ]
    lengths = [length for length in PARTS if length <= len(word)]
    starts = [number for length in lengths for number in index.starts.get(word[:length], ())]
    ends = [number for length in lengths for number in index.ends.get(word[-length:], ())]
    return (*index.whole.get(word, ()), *starts, *ends, *within)


def _words_of(lower: str) -> set[str]:
    """The different words of a text, taken in pieces, so that a long one does not become a long list."""
    words: set[str] = set()
    start = 0
    while start < len(lower):
        end = lower.find("\n", start + CHUNK)
        end = len(lower) if end < 0 else end
        words.update(_WORD.findall(lower, start, end))
        start = end
    return words


Table = dict[str, list[int]]
"""The numbers of anchors by a word, or by a part of one."""


class _Index(NamedTuple):
    """Where to look anchors up; each stands in one place."""

    whole: Table
    """By a word inside the anchor, which no neighbour can lengthen."""
    starts: Table
    """By how a word of the text starts, for anchors that end in the middle of one."""
    ends: Table
    """By how a word of the text ends."""
    inside: dict[str, list[tuple[str, int]]]
    """By their first letters those of one word, which may stand in the middle of the text's."""
    always: list[int]
    """Those without a word to go by, which are looked for in any case."""
    foreign: list[int]
    """Such with letters outside ASCII, which most texts have none of."""


@functools.cache
def _anchors() -> list[tuple[str, int]]:
    """Every anchor with the row of its family; its number is its place in this list."""
    return [(anchor, row) for row, (_, anchors, _) in enumerate(FAMILIES) for anchor in anchors]


@functools.cache
def _index() -> _Index:
    index = _Index({}, {}, {}, {}, [], [])
    keys = [_keys(anchor) for anchor, _ in _anchors()]
    # By a key that few texts have: not in the labels of every report, and in the fewest other messages.
    common = Counter(key for several in keys for key in several)
    usual = _usual()
    for number, (anchor, _) in enumerate(_anchors()):
        if keys[number]:
            table, word = min(
                keys[number],
                key=lambda key: (key in usual, len(key[1]) < 3, common[key], -len(key[1])),
            )
            index[table].setdefault(word, []).append(number)
        elif _WORD.fullmatch(anchor):
            index.inside.setdefault(anchor[:SHORTEST], []).append((anchor, number))
        else:
            (index.always if anchor.isascii() else index.foreign).append(number)
    return index


Key = tuple[Literal[0, 1, 2], str]
"""What an anchor can be found by: the place of a table in the index, and the key in it."""


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


def _usual() -> set[Key]:
    """The keys that stand for words in the labels of reports."""
    keys: set[Key] = set()
    for word in _WORD.findall(" ".join((*LABELS, *NOT_COLLECTED))):
        keys.add((0, word))
        for length in PARTS:
            keys |= {(1, word[:length]), (2, word[-length:])}
    return keys
