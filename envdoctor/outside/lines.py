"""The output of a program line by line while it runs."""

from __future__ import annotations

import codecs
import contextlib
import os
import queue
import re
import threading
import time
from collections.abc import Iterator
from typing import IO

__all__ = ["Lines"]

LONGEST = 8000
"""Characters of a line; a longer one is cut into several."""
WAITING = 10_000
"""Lines that may wait to be told; a program that prints faster is held up by its pipe."""
REST_SECONDS = 1.0
"""How long a program that has ended is listened to, where something still holds its pipe."""
BREAK = re.compile(r"\r\n|\r|\n")


class Lines:
    """Reads a stream to its end in a thread; a carriage return ends a line too, as progress bars use it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: queue.Queue[str] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def come(self, seconds: float) -> Iterator[str]:
        """The lines that came and come within so many seconds."""
        until = time.monotonic() + seconds
        while True:
            try:
                yield self._lines.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                return
            if time.monotonic() > until:
                return

    def rest(self) -> Iterator[str]:
        """What is left to tell of a program that has ended; a pipe held by a grandchild is not waited for."""
        until = time.monotonic() + REST_SECONDS
        while self._thread.is_alive() and time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                yield self._lines.get(timeout=0.05)
        # As many as there are now: one that left the group may print for ever.
        for _ in range(self._lines.qsize()):
            yield self._lines.get_nowait()
        if not self._thread.is_alive():
            self._stream.close()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        pending = ""
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                *lines, pending = BREAK.split(pending + decoder.decode(chunk))
                while len(pending) > LONGEST:
                    lines.append(pending[:LONGEST])
                    pending = pending[LONGEST:]
                self._tell(lines)
        self._tell([pending + decoder.decode(b"", final=True)])

    def _tell(self, lines: list[str]) -> None:
        for line in lines:
            for start in range(0, max(1, len(line)), LONGEST):
                if line.strip():
                    self._lines.put(line[start : start + LONGEST].rstrip())
