"""The record of a run: each command, what it said, how it ended. Credentials never get into it."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import IO

from envdoctor import __version__
from envdoctor.redact import without_credentials

__all__ = ["Log", "open_log"]

KEPT = 20
"""Logs that stay in the folder."""
LARGEST = 32 << 20
"""Bytes of a log; what comes after is left out, and the log says so."""


class Log:
    """A log file that takes what it can: a full disk stops the log, not the run."""

    def __init__(self, path: Path, file: IO[str] | None) -> None:
        self.path = path
        self._file = file
        self._room = LARGEST

    def line(self, text: str) -> None:
        """Add a line, readable at once by whoever looks."""
        if self._file is None or self._room <= 0:
            return
        clean = without_credentials(text)
        self._room -= len(clean) + 1
        if self._room <= 0:
            clean = "(more followed that this log has no room for)"
        try:
            self._file.write(clean + "\n")
            self._file.flush()
        except (OSError, ValueError):
            self.close()

    def close(self) -> None:
        """Nothing more is written."""
        if self._file is not None:
            with contextlib.suppress(OSError, ValueError):
                self._file.close()
            self._file = None


def open_log(folder: Path) -> Log:
    """A new log in the folder, readable by its owner only; the oldest beyond `KEPT` are removed."""
    _prune(folder)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = folder / f"install-{stamp}-{os.getpid()}.log"
    file: IO[str] | None = None
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        file = open(handle, "w", encoding="utf-8", errors="replace", newline="\n")  # noqa: SIM115 - closed by the Log
    log = Log(path, file)
    log.line(f"envdoctor {__version__}, {time.strftime('%Y-%m-%d %H:%M:%S %z')}")
    return log


def _prune(folder: Path) -> None:
    with contextlib.suppress(OSError):
        logs = sorted(folder.glob("install-*.log"), key=lambda each: each.name, reverse=True)
        for old in logs[KEPT - 1 :]:
            old.unlink()
