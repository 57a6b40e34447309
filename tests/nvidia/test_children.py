"""NVML and cuInit asked in children, against real libraries that answer, fail, hang and crash."""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import envdoctor
from envdoctor.facts import GpuProcess
from envdoctor.outside import LiveOutside
from envdoctor.probes.cuda_driver import probe_cuda_driver
from envdoctor.probes.nvidia import library_files
from envdoctor.probes.nvml import probe_nvml

Make = Callable[..., LiveOutside]


def command_line(process: psutil.Process) -> str:
    """Empty for a process that is just ending."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


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


def test_nvml_tells_its_library_addresses_and_fabric(machine: Make, standins: Path) -> None:
    nvml = probe_nvml(machine(STANDIN_GPUS="2", STANDIN_FABRIC="2"), 20).value
    assert nvml is not None
    assert nvml.gpus is not None
    assert nvml.library == str(standins / "libnvidia-ml.so.550.54.14")
    assert nvml.fabric_state == "in progress"
    assert [gpu.pci for gpu in nvml.gpus] == ["00000000:01:00.0", "00000000:02:00.0"]
    without = probe_nvml(machine(), 20).value
    assert without is not None
    assert without.fabric_state is None


@pytest.mark.parametrize(("old", "used"), [({}, 2 << 30), ({"STANDIN_OLD": "1"}, (2 << 30) + (300 << 20))])
def test_memory_in_use_leaves_out_the_drivers_own_where_it_is_told(
    machine: Make, old: dict[str, str], used: int
) -> None:
    nvml = probe_nvml(machine(STANDIN_USED=str(2 << 30), **old), 20).value
    assert nvml is not None
    assert nvml.gpus is not None
    assert (nvml.gpus[0].memory_used, nvml.gpus[0].memory_total) == (used, 24 << 30)


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("/home/anna/dl/bin/python train.py --token=secret", "python"),
        (r"C:\Program Files\Blender\blender.exe", "blender.exe"),
        (None, None),
    ],
)
def test_a_process_on_the_gpu_goes_by_its_program_alone(
    machine: Make, told: str | None, shown: str | None
) -> None:
    nvml = probe_nvml(machine(STANDIN_PID="4711", **({"STANDIN_PROCESS": told} if told else {})), 20).value
    assert nvml is not None
    assert nvml.gpus is not None
    assert nvml.gpus[0].processes == (GpuProcess(pid=4711, memory=512 << 20, name=shown),)


def test_what_the_library_prints_does_not_spoil_the_answer(machine: Make) -> None:
    nvml = probe_nvml(machine(STANDIN_NVML="chatty"), 20).value
    assert nvml is not None
    assert (nvml.state, nvml.driver_version) == ("ok", "550.54.14")


def test_gpus_that_cannot_be_counted_are_an_error(machine: Make) -> None:
    nvml = probe_nvml(machine(STANDIN_NVML="count:999"), 20).value
    assert nvml is not None
    assert (nvml.state, nvml.code, nvml.gpus) == ("error", 999, None)
    assert nvml.driver_version == "550.54.14", "what was told before stays"


@pytest.mark.parametrize(("how", "state"), [("late-crash", "crashed"), ("late-hang", "timed-out")])
def test_what_was_told_before_the_end_stays(machine: Make, how: str, state: str) -> None:
    nvml = probe_nvml(machine(STANDIN_NVML=how), 20 if how == "late-crash" else 2).value
    assert nvml is not None
    assert (nvml.state, nvml.driver_version) == (state, "550.54.14")
    cuda = probe_cuda_driver(
        machine(STANDIN_CUINIT=how), sys.executable, 20 if how == "late-crash" else 2
    ).value
    assert cuda is not None
    assert (cuda.state, cuda.cuda_version) == (state, "12.4")


def test_files_that_are_no_libraries(tmp_path: Path) -> None:
    for name in ("libnvidia-ml.so.1", "libcuda.so.1"):
        (tmp_path / name).write_text("not a library")
    outside = LiveOutside({"PATH": "/usr/bin", "LD_LIBRARY_PATH": str(tmp_path)})
    cuda, nvml = probe_cuda_driver(outside, sys.executable, 20).value, probe_nvml(outside, 20).value
    assert cuda is not None
    assert nvml is not None
    assert (cuda.state, nvml.state) == ("library-missing", "library-missing")
    assert "libcuda.so.1" in (cuda.message or "")


def test_the_cuda_script_compiles_for_python_3_6() -> None:
    source = (Path(envdoctor.__file__).parent / "patient" / "cuda_driver.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))


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
    assert time.monotonic() - started < 30
    assert not [
        each for each in psutil.Process().children(recursive=True) if "nvml_child" in command_line(each)
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
        each for each in psutil.Process().children(recursive=True) if "cuda_driver" in command_line(each)
    ]


def test_no_library_is_said_plainly() -> None:
    outside = LiveOutside({"PATH": "/usr/bin"})
    if library_files(outside, "libcuda.so.1"):
        pytest.skip("this machine has NVIDIA's driver")
    cuda, nvml = probe_cuda_driver(outside, sys.executable, 20).value, probe_nvml(outside, 20).value
    assert cuda is not None
    assert nvml is not None
    assert (cuda.state, nvml.state) == ("library-missing", "library-missing")
