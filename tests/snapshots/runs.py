"""Smoke runs whose causes only a smoke run names."""

from __future__ import annotations

from envdoctor.findings import Finding, Severity, Value, Words
from envdoctor.smoke.options import CHECKS
from envdoctor.smoke.result import Check, SmokeResult

__all__ = ["RUNS"]


def _failed(code: str, variant: str, check: str, detail: Words) -> SmokeResult:
    """A run that failed in this check, with this finding; of the checks before it only the first is shown."""
    names = ["import", *([check] if check != "import" else [])]
    later = CHECKS[CHECKS.index(check) + 1 :] if check in CHECKS else ()
    passed = Words("smoke.import.passed", {"version": "2.14.1+cu126", "measured": "1.9"})
    checks = [Check(name="import", status="passed", detail=passed)] if len(names) > 1 else []
    checks.append(Check(name=check, status="failed", detail=detail))
    skipped = Words("smoke.skipped", {"name": check})
    checks += [Check(name=name, status="skipped", detail=skipped) for name in later]
    error = detail.values.get("error")
    evidence = [Words("evidence.said", {"source": check, "text": error})] if error else [detail]
    values: dict[str, Value] = {"check": check, "device": "cuda:0", "code": -11, "seconds": 180}
    finding = Finding(code, Severity.ERROR, values, tuple(evidence), variant=variant)
    facts = {"torch": "2.14.1+cu126", "python": "3.12.9", "device_name": "NVIDIA GeForce RTX 4090"}
    return SmokeResult(
        verdict="failed",
        device="cuda:0",
        checks=tuple(checks),
        losses=(),
        findings=(finding,),
        facts=facts,
        seconds=12.5,
    )


def _raised(error: str) -> Words:
    return Words("smoke.raised", {"error": error})


def _ended(how: str) -> Words:
    return Words(f"smoke.ended.{how}", {"code": -11, "seconds": 180, "error": "Permission denied"})


_WRONG = Words("smoke.forward.failed", {"measured": "0.2", "bound": "3e-06"})
_NOT_LEARNED = Words(
    "smoke.training.failed", {"measured": 0.9, "count": 256, "steps": 240, "bound": 0.0393, "floor": 0.0311}
)
_BUSY = "CUDA error: all CUDA-capable devices are busy or unavailable"
_RUNS: tuple[tuple[str, str, str, Words], ...] = (
    ("torch-wrong-numbers", "", "forward", _WRONG),
    ("torch-training-failed", "", "training", _NOT_LEARNED),
    ("torch-run-failed", "", "gradients", _raised("RuntimeError: expected scalar type Float but found Half")),
    ("torch-run-failed", "crashed", "product", _ended("crashed")),
    ("torch-run-failed", "left", "import", _ended("left")),
    ("torch-run-failed", "not-started", "import", _ended("not-started")),
    ("torch-run-failed", "timed-out", "memory", _ended("timed-out")),
    (
        "torch-loader-failed",
        "",
        "loader",
        _raised("RuntimeError: DataLoader worker (pid 71) exited unexpectedly"),
    ),
    ("torch-compile-failed", "", "compile", _raised("torch._dynamo.exc.BackendCompilerFailed")),
    ("cudnn-failed", "", "convolution", _raised("RuntimeError: cuDNN error: CUDNN_STATUS_INTERNAL_ERROR")),
    ("nccl-failed", "", "all-reduce", _raised("NCCL error: unhandled system error")),
    ("nccl-failed", "timed-out", "rendezvous", _ended("timed-out")),
    ("gpu-memory-full", "smoke", "memory", _raised("torch.OutOfMemoryError: CUDA out of memory")),
    ("gpu-ecc-errors", "smoke", "product", _raised("CUDA error: uncorrectable ECC error encountered")),
    ("gpu-exclusive-mode", "smoke", "memory", _raised(_BUSY)),
    ("gpu-fell-off-bus", "smoke", "training", _raised("CUDA error: the GPU is lost")),
    ("driver-init-failed", "smoke", "memory", _raised("CUDA error: unknown error")),
    ("memory-low", "smoke", "loader", _raised("MemoryError")),
    ("memory-low", "smoke-killed", "loader", _ended("killed")),
    (
        "shm-small",
        "smoke",
        "loader",
        _raised("unable to write to file </torch_71_1>: No space left on device"),
    ),
    ("torch-missing-library", "cudnn", "convolution", _raised("Could not load library libcudnn_cnn.so.9")),
    ("compiler-missing", "smoke", "compile", _raised("InvalidCxxCompiler: No working C++ compiler found")),
)
RUNS = tuple((row, _failed(*row)) for row in _RUNS)
"""Smoke runs whose causes only a smoke run names."""
