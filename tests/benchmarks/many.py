"""`check --from`: reports a second, and how time and memory grow with their number and their size."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from .measuring import PYTHON, run_once

__all__ = ["growth_in_number", "growth_in_size"]

DOCTOR = [PYTHON, "-m", "envdoctor"]
NUMBERS = (1, 100, 10_000)
SIZES = (1 << 10, 100 << 10, 1 << 20, 10 << 20, 60 << 20)
AT_LEAST = 500
"""Reports a second, by the design."""
GPUS = ("NVIDIA GeForce RTX 3060", "NVIDIA GeForce GTX 1080", "NVIDIA A100-SXM4-80GB", "Tesla V100-SXM2-16GB")
DRIVERS = ("535.129.03", "470.57.02", "550.54.14", "580.82.07")
TORCHES = ("2.14.1+cu126", "2.9.1+cu130", "2.5.1+cu121", "2.13.0+cpu", "1.13.1+cu117")
PASTED = """\
PyTorch version: {torch}
Is debug build: False
CUDA used to build PyTorch: {cuda}
ROCM used to build PyTorch: N/A

OS: Ubuntu 22.04.4 LTS (x86_64)
GCC version: (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0
Libc version: glibc-2.35

Python version: 3.{minor}.4 (main) [GCC 11.4.0] (64-bit runtime)
Is CUDA available: {available}
CUDA runtime version: Could not collect
GPU models and configuration: GPU 0: {gpu}
Nvidia driver version: {driver}
cuDNN version: Could not collect

Versions of relevant libraries:
[pip3] numpy==2.{number}.0
[pip3] torch=={torch}
[pip3] torchvision==0.20.{number}
"""


def pasted(number: int) -> str:
    """A report of collect_env as people paste it; another one for another number."""
    chance = random.Random(number)
    torch = chance.choice(TORCHES)
    digits = torch.partition("+cu")[2]
    return PASTED.format(
        torch=torch,
        cuda=f"{digits[:-1]}.{digits[-1]}" if digits else "None",
        minor=chance.randint(9, 13),
        available=chance.choice(("True", "False")),
        gpu=chance.choice(GPUS),
        driver=chance.choice(DRIVERS),
        number=number % 10,
    )


def saved() -> Callable[[int], str]:
    """Reports as envdoctor saves them, with another driver for each number."""
    argv = [
        *DOCTOR,
        "check",
        "--quick",
        "--python",
        PYTHON,
        "--format",
        "json",
        "--assume",
        "driver=535.54.03",
    ]
    text = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    json.loads(text)
    return lambda number: text.replace("535.54.03", f"5{number % 80 + 10}.54.{number % 90 + 10}")


def growth_in_number(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row a kind and number of reports: seconds, reports a second of work beyond the start, most memory."""
    for kind, make in (("pasted collect_env", pasted), ("saved JSON", saved())):
        start = 0.0
        for number in NUMBERS:
            place = folder / f"{kind.split()[0]}-{number}"
            place.mkdir()
            for each in range(number):
                (place / f"{each:05}.{'json' if kind == 'saved JSON' else 'txt'}").write_text(make(each))
            ended = run_once([*DOCTOR, "check", "--from", str(place), "--format", "json"])
            # By the processor's clock: what else the machine does is no property of the doctor.
            rate = (number - 1) / (ended.cpu - start) if number > 1 else 0.0
            start = start or ended.cpu
            verdict = "" if number < NUMBERS[-1] else "kept" if rate >= AT_LEAST else "**missed**"
            told = f"{ended.seconds:.2f}", f"{ended.cpu:.2f}", f"{rate:.0f}" if rate else ""
            yield (kind, str(number), *told, f"{ended.megabytes:.0f}", verdict)


def growth_in_size(folder: Path) -> Iterator[tuple[str, ...]]:
    """One row a size of one pasted text: seconds, seconds of work, and most memory."""
    line = (
        "Collecting torch==2.14.1  Downloading torch-2.14.1-cp312-cp312-manylinux_2_28_x86_64.whl (800 MB)\n"
    )
    for size in SIZES:
        path = folder / f"{size}.txt"
        path.write_text(pasted(1) + line * ((size - 700) // len(line)))
        ended = run_once([*DOCTOR, "check", "--from", str(path), "--format", "json"])
        told = f"{size >> 20} MB" if size >= 1 << 20 else f"{size >> 10} KB"
        yield (told, f"{ended.seconds:.2f}", f"{ended.cpu:.2f}", f"{ended.megabytes:.0f}", str(ended.code))
