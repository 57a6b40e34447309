"""NVML and cuInit asked in children, against real libraries that answer, fail, hang and crash."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import psutil
import pytest

from envdoctor.outside import LiveOutside
from envdoctor.probes.cuda_driver import probe_cuda_driver
from envdoctor.probes.nvidia import library_files
from envdoctor.probes.nvml import probe_nvml

Make = Callable[..., LiveOutside]


def test_nvml_tells_driver_and_gpu(machine: Make) -> None:
    nvml = probe_nvml(
        machine(STANDIN_GPUS="2", STANDIN_CAPABILITY="12.0", STANDIN_NAME="NVIDIA GeForce RTX 5090"), 20
    ).value
    assert nvml is not None
    assert (nvml.state, nvml.driver_version, nvml.cuda_version) == ("ok", "550.54.14", "12.4")
    assert nvml.gpus is not None
    assert [gpu.index for gpu in nvml.gpus] == [0, 1]
    first = nvml.gpus[0]
    assert (first.name, first.compute_capability, first.compute_mode) == (
        "NVIDIA GeForce RTX 5090",
        "12.0",
        "default",
    )
    assert first.memory_total == 24 << 30
    assert first.mig is None, "what a GPU does not support stays unknown"
    assert first.ecc_uncorrected is None


def test_nvml_tells_mig_mode_and_errors(machine: Make) -> None:
    settings = {"STANDIN_MIG": "1", "STANDIN_MIG_INSTANCES": "2", "STANDIN_ECC": "5", "STANDIN_MODE": "2"}
    nvml = probe_nvml(machine(**settings), 20).value
    assert nvml is not None
    assert nvml.gpus is not None
    gpu = nvml.gpus[0]
    assert (gpu.mig, len(gpu.mig_instances), gpu.ecc_uncorrected, gpu.compute_mode) == (
        True,
        2,
        5,
        "prohibited",
    )


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (4, "Insufficient Permissions"),
        (9, "Driver Not Loaded"),
        (15, "GPU is lost"),
        (18, "version mismatch"),
        (999, "Unknown Error"),
    ],
)
def test_nvml_errors_keep_their_code(machine: Make, code: int, message: str) -> None:
    nvml = probe_nvml(machine(STANDIN_NVML=f"error:{code}"), 20).value
    assert nvml is not None
    assert (nvml.state, nvml.code) == ("error", code)
    assert message in (nvml.message or "")


def test_a_lost_gpu_does_not_hide_the_others(machine: Make) -> None:
    nvml = probe_nvml(machine(STANDIN_GPUS="2", STANDIN_LOST="0"), 20).value
    assert nvml is not None
    assert nvml.gpus is not None
    assert "lost" in (nvml.gpus[0].error or "").lower()
    assert nvml.gpus[1].name == "NVIDIA GeForce RTX 4090"


@pytest.mark.parametrize(
    ("how", "state"), [("crash", "crashed"), ("exit", "unreadable"), ("rubbish", "unreadable")]
)
def test_nvml_that_dies_is_a_fact(machine: Make, how: str, state: str) -> None:
    nvml = probe_nvml(machine(STANDIN_NVML=how), 20).value
    assert nvml is not None
    assert nvml.state == state


def test_nvml_that_hangs_is_ended(machine: Make) -> None:
    started = time.monotonic()
    nvml = probe_nvml(machine(STANDIN_NVML="hang"), 1.0).value
    assert nvml is not None
    assert nvml.state == "timed-out"
    assert time.monotonic() - started < 5
    assert not [
        each for each in psutil.Process().children(recursive=True) if "nvml_child" in " ".join(each.cmdline())
    ]


def test_cuinit_tells_library_version_and_devices(machine: Make, standins: object) -> None:
    cuda = probe_cuda_driver(machine(STANDIN_CAPABILITY="9.0"), sys.executable, 20).value
    assert cuda is not None
    assert (cuda.state, cuda.code, cuda.cuda_version, cuda.device_count) == ("ok", 0, "12.4", 1)
    assert cuda.devices[0].capability == "9.0"
    assert cuda.library is not None
    assert cuda.library.startswith(str(standins))
    assert cuda.library_version == "550.54.14"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (100, "NO_DEVICE"),
        (802, "NOT_READY"),
        (803, "MISMATCH"),
        (804, "COMPAT"),
        (999, "UNKNOWN"),
        (46, "46"),
    ],
)
def test_cuinit_errors_keep_their_code(machine: Make, code: int, name: str) -> None:
    cuda = probe_cuda_driver(machine(STANDIN_CUINIT=f"error:{code}"), sys.executable, 20).value
    assert cuda is not None
    assert (cuda.state, cuda.code) == ("error", code)
    assert name in (cuda.message or "")
    assert cuda.library is not None, "the file that was loaded is known even when it fails"


@pytest.mark.parametrize(("how", "state"), [("crash", "crashed"), ("exit", "unreadable")])
def test_cuinit_that_dies_is_a_fact(machine: Make, how: str, state: str) -> None:
    cuda = probe_cuda_driver(machine(STANDIN_CUINIT=how), sys.executable, 20).value
    assert cuda is not None
    assert cuda.state == state
    assert cuda.library is not None


def test_cuinit_that_hangs_is_ended(machine: Make) -> None:
    cuda = probe_cuda_driver(machine(STANDIN_CUINIT="hang"), sys.executable, 1.0).value
    assert cuda is not None
    assert cuda.state == "timed-out"
    assert not [
        each
        for each in psutil.Process().children(recursive=True)
        if "cuda_driver" in " ".join(each.cmdline())
    ]


def test_no_library_is_said_plainly() -> None:
    outside = LiveOutside({"PATH": "/usr/bin"})
    if library_files(outside, "libcuda.so.1"):
        pytest.skip("this machine has NVIDIA's driver")
    cuda, nvml = probe_cuda_driver(outside, sys.executable, 20).value, probe_nvml(outside, 20).value
    assert cuda is not None
    assert nvml is not None
    assert (cuda.state, nvml.state) == ("library-missing", "library-missing")
