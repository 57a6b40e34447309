"""The walk covers the space once, goes on where it stopped, and sees what it is there to see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from replicas.cells import Cell, space

from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.planner import Build, Plan, choose
from walk import __main__ as command
from walk import laws
from walk import stretches as parts
from walk.stretches import Stretch, Tally, stretches, walk

SMALL = Stretch("mac", ())


@pytest.fixture(scope="module")
def tables() -> Knowledge:
    return knowledge()


def test_the_shares_are_the_space_each_cell_once() -> None:
    cells = [
        stretch.cell(key)
        for share in (1, 2, 3)
        for stretch in stretches(share, 3)
        for key in stretch.positions()
    ]
    assert len(cells) == len({*cells})
    assert {*cells} == {*space()}


def test_a_stretch_is_counted_cell_by_cell(tables: Knowledge) -> None:
    tally = walk(SMALL, tables)
    assert tally.cells == tally.plans + tally.refusals == len([*SMALL.positions()])
    assert tally.plans and tally.refusals and tally.comparisons and not tally.faults


PLANTED = {
    "no wheel in any listing": ("windows", "12.0", {"python": "3.9"}),
    "Blackwell without its kernels": ("windows", "12.0", {"variant": "cu118", "torch": "2.6.0"}),
    "a driver that does not run it": ("linux", "8.9", {"variant": "cu130"}),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_plan_is_a_fault(name: str, tables: Knowledge) -> None:
    system, gpu, changes = PLANTED[name]
    cell = Cell(system, "3.12", "580.65.06" if gpu == "12.0" else "551.61", (gpu,), "tuna", "pip")
    target = cell.target(tables)
    plan = choose(target, tables, cell.wishes)
    assert plan.build is not None
    assert not laws.faults_of(cell, target, plan, tables)
    wrong = replace(plan, build=replace(plan.build, **changes))
    assert laws.faults_of(cell, target, wrong, tables)


def test_a_refusal_without_a_way_out_is_a_fault(tables: Knowledge) -> None:
    cell = Cell("linux", "3.7", None, (), None, "pip")
    assert laws.faults_of(cell, cell.target(tables), Plan(None), tables)


def test_an_older_build_for_a_newer_driver_is_a_fault(
    tables: Knowledge,
) -> None:
    stretch = Stretch("linux", ("8.9",))
    plans = {key: Plan(Build("2.5.0", "cu118", key[1], "linux_x86_64")) for key in stretch.positions()}
    assert not [*filter(None, parts._newer_drivers(stretch, plans))]
    key = ("610.43.02", "3.12", "pip", "tuna")
    plans[key] = Plan(Build("2.4.0", "cu118", "3.12", "linux_x86_64"))
    (fault,) = filter(None, parts._newer_drivers(stretch, plans))
    assert "610.43.02" in fault


def test_a_walk_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    walked: list[str] = []

    def stopping(stretch: Stretch, tables: Knowledge) -> Tally:
        if len(walked) == 3:
            raise KeyboardInterrupt
        walked.append(str(stretch))
        return Tally(cells=2, plans=1, refusals=1, faults=["one"] if len(walked) == 1 else [])

    monkeypatch.setattr(command, "walk", stopping)
    monkeypatch.setattr("sys.argv", ["walk", "--share", "1/20", "--record", str(tmp_path / "record")])
    with pytest.raises(KeyboardInterrupt):
        command.main()
    assert len({*walked}) == 3
    monkeypatch.setattr(
        command, "walk", lambda stretch, tables: walked.append(str(stretch)) or Tally(cells=2)
    )
    assert command.main() == 1
    assert walked == [str(each) for each in stretches(1, 20)]
    assert (
        f"walked: {2 * len(walked)} cells, 3 plans, 3 refusals, 0 comparisons, 1 faults"
        in capsys.readouterr().out
    )
