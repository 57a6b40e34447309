"""Sentences are looked for where people write, not in what programs print as a label with its value."""

from __future__ import annotations

import pytest

from envdoctor.intake import read
from envdoctor.intake.anchors import anchors_in
from envdoctor.intake.families import FAMILIES, PRINTED
from envdoctor.intake.lines import PastedText

REPORT = "GPU 0: NVIDIA A100-SXM4-80GB\nCUDA available: False\n[pip3] torch==2.9.1+cu130\n"


def kinds(text: str) -> set[str]:
    paste = read(text, "post.txt").paste
    assert paste is not None
    return {each.kind for each in paste.complaints}


def test_the_value_of_a_label_is_no_sentence() -> None:
    assert "said-gpu-unseen" not in kinds(REPORT + "Driver: no GPU seen\n")
    assert "said-gpu-unseen" in kinds(REPORT + "no GPU seen\n")


@pytest.mark.parametrize("label", ["GPU", "Device", "CUDA available"])
def test_a_sentence_behind_a_label_is_one(label: str) -> None:
    assert "said-gpu-unseen" in kinds(REPORT + f"{label}: torch does not see the GPU at all\n")


def test_a_plain_report_makes_few_families_look() -> None:
    """Each that looks costs time in every report: an anchor is a piece that few reports hold."""
    lines = [
        "PyTorch version: 2.9.1+cu130",
        "Is debug build: False",
        "CUDA used to build PyTorch: 13.0",
        "ROCM used to build PyTorch: N/A",
        "OS: Ubuntu 22.04.4 LTS (x86_64)",
        "GCC version: (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0",
        "Clang version: Could not collect",
        "CMake version: version 3.22.1",
        "Libc version: glibc-2.35",
        "Python version: 3.13.4 (main) [GCC 11.4.0] (64-bit runtime)",
        "Python platform: Linux-6.8.0-45-generic-x86_64-with-glibc2.35",
        "Is CUDA available: True",
        "CUDA runtime version: Could not collect",
        "GPU models and configuration: GPU 0: NVIDIA A100-SXM4-80GB",
        "Nvidia driver version: 535.129.03",
        "cuDNN version: Could not collect",
        "Is XNNPACK available: True",
        "Versions of relevant libraries:",
        "[pip3] numpy==2.1.0",
        "[pip3] torch==2.9.1+cu130",
        "[pip3] torchvision==0.24.1",
    ]
    rows = {row for row, _ in anchors_in(PastedText("\n".join(lines)).lower, PRINTED)}
    assert len(rows) <= 6, sorted(FAMILIES[row][0] for row in rows)
