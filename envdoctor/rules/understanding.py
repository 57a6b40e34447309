"""Whether anything at all was understood of what was pasted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from envdoctor.facts import Facts
from envdoctor.findings import Finding
from envdoctor.machine import Machine
from envdoctor.rules.levels import warning

__all__ = ["RULES"]


def understood(machine: Machine) -> Iterator[Finding]:
    """A text of which nothing is known: no verdict can rest on it, a good one neither."""
    paste = machine.facts.paste
    if (
        paste is None
        or paste.formats
        or paste.complaints
        or paste.commands
        or paste.remarks
        or paste.no_versions
    ):
        return
    if replace(machine.facts, paste=None) == Facts():
        yield warning("report-not-understood", lines=paste.lines)


RULES = (understood,)
