"""A text that says a thing twice, or says that it could not be collected: which facts that makes."""

from __future__ import annotations

import pytest

from envdoctor.facts import Facts
from envdoctor.intake import read

WITHOUT_TORCH = (
    "Collecting environment information...",
    "PyTorch version: N/A",
    "Is debug build: N/A",
    "CUDA used to build PyTorch: N/A",
    "OS: Microsoft Windows 11 Pro",
    "Python version: 3.12.8 (64-bit runtime)",
)


def facts(*lines: str) -> Facts:
    return read("\n".join(lines) + "\n", "paste.txt")


def versions(found: Facts) -> list[str]:
    return [each.version for each in found.packages.distributions or () if each.name == "torch"]


def test_a_torch_that_is_told_and_listed_is_one() -> None:
    told = "PyTorch version: 2.6.0+cu124"
    assert versions(facts(told, "[pip3] torch==2.6.0+cu124")) == ["2.6.0+cu124"]
    assert versions(facts(told, "[pip3] numpy==1.26.4")) == ["2.6.0+cu124"]


def test_condas_build_string_speaks_for_torch_where_nothing_else_does() -> None:
    header = ("# packages in environment at /opt/conda:", "# Name Version Build Channel")
    conda = "pytorch 2.5.1 py3.12_cuda12.4_cudnn9.1.0_0 pytorch"
    alone = facts(*header, conda).packages.torch
    assert alone is not None and (alone.version, alone.cuda) == ("2.5.1", "12.4")
    assert facts(*header, conda, "torch 2.6.0 pypi_0 pypi").packages.torch is None
    assert facts("PyTorch version: 2.6.0+cpu", *header, conda).packages.torch is None


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ((), "absent"),
        (("[pip3] torch==2.6.0",), "raised"),
        (("ModuleNotFoundError: No module named 'torch'",), "absent"),
        (('OSError: [WinError 126] Error loading "C:\\x\\torch\\lib\\c10.dll" or its dependencies.',), None),
    ],
)
def test_a_report_made_without_torch(more: tuple[str, ...], outcome: str | None) -> None:
    """Absent unless it is listed; where a message says why it fails, the report's silence says nothing."""
    found = facts(*WITHOUT_TORCH, *more).torch_import
    assert (found.outcome if found is not None else None) == outcome


def test_what_another_line_tells_is_not_unknown() -> None:
    missing = facts(*WITHOUT_TORCH, "Nvidia driver version: Could not collect").unknown
    assert {"torch_import.version", "nvidia_smi.driver_version"} <= missing.keys()
    smi = "| NVIDIA-SMI 551.86       Driver Version: 551.86       CUDA Version: 12.4     |"
    told = facts(
        *WITHOUT_TORCH, "Nvidia driver version: Could not collect", smi, "PyTorch version: 2.6.0+cpu"
    )
    assert told.nvidia_smi is not None and told.nvidia_smi.driver_version == "551.86"
    assert not {"torch_import.version", "nvidia_smi.driver_version"} & told.unknown.keys()


def test_nvidia_smis_table_cuts_a_name_that_another_line_has_whole() -> None:
    name = "NVIDIA GeForce RTX 4090 Laptop GPU"
    found = facts(
        f"GPU models and configuration: GPU 0: {name}",
        "| NVIDIA-SMI 551.86       Driver Version: 551.86       CUDA Version: 12.4     |",
        "|   0  NVIDIA GeForce RTX 4090 ...  WDDM  | 00000000:01:00.0  On |                  N/A |",
        "| N/A   45C    P8     6W /  55W |    512MiB / 16376MiB |      0%      Default |",
    )
    assert found.nvidia_smi is not None and found.nvidia_smi.gpus is not None
    (gpu,) = found.nvidia_smi.gpus
    assert (gpu.name, gpu.memory_total) == (name, 16376 << 20)


def test_a_gpus_name_alone_says_nothing_of_how_nvidia_smi_went() -> None:
    found = facts("GPU models and configuration: GPU 0: NVIDIA GeForce RTX 4090")
    assert found.nvidia_smi is not None and found.nvidia_smi.state is None


def test_a_capability_without_a_name_is_that_of_the_only_gpu() -> None:
    said = "compute capability: 8.9"
    one = facts("PyTorch version: 2.6.0+cu124", "GPU 0: NVIDIA Unheard Of", said).torch_import
    assert one is not None and [each.capability for each in one.devices] == ["8.9"]
    two = facts("PyTorch version: 2.6.0+cu124", "GPU 0: NVIDIA Unheard Of", "GPU 1: NVIDIA Another", said)
    assert two.torch_import is not None and two.torch_import.devices == ()
