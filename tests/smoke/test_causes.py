"""The words of an error, as torch and its libraries print them, and the finding that they stand for."""

from __future__ import annotations

import pytest

from envdoctor.findings import Severity
from envdoctor.messages import catalogue
from envdoctor.outside import Ran
from envdoctor.smoke.causes import CUDA_OUTCOMES, finding_of
from envdoctor.smoke.options import CHECKS, RANK_CHECKS
from envdoctor.smoke.transcript import Transcript
from envdoctor.smoke.verdict import checks_of

TOKEN = "0123456789abcdef"


def ended(check: str, error: str = "", stderr: str = "", exit_code: int = 0) -> tuple[str, str]:
    """The code and the title for a run whose `check` raised `error`, or was cut short."""
    transcript = Transcript(TOKEN)
    for name in CHECKS[: CHECKS.index(check)]:
        transcript.hear(f'{TOKEN}:event {{"check": "{name}", "status": "passed"}}')
    transcript.hear(f'{TOKEN}:event {{"begin": "{check}"}}')
    if error:
        said = f'"status": "failed", "variant": "raised", "values": {{"error": "{error}"}}'
        transcript.hear(f'{TOKEN}:event {{"check": "{check}", {said}}}')
        transcript.hear(f'{TOKEN}:event {{"done": true}}')
    ran = Ran(("python",), "exited", exit_code, stderr=stderr, seconds=3.0)
    failed = next(each for each in checks_of(transcript, ran, CHECKS) if each.status == "failed")
    assert failed.name == check
    finding = finding_of(failed, transcript, ran, "cuda:0")
    assert finding.severity is Severity.ERROR
    return finding.code, catalogue("en").title(finding)


@pytest.mark.parametrize(
    ("check", "error", "code"),
    [
        ("product", "RuntimeError: CUDA error: no kernel image is available for execution on the device", "no-kernel"),
        ("memory", "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 4.00 MiB", "gpu-memory-full"),
        ("product", "RuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", "gpu-memory-full"),
        ("convolution", "RuntimeError: cuDNN error: CUDNN_STATUS_NOT_INITIALIZED", "cudnn-failed"),
        ("convolution", "RuntimeError: cuDNN version incompatibility: PyTorch was compiled against (9, 1, 0)", "torch-missing-library"),
        ("loader", "RuntimeError: DataLoader worker (pid 7) is killed by signal: Bus error. It is possible that", "shm-small"),
        ("loader", "RuntimeError: DataLoader worker (pid(s) 7) exited unexpectedly", "torch-loader-failed"),
        ("compile", "torch._inductor.exc.InductorError: InvalidCxxCompiler: No working C++ compiler found", "compiler-missing"),
        ("compile", "BackendCompilerFailed: backend='inductor' raised: AssertionError", "torch-compile-failed"),
        ("memory", "RuntimeError: CUDA error: unspecified launch failure", "torch-run-failed"),
        ("memory", "RuntimeError: CUDA error: uncorrectable ECC error encountered", "gpu-ecc-errors"),
        ("step", "AttributeError: 'NoneType' object has no attribute 'tolist'", "torch-run-failed"),
    ],
)  # fmt: skip
def test_an_error_s_words_name_its_cause(check: str, error: str, code: str) -> None:
    found, title = ended(check, error)
    assert found == code
    if code not in CUDA_OUTCOMES:
        assert title != code and "{" not in title, "the words are all there"


@pytest.mark.parametrize(
    ("exit_code", "stderr", "code"),
    [
        (-9, "", "memory-low"),
        (-11, "", "torch-run-failed"),
        (0xC0000005, "", "torch-run-failed"),
        (0, "", "torch-run-failed"),
        (-6, "terminate called: CUDA error: out of memory", "gpu-memory-full"),
        (1, "  exitcode   : -9 (pid: 41)\n", "memory-low"),
    ],
)
def test_an_end_without_a_word_is_named_too(exit_code: int, stderr: str, code: str) -> None:
    found, title = ended("training", stderr=stderr, exit_code=exit_code)
    assert found == code and "{" not in title


def test_the_rank_that_died_first_says_where_the_run_ended() -> None:
    """Rank 1 was two checks further than rank 0 when it was killed, and torchrun then ended rank 0."""
    transcript = Transcript(TOKEN)
    transcript.hear(f'{TOKEN}:event {{"facts": {{"local": 2}}, "rank": 0}}')
    for rank, done in ((0, 3), (1, 5)):
        for name in CHECKS[:done]:
            transcript.hear(f'{TOKEN}:event {{"check": "{name}", "status": "passed", "rank": {rank}}}')
        transcript.hear(f'{TOKEN}:event {{"begin": "{CHECKS[done]}", "rank": {rank}}}')
    stderr = "Root Cause (first observed failure):\n[0]:\n  rank      : 1 (local_rank: 1)\n  exitcode  : -9 (pid: 4)\n"
    ran = Ran(("python",), "exited", 1, stderr=stderr)
    failed = next(each for each in checks_of(transcript, ran, CHECKS) if each.status == "failed")
    assert (failed.name, finding_of(failed, transcript, ran, "cpu").code) == (CHECKS[5], "memory-low")
    ran = Ran(("python",), "timed-out", None)
    failed = next(each for each in checks_of(transcript, ran, CHECKS) if each.status == "failed")
    assert failed.name == CHECKS[3], "without a culprit, the check that not all have ended"


def test_a_rank_that_nobody_could_wait_for_any_longer_is_the_one_at_fault() -> None:
    """Rank 1 hung in a check of its own; rank 0 gave up at the rendezvous, and torchrun names rank 0."""
    transcript = Transcript(TOKEN)
    transcript.hear(f'{TOKEN}:event {{"facts": {{"local": 2}}, "rank": 0}}')
    for rank, done in ((0, 8), (1, 2)):
        for name in RANK_CHECKS[:done]:
            transcript.hear(f'{TOKEN}:event {{"check": "{name}", "status": "passed", "rank": {rank}}}')
        transcript.hear(f'{TOKEN}:event {{"begin": "{RANK_CHECKS[done]}", "rank": {rank}}}')
    failed = '"check": "rendezvous", "status": "failed", "variant": "raised", "rank": 0'
    transcript.hear(f'{TOKEN}:event {{{failed}, "values": {{"error": "DistStoreError: wait timeout"}}}}')
    transcript.hear(f'{TOKEN}:event {{"done": true, "rank": 0}}')
    stderr = (
        "  exitcode  : -15 (pid: 5)\nRoot Cause (first observed failure):\n  rank      : 0 (local_rank: 0)\n"
    )
    ran = Ran(("python",), "exited", 1, stderr=stderr, seconds=20.0)
    check = next(each for each in checks_of(transcript, ran, RANK_CHECKS) if each.status == "failed")
    assert (check.name, check.detail.key) == ("memory", "smoke.ended.timed-out")
    assert finding_of(check, transcript, ran, "cpu").code == "torch-run-failed"
