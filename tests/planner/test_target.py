"""What the planner takes from the facts of a machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from envdoctor.facts import (
    Facts,
    Host,
    Interpreter,
    Nvidia,
    Nvml,
    NvmlGpu,
    OtherGpu,
    Packages,
    Paste,
    PciCard,
    TorchFiles,
)
from envdoctor.machine import Machine
from envdoctor.planner import Target, choose

TODAY = date(2026, 11, 24)
PYTHON = Interpreter(version="3.12.9", implementation="cpython", bits=64, machine="x86_64")
LINUX = Host(os="linux", arch="x86_64", glibc="2.35")
XTX = OtherGpu(vendor="amd", name="Radeon RX 7900 XTX", pci_id="744c", gfx="gfx1100", integrated=False)


def target(**facts: object) -> Target:
    return Target.of(Machine(Facts(**facts), today=TODAY))  # type: ignore[arg-type]


def test_nvidia_gpus_with_what_is_known_of_each() -> None:
    gpus = (
        NvmlGpu(index=0, name="NVIDIA GeForce RTX 5090", compute_capability="12.0"),
        NvmlGpu(index=1, name="Tesla V100-SXM2-16GB", compute_capability="7.0"),
    )
    nvml = Nvml(state="ok", driver_version="580.65.06", cuda_version="13.0", gpus=gpus)
    seen = target(host=LINUX, interpreter=PYTHON, nvml=nvml, other_gpus=(XTX,))
    assert (seen.platform, seen.python, seen.glibc) == ("linux_x86_64", "3.12", "2.35")
    assert (seen.driver, seen.driver_cuda, seen.accelerator) == ("580.65.06", "13.0", "nvidia")
    assert seen.capabilities == ("7.0", "12.0")
    assert seen.gpus[0] == ("NVIDIA GeForce RTX 5090", "12.0")


def test_under_wsl_the_driver_is_that_of_windows() -> None:
    host = Host(os="linux", arch="x86_64", glibc="2.39", wsl=2)
    nvml = Nvml(state="ok", driver_version="551.61", gpus=(NvmlGpu(index=0, compute_capability="8.9"),))
    seen = target(host=host, interpreter=PYTHON, nvml=nvml)
    assert seen.is_wsl
    assert (seen.platform, seen.driver_system) == ("linux_x86_64", "windows")


def test_a_card_without_a_driver_is_still_nvidia() -> None:
    card = PciCard(vendor="nvidia", device_id="2684")
    seen = target(host=LINUX, interpreter=PYTHON, nvidia=Nvidia(cards=(card,)))
    assert (seen.accelerator, seen.driver, seen.capabilities) == ("nvidia", None, ("8.9",))


def test_an_amd_gpu_counts_where_a_build_can_use_it() -> None:
    bare = Nvidia(cards=())
    seen = target(host=LINUX, interpreter=PYTHON, nvidia=bare, other_gpus=(XTX,))
    assert (seen.accelerator, seen.gfx) == ("amd", ("gfx1100",))
    windows = Host(os="windows", arch="x86_64")
    seen = target(host=windows, interpreter=PYTHON, nvidia=bare, other_gpus=(XTX,))
    assert (seen.accelerator, seen.other_gpu) == (None, "Radeon RX 7900 XTX")
    inside = OtherGpu(vendor="amd", name="AMD Radeon Graphics", integrated=True)
    seen = target(host=LINUX, interpreter=PYTHON, nvidia=bare, other_gpus=(inside,))
    assert (seen.accelerator, seen.other_gpu) == (None, None)


def test_an_arc_card_wants_xpu() -> None:
    arc = OtherGpu(vendor="intel", name="Intel(R) Arc(TM) A770 Graphics", pci_id="56a0", integrated=False)
    seen = target(host=LINUX, interpreter=PYTHON, nvidia=Nvidia(cards=()), other_gpus=(arc,))
    assert seen.accelerator == "intel"


def test_a_mac_is_compared_by_its_own_version() -> None:
    host = Host(os="macos", os_version="13.6", arch="aarch64", apple_silicon=True)
    python = Interpreter(version="3.12.9", implementation="cpython", bits=64, machine="aarch64")
    seen = target(host=host, interpreter=python)
    assert (seen.platform, seen.macos, seen.accelerator) == ("macos_arm64", "13.6", "apple")


def test_nothing_known_is_no_plan_and_says_so() -> None:
    machine = Machine(Facts(), today=TODAY)
    plan = choose(Target.of(machine), machine.tables, TODAY)
    assert plan.build is None
    assert [each.key for each in plan.why] == ["plan.no-platform"]


def test_a_pasted_cuda_build_asks_for_cuda_where_the_paste_names_no_gpu() -> None:
    files = Packages(distributions=(), torch=TorchFiles(path="x", version="2.4.0+cu121", cuda="12.1"))
    pasted = Facts(packages=files, paste=Paste(lines=3))
    assert Target.of(Machine(pasted)).accelerator == "nvidia"
    assert Target.of(Machine(replace(pasted, paste=None))).accelerator is None
    cards = replace(pasted, nvidia=Nvidia(cards=()))
    assert Target.of(Machine(cards)).accelerator is None
