"""Rules about what a pasted text says: complaints in, findings out. On a live machine they are silent."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import Finding
from envdoctor.machine import Machine

__all__ = ["RULES"]


def complaints(machine: Machine) -> Iterator[Finding]:
    """Every finding that the words of a pasted text bear out."""
    paste = machine.facts.paste
    if paste is None:
        return
    from envdoctor.rules.complaints import (
        configuration,
        connection,
        containers,
        coverage,
        device,
        extensions,
        imports,
        loading,
        other_gpus,
        solving,
        statuses,
        unlabelled,
        variants,
        versions,
        wheels,
    )
    from envdoctor.rules.complaints.heard import Heard
    from envdoctor.rules.guard import findings_of

    heard = Heard(machine, paste)
    for subject in (
        containers,
        imports,
        loading,
        connection,
        versions,
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
    ):
        yield from findings_of(subject.RULES, heard)


RULES = (complaints,)
