"""One run at a time in one environment. The operating system lets go of the lock when its holder dies."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

__all__ = ["Lock"]


class Lock:
    """An exclusive lock on a file, held by this process until `release`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """Take the lock; false: another process has it.

        Raises:
            OSError: the file can't be made.

        """
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(handle)
        except BlockingIOError:
            os.close(handle)
            return False
        except PermissionError:  # how Windows says that it is taken
            os.close(handle)
            return False
        except OSError:
            pass  # a network volume without locks: the journal's process number has to do
        if not self._is_ours(handle):
            os.close(handle)  # the last holder removed the file between our opening and locking it
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go; done twice it does no harm."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None

    def _is_ours(self, handle: int) -> bool:
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._path))
        except OSError:
            return False


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
