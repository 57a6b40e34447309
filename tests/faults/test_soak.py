"""A few of the soak's combinations on every run of the tests; the soak itself runs as many as one has time for."""

from __future__ import annotations

import os
import shutil

import pytest

from faults.combinations import case
from faults.soak import Ground, faults_of

SAMPLE = (5, 6, 9, 0, 14, 17, 21, 24)
"""The first three found a fault each when they were first run."""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    if os.name != "posix" or shutil.which("cc") is None or not os.path.exists("/dev/full"):
        pytest.skip("the stand-ins need a C compiler on Linux")
    return Ground(tmp_path_factory.mktemp("ground"))


@pytest.mark.parametrize("number", SAMPLE)
def test_a_combination_of_faults_is_answered_in_time_and_leaves_nothing(ground: Ground, number: int) -> None:
    each = case(number)
    assert faults_of(ground, each) == [], str(each)


def test_the_soak_sees_what_it_looks_for(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that outlives the doctor, and a file that it leaves, are found."""
    each = next(each for each in map(case, range(200)) if (each.place, each.signal) == ("pipe", ""))
    monkeypatch.setattr(
        "faults.soak.DOCTOR", ["/bin/sh", "-c", 'sleep 300 & touch "$TMPDIR/left"; exit 7', "sh"]
    )
    told = " ".join(faults_of(ground, each))
    assert "exit code 7" in told
    assert "left sleep 300 running" in told
    assert "left left in the temporary folder" in told
    assert "no report" in told or "no JSON" in told or "exit code" in told
