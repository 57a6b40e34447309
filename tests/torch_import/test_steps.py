"""What comes after the import: devices and their kernels, cuDNN, NumPy, torchvision; each step on its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.facts import TorchImport

Probe = Callable[..., TorchImport]
Plant = Callable[..., Path]


def test_each_device_is_described_and_computes(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_DEVICES="2")
    assert (ran.cuda_available, ran.device_count, ran.cuda_error) == (True, 2, None)
    assert [(d.index, d.name, d.kind, d.capability, d.memory_total) for d in ran.devices] == [
        (0, "Stand-in 0", "cuda", "9.0", 8 << 30),
        (1, "Stand-in 1", "cuda", "9.1", 8 << 30),
    ]
    assert all(each.kernel is not None and each.kernel.ok for each in ran.devices)
    assert (ran.arch_list, ran.cudnn, ran.nccl) == (("sm_80", "sm_90"), "91002", "2.27.5")


def test_no_more_than_sixteen_devices_are_tried(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_DEVICES="99")
    assert (ran.device_count, len(ran.devices)) == (99, 16)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no-kernel", "no kernel image is available"),
        ("wrong-sum", "wrong result: a sum is 4097.0"),
        ("wrong-product", "wrong result: 1 of 1024 cells"),
    ],
)
def test_a_kernel_that_fails_or_is_wrong_is_that_device_s_fact(
    probe: Probe, standin: Path, fault: str, words: str
) -> None:
    ran = probe(standin, STANDIN_DEVICES="2", STANDIN_FAULT=f"{fault}:1")
    first, second = (each.kernel for each in ran.devices)
    assert first is not None and first.ok
    assert second is not None and not second.ok
    assert words in (second.error or "")
    assert (ran.outcome, ran.cudnn) == ("imported", "91002"), "the steps after it were done"


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_crash_in_a_kernel_loses_nothing_that_was_known(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_DEVICES="2", STANDIN_FAULT="crash:1")
    assert (ran.outcome, ran.exit_code, ran.phase) == ("crashed", -11, "kernel:1")
    assert ran.version == "2.9.9+cu126"
    assert [each.kernel is not None for each in ran.devices] == [True, False]


def test_a_cuda_that_can_t_be_asked_says_why(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_FAULT="available-raises")
    assert (ran.outcome, ran.cuda_available, ran.cuda_error) == ("imported", False, "the driver fell over")


def test_a_cuda_that_is_not_available_says_why(probe: Probe, standin: Path) -> None:
    ran = probe(standin)
    assert (ran.cuda_available, ran.cuda_error) == (False, "No CUDA GPUs are available")


def test_what_cuda_warned_about_stands_in_its_error(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_FAULT="unknown-error")
    assert "CUDA unknown error" in (ran.cuda_error or "")
    assert [each for each in ran.warnings if "CUDA unknown error" in each]


def test_warnings_are_bounded_and_those_python_hides_stay_hidden(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_FAULT="old-habit")
    assert ran.warnings == tuple(f"warning {number}" for number in range(10))


def test_values_of_other_types_are_brought_into_shape(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_DEVICES="1", STANDIN_FAULT="badly-typed")
    assert (ran.outcome, ran.cuda, ran.device_count) == ("imported", "12.6", None)


def test_a_cudnn_that_does_not_fit_is_a_fact(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_FAULT="cudnn")
    assert ran.cudnn is None
    assert "found (8, 9, 7)" in (ran.cudnn_error or "")


def test_a_numpy_that_does_not_fit_names_the_cause(probe: Probe, standin: Path) -> None:
    ran = probe(standin, STANDIN_FAULT="numpy")
    assert "Numpy is not available" in (ran.numpy_bridge_error or "")
    assert "_ARRAY_API not found" in (ran.numpy_bridge_error or "")


def test_a_numpy_that_is_broken_itself_is_not_called_a_misfit(
    probe: Probe, planted: Plant, standin: Path
) -> None:
    planted("raise ImportError('Importing the numpy C-extensions failed.')", "numpy/__init__.py")
    ran = probe(standin)
    assert (ran.numpy_version, ran.numpy_bridge_error) == (None, None)
    assert "C-extensions failed" in ran.companion_errors["numpy"]


TORCHVISION = "torchvision/__init__.py"


@pytest.mark.parametrize(
    "source", ["raise RuntimeError('operator torchvision::nms does not exist')", "raise SystemExit('bye')"]
)
def test_a_torchvision_that_fails_is_its_own_fact(
    probe: Probe, planted: Plant, standin: Path, source: str
) -> None:
    planted("__version__ = '0.24.9+cu126'", "torchvision/version.py")
    planted(source, TORCHVISION)
    ran = probe(standin)
    assert (ran.outcome, ran.phase) == ("imported", None)
    assert ran.companions["torchvision"] == "0.24.9+cu126"
    assert source.split("'")[1] in ran.companion_errors["torchvision"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_torchvision_that_crashes_is_named(probe: Probe, planted: Plant, standin: Path) -> None:
    planted("import os\nos.kill(os.getpid(), 11)", TORCHVISION)
    ran = probe(standin)
    assert (ran.outcome, ran.phase, ran.version) == ("crashed", "torchvision", "2.9.9+cu126")


def test_a_leftover_folder_of_torchvision_is_no_torchvision(
    probe: Probe, planted: Plant, standin: Path
) -> None:
    (standin / "torchvision" / "ops").mkdir(parents=True)
    assert "torchvision" not in probe(standin).companion_errors


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("gcc") is None, reason="needs gcc on Linux")
def test_the_loader_s_own_words_stand_beside_torchvision_s(
    probe: Probe, planted: Plant, torch_folder: Path
) -> None:
    """A compiled part that was made for another torch: torchvision itself swallows the loader's message."""
    site = planted("raise RuntimeError('operator torchvision::nms does not exist')", TORCHVISION)
    source = "void _ZN3c106detail7missingEv(void);\nvoid f(void) { _ZN3c106detail7missingEv(); }"
    built = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(site / "torchvision" / "_C.so")]
    subprocess.run(built, input=source, text=True, check=True)
    failure = probe(site).companion_errors["torchvision"]
    assert "nms does not exist" in failure
    assert "undefined symbol: _ZN3c106detail7missingEv" in failure


def test_a_torchvision_without_that_operator_may_still_be_sound(
    probe: Probe, planted: Plant, standin: Path
) -> None:
    """Very old ones register nothing with torch: the whole package has the last word."""
    planted("from types import SimpleNamespace\nops = SimpleNamespace(nms=lambda *a: [0])", TORCHVISION)
    ran = probe(standin)
    assert (ran.companions, ran.companion_errors) == ({"torchvision": "?"}, {})
