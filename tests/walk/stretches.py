"""The space in stretches: one system with one set of GPUs, and what holds between the cells of a stretch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from replicas.cells import DRIVERS, GPUS, MIRRORS, PYTHONS, SYSTEMS, TOOLS, WITH_NVIDIA, Cell

from envdoctor.knowledge import Knowledge
from envdoctor.planner import Plan, choose

from .laws import age, faults_of, offered

__all__ = ["Stretch", "Tally", "stretches", "walk"]

Key = tuple[str | None, str, str, str | None]
"""Driver, Python, tool and mirror: what the cells of a stretch differ in."""


@dataclass(frozen=True)
class Stretch:
    """All cells of one system with these GPUs: the drivers, Pythons, tools and mirrors."""

    system: str
    gpus: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.system} {'+'.join(self.gpus) or 'no GPU'}"

    @property
    def is_nvidia(self) -> bool:
        """Whether a driver of NVIDIA's makes a difference."""
        return bool(self.gpus) and self.gpus[0][0].isdigit()

    @property
    def drivers(self) -> tuple[str | None, ...]:
        """The driver eras, unknown first, then oldest first."""
        return DRIVERS if self.is_nvidia else (None,)

    def positions(self) -> Iterator[Key]:
        """Cells that differ in the mirror alone stand together: they share all that the machine decides."""
        return itertools.product(self.drivers, PYTHONS, TOOLS, MIRRORS)

    def cell(self, key: Key) -> Cell:
        """One cell of it."""
        driver, python, tool, mirror = key
        return Cell(self.system, python, driver, self.gpus, mirror, tool)


@dataclass
class Tally:
    """What a walk came by."""

    cells: int = 0
    plans: int = 0
    refusals: int = 0
    comparisons: int = 0
    """Pairs of cells between which a law holds."""
    faults: list[str] = field(default_factory=list)

    def __iadd__(self, other: Tally) -> Tally:
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)
        return self


def stretches(share: int = 1, of: int = 1) -> list[Stretch]:
    """Every stretch, or every so many of them from one on: `stretches(2, 4)` is the second quarter."""
    whole = [
        Stretch(system, gpus) for system in SYSTEMS for gpus in (GPUS if system in WITH_NVIDIA else ((),))
    ]
    return whole[share - 1 :: of]


def walk(stretch: Stretch, tables: Knowledge) -> Tally:
    """Every cell of a stretch by itself, then the laws between them."""
    tally, plans = Tally(), {}
    for key in stretch.positions():
        cell = stretch.cell(key)
        target = cell.target(tables)
        plan = plans[key] = choose(target, tables, cell.wishes)
        tally.cells += 1
        tally.plans += plan.build is not None
        tally.refusals += plan.build is None
        tally.faults += faults_of(cell, target, plan, tables)
    for law in (_newer_drivers(stretch, plans), _places(stretch, plans), _more_gpus(stretch, tables)):
        for fault in law:
            tally.comparisons += 1
            tally.faults += [fault] if fault else []
    return tally


def _newer_drivers(stretch: Stretch, plans: dict[Key, Plan]) -> Iterator[str | None]:
    """A newer driver never gives an older build. What each comparison shows: a fault, or `None`."""
    for rest in itertools.product(PYTHONS, TOOLS, MIRRORS):
        for older, newer in itertools.pairwise(stretch.drivers[1:]):
            before, after = plans[(older, *rest)], plans[(newer, *rest)]
            wrong = age(after) < age(before)
            yield f"{stretch.cell((newer, *rest))}: older than with {older}" if wrong else None


def _places(stretch: Stretch, plans: dict[Key, Plan]) -> Iterator[str | None]:
    """A mirror changes where wheels come from, never which kind of build it is; uv gets the build that pip gets."""
    for driver, python, mirror in itertools.product(stretch.drivers, PYTHONS, MIRRORS):
        kinds = {_kind(plans[driver, python, "pip", each]) for each in (None, mirror)}
        wrong = len(kinds) > 1 or plans[driver, python, "pip", mirror] != plans[driver, python, "uv", mirror]
        yield f"{stretch.cell((driver, python, 'uv', mirror))}: other kinds {kinds}" if wrong else None


def _kind(plan: Plan) -> str | None:
    return plan.build.variant[:2] if plan.build is not None else None


def _more_gpus(stretch: Stretch, tables: Knowledge) -> Iterator[str | None]:
    """What fits several GPUs fits each of them."""
    if len(stretch.gpus) < 2:
        return
    # An assumed driver is the newest that drives every GPU, another for each set of them: only known ones count.
    for driver, python, tool, mirror in itertools.product(DRIVERS[1:], PYTHONS, ("pip", "conda"), MIRRORS):
        key = (driver, python, tool, mirror)
        both = offered(stretch.cell(key), tables)
        for one in stretch.gpus:
            wrong = not both <= offered(Stretch(stretch.system, (one,)).cell(key), tables)
            yield f"{stretch.cell(key)}: more than {one} alone gets" if wrong else None
