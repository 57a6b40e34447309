"""Finds the messages of all known families in one text."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from envdoctor.facts import Complaint
from envdoctor.intake.anchors import anchors_in
from envdoctor.intake.draft import LONGEST_TEXT, Draft
from envdoctor.intake.families import FAMILIES, PRINTED, PROSE
from envdoctor.intake.lines import PastedText
from envdoctor.intake.remembered import remembered

__all__ = ["read_messages"]

BEFORE, AFTER = 200, 600
"""How far before its line and after its anchor a message may reach."""
WIDE = frozenset(
    {
        "winerror-dll",
        "entry-point",
        "packages-not-found",
        "init-oom",
        "cuda-start",
        "channel-invalid",
        "write-refused",
    }
)
"""Families whose members are read on to the next lines even where one line would do."""
MOST_TRIES = 8
"""Places of one anchor that are looked at; a log repeats the same line a thousand times."""
MOST_OF_A_KIND = 6
WRAPPED = 60
"""A line at least this long may have been broken by the width of a terminal."""
_FRAME = re.compile(
    r'File "([^"\n]{1,400})", line \d'
    r"|^(?:File )?((?:[~/]|[A-Za-z]:[\\/])[^\s\":()][^\n\":()]{0,300}\.pyc?)(?::\d{1,6},)? in [\w<]",
    re.MULTILINE,
)
"""A frame of a traceback, as Python prints it and as IPython does."""
_HELPER = re.compile(r"[\\/]ctypes[\\/]__init__\.py$|[\\/]torch[\\/]_ops\.py$")
"""A file that loads a library for the frame above it."""
_NATIVE = re.compile(
    r"frame #\d{1,3}: [^\n]{0,400} in (?![^\n)]*[\\/]torch[\\/]lib[\\/])([^\s)]{1,300}\.so)\)"
)
"""A frame of torch's C++ traceback that is not of torch's own libraries."""
FRAME_REACH = 1600
"""Letters above a message in which its traceback stands; a C++ one stands below."""


def read_messages(pasted: PastedText, draft: Draft) -> None:
    """Keep a complaint for every family that the text holds a member of."""
    for row, anchors in anchors_in(pasted.lower, PRINTED):
        _search_all(pasted, draft, row, anchors, set())
    printed = {pasted.starts[number - 1] for number in draft.printed}
    for row, anchors in anchors_in(pasted.lower_without(draft.printed), PROSE):
        _search_all(pasted, draft, row, anchors, printed.copy())


def _search_all(pasted: PastedText, draft: Draft, row: int, anchors: Iterable[str], tried: set[int]) -> None:
    pattern = _compiled(FAMILIES[row][2])
    for anchor in anchors:
        _search(pasted, draft, row, anchor, pattern, tried)


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE) if pattern else None


def _search(
    pasted: PastedText,
    draft: Draft,
    row: int,
    anchor: str,
    pattern: re.Pattern[str] | None,
    tried: set[int],
) -> None:
    """Look at the lines that hold the anchor; `tried` are the lines that were looked at for this family."""
    place = pasted.lower.find(anchor)
    for _ in range(MOST_TRIES):
        if place < 0:
            return
        line = pasted.flat.rfind("\n", 0, place) + 1
        if line not in tried:
            tried.add(line)
            subject = "" if pattern is None else _match(pasted, line, place, pattern, row)
            if subject is not None:
                _keep(pasted, draft, FAMILIES[row][0], place, subject)
                if pattern is None or pattern.groups == 0:
                    return
        place = pasted.lower.find(anchor, place + len(anchor))


def _match(pasted: PastedText, line: int, place: int, pattern: re.Pattern[str], row: int) -> str | None:
    """What the message names ("" for nothing); `None` where the pattern does not match around the anchor."""
    kind = FAMILIES[row][0]
    end = pasted.flat.find("\n", place)
    end = len(pasted.flat) if end < 0 else end
    subject = None
    if kind in WIDE:
        subject = _at(pattern, pasted.one_line[line : place + AFTER], place - line)
    if subject is None:
        subject = _in_line(pasted.flat[line:end], row)
    if subject is None and row not in PROSE and not kind.startswith("said-"):
        # A message of several lines, or one that the width of a terminal broke.
        start, stop = max(0, line - BEFORE), place + AFTER
        subject = _at(pattern, pasted.flat[start:stop], place - start)
        if subject is None and end - line > WRAPPED:
            subject = _at(pattern, pasted.one_line[start:stop], place - start)
    return subject


@remembered
def _in_line(line: str, row: int) -> str | None:
    """What a message of this row in the line names."""
    pattern = _compiled(FAMILIES[row][2])
    return None if pattern is None else _subject(pattern.search(line))


def _subject(hit: re.Match[str] | None) -> str | None:
    if hit is None:
        return None
    return next((part for part in hit.groups() if part), "").replace("\n", " ")


def _at(pattern: re.Pattern[str], window: str, anchor: int) -> str | None:
    """What the message names that reaches the anchor, rather than one of the same family before it."""
    return _subject(next((hit for hit in pattern.finditer(window) if hit.end() > anchor), None))


def _keep(pasted: PastedText, draft: Draft, kind: str, place: int, subject: str) -> None:
    same = [each for each in draft.complaints if each.kind == kind]
    if len(same) >= MOST_OF_A_KIND or any(each.subject == subject for each in same):
        return
    number = pasted.line_at(place)
    above = pasted.flat[max(0, place - FRAME_REACH) : place]
    frames = ["".join(each) for each in _FRAME.findall(above)] if ".py" in above else []
    frames = [each for each in frames if _HELPER.search(each) is None] or frames
    below = pasted.flat[place : place + FRAME_REACH]
    if "frame #" in below and (native := _NATIVE.search(below)):
        frames = [native[1]]
    draft.complaints.append(
        Complaint(
            kind=kind,
            line=number,
            text=pasted.line_text(number)[:LONGEST_TEXT],
            subject=subject[:LONGEST_TEXT],
            raised_in=frames[-1] if frames else "",
        )
    )
