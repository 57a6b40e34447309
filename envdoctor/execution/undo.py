"""The way back: what an environment held, kept while a run lasts, put back or thrown away at its end."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from envdoctor.execution.journal import Journal, read_journal, write_journal
from envdoctor.execution.lock import Lock
from envdoctor.execution.records import undo_folder
from envdoctor.execution.tree import Left, Root, keep, put_back, read_manifest, remove_tree

__all__ = ["Busy", "Undo", "place_of"]

MANIFEST = "manifest.jsonl"
KEPT = "kept"

Tell = Callable[[int], None]


class Busy(Exception):  # noqa: N818 - a state of the environment, not a fault
    """Another run works in this environment right now."""


def place_of(prefix: str, records: Path) -> Path:
    """Where the way back for this environment lies: inside it; among the records where it does not exist."""
    if os.path.isdir(prefix):
        return undo_folder(prefix)
    name = hashlib.sha256(os.path.abspath(prefix).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return records / f"undo-{name}"


class Undo:
    """What one environment held before a run. While it lives, no other run may touch the environment."""

    def __init__(self, folder: Path, lock: Lock, journal: Journal | None) -> None:
        self.folder = folder
        self.journal = journal
        self._lock = lock

    @classmethod
    def begin(
        cls, folder: Path, roots: Sequence[Root], what: str, log: str, tell: Tell = lambda n: None
    ) -> Undo:
        """Keep what the roots hold; from here on everything can be put back.

        Raises:
            Busy: another run holds the environment.
            FileExistsError: an earlier run is still to be undone.
            OSError: it can't be kept (no room, no right to write); nothing was changed and nothing is left.

        """
        undo = cls._locked(folder)
        if undo.journal is not None and undo.journal.state == "working":
            undo.release()
            raise FileExistsError(f"{folder}: an earlier run is still to be undone")
        try:
            undo._sweep()
            undo.journal = Journal(
                state="keeping", started=time.time(), what=what, pid=os.getpid(), roots=tuple(roots), log=log
            )
            write_journal(folder, undo.journal)
            keep(roots, folder / KEPT, folder / MANIFEST, tell)
            undo.note(state="working")
        except BaseException:
            undo._leave()
            raise
        return undo

    @classmethod
    def found(cls, folder: Path) -> Undo | None:
        """The way back that a run left which could not finish; `None`: there is nothing to undo.

        Raises:
            Busy: that run is still at work.

        """
        if not folder.is_dir():
            return None
        undo = cls._locked(folder)
        if undo.journal is None or undo.journal.state != "working":
            undo._leave()
            return None
        return undo

    @classmethod
    def _locked(cls, folder: Path) -> Undo:
        folder.mkdir(mode=0o700, exist_ok=True)
        lock = Lock(folder / "lock")
        if not lock.take():
            raise Busy
        return cls(folder, lock, read_journal(folder))

    def note(self, **changes: object) -> None:
        """Write into the journal what has changed.

        Raises:
            OSError: the volume is full or read-only.

        """
        assert self.journal is not None
        self.journal = replace(self.journal, **changes)  # type: ignore[arg-type]  # fields of the journal
        write_journal(self.folder, self.journal)

    def restore(self, tell: Tell = lambda count: None) -> list[Left]:
        """Put everything back and throw the way back away; what could still be put back keeps it there.

        Raises:
            OSError: the list of what was there can't be read.

        """
        assert self.journal is not None
        end_orphan(self.journal.child)
        entries = read_manifest(self.folder / MANIFEST)
        left = put_back(self.journal.roots, self.folder / KEPT, entries, tell)
        if any(not each.final for each in left):
            self._lock.release()
        else:
            self.discard()
        return left

    def discard(self) -> None:
        """Keep the environment as it is now and throw the way back away."""
        try:
            self.note(state="done")
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(self.folder / "journal.json")  # needs no room, and says the same
        self._leave()

    def release(self) -> None:
        """Leave everything as it is, for another time."""
        self._lock.release()

    def _sweep(self) -> None:
        for name in (KEPT, MANIFEST):
            remove_tree(self.folder / name)

    def _leave(self) -> None:
        """Remove the folder, the journal last, so that what is left after a crash is known to be rubbish."""
        if self.journal is not None and self.journal.temporary:
            remove_tree(self.journal.temporary)
        self._sweep()
        if os.name == "nt":
            self._lock.release()  # an open file can't be removed there
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()


def end_orphan(child: tuple[int, float] | None) -> None:
    """End the installer of a run that was killed, and wait until it is gone."""
    import psutil

    if child is None:
        return
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(child[0])
        if abs(process.create_time() - child[1]) > 2.0:
            return  # another program has the number now
        family = [process, *process.children(recursive=True)]
        for each in family:
            with contextlib.suppress(psutil.Error):
                each.kill()
        psutil.wait_procs(family, timeout=5.0)
