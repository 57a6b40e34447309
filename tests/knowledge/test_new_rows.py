"""The recipes of docs/knowledge.md, followed: one row of data, and the planner knows the release or the mirror."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from envdoctor.assume import assume
from envdoctor.facts import Facts, Host, Interpreter
from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.knowledge.loading import DATA_FOLDER
from envdoctor.knowledge.schema import validate
from envdoctor.machine import SETTLED_DAYS, Machine
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import Recipe, recipe

Rows = list[dict[str, Any]]

HERE = Facts(
    host=Host(os="linux", os_version="24.04", arch="x86_64", glibc="2.39"),
    interpreter=Interpreter(executable="/envs/dl/bin/python", version="3.12.9", machine="x86_64"),
)
NEWEST = knowledge().releases[-1]
NEXT = "9.0.0"
SETTLED = NEWEST.released + timedelta(days=2 * SETTLED_DAYS)
"""A day on which a release that follows the newest after a month has settled."""


def planned(tables: Knowledge, *assumptions: str, **wishes: Any) -> Recipe:
    machine = Machine(assume(HERE, assumptions), tables=tables, today=SETTLED)
    return recipe(machine, Asked(**wishes), lambda path: False)


def release_like(row: dict[str, Any]) -> dict[str, Any]:
    released = NEWEST.released + timedelta(days=SETTLED_DAYS)
    return {**row, "version": NEXT, "released": released.isoformat(), "inferred_variants": []}


def with_rows(folder: Path, rows: dict[str, Rows]) -> Knowledge:
    """The shipped tables with these rows more, each at the end of its table; sound by their schema."""
    shutil.copytree(DATA_FOLDER, folder)
    for table, more in rows.items():
        place = folder / f"{table}.json"
        content = json.loads(place.read_text(encoding="utf-8"))
        section = next(key for key, held in content.items() if key in ("releases", "builds", "mirrors"))
        content[section].extend(more)
        validate(table, content)
        place.write_text(json.dumps(content), encoding="utf-8")
    return Knowledge(folder)


def tables_with_next(folder: Path, confidence: str) -> Knowledge:
    """The shipped tables with one release more: its row, and one per variant that has code for GPUs."""
    shipped = json.loads((DATA_FOLDER / "torch_releases.json").read_text(encoding="utf-8"))["releases"][-1]
    code = {"torch": "9.0", "ptx": [], "confidence": confidence, "source": "a test"}
    archs = [
        {**code, "variant": variant, "platform": platform, "sass": ["7.5", "8.0", "8.6", "9.0", "12.0"]}
        for platform, variants in NEWEST.official_variants.items()
        for variant in variants
        if variant.startswith("cu")
    ]
    return with_rows(folder, {"torch_releases": [release_like(shipped)], "archs": archs})


@pytest.fixture
def with_next(tmp_path: Path) -> Knowledge:
    """The next release, with its code read in the build scripts."""
    return tables_with_next(tmp_path / "data", "build-script")


@pytest.mark.parametrize(
    ("assumptions", "variant"),
    [
        (("gpu=none",), "cpu"),
        (("gpu=NVIDIA GeForce RTX 4060", "driver=580.65.06"), "cu130"),
        # CUDA 13.2 is there and the driver implements it, but torchaudio has nothing that goes with it.
        (("os=windows", "gpu=NVIDIA GeForce RTX 5090", "driver=596.36"), "cu130"),
        (("os=macos", "arch=aarch64"), "cpu"),
    ],
)
def test_a_release_is_rows_of_data(with_next: Knowledge, assumptions: tuple[str, ...], variant: str) -> None:
    before = planned(knowledge(), *assumptions).plan.build
    build = planned(with_next, *assumptions).plan.build
    assert build is not None and before is not None
    assert (build.torch, build.variant) == (NEXT, variant)
    assert before.torch != NEXT


def test_where_nothing_of_it_fits_the_release_before_is_taken(with_next: Knowledge) -> None:
    """Its row says for which GPUs it has code; a card that it left behind gets an older build."""
    old = planned(with_next, "gpu=NVIDIA GeForce GTX 1080", "driver=580.65.06").plan
    assert old.build is not None
    assert old.build.torch != NEXT
    assert any(each.torch == NEXT for each in old.rejected)


def test_a_release_whose_code_is_a_guess_stands_behind_one_that_was_read(tmp_path: Path) -> None:
    guessed = tables_with_next(tmp_path / "data", "low")
    build = planned(guessed, "gpu=NVIDIA GeForce RTX 4060", "driver=580.65.06").plan.build
    assert build is not None and build.torch != NEXT
    without_gpu = planned(guessed, "gpu=none").plan.build
    assert without_gpu is not None and without_gpu.torch == NEXT


def test_a_mirror_is_one_row_of_data(tmp_path: Path) -> None:
    row = {
        "id": "lab",
        "name": "Our own lab",
        "other_names": ["ours"],
        "status": "ok",
        "pypi": "https://pypi.lab.example/simple",
        "pypi_alternatives": [],
        "conda": {},
        "wheels": {"url": "https://wheels.lab.example/{variant}", "kind": "index", "variants": ["cu126"]},
        "companion": None,
        "quirks": [],
        "source": "a test",
    }
    tables = with_rows(tmp_path / "data", {"mirrors": [row]})
    wishes = {"mirror": "ours", "backend": "cu126", "tool": "pip"}
    made = planned(tables, "gpu=NVIDIA GeForce GTX 1080", "driver=580.65.06", **wishes)
    assert made.plan.build is not None and made.plan.build.variant == "cu126"
    command = " ".join(made.commands[-1])
    assert "https://wheels.lab.example/cu126" in command
    assert "https://pypi.lab.example/simple" in command
    assert "download.pytorch.org" not in command
