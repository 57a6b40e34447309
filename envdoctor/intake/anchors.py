"""Which anchors of the message families a text may hold, told from its words in one pass.

There are about a thousand anchors. Looking for each of them in every text takes longer than all else, and
much longer in a log of megabytes; a text has only so many different words.
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Iterable

from envdoctor.intake.families import FAMILIES

__all__ = ["anchors_in"]

_WORD = re.compile(r"[a-z0-9]+")
PART = 4
"""Letters of the start or end of a word by which an anchor is found that may stand inside longer ones."""
CHUNK = 1 << 20

Place = tuple[int, int]
"""The row of the family, and the number of the anchor in it."""


def anchors_in(lower: str) -> list[tuple[int, list[int]]]:
    """The anchors whose words are in the text, by family, in the order of the table; none is missing."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row, number in sorted(_candidates(_words_of(lower))):
        found[row].append(number)
    return list(found.items())


def _candidates(words: set[str]) -> set[Place]:
    whole, starts, ends, inside, always = _index()
    together = " ".join(words)
    places = {place for anchor, place in inside if anchor in together}
    places.update(always)
    for table, keys in (
        (whole, words),
        (starts, {word[:PART] for word in words}),
        (ends, {word[-PART:] for word in words}),
    ):
        for key in table.keys() & keys:
            places.update(table[key])
    return places


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


Table = dict[str, list[Place]]


@functools.cache
def _index() -> tuple[Table, Table, Table, tuple[tuple[str, Place], ...], tuple[Place, ...]]:
    """Anchors by a word inside them, by one that the text's word starts or ends with, and those with none.

    Of the last, those of one word may stand inside a word of the text; the others are looked for in any case.
    """
    whole: Table = {}
    starts: Table = {}
    ends: Table = {}
    anywhere: list[tuple[str, Place]] = []
    for row, (_, anchors, _) in enumerate(FAMILIES):
        for number, anchor in enumerate(anchors):
            _file(anchor, (row, number), whole, starts, ends, anywhere)
    inside = tuple(each for each in anywhere if _WORD.fullmatch(each[0]))
    return (
        whole,
        starts,
        ends,
        inside,
        tuple(place for anchor, place in anywhere if (anchor, place) not in inside),
    )


def _file(
    anchor: str,
    place: Place,
    whole: Table,
    starts: Table,
    ends: Table,
    anywhere: list[tuple[str, Place]],
) -> None:
    hits = list(_WORD.finditer(anchor))
    inside = [hit[0] for hit in hits if hit.start() > 0 and hit.end() < len(anchor)]
    if inside:
        # The text's own neighbours of the anchor can't lengthen this word.
        whole.setdefault(max(inside, key=len), []).append(place)
        return
    for hit in _longest_first(hits):
        if hit.start() > 0 and len(hit[0]) >= PART:
            starts.setdefault(hit[0][:PART], []).append(place)
            return
        if hit.end() < len(anchor) and len(hit[0]) >= PART:
            ends.setdefault(hit[0][-PART:], []).append(place)
            return
    anywhere.append((anchor, place))


def _longest_first(hits: Iterable[re.Match[str]]) -> list[re.Match[str]]:
    return sorted(hits, key=lambda hit: -len(hit[0]))
