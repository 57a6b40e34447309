"""The build that uv's `--torch-backend auto` picks beside envdoctor's, machine by machine.

`python -m tests.comparison.uv_grid` prints the counts and the grid; `--write` renews them in `docs/comparison.md`.
"""

from __future__ import annotations

import argparse
import itertools
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple, get_args

from envdoctor.knowledge import knowledge
from envdoctor.versions import version_numbers

from .document import DOCS, renew, table
from .machines import GPUS, MACHINES, PYTHONS, Machine, Pick, Worth, exists, machines, planned, worth
from .uv_choice import Uv, uv

SHOWN_PYTHON = "3.12"
"""The abridged grid has one Python; the counts have them all."""


class Row(NamedTuple):
    """One machine and what each tool picks for it: envdoctor by default, and with `--torch latest`."""

    machine: Machine
    exists: bool
    uv: Pick | None
    settled: Pick | None
    latest: Pick | None


def rows(program: Uv, pythons: tuple[str, ...] = PYTHONS) -> Iterator[Row]:
    """The grid, row by row."""
    for machine in machines(pythons):
        latest = planned(machine, "latest")
        yield Row(machine, exists(machine), program.picks(machine), planned(machine), latest)


TOOLS = (("uv", "uv"), ("envdoctor", "settled"), ("envdoctor --torch latest", "latest"))


def counts(grid: list[Row]) -> str:
    """How often each tool's pick comes to what."""
    lines = []
    for name, each in TOOLS:
        came_to = Counter(worth(getattr(row, each), row.machine) for row in grid)
        lines.append((f"`{name}`", *(str(came_to[outcome]) for outcome in get_args(Worth))))
    return table(("", *get_args(Worth)), lines)


def age(grid: list[Row], name: str) -> str:
    """Where both picks run, whose torch is the newer one."""
    found: Counter[str] = Counter()
    for row in grid:
        ours = getattr(row, name)
        if row.uv and ours and worth(row.uv, row.machine) == worth(ours, row.machine) == "runs":
            mine, other = version_numbers(ours.torch), version_numbers(row.uv.torch)
            found["same" if mine == other else "envdoctor" if mine > other else "uv"] += 1
    return f"same release {found['same']}, envdoctor's newer {found['envdoctor']}, uv's newer {found['uv']}"


def abridged(grid: list[Row]) -> str:
    """The grid for one Python, drivers with the same picks taken together."""
    lines = []
    for (platform, system), gpu in itertools.product(MACHINES, GPUS):
        here = [
            row
            for row in grid
            if (row.machine.platform, row.machine.gpu, row.machine.python) == (platform, gpu, SHOWN_PYTHON)
        ]
        for _, same in itertools.groupby(here, key=lambda row: (_cell(row, "uv"), _cell(row, "settled"))):
            taken = list(same)
            drivers = [row.machine.driver.partition(".")[0] for row in taken]
            span = drivers[0] if len(drivers) == 1 else f"{drivers[0]} to {drivers[-1]}"
            lines.append(
                (
                    system,
                    f"{gpu.name} ({gpu.capability})",
                    span,
                    _cell(taken[0], "uv"),
                    _cell(taken[0], "settled"),
                )
            )
    return table(("system", "GPU", "driver", "uv", "envdoctor"), lines)


def _cell(row: Row, name: str) -> str:
    pick = getattr(row, name)
    came_to = worth(pick, row.machine)
    if pick is None:
        return "refuses; a build exists" if row.exists else "refuses, rightly"
    return str(pick) if came_to == "runs" else f"{pick}: **{came_to}**"


def lost(grid: list[Row]) -> list[Row]:
    """Where uv's pick runs and envdoctor's does not."""
    return [
        row
        for row in grid
        if worth(row.uv, row.machine) == "runs" and worth(row.settled, row.machine) != "runs"
    ]


def report() -> str:
    """The counts and the grid as Markdown."""
    with uv() as program:
        version, grid = program.version(), list(rows(program))
    possible, hopeless = [row for row in grid if row.exists], [row for row in grid if not row.exists]
    about = (
        f"{version}, indexes as of {knowledge().as_of}, {len(grid)} machines, Python {', '.join(PYTHONS)}."
    )
    return "\n".join(
        [
            f"{about}\n",
            f"Where a build exists that runs ({len(possible)} machines), the pick comes to:\n",
            counts(possible),
            f"Where none exists ({len(hopeless)} machines):\n",
            counts(hopeless),
            f"- uv's pick runs and envdoctor's does not: {len(lost(grid))}.",
            f"- Where both run, by default: {age(grid, 'settled')}.",
            f"- The same with `--torch latest`: {age(grid, 'latest')}.\n",
            f"Python {SHOWN_PYTHON}, drivers by the first version of their branch. What stands in bold is wrong there.\n",
            abridged(grid),
        ]
    )


def main() -> None:
    """Print the report, or write it where it belongs."""
    parser = argparse.ArgumentParser(
        description="uv's automatic choice beside envdoctor's, machine by machine"
    )
    parser.add_argument("--write", action="store_true", help="renew docs/comparison.md")
    write = parser.parse_args().write
    text = report()
    if write:
        renew(DOCS / "comparison.md", "uv-grid", text)
    else:
        print(text)


if __name__ == "__main__":
    main()
