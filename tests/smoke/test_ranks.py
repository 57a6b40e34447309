"""Two processes on the CPU under the real torchrun, with gloo; and what happens when one of them fails."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from envdoctor.outside import LiveOutside
from envdoctor.reports.smoke_json import SCHEMA_FILE
from envdoctor.smoke import Options, SmokeResult, run
from envdoctor.smoke.options import RANK_CHECKS
from tests.smoke.conftest import marked

PLANTED = Path(__file__).parent / "planted"
pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


def together(fault: str, mark: str, timeout: float = 90) -> SmokeResult:
    env = {
        **os.environ,
        "PYTHONPATH": str(PLANTED),
        "PLANTED_FAULT": fault,
        "PLANTED_RANK": "1",
        "MARK": mark,
    }
    options = Options(device="cpu", nproc_per_node="2", steps=160, timeout=timeout)
    return run(LiveOutside(env), [sys.executable], options)


def test_two_processes_train_one_network() -> None:
    argv = [sys.executable, "-m", "envdoctor", "smoke-train", "--python", sys.executable, "--device", "cpu"]
    argv += ["--nproc-per-node", "2", "--format", "json"]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=180)
    report = json.loads(ran.stdout)
    assert ran.returncode == 0, report
    jsonschema.validate(report, json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    assert tuple(check["name"] for check in report["checks"]) == RANK_CHECKS
    assert {check["status"] for check in report["checks"]} == {"passed"}
    ranks = report["ranks"]
    assert (ranks["count"], ranks["backend"]) == (2, "gloo")
    assert ranks["all_reduce_gbs"] > 0
    assert [each["rank"] for each in ranks["versions"]] == [0, 1]
    assert len(ranks["work_seconds"]) == 2


def test_processes_work_together_without_numpy() -> None:
    env = {**os.environ, "PYTHONPATH": str(PLANTED), "PLANTED_NO_NUMPY": "1"}
    result = run(LiveOutside(env), [sys.executable], Options(device="cpu", nproc_per_node="2", steps=160))
    assert {each.name: each.status for each in result.checks} == dict.fromkeys(RANK_CHECKS, "passed")


@pytest.mark.parametrize(
    ("fault", "check", "code"),
    [
        ("all-reduce-sums-wrong", "all-reduce", "nccl-failed"),
        ("the-process-is-killed", "gradients", "memory-low"),
    ],
)
def test_one_rank_at_fault_is_named(fault: str, check: str, code: str) -> None:
    result = together(fault, mark=f"{fault}-{os.getpid()}")
    assert result.failed_check is not None, result.output
    assert (result.failed_check.name, result.primary) == (check, code), result.output
    assert not marked(f"{fault}-{os.getpid()}")


def test_a_rank_that_hangs_ends_with_the_others_at_the_limit() -> None:
    mark = f"hang-{os.getpid()}"
    result = together("the-process-hangs-at-its-first-tensors", mark, timeout=30)
    assert result.failed_check is not None, result.output
    # On a busy machine the processes may not even have imported torch by then.
    assert result.failed_check.name in ("import", "device", "memory"), result.output
    assert (result.primary, result.failed_check.detail.key) == ("torch-run-failed", "smoke.ended.timed-out")
    assert not marked(mark)
