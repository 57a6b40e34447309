"""The budgets of the design, measured as whole processes in one run: `python -m tests.benchmarks`.

Each command is run in turn with its yardstick, A B A B ..., so that a drifting machine moves both. The
medians and their ratio are printed beside the budget; nothing here passes or fails.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.util
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import envdoctor

PYTHON = sys.executable
DOCTOR = [PYTHON, "-m", "envdoctor"]
PASS = [PYTHON, "-c", "pass"]
TORCH = [PYTHON, "-c", "import torch; torch.cuda.is_available()"]
COLLECT = [PYTHON, "-m", "torch.utils.collect_env"]
CHECK_ALLOWANCE = 0.25
"""Seconds that `check` may take beyond its share of torch's import."""


@dataclass(frozen=True)
class Budget:
    """A command, what it is compared with, and how many times as long it may take."""

    name: str
    command: list[str]
    yardstick: str
    against: list[str]
    factor: float
    allowance: float = 0.0
    needs_torch: bool = False


BUDGETS = (
    Budget("--version", [*DOCTOR, "--version"], "python -c pass", PASS, 2),
    Budget("--help", [*DOCTOR, "--help"], "python -c pass", PASS, 8),
    Budget("check --quick", [*DOCTOR, "check", "--quick", "--python", PYTHON], "python -c pass", PASS, 14),
    Budget(
        "check --quick",
        [*DOCTOR, "check", "--quick", "--python", PYTHON],
        "collect_env",
        COLLECT,
        1 / 8,
        needs_torch=True,
    ),
    Budget(
        "check",
        [*DOCTOR, "check", "--python", PYTHON],
        "import torch",
        TORCH,
        1.15,
        CHECK_ALLOWANCE,
        needs_torch=True,
    ),
)


def seconds(command: list[str]) -> float:
    """The wall time of one whole process."""
    started = time.perf_counter()
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return time.perf_counter() - started


def measure(budget: Budget, runs: int) -> tuple[float, float]:
    """Median seconds of the command and of its yardstick, run in turn after one warm-up each."""
    seconds(budget.command)
    seconds(budget.against)
    pairs = [(seconds(budget.command), seconds(budget.against)) for _ in range(runs)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def main() -> None:
    """Measure every budget and print one row each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    # As pip leaves an installation: byte code written. A checkout that was just edited has none.
    compileall.compile_dir(Path(envdoctor.__file__).parent, quiet=1)
    has_torch = importlib.util.find_spec("torch") is not None
    print(f"{'command':<16}{'median s':>9}  {'against':<16}{'median s':>9}{'ratio':>8}  budget")
    for budget in BUDGETS:
        if budget.needs_torch and not has_torch:
            print(f"{budget.name:<16} needs torch in {PYTHON}")
            continue
        mine, other = measure(budget, arguments.runs)
        extra = f" + {budget.allowance} s" if budget.allowance else ""
        kept = "kept" if mine <= budget.factor * other + budget.allowance else "MISSED"
        print(
            f"{budget.name:<16}{mine:>9.3f}  {budget.yardstick:<16}{other:>9.3f}{mine / other:>8.2f}  "
            f"{budget.factor:.3g} x{extra}: {kept}"
        )


if __name__ == "__main__":
    main()
