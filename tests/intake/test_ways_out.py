"""What a pasted report is answered with: the smallest change that helps, and no guess where it leaves things open."""

from __future__ import annotations

import re

import pytest

from envdoctor.messages import catalogue
from tests.intake.conftest import verdict

WINDOWS = "OS: Windows 11\nPython version: 3.11\n"
LINUX = "OS: Ubuntu 22.04.3 LTS (x86_64)\nPython version: 3.10\n"


def ways_out(text: str, code: str) -> list[str]:
    """The keys of the remedies of the first finding, which must be this one, each with its commands."""
    first = verdict(text).findings[0]
    assert first.code == code
    return [
        " | ".join([remedy.summary.key, *(" ".join(argv) for argv in remedy.commands)])
        for remedy in first.remedies
    ]


def test_a_companion_is_fitted_to_the_torch_that_is_there() -> None:
    text = (
        LINUX
        + "torch==2.4.0+cu121\ntorchvision==0.20.1+cu121\nRuntimeError: operator torchvision::nms does not exist\n"
    )
    (way,) = ways_out(text, "torch-companion-mismatch")
    assert "torch==2.4.0+cu121 torchvision==0.19.0+cu121" in way


@pytest.mark.parametrize(
    ("complaint", "code"),
    [
        ("ModuleNotFoundError: No module named 'torch'", "torch-missing"),
        ("error: externally-managed-environment", "env-not-isolated"),
        (
            "ImportError: libcudnn.so.8: cannot open shared object file: No such file or directory",
            "torch-missing-library",
        ),
    ],
)
def test_a_report_that_shows_no_gpu_gets_no_cpu_build(complaint: str, code: str) -> None:
    ways = ways_out(LINUX + complaint + "\n", code)
    assert any("envdoctor install" in way for way in ways)
    assert not any("+cpu" in way for way in ways)


def test_who_wants_cuda_and_names_no_gpu_learns_what_the_build_takes() -> None:
    known, ask = ways_out(
        WINDOWS + "AssertionError: Torch not compiled with CUDA enabled\n", "torch-cpu-build"
    )
    assert known.startswith("remedy.torch-any-gpu")
    assert "+cu" in known
    assert ask == "remedy.ask-first | envdoctor install"


def test_an_unknown_driver_is_taken_to_be_an_old_one() -> None:
    text = WINDOWS + "GPU 0: NVIDIA GeForce RTX 4090\nAssertionError: Torch not compiled with CUDA enabled\n"
    (way,) = ways_out(text, "torch-cpu-build")
    assert "+cu126" in way


@pytest.mark.parametrize(
    ("asked", "python"), [("1.13.1", "3.10"), ("1.8.2+cu111", "3.9"), ("2.0.1", "3.11"), ("2.5.1", "3.12")]
)
def test_the_python_is_one_that_has_the_torch_asked_for(asked: str, python: str) -> None:
    text = (
        "OS: Windows 10\nPython version: 3.13\n"
        f"ERROR: Could not find a version that satisfies the requirement torch=={asked} (from versions: 2.6.0, 2.7.0)\n"
    )
    (way,) = ways_out(text, "python-too-new")
    assert way.startswith(f"remedy.environment-for | py -{python} -m venv")


def test_an_intel_mac_gets_the_last_wheel_there_is() -> None:
    text = (
        "OS: macOS\nPython version: 3.11\nERROR: Could not find a version that satisfies the requirement torch==2.6.0 "
        "(from versions: 2.0.0, 2.0.1, 2.1.0, 2.1.1, 2.1.2, 2.2.0, 2.2.1, 2.2.2)\n"
    )
    found = verdict(text).findings[0]
    assert (found.code, found.values["torch"]) == ("platform-no-wheel", "2.2.2")
    assert "torch==2.2.2 torchvision==0.17.2" in ways_out(text, "platform-no-wheel")[0]


def test_an_old_driver_has_two_ways_out() -> None:
    text = LINUX + "torch==2.9.0+cu130\nGPU 0: NVIDIA GeForce RTX 3090\nNvidia driver version: 535.129.03\n"
    text += "RuntimeError: The NVIDIA driver on your system is too old (found version 12020).\n"
    older, newer = ways_out(text, "driver-too-old")
    assert "+cu126" in older
    assert newer.startswith("remedy.driver-ubuntu")


def test_a_driver_of_unknown_age_is_updated_first() -> None:
    newer, ask = ways_out(
        "RuntimeError: The NVIDIA driver on your system is too old (found version 11000).\n", "driver-too-old"
    )
    assert newer == "remedy.driver-any"
    assert ask.startswith("remedy.ask-first")


@pytest.mark.parametrize(
    ("complaint", "start"),
    [
        (
            "ImportError: libtorch_cpu.so: undefined symbol: iJIT_NotifyEvent",
            "remedy.mkl | python -m pip install mkl<",
        ),
        (
            "ImportError: /x/torch/lib/../../nvidia/cusparse/lib/libcusparse.so.12: undefined symbol: "
            "__nvJitLinkComplete_12_4, version libnvJitLink.so.12",
            "remedy.unset-library-path | unset LD_LIBRARY_PATH",
        ),
    ],
)
def test_a_library_that_is_wrong_has_its_own_way_out(complaint: str, start: str) -> None:
    assert ways_out(LINUX + complaint + "\n", "torch-missing-library")[0].startswith(start)


def test_a_card_that_no_build_reaches_gets_the_cpu_build() -> None:
    text = (
        "OS: Debian GNU/Linux 12\nGPU 0: GeForce GT 540M\n"
        "RuntimeError: The NVIDIA driver on your system is too old (found version 9010).\n"
    )
    assert "+cpu" in ways_out(text, "gpu-unsupported")[0]


def test_a_torch_that_does_not_load_is_not_said_to_work() -> None:
    text = "PyTorch version: 0.3.1\nOS: CentOS release 6.7 (Final)\nImportError: /lib64/libc.so.6: version `GLIBC_2.17' not found (required by torch/_C.so)\n"
    assert "torch-ok-cpu" not in verdict(text).codes


@pytest.mark.parametrize(
    ("text", "code", "python"),
    [
        ("AttributeError: module 'pkgutil' has no attribute 'ImpImporter'", "python-too-new", "3.11"),
        ("Python version: 3.8\nModuleNotFoundError: No module named 'tomllib'", "python-too-old", "3.12"),
    ],
)
def test_a_python_is_offered_in_which_the_code_runs(text: str, code: str, python: str) -> None:
    (way,) = ways_out(text + "\n", code)
    assert f"python{python} -m venv" in way


@pytest.mark.parametrize(
    ("line", "variant"),
    [
        (
            "Failed to establish a new connection: [Errno -2] Name or service not known')': /simple/torch/",
            "unresolved",
        ),
        ('NewConnectionError("getaddrinfo failed")\': /simple/torch/', "unresolved"),
        ("curl: (6) Could not resolve host: mirrors.example.org", "unresolved"),
        ("Failed to establish a new connection: [Errno 111] Connection refused')': /simple/torch/", "said"),
    ],
)
def test_a_name_without_an_address_is_told_from_a_server_that_refuses(line: str, variant: str) -> None:
    first = verdict(LINUX + "$ pip install torch\n" + line + "\n").findings[0]
    assert (first.code, first.variant) == ("mirror-unreachable", variant)


NEW_CARD = """NVIDIA GeForce RTX 5070 Ti with CUDA capability sm_120 is not compatible with the current PyTorch installation.
The current PyTorch install supports CUDA capabilities sm_50 sm_60 sm_61 sm_70 sm_75 sm_80 sm_86 sm_90.
"""


def test_a_report_that_does_not_tell_the_system_gets_the_build_for_windows_and_for_linux() -> None:
    first = verdict(NEW_CARD).findings[0]
    assert [remedy.summary.key for remedy in first.remedies] == ["remedy.on-system"] * 2
    assert [remedy.summary.values["system"] for remedy in first.remedies] == ["Windows", "Linux"]
    for told, remedy in zip(("OS: Windows 11\n", "OS: Ubuntu 24.04\n"), first.remedies, strict=True):
        (alone,) = verdict(told + NEW_CARD).findings[0].remedies
        assert remedy.commands == alone.commands
        assert remedy.summary.values["what"] == alone.summary


def test_what_is_the_same_on_every_system_is_said_once() -> None:
    text = (
        "RuntimeError: operator torchvision::nms does not exist\ntorch==2.6.0+cu124\nPython version: 3.11\n"
    )
    (way,) = ways_out(text, "torch-companion-mismatch")
    assert "torchvision==0.21.0+cu124" in way


def test_a_library_that_only_cuda_builds_load_asks_for_such_a_build() -> None:
    line = 'OSError: [WinError 126] Error loading "C:\\a\\torch\\lib\\{}" or one of its dependencies.\n'
    known, _ask = ways_out(WINDOWS + line.format("cudnn_cnn_infer64_8.dll"), "torch-missing-library")
    assert known.startswith("remedy.torch-any-gpu | python -m pip uninstall -y torch")
    (ask,) = ways_out(WINDOWS + line.format("fbgemm.dll"), "torch-missing-library")
    assert ask.startswith("remedy.ask-first")


def test_a_report_of_a_mac_gets_its_one_build_without_a_question() -> None:
    text = "OS: macOS 14.5 (arm64)\nPython version: 3.11\nModuleNotFoundError: No module named 'torch'\n"
    (way,) = ways_out(text, "torch-missing")
    assert "pip install torch==" in way and "envdoctor install" not in way


def test_cuda_asked_of_a_mac_is_mended_in_the_code() -> None:
    text = "OS: macOS 14.5 (arm64)\nCPU: Apple M2\nAssertionError: Torch not compiled with CUDA enabled\n"
    assert ways_out(text + "torch==2.5.1\n", "gpu-wrong-backend") == ["remedy.mps-in-code"]
    newer, written = ways_out(text + "torch==1.10.0\n", "gpu-wrong-backend")
    assert "pip install torch==" in newer and written == "remedy.mps-in-code"


AMD_CARD = "GPU 0: AMD Radeon RX 7900 XTX\nAssertionError: Torch not compiled with CUDA enabled\n"


def test_an_amd_card_on_windows_is_sent_to_amds_own_builds() -> None:
    assert ways_out(WINDOWS + AMD_CARD, "gpu-wrong-backend") == ["remedy.amd-windows"]
    title = catalogue("en").title(verdict(WINDOWS + AMD_CARD).findings[0])
    assert title == "On Windows no build from PyTorch's indexes uses the AMD Radeon RX 7900 XTX"
    (linux,) = ways_out(LINUX + AMD_CARD, "gpu-wrong-backend")
    assert "+rocm" in linux
    told = ways_out(AMD_CARD, "gpu-wrong-backend")
    assert [each.partition(" |")[0] for each in told] == ["remedy.on-system", "remedy.amd-windows"]
    assert "+rocm" in told[0]


def test_no_line_of_a_report_stands_in_a_command() -> None:
    pip = "torchvision 0.18.0 requires torch==2.3.0, but you have torch 2.2.1 which is incompatible.\n"
    every = [argv for each in verdict(pip).findings for remedy in each.remedies for argv in remedy.commands]
    assert every and not any("requires" in word for argv in every for word in argv)


@pytest.mark.parametrize(
    ("text", "code", "python"),
    [
        ("This program is tested with 3.10.6 Python, but you have 3.12.4.", "python-too-new", "3.10"),
        (
            "Python version: 3.13.0\ntorch: unsupported Python version, >=3.9,<3.12 is required",
            "python-too-new",
            "3.11",
        ),
        (
            "Python version: 3.13\npip finds no torch for it; with Python 3.11 it works",
            "python-too-new",
            "3.11",
        ),
        (
            "Python version: 3.12.0\nERROR: No matching distribution found for torch==2.1.0",
            "python-too-new",
            "3.11",
        ),
    ],
)
def test_a_python_that_is_too_new_is_answered_with_an_older_one(text: str, code: str, python: str) -> None:
    way = ways_out("OS: Windows 11\n" + text + "\n", code)[0]
    assert f"py -{python} -m venv" in way


def test_a_python_that_is_too_old_is_answered_with_a_newer_one() -> None:
    way = ways_out(
        "OS: Windows 11\nPython version: 3.8\nthis program requires Python 3.10 or newer\n", "python-too-old"
    )[0]
    assert (found := re.search(r"py -3\.(\d+) ", way)) and int(found[1]) >= 10


def test_versions_that_no_line_lists_are_not_asked_after() -> None:
    pip = "ERROR: {} torch==1.1.0.post2\n"
    lines = map(
        pip.format,
        ("Could not find a version that satisfies the requirement", "No matching distribution found for"),
    )
    first = verdict("Python version: 3.6\n" + "".join(lines)).findings[0]
    words = catalogue("en")
    said = [words.title(first), words.detail(first), *(words.say(each) for each in first.evidence)]
    assert first.code == "torch-pin-unavailable" and not any("?" in each for each in said)


def test_a_card_with_failing_memory_is_looked_at() -> None:
    text = "RuntimeError: CUDA error: uncorrectable ECC error encountered\n"
    assert ways_out(text, "gpu-ecc-errors") == ["remedy.ecc | nvidia-smi -q -d ECC"]


@pytest.mark.parametrize(
    ("page", "code"),
    [("cu11", "mirror-lacks-cuda-build"), ("cu122", "mirror-lacks-cuda-build"), ("cu92", "python-too-new")],
)
def test_a_page_for_a_cuda_that_torch_was_never_built_for(page: str, code: str) -> None:
    text = f"{WINDOWS}$ pip install torch --index-url https://download.pytorch.org/whl/{page}\n"
    refusal = "ERROR: Could not find a version that satisfies the requirement torch (from versions: none)\n"
    assert verdict(text + refusal).primary == code
