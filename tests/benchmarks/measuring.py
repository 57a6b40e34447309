"""Whole processes, timed in turn: A B A B ..., so that a machine that drifts moves both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PASS", "PYTHON", "Ended", "in_turn", "run_once"]

PYTHON = sys.executable
PASS = [PYTHON, "-c", "pass"]
SETTLED = {"NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}


@dataclass(frozen=True)
class Ended:
    """One process from its start to its end: seconds on the wall and at work, the most memory it held, its exit code."""

    seconds: float
    cpu: float
    megabytes: float
    code: int


def run_once(command: list[str], cwd: Path | None = None) -> Ended:
    """Run a command whose output nobody reads."""
    started = time.perf_counter()
    with open(os.devnull, "wb") as nowhere:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=nowhere,
            stderr=nowhere,
            cwd=cwd,
            env={**os.environ, **SETTLED},
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    cpu = usage.ru_utime + usage.ru_stime
    return Ended(time.perf_counter() - started, cpu, usage.ru_maxrss / scale, child.returncode)


def in_turn(commands: list[list[str]], runs: int) -> list[tuple[float, float]]:
    """Median seconds of each command, by the wall's clock and by the processor's, its children among them.

    All are run once to warm up, then `runs` times one after the other.
    """
    for command in commands:
        run_once(command)
    rounds = [[run_once(command) for command in commands] for _ in range(runs)]
    return [
        (statistics.median(run.seconds for run in each), statistics.median(run.cpu for run in each))
        for each in zip(*rounds, strict=True)
    ]
