"""Each form in which people paste what a program printed, read into the fields of the facts."""

from __future__ import annotations

import json

import pytest

from envdoctor.facts import Facts
from envdoctor.intake import read
from envdoctor.machine import Machine
from tests.intake.conftest import HERE, verdict

FORMS = {
    name: "\n".join(lines)
    for name, lines in json.loads((HERE / "forms.json").read_text(encoding="utf-8")).items()
}


def facts(name: str) -> Facts:
    return read(FORMS[name], f"{name}.txt")


def machine(name: str) -> Machine:
    return Machine(facts(name))


@pytest.mark.parametrize(
    ("form", "torch", "variant", "python", "gpu", "capability", "driver"),
    [
        ("mmcv", "1.10.1+cu113", "cu113", "3.8.13", "NVIDIA GeForce RTX 3090", "8.6", None),
        ("detectron2", "1.10.0+cu113", "cu113", "3.8.10", "NVIDIA GeForce RTX 3090", "8.6", "470.82.01"),
        ("transformers", "2.2.1+cu121", "cu121", "3.10.12", None, None, None),
        ("xformers", "2.1.0+cu121", "cu121", None, "NVIDIA GeForce RTX 4090", "8.9", None),
        ("comfyui", "2.3.1+cu121", "cu121", "3.11.8", "NVIDIA GeForce RTX 4090", "8.9", None),
        ("nvidia-smi-mig", None, None, None, "NVIDIA A100-SXM4-80GB", "8.0", "550.54.14"),
        ("nvidia-smi-384", None, None, None, "GeForce GTX 108...", None, "384.130"),
        ("nvidia-smi-q", None, None, None, "NVIDIA GeForce RTX 3090", "8.6", "525.60.13"),
        ("nvidia-smi-l", None, None, None, "NVIDIA A100-SXM4-40GB", "8.0", None),
        ("nvidia-smi-csv", None, None, None, "NVIDIA GeForce RTX 3060", "8.6", "536.23"),
        ("lspci", None, None, None, "GeForce RTX 3060 Lite Hash Rate", "8.6", None),
        ("conda-list", "2.2.1", "cu121", None, None, None, None),
        ("chinese", "2.3.0+cpu", "cpu", "3.10.11", "NVIDIA GeForce RTX 4060 Laptop GPU", "8.9", "551.86"),
        ("pip-show", "2.1.0+cpu", "cpu", None, None, None, None),
    ],
)
def test_a_form_fills_the_fields_that_it_shows(
    form: str,
    torch: str | None,
    variant: str | None,
    python: str | None,
    gpu: str | None,
    capability: str | None,
    driver: str | None,
) -> None:
    read_back = machine(form)
    shown = read_back.gpus[0] if read_back.gpus else None
    assert (read_back.torch_version, read_back.torch_variant) == (torch, variant)
    assert read_back.facts.interpreter.version == python
    assert (shown.name if shown else None, shown.capability if shown else None) == (gpu, capability)
    assert read_back.driver == driver


def test_the_table_of_nvidia_smi_shows_memory_mode_and_instances() -> None:
    smi = facts("nvidia-smi-mig").nvidia_smi
    assert smi is not None and smi.gpus is not None
    gpu = smi.gpus[0]
    assert (gpu.memory_used, gpu.memory_total) == (81000 << 20, 81920 << 20)
    assert (gpu.compute_mode, gpu.mig, len(gpu.mig_instances)) == ("exclusive-process", True, 1)
    assert smi.cuda_version == "12.4"


def test_the_long_listing_shows_the_compute_mode() -> None:
    smi = facts("nvidia-smi-q").nvidia_smi
    assert smi is not None and smi.gpus is not None and smi.gpus[0].compute_mode == "exclusive-process"


def test_the_short_listing_counts_mig_instances() -> None:
    smi = facts("nvidia-smi-l").nvidia_smi
    assert smi is not None and smi.gpus is not None and len(smi.gpus[0].mig_instances) == 2


def test_several_gpus_on_one_line() -> None:
    assert [gpu.name for gpu in machine("mmcv").gpus] == ["NVIDIA GeForce RTX 3090"] * 2


def test_the_user_site_is_told_by_its_path() -> None:
    (torch,) = facts("pip-show").packages.distributions or ()
    assert torch.site == "user"


def test_pip_says_for_which_python_it_installs() -> None:
    environment = facts("pip-version").environment
    assert environment.shell_pip_python == "3.10"
    assert environment.shell_pip == "/usr/lib/python3/dist-packages/pip"


def test_every_value_names_its_line() -> None:
    text = "Some words first\n\nPyTorch version: 2.5.1+cu124\nIs CUDA available: True\nNvidia driver version: 550.54.14\n"
    sources = read(text, "issue.txt").sources
    assert sources["torch_import.version"] == "issue.txt:3"
    assert sources["torch_import.cuda_available"] == "issue.txt:4"
    assert sources["nvidia_smi.driver_version"] == "issue.txt:5"


def test_what_a_report_could_not_collect_is_unknown_and_not_absent() -> None:
    text = "PyTorch version: 2.5.1\nCUDA used to build PyTorch: 12.4\nGPU models and configuration: Could not collect\n"
    found = read(text, "issue.txt")
    assert "nvidia_smi.gpus" in found.unknown
    assert Machine(found).has_nvidia is None


def test_a_version_without_a_label_does_not_tell_the_kind_of_build() -> None:
    found = Machine(read("PyTorch version: 2.4.0\nGPU 0: NVIDIA GeForce RTX 3060\n", "x"))
    assert (found.torch_version, found.torch_variant) == ("2.4.0", None)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("$ pip install torch", "pip install torch"),
        ("(base) PS C:\\Users\\me> pip3 install torch", "pip3 install torch"),
        ("!pip install -q torch", "!pip install -q torch"),
        ("RUN python3 -m pip install torch==2.1.0", "python3 -m pip install torch==2.1.0"),
        (
            "I ran `uv pip install torch --index-url https://download.pytorch.org/whl/cu126`",
            "uv pip install torch --index-url https://download.pytorch.org/whl/cu126`",
        ),
        ("user@host:~/x$ conda install pytorch -c pytorch", "conda install pytorch -c pytorch"),
    ],
)
def test_a_command_that_somebody_ran(line: str, command: str) -> None:
    paste = read(line, "x").paste
    assert paste is not None and [each.text for each in paste.commands] == [command]


def test_a_command_over_several_lines_is_one() -> None:
    text = "$ pip install torch \\\n    --index-url https://download.pytorch.org/whl/cu121\n"
    paste = read(text, "x").paste
    assert paste is not None
    assert [each.text for each in paste.commands] == [
        "pip install torch --index-url https://download.pytorch.org/whl/cu121"
    ]


@pytest.mark.parametrize(
    ("text", "versions", "listed"),
    [
        (
            "ERROR: Could not find a version that satisfies the requirement torch==2.1.0 (from versions: 2.2.0, 2.3.0)",
            ("2.2.0", "2.3.0"),
            True,
        ),
        (
            "ERROR: Could not find a version that satisfies the requirement torch==2.1.0 (from versions: none)",
            (),
            True,
        ),
        (
            "Could not find a version that satisfies the requirement torch==2.1.0 (from -r requirements.txt (line 3)) (from versions: 2.2.0)",
            ("2.2.0",),
            True,
        ),
        ("ERROR: Could not find a version that satisfies the requirement torch==2.1.0", (), False),
    ],
)
def test_what_an_index_listed(text: str, versions: tuple[str, ...], listed: bool) -> None:
    paste = read(text, "x").paste
    assert paste is not None
    (refusal,) = paste.no_versions
    assert (refusal.name, refusal.version, refusal.versions, refusal.listed) == (
        "torch",
        "2.1.0",
        versions,
        listed,
    )


@pytest.mark.parametrize(
    ("text", "gpu"),
    [
        ("torch is slow on my RTX 3060 Laptop under Windows 11", "RTX 3060 Laptop"),
        ("works on an RTX 3090, fails on an RTX 5090", None),
        ("GPU 0: NVIDIA A10\nelsewhere I have a T4", "NVIDIA A10"),
    ],
)
def test_a_card_in_somebodys_words_counts_where_it_is_the_only_one(text: str, gpu: str | None) -> None:
    gpus = Machine(read(text, "x")).gpus
    assert (gpus[0].name if gpus else None) == gpu


def test_who_misses_cuda_is_sent_to_a_cuda_build_though_no_gpu_is_named() -> None:
    text = "OS: Windows 11\nPython version: 3.11\nAssertionError: Torch not compiled with CUDA enabled\n"
    first = verdict(text).findings[0]
    commands = [" ".join(argv) for remedy in first.remedies for argv in remedy.commands]
    assert first.code == "torch-cpu-build"
    assert any("+cu" in command for command in commands), commands


def test_credentials_in_a_shown_variable_are_cut() -> None:
    found = read("export PIP_INDEX_URL=https://me:secret@mirror.example/simple\n", "x")
    assert "secret" not in str(found.environment.variables)


def test_the_warning_of_an_embedded_chip_that_runs_its_siblings_code_is_no_error() -> None:
    text = (
        "UserWarning: Found GPU0 Orin which is of compute capability (CC) 8.7.\n"
        "The following list shows the CCs this version of PyTorch was built for and the hardware CCs it supports:\n"
        "- 8.0 which supports hardware CC >=8.0,<9.0 except {8.7}\n- 9.0 which supports hardware CC >=9.0,<10.0\n"
        "No published PyTorch CUDA builds for release 2.13.0+cu130 support this GPU.\n"
    )
    assert not verdict(text).errors


def test_a_processors_own_graphics_want_no_other_build() -> None:
    text = (
        "PyTorch version: 2.6.0+cu124\nCUDA used to build PyTorch: 12.4\nOS: Ubuntu 22.04.4 LTS (x86_64)\n"
        "Is CUDA available: False\n$ lspci | grep -i vga\n"
        "00:02.0 VGA compatible controller: Intel Corporation CoffeeLake-S GT2 [UHD Graphics 630] (rev 02)\n"
    )
    found = verdict(text)
    assert not found.errors
    assert "gpu-absent" in found.codes
