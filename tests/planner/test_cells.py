"""Every cell of the supported space gets a plan that holds, or an honest refusal.

A normal run walks a sample that is the same each time; `ENVDOCTOR_SOAK=1` walks all of it, as `python -m tests.walk`
does with a line of progress for every stretch.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from replicas.cells import DRIVERS, SOAK, SYSTEMS, WITH_NVIDIA, Cell, machines, sample
from walk.laws import age, faults_of, offered
from walk.stretches import Stretch, stretches, walk

from envdoctor.knowledge import Knowledge
from envdoctor.planner import choose

COUNT = 900


NOT_NOW = pytest.mark.skip(reason="ENVDOCTOR_SOAK=1 walks the whole space; a sample is walked below")


@pytest.mark.parametrize("stretch", stretches() if SOAK else [pytest.param(None, marks=NOT_NOW)], ids=str)
def test_the_whole_space(stretch: Stretch, tables: Knowledge) -> None:
    tally = walk(stretch, tables)
    assert not tally.faults, "\n".join(tally.faults[:20])


@pytest.mark.skipif(SOAK, reason="the whole space is walked above")
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_cell_gets_a_plan_that_holds_or_an_honest_refusal(system: str, tables: Knowledge) -> None:
    wrong = []
    walked = planned = 0
    for cell in sample(COUNT, seed=11):
        if cell.system != system:
            continue
        target = cell.target(tables)
        plan = choose(target, tables, cell.wishes)
        wrong += faults_of(cell, target, plan, tables)
        walked += 1
        planned += plan.build is not None
    assert not wrong, "\n".join(wrong[:20])
    assert walked >= 30
    assert planned >= 5


def with_nvidia(every: int) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Machines with NVIDIA GPUs, without a driver: every so many."""
    found = dict.fromkeys(
        (system, python, gpus)
        for system, python, _, gpus in machines()
        if system in WITH_NVIDIA and gpus and gpus[0][0].isdigit()
    )
    return iter(list(found)[::every])


@pytest.mark.parametrize("tool", ["pip", "conda"])
def test_a_newer_driver_never_gives_an_older_build(tool: str, tables: Knowledge) -> None:
    for system, python, gpus in with_nvidia(every=29):
        before: tuple[tuple[int, ...], ...] = ()
        for driver in DRIVERS[1:]:
            cell = Cell(system, python, driver, gpus, "tuna", tool)
            now = age(choose(cell.target(tables), tables, cell.wishes))
            assert now >= before, cell
            before = now


@pytest.mark.parametrize("tool", ["pip", "conda"])
def test_another_gpu_never_widens_the_choice(tool: str, tables: Knowledge) -> None:
    for system, python, gpus in with_nvidia(every=23):
        if len(gpus) < 2:
            continue
        for driver in DRIVERS:
            both = offered(Cell(system, python, driver, gpus, None, tool), tables)
            for one in gpus:
                if driver is None:
                    continue  # an assumed driver is the newest that drives every GPU: another for each set
                assert both <= offered(Cell(system, python, driver, (one,), None, tool), tables)


def test_a_driver_too_old_for_every_build_gets_both_ways_out(tables: Knowledge) -> None:
    cell = Cell("linux", "3.14", "470.256.02", ("8.9",), None, "pip")
    said = {each.key for each in choose(cell.target(tables), tables, cell.wishes).why}
    assert {"plan.other-driver", "plan.other-python"} <= said
    for driver in ("390.157", "418.39"):
        cell = Cell("windows", "3.12", driver, ("8.9",), "tuna", "uv")
        said = {each.key for each in choose(cell.target(tables), tables, cell.wishes).why}
        assert "plan.other-driver" in said
        assert {"plan.cpu-instead", "plan.other-python"} & said, "the way without a new driver"


def test_a_mirror_changes_where_wheels_come_from_and_never_which_gpu_gets_which_kind(
    tables: Knowledge,
) -> None:
    for system, python, gpus in with_nvidia(every=41):
        kinds = set()
        for mirror in (None, "tuna", "aliyun", "sjtu"):
            cell = Cell(system, python, "580.65.06", gpus, mirror, "pip")
            build = choose(cell.target(tables), tables, cell.wishes).build
            kinds.add(build.variant[:2] if build else None)
        assert len(kinds) == 1, (system, python, gpus, kinds)
