"""What a GPU should reach, from the table; far below is a warning, and without a row nothing is claimed."""

from __future__ import annotations

import pytest

from envdoctor.findings import Words
from envdoctor.knowledge.gpu_speed import gpu_speed
from envdoctor.messages import catalogue
from envdoctor.smoke.result import Check
from envdoctor.smoke.speed import FAR_BELOW, judged

VALUES = {"fp32": 50.0, "tf32": 400.0, "bf16": 700.0, "copy": 2800.0, "speedup": 40.0}
CHECK = Check(name="speed", status="passed", detail=Words("smoke.speed.passed", VALUES))


def test_a_gpu_at_its_pace_passes_with_its_lowest_share() -> None:
    found = judged(CHECK, VALUES, "NVIDIA H100 80GB HBM3")
    assert (found.status, found.bound) == ("passed", FAR_BELOW)
    assert found.measured == pytest.approx(700 / 989)
    assert "bf16, is 71% of its published peak" in catalogue("en").say(found.detail)


def test_one_measure_far_below_is_a_warning_that_names_it() -> None:
    found = judged(CHECK, {**VALUES, "copy": 300.0}, "NVIDIA H100 80GB HBM3")
    assert found.status == "warning"
    assert catalogue("en").say(found.detail).startswith("copy reaches 300 of the 3.35e+03")


@pytest.mark.parametrize("name", ["NVIDIA GeForce RTX 4060 Laptop GPU", "Stand-in 0", None])
def test_a_gpu_without_a_row_is_not_judged(name: str | None) -> None:
    assert judged(CHECK, VALUES, name) == CHECK


def test_what_was_not_measured_or_not_published_is_left_out() -> None:
    found = judged(CHECK, {"fp32": 7.0, "tf32": 0.0, "bf16": 0.0, "copy": 250.0}, "Tesla T4")
    assert found.measured == pytest.approx(250 / 300)
    row = gpu_speed("Tesla T4")
    assert row is not None and row.bf16_tflops is None and row.source
