"""The space of machines and wishes that the planner answers for, cell by cell, and samples of it.

A cell is a system, a Python, a driver era, a GPU generation (or several GPUs), a mirror and a tool.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from envdoctor.knowledge import Knowledge
from envdoctor.planner import Target, Wishes

TODAY = date(2026, 11, 24)
SOAK = bool(os.environ.get("ENVDOCTOR_SOAK"))
"""Whether the whole space is walked instead of a sample: `ENVDOCTOR_SOAK=1 pytest tests/planner`."""

LINUX = Target(platform="linux_x86_64", os="linux", arch="x86_64", python=None, glibc="2.35")
ARM = replace(LINUX, platform="linux_aarch64", arch="aarch64")
WINDOWS = Target(platform="windows_amd64", os="windows", arch="x86_64", python=None, driver_system="windows")
MAC = Target(
    platform="macos_arm64", os="macos", arch="aarch64", python=None, macos="15.1", accelerator="apple"
)
SYSTEMS = {
    "linux": LINUX,
    "linux-old": replace(LINUX, glibc="2.17"),
    "arm": ARM,
    "windows": WINDOWS,
    "wsl": replace(LINUX, driver_system="windows", is_wsl=True),
    "windows-arm": replace(WINDOWS, platform="windows_arm64", arch="aarch64"),
    "mac": MAC,
    "mac-13": replace(MAC, macos="13.6"),
    "intel-mac": replace(MAC, platform="macos_x86_64", arch="x86_64", macos="13.6"),
}
WITH_NVIDIA = ("linux", "linux-old", "arm", "windows", "wsl")
PYTHONS = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t", "3.15", "3.16")
DRIVERS = (None, "390.157", "450.80.02", "470.256.02", "525.60.13", "535.129.03", "551.61", "560.35.03")
DRIVERS += ("570.26", "580.65.06", "595.71.05", "610.43.02")
GPUS: tuple[tuple[str, ...], ...] = (
    *(("2.1",), ("3.5",), ("3.7",), ("5.2",), ("6.1",), ("7.0",), ("7.5",), ("8.0",), ("8.6",), ("8.7",)),
    *(("8.9",), ("9.0",), ("10.0",), ("12.0",), ("12.1",), (), ("amd",), ("intel",)),
    *(("7.0", "12.0"), ("6.1", "12.0"), ("6.1", "8.9"), ("3.7", "12.0")),
)
MIRRORS = (None, "tuna", "bfsu", "ustc", "sjtu", "nju", "aliyun", "tencent", "huawei")
TOOLS = ("pip", "uv", "conda")


@dataclass(frozen=True)
class Cell:
    """One machine with one wish."""

    system: str
    python: str
    driver: str | None
    gpus: tuple[str, ...]
    mirror: str | None
    tool: str

    @property
    def wishes(self) -> Wishes:
        return Wishes(today=TODAY, mirror=self.mirror, tool=self.tool)  # type: ignore[arg-type]

    def target(self, tables: Knowledge) -> Target:
        base = replace(SYSTEMS[self.system], python=self.python)
        if self.gpus in (("amd",), ("intel",)):
            name = "Radeon RX 7900 XTX" if self.gpus == ("amd",) else "Intel Arc A770"
            return replace(base, accelerator=self.gpus[0], other_gpu=name)  # type: ignore[arg-type]
        if not self.gpus:
            return base
        return replace(
            base,
            accelerator="nvidia",
            driver=self.driver,
            driver_cuda=tables.driver_cuda(self.driver) if self.driver else None,
            gpus=tuple((f"GPU {each}", each) for each in self.gpus),
            capabilities=self.gpus,
        )


def machines() -> Iterator[tuple[str, str, str | None, tuple[str, ...]]]:
    """Every system with every Python, driver era and GPU generation that can stand in it."""
    for system, python in itertools.product(SYSTEMS, PYTHONS):
        for gpus in GPUS if system in WITH_NVIDIA else ((),):
            nvidia = gpus and gpus[0][0].isdigit()
            for driver in DRIVERS if nvidia else (None,):
                yield system, python, driver, gpus


def space(tools: tuple[str, ...] = TOOLS) -> Iterator[Cell]:
    """Every cell."""
    for machine in machines():
        for mirror, tool in itertools.product(MIRRORS, tools):
            yield Cell(*machine, mirror, tool)


def sample(count: int, tools: tuple[str, ...] = TOOLS, seed: int = 1) -> list[Cell]:
    """As many cells, the same ones each time, of every system alike; all of them in a soak."""
    if SOAK:
        return list(space(tools))
    chance = random.Random(seed)
    by_system = {system: [each for each in machines() if each[0] == system] for system in SYSTEMS}
    wishes = list(itertools.product(MIRRORS, tools))
    found: dict[Cell, None] = {}
    while len(found) < count:
        system = chance.choice((*SYSTEMS, *WITH_NVIDIA, *WITH_NVIDIA))
        found[Cell(*chance.choice(by_system[system]), *chance.choice(wishes))] = None
    return list(found)
