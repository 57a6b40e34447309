"""The budgets of the design, and the other tools' answers to the same question."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .measuring import PASS, PYTHON, in_turn

__all__ = ["BUDGETS", "Budget", "against_others", "kept"]

DOCTOR = [PYTHON, "-m", "envdoctor"]
TORCH = [PYTHON, "-c", "import torch; torch.cuda.is_available()"]
IMPORT = [PYTHON, "-c", "import torch"]
COLLECT = [PYTHON, "-m", "torch.utils.collect_env"]
HERE = ["--python", PYTHON]


@dataclass(frozen=True)
class Budget:
    """A command, what it is compared with, and how many times as long it may take, with seconds on top."""

    name: str
    command: list[str]
    yardstick: str
    against: list[str]
    factor: float
    allowance: float = 0.0

    @property
    def needs_torch(self) -> bool:
        """Whether torch has to be in this environment."""
        return "torch" in " ".join(self.against)

    @property
    def bound(self) -> str:
        """The budget in words."""
        factor = f"1/{round(1 / self.factor)}" if self.factor < 1 else f"{self.factor:g} x"
        return factor + (f" + {self.allowance:g} s" if self.allowance else "")


PLAN = ["install", *HERE, "--assume", "driver=551.86", "--assume", "gpu=NVIDIA GeForce RTX 4060"]
BUDGETS = (
    Budget("--version", [*DOCTOR, "--version"], "python -c pass", PASS, 2),
    Budget("--help", [*DOCTOR, "--help"], "python -c pass", PASS, 8),
    Budget("install (planning)", [*DOCTOR, *PLAN], "python -c pass", PASS, 12),
    Budget("check --quick", [*DOCTOR, "check", "--quick", *HERE], "python -c pass", PASS, 14),
    Budget("check --quick", [*DOCTOR, "check", "--quick", *HERE], "collect_env", COLLECT, 1 / 8),
    Budget("check", [*DOCTOR, "check", *HERE], "import torch, ask CUDA", TORCH, 1.15, 0.25),
    Budget(
        "smoke-train --device cpu",
        [*DOCTOR, "smoke-train", *HERE, "--device", "cpu"],
        "import torch",
        IMPORT,
        2,
        3,
    ),
)


def kept(budgets: tuple[Budget, ...], runs: int) -> Iterator[tuple[str, ...]]:
    """One row a budget: both medians, their ratio, that of the processor's seconds, the budget, whether it is kept."""
    has_torch = importlib.util.find_spec("torch") is not None
    for budget in budgets:
        if budget.needs_torch and not has_torch:
            yield (budget.name, "", budget.yardstick, "", "", "", budget.bound, "needs torch here")
            continue
        (mine, work), (other, others_work) = in_turn([budget.command, budget.against], runs)
        verdict = "kept" if mine <= budget.factor * other + budget.allowance else "**missed**"
        times = f"{mine:.3f}", budget.yardstick, f"{other:.3f}"
        yield (budget.name, *times, f"{mine / other:.2f}", f"{work / others_work:.2f}", budget.bound, verdict)


OTHERS = {
    "env-doctor check": ("env-doctor", ["env-doctor", "check"]),
    "cuda-doctor diagnose": ("cuda-doctor", ["cuda-doctor", "diagnose"]),
    "mlenvdoctor diagnose": ("mlenvdoctor", ["mlenvdoctor", "diagnose"]),
    "python -m torch.utils.collect_env": ("collect_env", ["python", "-m", "torch.utils.collect_env"]),
    "python -m pip check": ("pip-check", ["python", "-m", "pip", "check"]),
}
"""What is run, and in which environment of `tests.comparison.traps` it stands."""


def against_others(environments: Path, runs: int) -> Iterator[tuple[str, ...]]:
    """One row a tool: its median, and how long `check --quick` and `check` take beside it, run in turn."""
    for name, (folder, argv) in OTHERS.items():
        place = environments / folder / "bin"
        if not (place / argv[0]).exists():
            yield (name, "not installed", "", "", "", "")
            continue
        there = ["--python", str(environments / "envdoctor" / "bin" / "python")]
        commands = [[str(place / argv[0]), *argv[1:]]]
        commands += [[*DOCTOR, "check", "--quick", *there], [*DOCTOR, "check", *there]]
        (other, _), (quick, _), (full, _) = in_turn(commands, runs)
        yield (
            name,
            f"{other:.2f}",
            f"{quick:.2f}",
            f"{quick / other:.2f}",
            f"{full:.2f}",
            f"{full / other:.2f}",
        )
