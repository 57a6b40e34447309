"""Code that fails for the age of its Python: what came to Python later, and what Python no longer has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding
from envdoctor.knowledge.python_news import (
    ADDED_MODULES,
    ADDED_NAMES,
    ADDED_SYNTAX,
    ADDED_WORDS,
    REMOVED_MODULES,
    REMOVED_NAMES,
    Version,
)
from envdoctor.rules import remedies
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.pythons import installing_python

__all__ = ["RULES"]

_NAME = re.compile(
    r"cannot import name '?(?P<name>\w+)'? from '?(?P<module>[\w.]+)'?"
    r"|module '?(?P<container>[\w.]+)'? has no attribute '?(?P<attribute>\w+)"
)
_MODULE = re.compile(r"No module named '?(?P<module>[\w.]+)")


def outdated(heard: Heard) -> Iterator[Finding]:
    """Syntax, or a name of the standard library, that this Python does not know yet."""
    python = installing_python(heard)
    for complaint in heard.all("python-syntax", "python-lacks"):
        needed = _needed(complaint)
        if needed is not None and (python is None or python < needed):
            yield _finding(heard, "python-too-old", complaint, needed)
            return
    if "python-syntax" in heard and python is not None and python < (3, 6):
        yield heard.finding(
            "python-too-old", "python-syntax", variant="", python=heard.machine.python_key or UNKNOWN
        )


_SPLIT_OFF = frozenset({"distutils", "lib2to3", "formatter", "parser", "symbol"})
"""Modules that Debian packs by themselves, or whose names may be a program's own."""


def _is_of_all(subject: str) -> bool:
    """Whether every Python before its removal had what is missing."""
    return subject in REMOVED_NAMES or (subject in REMOVED_MODULES and subject not in _SPLIT_OFF)


def overtaken(heard: Heard) -> Iterator[Finding]:
    """A name of the standard library that this Python no longer has."""
    python = installing_python(heard)
    for complaint in heard.all("python-lacks"):
        gone = _gone(complaint)
        certain = python >= gone if python and gone else _is_of_all(_subject(complaint))
        if gone is not None and certain and not heard.machine.cuda_proven:
            yield _finding(heard, "python-too-new", complaint, gone)
            return


def _finding(heard: Heard, code: str, complaint: Complaint, version: Version) -> Finding:
    machine = heard.machine
    if code == "python-too-old":
        way = remedies.environment_within(machine, least=version)
    else:
        way = remedies.environment_within(machine, most=(version[0], version[1] - 1))
    return heard.finding(
        code,
        variant="language",
        remedies=[way],
        more=heard.evidence([complaint]),
        subject=_subject(complaint) or complaint.subject.strip() or UNKNOWN,
        needed=".".join(map(str, version)),
    )


def _subject(complaint: Complaint) -> str:
    """The name or the module that is not there."""
    if found := _NAME.search(complaint.subject):
        return f"{found['module'] or found['container']}.{found['name'] or found['attribute']}"
    found = _MODULE.search(complaint.subject)
    return found["module"] if found else ""


def _needed(complaint: Complaint) -> Version | None:
    if complaint.kind == "python-syntax":
        return next((since for code, since in ADDED_SYNTAX if code.search(complaint.subject)), None)
    name = _subject(complaint)
    since = ADDED_NAMES.get(name) or ADDED_MODULES.get(name)
    return since or next((at for words, at in ADDED_WORDS if re.search(words, complaint.subject)), None)


def _gone(complaint: Complaint) -> Version | None:
    name = _subject(complaint)
    return REMOVED_NAMES.get(name) or REMOVED_MODULES.get(name.split(".")[0])


_HAVE = re.compile(
    r"\b(?:you(?:r| have| are using|'re using)|using|running|found|got|detected|current(?:ly)?|but)\b"
    r"[^\n\d]{0,24}(3\.\d{1,2})(?![\d-]|\.\d+-)",
    re.IGNORECASE,
)
_LEAST = re.compile(
    r"(?:>=|at least|minimum\w*|requires?|needs?)[^\n\d<]{0,20}(3\.\d{1,2})"
    r"(?![^\n]{0,4} ?(?:or (?:lower|older)|exactly))"
    r"|(3\.\d{1,2})(?:\.\d+)? (?:is )?required\b"
    r"|(3\.\d{1,2})(?:\.\d+)?(?:\+| ?(?:or|and) (?:higher|later|newer|above|greater|up\b))",
    re.IGNORECASE,
)
_MOST = re.compile(
    r"<=? ?'?(3\.\d{1,2})|(?:up to|at most|tested with) (?:Python )?(3\.\d{1,2})", re.IGNORECASE
)


def demanded(heard: Heard) -> Iterator[Finding]:
    """A program that says which Pythons it runs on, and stops on this one."""
    for complaint in heard.all("wants-python"):
        have = _version(_HAVE, complaint.subject) or installing_python(heard)
        least, most = _version(_LEAST, complaint.subject), _version(_MOST, complaint.subject)
        if have is None or heard.machine.cuda_proven:
            continue
        python = ".".join(map(str, have))
        if least is not None and have < least:
            yield heard.finding(
                "python-too-old", variant="file", more=heard.evidence([complaint]), python=python
            )
            return
        if most is not None and have > most:
            yield heard.finding(
                "python-too-new", variant="said", more=heard.evidence([complaint]), python=python
            )
            return


def _version(pattern: re.Pattern[str], text: str) -> Version | None:
    found = pattern.search(text)
    numbers = next((each for each in found.groups() if each), None) if found else None
    return (int(numbers.split(".")[0]), int(numbers.split(".")[1])) if numbers else None


RULES = (outdated, overtaken, demanded)
