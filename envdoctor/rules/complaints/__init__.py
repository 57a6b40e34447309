"""Rules about what a pasted text says: complaints in, findings out. On a live machine they are silent."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from envdoctor.findings import Finding
from envdoctor.machine import Machine

if TYPE_CHECKING:
    from envdoctor.rules.complaints.heard import Heard

__all__ = ["GUESSES", "REMARKS", "RULES"]


def complaints(machine: Machine) -> Iterator[Finding]:
    """Every finding that the words of a pasted text bear out."""
    paste = machine.facts.paste
    if paste is None:
        return
    from envdoctor.rules.complaints.heard import Heard
    from envdoctor.rules.guard import findings_of

    heard = Heard(machine, paste)
    for subject in _subjects():
        yield from findings_of(subject.RULES, heard)


@functools.cache
def _subjects() -> tuple[ModuleType, ...]:
    """The modules of the rules; imported only in a run that has a text to ask about."""
    from envdoctor.rules.complaints import (
        configuration,
        connection,
        containers,
        coverage,
        device,
        extensions,
        imports,
        language,
        loading,
        macos,
        other_gpus,
        pins,
        solving,
        statuses,
        unlabelled,
        variants,
        versions,
        wheels,
        windows_loader,
    )

    return (
        containers,
        imports,
        language,
        windows_loader,
        macos,
        loading,
        connection,
        versions,
        pins,
        wheels,
        solving,
        configuration,
        other_gpus,
        statuses,
        device,
        coverage,
        unlabelled,
        variants,
        extensions,
    )


def remarks(machine: Machine) -> Iterator[Finding]:
    """What people remark on a machine, for texts in which no rule found an error."""
    from envdoctor.rules.complaints import likely

    yield from _last(likely.REMARKS, machine)


def guesses(machine: Machine) -> Iterator[Finding]:
    """The likeliest cause of what a text shows, where nothing in it says why."""
    from envdoctor.rules.complaints import likely

    yield from _last(likely.GUESSES, machine)


def _last(rules: Iterable[Callable[[Heard], Iterator[Finding]]], machine: Machine) -> Iterator[Finding]:
    from envdoctor.rules.complaints.heard import Heard
    from envdoctor.rules.guard import findings_of

    paste = machine.facts.paste
    if paste is not None:
        yield from findings_of(rules, Heard(machine, paste))


RULES = (complaints,)
REMARKS = (remarks,)
GUESSES = (guesses,)
