"""A run of `envdoctor install --run` that has not ended: what it left in the environment to undo it with."""

from __future__ import annotations

from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object

__all__ = ["UNDO", "unfinished_run"]

UNDO = ".envdoctor-undo"
"""In the environment's own folder, so that it lies on the same volume and is found again after a crash."""


def unfinished_run(outside: Outside, prefix: str) -> str | None:
    """What was to be installed by a run that was cut off ("torch 2.14.1+cpu"); `None`: there is no such run.

    One that is still at work counts as cut off where the system does not show its processes as files.
    """
    said = json_object(outside.read_text(outside.path.join(prefix, UNDO, "journal.json"), 1 << 16))
    what, pid = said.get("what"), said.get("pid")
    if said.get("state") != "working" or not isinstance(what, str) or not isinstance(pid, int):
        return None
    return None if outside.exists(f"/proc/{pid}") else what[:100]
