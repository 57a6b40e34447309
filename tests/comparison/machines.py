"""The machines of the comparison, what envdoctor's planner picks for each, and what a pick is worth there.

A pick is judged by two tables alone: which machine code and PTX the build carries, and which driver its CUDA
asks for. Both tools are judged by the same rows, so a wrong row misjudges both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from envdoctor.knowledge import Knowledge, Platform, knowledge
from envdoctor.planner import Target, choose
from envdoctor.planner.wishes import Wishes
from envdoctor.versions import version_numbers

__all__ = [
    "DRIVERS",
    "GPUS",
    "MACHINES",
    "Gpu",
    "Machine",
    "Pick",
    "Worth",
    "exists",
    "machines",
    "planned",
    "worth",
]

Worth = Literal["runs", "no kernels", "driver too old", "CPU build", "nothing"]
"""What a pick comes to on a machine: "nothing" where the tool names no build."""


class Gpu(NamedTuple):
    """One GPU a generation. `cuda` is the first toolkit that makes code for it, so its oldest driver's CUDA."""

    name: str
    capability: str
    cuda: str


class Pick(NamedTuple):
    """A build: torch's version and the variant."""

    torch: str
    variant: str

    def __str__(self) -> str:
        return f"{self.torch}+{self.variant}"


@dataclass(frozen=True)
class Machine:
    """One cell of the grid."""

    platform: Platform
    driver: str
    gpu: Gpu
    python: str

    @property
    def system(self) -> Literal["linux", "windows"]:
        return "windows" if self.platform.startswith("windows") else "linux"


GPUS = (
    Gpu("Tesla K80", "3.7", "6.5"),
    Gpu("GeForce GTX 980", "5.2", "6.5"),
    Gpu("GeForce GTX 1080", "6.1", "8.0"),
    Gpu("Tesla V100", "7.0", "9.0"),
    Gpu("GeForce RTX 2080", "7.5", "10.0"),
    Gpu("A100", "8.0", "11.0"),
    Gpu("GeForce RTX 3090", "8.6", "11.1"),
    Gpu("GeForce RTX 4090", "8.9", "11.8"),
    Gpu("H100", "9.0", "11.8"),
    Gpu("B200", "10.0", "12.8"),
    Gpu("GeForce RTX 5090", "12.0", "12.8"),
)
SERVERS_ONLY = ("Tesla K80", "Tesla V100", "A100", "H100", "B200")
ON_ARM = ("H100", "B200")
DRIVERS = (450, 470, 515, 525, 535, 550, 560, 570, 580, 595)
"""Branches: those that Linux distributions and data centres keep, and the newest with a known first version."""
PYTHONS = ("3.9", "3.10", "3.12", "3.13", "3.14")
MACHINES: tuple[tuple[Platform, str], ...] = (
    ("linux_x86_64", "Linux"),
    ("windows_amd64", "Windows"),
    ("linux_aarch64", "Linux on Arm"),
)
GLIBC = "2.35"


def driver_version(branch: int, platform: Platform, tables: Knowledge) -> str:
    """The first version of a branch on this system, or a number that stands for the branch."""
    row = next(row for row in tables.branches() if row.branch == branch)
    first = row.first_windows if platform.startswith("windows") else row.first_linux
    return first or f"{branch}.50"


def machines(pythons: tuple[str, ...] = PYTHONS) -> Iterator[Machine]:
    """Every machine that can exist: the driver knows the GPU and still drives it."""
    tables = knowledge()
    for platform, _ in MACHINES:
        for gpu in GPUS:
            if platform == "linux_aarch64" and gpu.name not in ON_ARM:
                continue
            if platform == "windows_amd64" and gpu.name in SERVERS_ONLY:
                continue
            for branch in DRIVERS:
                last = tables.last_branch(gpu.capability)
                driver = driver_version(branch, platform, tables)
                knows = version_numbers(tables.driver_cuda(driver)) >= version_numbers(gpu.cuda)
                if knows and (last is None or branch <= last):
                    yield from (Machine(platform, driver, gpu, python) for python in pythons)


def planned(machine: Machine, torch: str = "settled") -> Pick | None:
    """What envdoctor's planner picks, on the day of its tables."""
    tables = knowledge()
    target = Target(
        platform=machine.platform,
        python=machine.python,
        os=machine.system,
        arch="aarch64" if machine.platform == "linux_aarch64" else "x86_64",
        glibc=GLIBC if machine.system == "linux" else None,
        driver=machine.driver,
        driver_system=machine.system,
        driver_cuda=tables.driver_cuda(machine.driver),
        accelerator="nvidia",
        gpus=((machine.gpu.name, machine.gpu.capability),),
        capabilities=(machine.gpu.capability,),
    )
    build = choose(target, tables, Wishes(today=tables.as_of, torch=torch)).build
    return Pick(build.torch, build.variant) if build is not None else None


def worth(pick: Pick | None, machine: Machine) -> Worth:
    """What the build comes to on this machine."""
    if pick is None:
        return "nothing"
    if not pick.variant.startswith("cu"):
        return "CPU build"
    tables = knowledge()
    cuda = f"{pick.variant[2:-1]}.{pick.variant[-1]}"
    least = tables.minimum_driver(cuda, machine.system)
    if least is not None and version_numbers(machine.driver) < version_numbers(least):
        return "driver too old"
    row = tables.archs(pick.torch, pick.variant, machine.platform)
    assert row is not None, f"no row tells what {pick} carries on {machine.platform}"
    how = tables.coverage(machine.gpu.capability, row.sass, row.ptx)
    if how == "native":
        return "runs"
    # The driver translates PTX that is no newer than itself.
    own = version_numbers(tables.driver_cuda(machine.driver))
    return "runs" if how == "ptx" and own >= version_numbers(cuda) else "no kernels"


def exists(machine: Machine) -> bool:
    """Whether any published build runs here: every release and variant is tried."""
    return any(
        worth(Pick(release.version, variant), machine) == "runs"
        for release in knowledge().releases
        if machine.python in release.pythons.get(machine.platform, ())
        for variant in release.official_variants.get(machine.platform, ())
        if variant.startswith("cu") and knowledge().archs(release.version, variant, machine.platform)
    )
