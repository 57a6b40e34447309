"""What pip, uv, conda and the tools of other GPUs print about themselves."""

from __future__ import annotations

import json

import pytest

from envdoctor.intake import read
from envdoctor.machine import Machine

CONDA_INFO = """
     active environment : seg
    active env location : /opt/conda/envs/seg
          conda version : 23.11.0
         python version : 3.11.5.final.0
       virtual packages : __archspec=1=aarch64
                          __cuda=11.4=0
                          __glibc=2.31=0
                          __linux=5.10.104=0
       base environment : /opt/conda  (writable)
               platform : linux-aarch64
             user-agent : conda/23.11.0 requests/2.31.0 CPython/3.11.5 Linux/5.10.104-tegra glibc/2.31
"""
CONDA_JSON = {
    "active_prefix_name": "base",
    "conda_version": "24.7.1",
    "platform": "win-64",
    "python_version": "3.12.4.final.0",
    "virtual_pkgs": [["__archspec", "1", "zen3"], ["__cuda", "12.5", "0"], ["__win", "0", "0"]],
}
PIP_DEBUG = """
pip version: pip 22.3 from C:\\Python39-32\\lib\\site-packages\\pip (python 3.9)
sys.version: 3.9.13 (tags/v3.9.13:6de2ca5, May 17 2022, 16:24:45) [MSC v.1929 32 bit (Intel)]
sys.platform: win32
Compatible tags: 30
  cp39-cp39-win32
  cp39-abi3-win32
"""
EXPORT = """
name: seg
channels:
  - pytorch
dependencies:
  - python=3.9.18=h955ad1f_0
  - pytorch=2.0.1=py3.9_cuda11.8_cudnn8.7.0_0
  - pytorch-cuda=11.8=h7e8668a_5
  - pip:
      - torch==2.1.0
"""


def machine(text: str) -> Machine:
    return Machine(read(text, "paste.txt"))


def test_conda_info_tells_the_machine_and_not_the_patient() -> None:
    """Its Python is that of conda's base, unless that is what is active."""
    shown = machine(CONDA_INFO)
    assert (shown.os, shown.arch, shown.facts.host.glibc) == ("linux", "aarch64", "2.31")
    assert (shown.driver_cuda, shown.python) == ("11.4", None)
    assert machine(CONDA_INFO.replace(": seg", ": base")).python == (3, 11)


def test_conda_info_as_json() -> None:
    shown = machine(json.dumps(CONDA_JSON, indent=2))
    assert (shown.os, shown.arch, shown.driver_cuda) == ("windows", "x86_64", "12.5")


def test_pip_debug_tells_the_interpreter_by_its_best_tag() -> None:
    shown = machine(PIP_DEBUG)
    assert (shown.python, shown.facts.interpreter.bits, shown.os) == ((3, 9), 32, "windows")
    linux = machine("sys.platform: linux\nCompatible tags: 640\n  cp313-cp313t-manylinux_2_39_x86_64\n")
    assert (linux.facts.interpreter.free_threaded, linux.facts.host.glibc) == (True, "2.39")


def test_an_environment_that_was_exported_is_no_proof_of_two_torches() -> None:
    shown = machine(EXPORT)
    assert shown.python == (3, 9)
    assert [each.name for each in shown.facts.packages.conda] == ["pytorch", "pytorch-cuda"]
    from envdoctor.rules import judge

    assert "env-duplicate-torch" not in {finding.code for finding in judge(shown)}


def test_a_file_of_wishes_is_no_list_of_what_is_installed() -> None:
    shown = machine("name: a\nchannels:\n  - pytorch\ndependencies:\n  - python=3.7\n  - pytorch=1.8\n")
    assert not shown.facts.packages.conda
    assert shown.python is None


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(
            [{"name": f"a{number}", "version": "1.0"} for number in range(400)]
            + [{"name": "torch", "version": "2.4.1+cu118"}]
        ),
        "$ pip list --format json\n" + json.dumps([{"name": "torch", "version": "2.4.1+cu118"}]),
        json.dumps(
            {"version": "1", "installed": [{"metadata": {"name": "torch", "version": "2.4.1+cu118"}}]},
            indent=1,
        ),
    ],
)
def test_packages_in_json(text: str) -> None:
    assert machine(text).torch_version == "2.4.1+cu118"


def test_pip_inspect_names_the_interpreter() -> None:
    markers = {"python_full_version": "3.12.5", "sys_platform": "darwin", "platform_machine": "arm64"}
    text = json.dumps(
        {
            "version": "1",
            "installed": [{"metadata": {"name": "pip", "version": "24.0"}}],
            "environment": markers,
        }
    )
    shown = machine(text)
    assert (shown.python, shown.os, shown.arch) == ((3, 12), "macos", "aarch64")


def test_conda_list_as_json() -> None:
    row = {
        "build_string": "py3.10_cuda12.1_cudnn8.9.2_0",
        "channel": "pytorch",
        "name": "pytorch",
        "version": "2.2.0",
    }
    shown = machine(json.dumps([row], indent=2))
    assert [each.build for each in shown.facts.packages.conda] == ["py3.10_cuda12.1_cudnn8.9.2_0"]


def test_json_that_is_cut_or_nested_too_deeply_is_passed_over() -> None:
    machine('[{"name": "torch", "version": "2.4.1"')
    machine("[" * 100_000 + '{"name": "torch", "version": "2.4.1"}')


def test_uv_names_the_environment() -> None:
    shown = machine(
        "Using Python 3.11.9 environment at: .venv\nPackage Version\n------- -------\ntorch   2.5.1\n"
    )
    assert shown.python == (3, 11)
    assert shown.facts.environment.kind == "venv"


@pytest.mark.parametrize(
    ("text", "vendor", "name"),
    [
        (
            "  Name:                    gfx1101\n  Uuid:                    GPU-1\n  Marketing Name:          AMD Radeon RX 7700 XT\n",
            "amd",
            "RX 7700 XT (gfx1101)",
        ),
        ("GPU[0]\t\t: Card Series: \t\tAMD Radeon RX 6900 XT\n", "amd", "RX 6900 XT"),
        ("GPU: 0\n    ASIC:\n        MARKET_NAME: AMD Instinct MI300X\n", "amd", "MI300X"),
        ("| 0         | Device Name: Intel(R) Data Center GPU Max 1550       |\n", "intel", "Max 1550"),
        (
            "[level_zero:gpu][level_zero:0] Intel(R) oneAPI Unified Runtime over Level-Zero, Intel(R) Arc(TM) B570 Graphics 20.1.0 [1.6.31294]\n",
            "intel",
            "B570 Graphics",
        ),
        ("Graphics/Displays:\n\n    Apple M2:\n\n      Chipset Model: Apple M2\n", "apple", "Apple M2"),
    ],
)
def test_other_gpus_by_their_makers_tools(text: str, vendor: str, name: str) -> None:
    (gpu,) = machine(text).facts.other_gpus or ()
    assert gpu.vendor == vendor
    assert (gpu.name or "").endswith(name)


def test_the_processor_is_no_gpu_of_rocminfo() -> None:
    cpu = "  Name:                    AMD EPYC 7742\n  Marketing Name:          AMD EPYC 7742 64-Core Processor\n"
    assert machine(cpu).facts.other_gpus is None


def test_a_mac_by_its_own_tools() -> None:
    shown = machine("Hardware:\n      Chip: Apple M3 Max\n      System Version: macOS 13.6.1 (22G313)\n")
    assert (shown.os, shown.facts.host.os_version, shown.facts.host.apple_silicon) == (
        "macos",
        "13.6.1",
        True,
    )
    assert machine("ProductName:\tmacOS\nProductVersion:\t12.6\n").facts.host.os_version == "12.6"
