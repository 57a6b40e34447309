"""With a real NVIDIA GPU: what the probes read agrees with NVML's own tool and with torch (`pytest -m gpu`)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not Path("/dev/nvidiactl").exists(), reason="no NVIDIA GPU in this machine"),
]


@pytest.fixture(scope="module")
def report() -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-m", "envdoctor", "check", "--python", sys.executable, "--format", "json"],
        capture_output=True,
        text=True,
    )
    assert ran.returncode in (0, 1), ran.stderr
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def test_driver_and_names_agree_with_nvidia_smi(report: dict) -> None:  # type: ignore[type-arg]
    smi = shutil.which("nvidia-smi")
    if smi is None:
        pytest.skip("nvidia-smi is not on PATH")
    listing = subprocess.run(
        [smi, "--query-gpu=name,driver_version", "--format=csv,noheader"],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [[cell.strip() for cell in line.split(",")] for line in listing.stdout.splitlines()]
    nvml = report["facts"]["nvml"]
    assert nvml["driver_version"] == rows[0][1]
    assert [gpu["name"] for gpu in nvml["gpus"]] == [row[0] for row in rows]


def test_cuinit_and_nvml_agree(report: dict) -> None:  # type: ignore[type-arg]
    facts = report["facts"]
    assert facts["cuda_driver"]["state"] == "ok"
    assert facts["cuda_driver"]["cuda_version"] == facts["nvml"]["cuda_version"]
    assert facts["cuda_driver"]["devices"][0]["capability"] == facts["nvml"]["gpus"][0]["compute_capability"]


def test_a_cuda_build_of_torch_computes(report: dict) -> None:  # type: ignore[type-arg]
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        assert report["primary"] is not None, "a GPU that torch can't use has a cause"
        return
    devices = report["facts"]["torch_import"]["devices"]
    assert [device["name"] for device in devices] == [
        torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())
    ]
    assert all(device["kernel"]["ok"] for device in devices)
