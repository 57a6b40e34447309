"""Sentences are looked for where people write, not in what programs print as a label with its value."""

from __future__ import annotations

import pytest

from envdoctor.intake import read

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
