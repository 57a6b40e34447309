"""Where a rule turns: the last value on either side of each published number, and of each list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rulebook.machines import (
    BLIND,
    CARD,
    CONTAINER,
    CUDA,
    DRIVER,
    HEALTHY,
    LINUX,
    NO_GPU,
    NOT_RUN,
    NVML,
    RTX4090,
    TODAY,
    VENV,
)

from envdoctor.facts import Facts, Nvidia, Nvml
from envdoctor.findings import Severity
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.rules import judge


def findings(facts: Facts) -> dict[str, Severity]:
    return {each.code: each.severity for each in judge(Machine(facts, today=TODAY))}


def driven(version: str) -> Facts:
    """The machine with this driver; nothing was run on it."""
    return replace(
        NOT_RUN,
        cuda_driver=None,
        nvidia=replace(DRIVER, driver_version=version, library_version=version),
        nvml=replace(NVML, driver_version=version, cuda_version=knowledge().driver_cuda(version)),
    )


def test_the_least_driver_of_a_cuda_is_enough_and_one_below_is_not() -> None:
    least = knowledge().minimum_driver("12.4", "linux")
    assert least is not None
    assert "driver-too-old" not in findings(driven(least))
    assert findings(driven("470.256.02"))["driver-too-old"] is Severity.ERROR


@pytest.mark.parametrize(("driver", "too_new"), [("470.256.02", False), ("535.129.03", True)])
def test_the_last_branch_of_a_card_still_drives_it(driver: str, too_new: bool) -> None:
    kepler = replace(CARD, device_id="128b", driver="")
    facts = replace(
        NO_GPU,
        nvidia=replace(DRIVER, cards=(kepler,), driver_version=driver),
        nvml=Nvml(state="ok", driver_version=driver, gpus=()),
    )
    assert ("driver-too-new" in findings(facts)) is too_new


@pytest.mark.parametrize(
    ("asked", "blind"), [("all", True), ("0", True), ("", False), ("void", False), ("none", False)]
)
def test_a_container_that_asked_for_gpus_and_got_none(asked: str, blind: bool) -> None:
    """Inside some containers the bus can't be seen; what was asked for then tells."""
    facts = replace(
        NO_GPU,
        host=CONTAINER,
        nvidia=Nvidia(),
        environment=replace(VENV, variables={"NVIDIA_VISIBLE_DEVICES": asked}),
    )
    assert ("container-no-gpu" in findings(facts)) is blind


@pytest.mark.parametrize("manager", ["stopped", "absent"])
def test_an_nvswitch_without_its_manager(manager: str) -> None:
    facts = replace(
        HEALTHY, torch_import=BLIND, nvidia=replace(DRIVER, nvswitch=True, fabric_manager=manager)
    )
    assert findings(facts)["fabric-manager-down"] is Severity.WARNING
    started = replace(facts, nvidia=replace(facts.nvidia, fabric_manager="running"))
    assert "fabric-manager-down" not in findings(started)


@pytest.mark.parametrize(
    ("value", "hides"), [("0", False), ("1", True), ("0,1", False), ("NoDevFiles", True)]
)
def test_of_one_gpu_the_number_one_is_none(value: str, hides: bool) -> None:
    environment = replace(VENV, variables={"CUDA_VISIBLE_DEVICES": value})
    facts = replace(NOT_RUN, cuda_driver=CUDA, environment=environment)
    assert ("gpu-hidden" in findings(facts)) is hides


def test_a_container_with_dockers_own_shared_memory() -> None:
    assert "shm-small" in findings(
        replace(HEALTHY, host=replace(LINUX, container="docker", shm_total=64 << 20))
    )
    larger = replace(LINUX, container="docker", shm_total=65 << 20)
    assert "shm-small" not in findings(replace(HEALTHY, host=larger))


@pytest.mark.parametrize(("used", "full"), [(0.94, False), (0.96, True)])
def test_memory_is_full_from_nineteen_twentieths_on(used: float, full: bool) -> None:
    gpu = replace(RTX4090, memory_used=int(used * (RTX4090.memory_total or 0)))
    facts = replace(HEALTHY, nvml=replace(NVML, gpus=(gpu,)))
    assert ("gpu-memory-full" in findings(facts)) is full
