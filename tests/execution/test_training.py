"""Which failures of a smoke run are the packages' own."""

from __future__ import annotations

import pytest

from envdoctor.execution.training import judge
from envdoctor.findings import Finding, Severity, words
from envdoctor.messages import catalogue
from envdoctor.smoke import Check, SmokeResult

FAILED = Check(name="training", status="failed", detail=words("smoke.checkpoint.failed.state"))


def result(code: str | None) -> SmokeResult:
    findings = (Finding(code, Severity.ERROR),) if code else ()
    return SmokeResult(verdict="failed", device="cpu", checks=(FAILED,), losses=(), findings=findings)


def test_a_network_that_trains_is_a_proof() -> None:
    assert judge(SmokeResult(verdict="passed", device="cpu", checks=(), losses=())) is None


@pytest.mark.parametrize("code", ["torch-training-failed", None])
def test_a_network_that_does_not_train_says_where_it_stopped(code: str | None) -> None:
    problem = judge(result(code))
    assert problem is not None and problem.values["check"] == "training"
    assert "what was loaded is not what was saved" in catalogue("en").say(problem)
    assert "加载" in catalogue("zh").say(problem)


@pytest.mark.parametrize("code", ["shm-small", "memory-low", "gpu-memory-full"])
def test_a_lack_of_memory_is_not_the_packages_fault(code: str) -> None:
    assert judge(result(code)) is None
