"""A torch that is wrong in one way at a time: the verdict is failed, the step is named, the code is right."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from envdoctor.outside import LiveOutside, Ran
from envdoctor.smoke import Options, SmokeResult, run
from envdoctor.smoke.causes import finding_of
from envdoctor.smoke.options import CHECKS
from envdoctor.smoke.transcript import Transcript
from envdoctor.smoke.verdict import checks_of

PLANTED = Path(__file__).parent / "planted"
WORKER = Path(__file__).parents[2] / "envdoctor" / "patient"
GROUPS = 3
"""The faults of one process are tried in so many groups, so that several workers of pytest share them."""


def inside(faults: ModuleType, group: int) -> list[str]:
    return [name for i, name in enumerate(faults.INSIDE_FAULTS) if i % GROUPS == group]


@pytest.mark.parametrize("group", range(GROUPS))
def test_wrong_numbers_and_errors_are_named_by_their_step(
    faults: ModuleType, group: int, tmp_path: Path
) -> None:
    names = inside(faults, group)
    transcripts = {name: Transcript(name) for name in names}

    def hear(line: str) -> None:
        for transcript in transcripts.values():
            transcript.hear(line)

    argv = [sys.executable, "-B", str(PLANTED / "many.py"), str(WORKER), str(tmp_path), *names]
    ran = LiveOutside().run(argv, timeout=120, hear=hear)
    assert ran.exit_code == 0, ran.stderr[-2000:]
    for name, transcript in transcripts.items():
        assert transcript.done, (name, ran.stderr[-2000:])
        assert verdict(transcript, ran) == faults.EXPECTED[name], (name, transcript.checks)


def verdict(transcript: Transcript, ran: Ran) -> tuple[str, str] | None:
    checks = checks_of(transcript, ran, CHECKS)
    failed = [check for check in checks if check.status == "failed"]
    if not failed:
        return None
    after = checks[checks.index(failed[0]) + 1 :]
    assert len(failed) == 1 and all(check.status == "skipped" for check in after)
    return failed[0].name, finding_of(failed[0], transcript, ran, "cpu").code


def smoke(fault: str = "", timeout: float = 60, steps: int = 240, **environ: str) -> SmokeResult:
    env = {**os.environ, "PYTHONPATH": str(PLANTED), "PLANTED_FAULT": fault, **environ}
    return run(LiveOutside(env), [sys.executable], Options(device="cpu", timeout=timeout, steps=steps))


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
@pytest.mark.parametrize(
    "name", ["training-segfaults", "the-process-is-killed", "the-process-leaves-as-if-all-were-well"]
)
def test_a_process_that_ends_early_has_failed_where_it_was(faults: ModuleType, name: str) -> None:
    result = smoke(name)
    assert result.failed_check is not None, result.output
    assert (result.failed_check.name, result.primary) == faults.EXPECTED[name], result.output
    assert result.checks[-1].status == "skipped"


def test_a_hang_ends_at_its_limit(faults: ModuleType) -> None:
    started = time.monotonic()
    result = smoke("training-hangs", timeout=30)
    assert time.monotonic() - started < 40
    assert result.failed_check is not None
    assert (result.failed_check.name, result.primary) == faults.EXPECTED["training-hangs"], result.output
    assert len(result.losses) > 10, "the losses before the hang are kept"
