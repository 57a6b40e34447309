"""`--assume`: each key by itself and beside others, as check and install answer to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from rulebook.machines import CONTAINER, HEALTHY, LINUX, NO_GPU, RTX4090, TODAY

from envdoctor.assume import assume
from envdoctor.errors import UsageError
from envdoctor.facts import Facts, OtherGpu
from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner import choose
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.forms import one
from envdoctor.reports.style import Style
from envdoctor.rules import judge

BARE = replace(NO_GPU, host=LINUX)


def supposed(*assumptions: str, facts: Facts = BARE) -> Machine:
    return Machine(assume(facts, assumptions), today=TODAY)


def found(*assumptions: str, facts: Facts = BARE) -> dict[str, Finding]:
    return {each.code: each for each in judge(supposed(*assumptions, facts=facts))}


def errors(*assumptions: str, facts: Facts = BARE) -> set[str]:
    return {
        code for code, each in found(*assumptions, facts=facts).items() if each.severity is Severity.ERROR
    }


def said(*assumptions: str, facts: Facts = BARE) -> str:
    diagnosis = diagnose(supposed(*assumptions, facts=facts), "live", catalogue("en"), str)
    return one(diagnosis, "text", Style(width=200))


def reasons(*assumptions: str, facts: Facts = BARE) -> set[str]:
    machine = supposed(*assumptions, facts=facts)
    plan = choose(Target.of(machine), machine.tables, Wishes(today=TODAY))
    return {each.key for each in (*plan.why, *plan.warnings)}


def variant(*assumptions: str, facts: Facts = BARE) -> str:
    machine = supposed(*assumptions, facts=facts)
    build = choose(Target.of(machine), machine.tables, Wishes(today=TODAY)).build
    return build.variant if build is not None else ""


def test_a_driver_without_a_named_gpu_is_for_one_that_is_not_known() -> None:
    assert "gpu-absent" in found()
    assert "gpu-absent" not in found("driver=565.90")
    assert variant("driver=565.90") == "cu126"
    told = said("driver=565.90")
    assert "No GPU" in told and "All is well" not in told and "--assume gpu=" in told


def test_a_driver_does_not_make_an_nvidia_gpu_of_another_makers() -> None:
    assert variant("gpu=RX 7900 XTX", "driver=565.90").startswith("rocm")
    assert variant("gpu=none", "driver=565.90") == "cpu"


def test_no_driver_is_another_thing_than_one_that_is_not_known() -> None:
    assert "plan.driver-missing" in reasons("gpu=RTX 4090", "driver=none")
    assert "plan.driver-unknown" in reasons("gpu=RTX 4090")
    assert errors("gpu=RTX 4090", "driver=none") >= {"driver-missing"}
    assert "driver-missing" not in found("gpu=RTX 4090")


def test_no_driver_leaves_nothing_of_the_one_that_is_here() -> None:
    assert "driver-missing" in errors("driver=none", facts=HEALTHY)
    assert supposed("driver=none", facts=HEALTHY).driver_state == "missing"
    assert "wsl-driver" in errors("os=wsl", "driver=none", "gpu=RTX 4090", "torch=2.14.1+cu126")


def test_in_a_container_no_driver_is_seen_by_the_module_that_is_not_loaded() -> None:
    inside = replace(BARE, host=CONTAINER)
    assert "plan.driver-missing" in reasons("gpu=RTX 4090", "driver=none", facts=inside)
    assert "driver-too-new" in errors("gpu=GT 710", "driver=535.104", facts=inside)


def test_another_driver_shows_the_gpus_that_it_still_drives() -> None:
    assert "driver-too-new" in errors("gpu=GTX 1080", "driver=590.44.01", "torch=2.14.1+cu126")
    assert "driver-too-new" not in found("gpu=GTX 1080", "driver=580.65.06", "torch=2.14.1+cu126")
    # Windows numbers go on within a branch: 581.57 is of branch 580.
    assert "driver-too-new" not in found("os=windows", "gpu=GTX 1080", "driver=581.57")
    both = supposed("gpu=GT 710", "gpu=RTX 3060", "driver=535.104")
    assert [gpu.name for gpu in both.gpus] == ["GeForce RTX 3060"]
    assert [gpu.name for _, gpu in both.left_behind] == ["GeForce GT 710"]


def test_a_card_that_is_left_behind_beside_one_that_works_is_no_fault() -> None:
    beside = found("gpu=GT 710", "gpu=RTX 3060", "driver=535.104", "torch=2.14.1+cu126")["driver-too-new"]
    assert beside.severity is Severity.INFO and beside.values["others"] == "GeForce RTX 3060"


def test_the_memory_and_the_driver_that_were_read_stay_with_the_gpu() -> None:
    machine = supposed("driver=565.90", facts=HEALTHY)
    assert machine.gpus[0].memory_total == RTX4090.memory_total
    assert supposed("gpu=RTX 4060", facts=HEALTHY).driver == "550.54.14"


@pytest.mark.parametrize(
    ("gpu", "driver", "advice"),
    [
        ("GTX 580", "470.57", ["remedy.cpu-build"]),
        ("GTX 680", "535.104", ["remedy.cpu-build"]),
        ("GT 710", "535.104", ["remedy.cpu-build", "remedy.last-conda"]),
        ("Tesla K80", "535.104", ["remedy.legacy-driver"]),
        ("GTX 980", "590.44.01", ["remedy.legacy-driver"]),
        ("GTX 1080", "590.44.01", ["remedy.legacy-driver"]),
        ("Tesla V100-SXM2-16GB", "590.44.01", ["remedy.legacy-driver"]),
    ],
)
def test_an_older_driver_is_advised_where_a_torch_runs_on_it(
    gpu: str, driver: str, advice: list[str]
) -> None:
    finding = found(f"gpu={gpu}", f"driver={driver}")["driver-too-new"]
    assert [each.summary.key for each in finding.remedies] == advice


def test_which_torch_was_the_last_for_an_old_card_is_among_the_evidence() -> None:
    told = said("gpu=GT 710", "driver=535.104")
    assert "torch 1.3.0+cu101, for Python 3.5 to 3.7" in told
    assert "pytorch 2.4.1 for CUDA 11.8" in told and "branch 470" in told
    assert "last wheel with code" not in said("gpu=GTX 680", "driver=535.104"), "there never was one"


@pytest.mark.parametrize(
    ("vendor", "name", "variant"),
    [("intel", "Intel(R) UHD Graphics 630", "integrated"), ("amd", "AMD Radeon HD 7850", "unpublished")],
)
def test_only_a_part_of_the_processor_is_called_one(
    vendor: Literal["amd", "intel"], name: str, variant: str
) -> None:
    facts = replace(BARE, other_gpus=(OtherGpu(vendor=vendor, name=name),))
    assert found(facts=facts)["gpu-absent"].variant == variant


def test_on_a_mac_no_gpu_of_nvidias_is_used() -> None:
    mac = found("os=macos", "gpu=RTX 4090", "torch=2.14.1")
    assert mac["gpu-absent"].severity is Severity.INFO and "gpu-unsupported" not in mac


@pytest.mark.parametrize(
    ("assumptions", "code"),
    [
        (("python=3.8", "torch=2.14.1+cu126"), "python-too-old"),
        (("python=3.13", "torch=2.0.0"), "python-too-new"),
        (("python=3.13t", "torch=2.0.0"), "python-free-threaded"),
        (("os=macos", "torch=2.14.1+cu126"), "platform-no-wheel"),
        (("os=windows", "torch=2.14.1+rocm7.2"), "platform-no-wheel"),
        (("glibc=2.12", "torch=2.14.1+cu126"), "torch-glibc-too-old"),
        (("glibc=2.12",), "torch-glibc-too-old"),
    ],
)
def test_a_torch_that_is_only_assumed_proves_no_wheel(assumptions: tuple[str, ...], code: str) -> None:
    assert code in errors(*assumptions)
    fitting = ("python=3.12", "torch=2.14.1+cpu", "glibc=2.28")
    assert code not in errors(*fitting)


@pytest.mark.parametrize("other", ["python=3.8", "python=3.12t", "arch=aarch64"])
def test_another_interpreter_has_nothing_of_what_is_installed_for_this_one(other: str) -> None:
    changed = supposed(other, facts=HEALTHY)
    assert changed.torch_version is None and changed.facts.torch_import is None
    assert changed.facts.interpreter.executable is None


@pytest.mark.parametrize("same", ["python=3.12", "python=3.12.1", "arch=x86_64", "arch=amd64"])
def test_the_same_interpreter_keeps_it(same: str) -> None:
    assert supposed(same, facts=HEALTHY).torch_version == "2.6.0+cu124"


def test_where_torch_is_not_known_any_more_no_build_is_called_well() -> None:
    told = said("python=3.13", facts=HEALTHY)
    assert "All is well" not in told and "no build was judged" in told


@pytest.mark.parametrize(
    "contradiction",
    [
        ("os=macos", "driver=565.90"),
        ("os=windows", "glibc=2.28"),
        ("gpu=none", "gpu=RTX 4090"),
        ("driver=551.61", "driver=565.90"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_key(contradiction: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match=contradiction[-1].partition("=")[0]):
        supposed(*contradiction)


def test_a_machine_that_is_made_up_without_a_gpu_is_asked_for_it() -> None:
    assert "plan.why-cpu-untold" in reasons("os=windows")
    assert "plan.why-cpu" in reasons("os=windows", "gpu=none")
    assert "plan.why-cpu" in reasons(), "here a GPU was looked for"


@pytest.mark.parametrize(
    ("gpu", "system", "title"),
    [
        (
            "AMD Radeon RX 9070 XT",
            "windows",
            "PyTorch publishes no build for AMD GPUs on Windows (AMD Radeon RX 9070 XT)",
        ),
        (
            "AMD Radeon HD 7970",
            "linux",
            "PyTorch publishes no build for this system that uses the AMD Radeon HD 7970",
        ),
    ],
)
def test_a_card_that_no_build_uses_is_not_called_integrated(gpu: str, system: str, title: str) -> None:
    told = said(f"gpu={gpu}", f"os={system}")
    assert title in told and "ntegrated" not in told
    assert ("remedy.amd-windows" in reasons(f"gpu={gpu}", f"os={system}")) is (system == "windows")
