"""With a real NVIDIA GPU and a CUDA build of torch (`pytest -m gpu tests/smoke`)."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU that this torch can use"),
]
SMOKE = [sys.executable, "-m", "envdoctor", "smoke-train", "--python", sys.executable, "--format", "json"]


def smoke(*arguments: str) -> dict:  # type: ignore[type-arg]
    ran = subprocess.run([*SMOKE, *arguments], capture_output=True, text=True, timeout=400)
    assert ran.returncode in (0, 1), ran.stderr
    report: dict = json.loads(ran.stdout)  # type: ignore[type-arg]
    return report


@pytest.fixture(scope="module")
def report() -> dict:  # type: ignore[type-arg]
    return smoke()


def check(report: dict, name: str) -> dict:  # type: ignore[type-arg]
    return next(each for each in report["checks"] if each["name"] == name)  # type: ignore[no-any-return]


def test_every_check_of_a_gpu_passes(report: dict) -> None:  # type: ignore[type-arg]
    assert report["verdict"] == "passed", report["findings"]
    assert (report["device"], report["device_name"]) == ("cuda:0", torch.cuda.get_device_name(0))
    open_ = {each["name"] for each in report["checks"] if each["status"] not in ("passed", "warning")}
    assert open_ == {"compile"}


def test_cudnn_and_mixed_precision_were_used(report: dict) -> None:  # type: ignore[type-arg]
    assert "cuDNN" in check(report, "convolution")["detail"] or torch.version.hip
    wanted = "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    assert wanted in check(report, "mixed-precision")["detail"]


def test_a_larger_network_trains_faster_than_on_the_cpu(report: dict) -> None:  # type: ignore[type-arg]
    assert report["speedup"] > 1
    assert check(report, "speed")["status"] in ("passed", "warning")
    assert report["peak_memory"] > 1 << 20


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_other_precisions(dtype: str) -> None:
    if dtype == "bfloat16" and not torch.cuda.is_bf16_supported():
        pytest.skip("this GPU has no bfloat16")
    report = smoke("--dtype", dtype)
    assert report["verdict"] == "passed", report["findings"]


def test_tf32_is_in_the_bound(monkeypatch: pytest.MonkeyPatch, report: dict) -> None:  # type: ignore[type-arg]
    if torch.cuda.get_device_capability(0) < (8, 0):
        pytest.skip("this GPU has no TF32")
    monkeypatch.setenv("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "1")
    cut = smoke("--steps", "12")
    assert cut["verdict"] == "passed", cut["findings"]
    assert check(cut, "forward")["bound"] > 100 * check(report, "forward")["bound"]


def test_compile() -> None:
    report = smoke("--compile", "--steps", "12", "--timeout", "300")
    assert check(report, "compile")["status"] == "passed" or report["primary"] in (
        "compiler-missing",
        "torch-compile-failed",
    )


@pytest.fixture
def filled() -> Iterator[None]:
    """A process beside the run that holds all of the GPU's memory but a few MiB."""
    code = """
        import sys, time, torch
        kept, size = [], 1 << 30
        while size >= 1 << 20:
            try:
                kept.append(torch.empty(size, dtype=torch.uint8, device="cuda"))
            except RuntimeError:
                size //= 2
        print("full", flush=True)
        time.sleep(300)
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "full"
    yield
    child.kill()
    child.wait()
    child.stdout.close()
    time.sleep(1.0)


def test_a_process_that_fills_the_memory_beside_it_is_named(filled: None) -> None:
    report = smoke("--timeout", "120")
    assert report["verdict"] == "failed"
    assert report["primary"] == "gpu-memory-full", report["findings"]


@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="one GPU")
def test_all_gpus_train_together() -> None:
    report = smoke("--nproc-per-node", "auto")
    assert report["verdict"] == "passed", report["findings"]
    assert report["ranks"]["backend"] == "nccl"
    assert report["ranks"]["count"] == torch.cuda.device_count()


def test_one_gpu_under_torchrun() -> None:
    report = smoke("--nproc-per-node", "1")
    assert report["verdict"] == "passed", report["findings"]
    assert report["ranks"]["backend"] == "nccl"
