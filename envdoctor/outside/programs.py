"""The programs that a door starts: in process groups of their own, output bounded, none left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO

from envdoctor.outside.door import Ran, Watcher

__all__ = ["Programs"]

OUTPUT_LIMIT = 1 << 20
"""Bytes kept of each output stream of a child; the rest is read and thrown away."""
LINE_LIMIT = 1 << 16
"""Bytes of a line that has not ended yet; a program that never ends its line does not fill the memory."""
STARTING_SECONDS = 1.0
"""How long the end waits for a child between its start and its place among the children."""
TICK = 0.1
"""Seconds between two looks at a program that is followed."""
GRACE = 5.0
"""Seconds that a program has to end by itself after it was interrupted."""

if sys.platform == "win32":
    OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    OWN_GROUP = 0


class Programs:
    """Starts programs with an environment, and knows those that still run."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self._children: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.RLock()  # a signal may come while this thread itself holds it
        self._starting = 0
        self._closed = False

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        hear: Callable[[str], None] | None = None,
    ) -> Ran:
        """See `Outside.run`."""
        started = time.monotonic()
        child = self._start(argv, env, cwd, subprocess.PIPE)
        if isinstance(child, str):
            return Ran(tuple(argv), "not-started", error=child)
        with self._child(child):
            pipes = ((child.stdout, hear), (child.stderr, None))
            readers = [_Reader(stream, told) for stream, told in pipes if stream is not None]
            timed_out = False
            try:
                child.wait(max(0.0, timeout - (time.monotonic() - started)))
            except subprocess.TimeoutExpired:
                timed_out = True
            _end_group(child)
            out, err = (reader.finish() for reader in readers)
        return Ran(
            tuple(argv),
            "timed-out" if timed_out else "exited",
            exit_code=None if timed_out else child.returncode,
            stdout=out,
            stderr=err,
            seconds=time.monotonic() - started,
            flooded=any(reader.flooded for reader in readers),
        )

    def follow(
        self,
        argv: Sequence[str],
        watcher: Watcher,
        *,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Ran:
        """Run a program and tell `watcher` each line of its output, errors among it, as it comes.

        The program is asked to end, and then made to, when the watcher has had enough ("timed-out"). All is
        told in the caller's thread. The output is the watcher's to keep: it is not in the result.
        """
        from envdoctor.outside.lines import Lines

        started = time.monotonic()
        child = self._start(argv, env, cwd, subprocess.STDOUT)
        if isinstance(child, str):
            return Ran(tuple(argv), "not-started", error=child)
        ended_by_us = False
        with self._child(child):
            assert child.stdout is not None
            lines = Lines(child.stdout)
            watcher.started(child.pid)
            while child.poll() is None:
                for line in lines.come(TICK):
                    watcher.line(line)
                if watcher.enough(time.monotonic() - started):
                    ended_by_us = True
                    _ask_to_end(child)
                    break
            _end_group(child)
            for line in lines.rest():
                watcher.line(line)
        code = None if ended_by_us else child.returncode
        seconds = time.monotonic() - started
        return Ran(tuple(argv), "timed-out" if ended_by_us else "exited", exit_code=code, seconds=seconds)

    def close(self) -> None:
        """End every child, those just being started too, and start no other."""
        with self._lock:
            self._closed = True
        deadline = time.monotonic() + STARTING_SECONDS
        while self._starting and time.monotonic() < deadline:
            time.sleep(0.01)
        self.end_children()

    def end_children(self) -> None:
        """End every child that still runs; others may follow."""
        with self._lock:
            children = list(self._children)
        for child in children:
            _end_group(child)

    def _start(
        self,
        argv: Sequence[str],
        env: Mapping[str, str | None] | None,
        cwd: str | None,
        stderr: int,
    ) -> subprocess.Popen[bytes] | str:
        """The child in a process group of its own, or why it did not start."""
        environ = {k: v for k, v in {**self.environ, **(env or {})}.items() if v is not None}
        with self._lock:
            if self._closed:
                return "the doctor is stopping"
            self._starting += 1
        try:
            return subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environ,
                cwd=cwd,
                start_new_session=sys.platform != "win32",
                creationflags=OWN_GROUP,
            )
        except (OSError, ValueError) as error:
            with self._lock:
                self._starting -= 1
            return _reason(error)

    @contextlib.contextmanager
    def _child(self, child: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._lock:
            self._children.add(child)
            self._starting -= 1
            closed = self._closed
        if closed:
            _end_group(child)
        try:
            yield
        finally:
            _end_group(child)
            with self._lock:
                self._children.discard(child)


def _ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Interrupt the child as Ctrl-C would and give it a moment to clean up behind itself."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started; a child that has ended may have left others behind."""
    if sys.platform == "win32":
        if child.poll() is None:
            import psutil

            with contextlib.suppress(psutil.Error):
                for each in psutil.Process(child.pid).children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        each.kill()
            with contextlib.suppress(OSError):
                child.kill()
    else:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        if child.returncode is None:
            with contextlib.suppress(OSError):
                child.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(2)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


class _Reader:
    """Reads one stream of a child to its end in a thread and keeps a bounded part of it."""

    def __init__(self, stream: IO[bytes], hear: Callable[[str], None] | None = None) -> None:
        self.flooded = False
        self._kept = bytearray()
        self._hear = hear
        self._line = b""
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                room = OUTPUT_LIMIT - len(self._kept)
                if room > 0:
                    self._kept += chunk[:room]
                if len(chunk) > room:
                    self.flooded = True
                if self._hear is not None:
                    self._tell(chunk)

    def _tell(self, chunk: bytes) -> None:
        *lines, self._line = (self._line + chunk).split(b"\n")
        self._line = self._line[:LINE_LIMIT]
        for line in lines:
            if self._hear is not None and line:
                self._hear(line.decode("utf-8", "replace"))

    def finish(self) -> str:
        """The text so far; a grandchild that keeps the pipe open is not waited for."""
        self._thread.join(1.0)
        if not self._thread.is_alive():
            self._stream.close()
        return bytes(self._kept).decode("utf-8", "replace")
