"""What a run is doing, on disk before it does it, so that a run that was killed can be undone later."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from envdoctor.execution.tree import Root

__all__ = ["Journal", "read_journal", "write_journal"]

SCHEMA = 1
FILE = "journal.json"

State = Literal["keeping", "working", "done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One run. "keeping": nothing has been changed yet; "working": undo it; "done": only rubbish is left."""

    state: State
    started: float
    """Seconds since 1970."""
    what: str
    """What was to be installed: "torch 2.14.1+cu126"."""
    pid: int
    """The process that runs it."""
    roots: tuple[Root, ...] = ()
    child: tuple[int, float] | None = None
    """The installer's process number and the time at which it began, to know it from a later one."""
    temporary: str | None = None
    """A folder for the installers' temporary files, removed at the end."""
    log: str | None = None


def write_journal(folder: Path, journal: Journal) -> None:
    """Write the journal, whole and on disk when this returns.

    Raises:
        OSError: the volume is full or read-only; an older journal stays as it was.

    """
    data = {"schema": SCHEMA, **dataclasses.asdict(journal)}
    temporary = folder / f"{FILE}.new"
    try:
        with open(temporary, "w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump(data, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / FILE)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def read_journal(folder: Path) -> Journal | None:
    """The journal of a run; `None`: there is none, or none that this version can read."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8", errors="surrogateescape")
        data = json.loads(text)
        if data.pop("schema") != SCHEMA:
            return None
        roots = tuple(Root(each["path"], tuple(each["skip"])) for each in data.pop("roots"))
        child = data.pop("child")
        return Journal(**data, roots=roots, child=tuple(child) if child else None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
