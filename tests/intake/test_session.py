"""What was typed at Python's prompt, with the values under it."""

from __future__ import annotations

import pytest

from envdoctor.intake import read
from envdoctor.machine import Machine


def machine(*lines: str) -> Machine:
    return Machine(read("\n".join(lines) + "\n", "paste.txt"))


def test_a_prompt_with_its_answers() -> None:
    shown = machine(
        ">>> import torch",
        ">>> torch.__version__",
        "'2.3.0+cu121'",
        ">>> torch.version.cuda",
        "'12.1'",
        ">>> torch.cuda.is_available()",
        "/env/torch/cuda/__init__.py:118: UserWarning: CUDA initialization: CUDA unknown error",
        "  return torch._C._cuda_getDeviceCount() > 0",
        "False",
    )
    assert (shown.torch_version, shown.torch_cuda) == ("2.3.0+cu121", "12.1")
    assert shown.facts.torch_import is not None
    assert shown.facts.torch_import.cuda_available is False
    assert shown.facts.sources["torch_import.version"].endswith(":3")


@pytest.mark.parametrize(
    "lines",
    [
        ("In [1]: torch.__version__", "Out[1]: '2.3.0+cpu'"),
        ("print(torch.__version__)", "2.3.0+cpu"),
        ("> >>> print(torch.__version__)", "> 2.3.0+cpu"),
        (
            '$ python -c "import torch; print(torch.__version__, torch.cuda.is_available())"',
            "2.3.0+cpu False",
        ),
    ],
)
def test_other_ways_to_ask(lines: tuple[str, ...]) -> None:
    assert machine(*lines).torch_version == "2.3.0+cpu"


@pytest.mark.parametrize(
    "lines",
    [
        (
            ">>> torch.__version__",
            "Traceback (most recent call last):",
            "NameError: name 'torch' is not defined",
        ),
        ("assert torch.__version__ == expected", "'2.3.0'"),
        (">>> torch.cuda.is_available()", "maybe", "no"),
        (">>> torch.__version__", "rm -rf /"),
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(lines: tuple[str, ...]) -> None:
    shown = machine(*lines)
    assert shown.torch_version is None
    assert shown.facts.torch_import is None


def test_what_platform_says_of_a_mac_under_rosetta() -> None:
    text = ">>> platform.machine()\n'x86_64'\n>>> platform.platform()\n'macOS-14.5-x86_64-i386-64bit'\n"
    facts = read(text, "x")
    assert (facts.host.os, facts.host.arch) == ("macos", "x86_64")
