"""One command carried out: its output told as it comes, its time bounded, nothing left running."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from envdoctor.outside import LiveOutside

__all__ = ["Done", "Limits", "run_step"]

TAIL = 60
"""Lines of output that are remembered."""
LOOK = 2.0
"""Seconds between two looks at whether an installer still does anything."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: `idle` without a sign of life from the installer, `total` for one command."""

    idle: float = 300.0
    total: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended. "stalled" and "too-long": it was ended at a limit; "stopped": by the user."""

    argv: tuple[str, ...]
    outcome: Literal["exited", "not-started", "stalled", "too-long", "stopped"]
    exit_code: int | None = None
    seconds: float = 0.0
    error: str = ""
    """The installer's last word on what went wrong, or why the program did not start."""
    tail: tuple[str, ...] = ()
    """The last lines that it printed."""

    @property
    def ok(self) -> bool:
        """Whether the command did what it was asked."""
        return self.outcome == "exited" and self.exit_code == 0


class _Watch:
    """Watches one command: passes its lines on, and ends it at a limit or when the user has had enough."""

    def __init__(
        self,
        limits: Limits,
        tell: Callable[[str], None],
        wait: Callable[[float], None],
        stop: Callable[[], bool],
        begun: Callable[[int, float], None],
        temporary: str,
    ) -> None:
        self.ended: Literal["stalled", "too-long", "stopped", ""] = ""
        self.error = ""
        self._limits, self._tell, self._wait, self._stop, self._begun = limits, tell, wait, stop, begun
        self._temporary = temporary
        self._pid = 0
        self.tail: deque[str] = deque(maxlen=TAIL)
        self._last_sign = self._last_look = time.monotonic()
        self._signs: tuple[float, int] = (0.0, 0)

    def started(self, pid: int) -> None:
        self._pid = pid
        self._begun(pid, _began(pid))

    def line(self, text: str) -> None:
        self._last_sign = time.monotonic()
        if _is_error(text):
            self.error = text.strip()
        self.tail.append(text)
        self._tell(text)

    def enough(self, seconds: float) -> bool:
        self._wait(seconds)
        now = time.monotonic()
        if self._stop():
            self.ended = "stopped"
        elif seconds > self._limits.total:
            self.ended = "too-long"
        elif now - self._last_look > min(LOOK, self._limits.idle / 2):
            self._last_look = now
            signs = (_busy_seconds(self._pid), _bytes_below(self._temporary))
            if signs[1] != self._signs[1] or signs[0] > self._signs[0] + 0.05:
                self._last_sign, self._signs = now, signs
            elif now - self._last_sign > self._limits.idle:
                self.ended = "stalled"
        return bool(self.ended)


def run_step(
    outside: LiveOutside,
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str | None],
    cwd: str,
    limits: Limits,
    tell: Callable[[str], None],
    wait: Callable[[float], None],
    stop: Callable[[], bool],
    begun: Callable[[int, float], None],
) -> Done:
    """Carry one command out.

    Arguments:
        outside: the machine.
        argv: the program by its path, and its arguments.
        env: variables laid over the user's; `None` removes one.
        cwd: a folder of the run's own, where no file of the user's can be mistaken for a module. The
            installer downloads into it; its growth is a sign of life.
        limits: when to give up.
        tell: gets each line of output.
        wait: told several times a second how long the command runs already.
        stop: asked as often whether the user has had enough.
        begun: told the process's number and when it began.

    """
    watch = _Watch(limits, tell, wait, stop, begun, cwd)
    ran = outside.follow(argv, watch, env=env, cwd=cwd)
    if ran.outcome == "not-started":
        return Done(argv, "not-started", error=ran.error)
    error = watch.error or (watch.tail[-1].strip() if watch.tail else "")
    ended = watch.ended or ("stopped" if stop() else "")
    if ended:
        return Done(argv, ended, ran.exit_code, ran.seconds, error, tuple(watch.tail))
    if ran.exit_code == 0:
        error = ""
    return Done(argv, "exited", ran.exit_code, ran.seconds, error, tuple(watch.tail))


def _is_error(line: str) -> bool:
    return (
        re.match(r"(?:\x1b\[[\d;]*m|\s)*(?:error|fatal|critical|× |\w+(?:Error|Exception)\b)", line, re.I)
        is not None
    )


def _began(pid: int) -> float:
    import psutil

    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return time.time()


def _busy_seconds(pid: int) -> float:
    """Processor time that the program and all it started have used."""
    import psutil

    total = 0.0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = each.cpu_times()
                total += times.user + times.system
    return total


def _bytes_below(folder: str) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
