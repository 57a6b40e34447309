"""Machines, and the texts that people paste about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.assume import assume
from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_to_json

BROKEN = ("os=windows", "python=3.12", "driver=551.86", "gpu=NVIDIA GeForce RTX 4060", "torch=2.5.1+cpu")
SOUND = ("os=windows", "python=3.12", "driver=551.86", "gpu=NVIDIA GeForce RTX 4060", "torch=2.5.1+cu121")

COLLECT_ENV = """\
Collecting environment information...
PyTorch version: 2.5.1+cpu
Is debug build: False
CUDA used to build PyTorch: Could not collect
ROCM used to build PyTorch: N/A

OS: Microsoft Windows 11 Pro (10.0.22631 64-bit)
GCC version: Could not collect
Clang version: Could not collect
CMake version: Could not collect
Libc version: N/A

Python version: 3.12.4 | packaged by Anaconda, Inc. | (main, Jun 18 2024, 15:03:56) [MSC v.1929 64 bit (AMD64)] (64-bit runtime)
Python platform: Windows-11-10.0.22631-SP0
Is CUDA available: False
CUDA runtime version: Could not collect
CUDA_MODULE_LOADING set to: N/A
GPU models and configuration: GPU 0: NVIDIA GeForce RTX 4060
Nvidia driver version: 551.86
cuDNN version: Could not collect
HIP runtime version: N/A
MIOpen runtime version: N/A
Is XNNPACK available: True

Versions of relevant libraries:
[pip3] numpy==1.26.4
[pip3] torch==2.5.1
[pip3] torchvision==0.20.1
[conda] Could not collect
"""


def machine(*assumptions: str) -> Facts:
    return assume(Facts(), assumptions)


def saved(*assumptions: str) -> dict[str, object]:
    """What `check --format json` would have written about that machine, as far as `--from` reads it."""
    return {
        "schema": 1,
        "envdoctor": "0.1.0",
        "source": "live",
        "facts": facts_to_json(machine(*assumptions)),
    }


@pytest.fixture
def collect_env() -> str:
    return COLLECT_ENV


@pytest.fixture
def broken() -> Facts:
    """A Windows laptop whose torch is a CPU build."""
    return machine(*BROKEN)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write an input: a saved report of assumptions, or any text or bytes; answers its path."""

    def make(name: str, *assumptions: str, text: str | bytes | None = None) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = json.dumps(saved(*(assumptions or BROKEN)), indent=2) if text is None else text
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make
