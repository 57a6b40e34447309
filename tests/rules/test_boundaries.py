"""Where a rule turns: the last value on either side of each published number, and of each list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.metadata import distribution
from importlib.util import find_spec

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
    NO_TORCH,
    NOT_RUN,
    NVML,
    PACKAGES,
    PYTHON,
    RTX4090,
    SITE,
    TODAY,
    TORCH,
    VENV,
    VISION,
    WINDOWS,
    card,
)

from envdoctor.facts import Distribution, Facts, Nvidia, Nvml, Packages, TorchFiles, TorchImport
from envdoctor.findings import Severity
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.rules import environment, judge


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


@pytest.mark.parametrize(("letters", "long"), [(84, False), (85, True)])
def test_a_path_is_too_long_where_torchs_deepest_folder_would_reach_the_limit(
    letters: int, long: bool
) -> None:
    site = "C:\\envs\\".ljust(letters, "x")
    facts = replace(
        NO_TORCH,
        host=replace(WINDOWS, long_paths=False),
        interpreter=replace(PYTHON, site_packages=(site,)),
    )
    assert ("env-path-too-long" in findings(facts)) is long


@pytest.mark.skipif(find_spec("torch") is None, reason="measured in a torch, which is not installed here")
def test_the_deepest_folder_is_that_of_the_wheel() -> None:
    """Measured in the torch that the tests have, whatever its variant."""
    torch = distribution("torch")
    record = (torch.read_text("RECORD") or "").replace(f"torch-{torch.version}.", "torch-2.13.0+cu126.")
    folders = [row.partition(",")[0].rpartition("/")[0] for row in record.splitlines()]
    assert torch.version.startswith("2.13.0")
    assert max(map(len, folders)) == environment.DEEPEST_FOLDER


def test_a_card_that_the_builds_oldest_code_is_for_is_not_too_old_for_it() -> None:
    refused = "CUDA error: no kernel image is available for execution on the device"
    ran = replace(BLIND, arch_list=("sm_89", "sm_90"), cuda_error=refused)
    found = findings(replace(HEALTHY, torch_import=ran))
    assert "gpu-too-new-for-build" in found and "gpu-too-old-for-build" not in found


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


def test_a_python_left_behind_matters_where_a_torch_is_still_to_be_installed() -> None:
    old = replace(PYTHON, version="3.9.2")
    assert findings(replace(NO_TORCH, interpreter=old))["python-too-old"] is Severity.WARNING
    assert "python-too-old" not in findings(replace(HEALTHY, interpreter=old))


@pytest.mark.parametrize(
    ("phase", "code"), [("import", "torch-partial-install"), ("cuda", "torch-import-failed")]
)
def test_a_bus_error_is_a_cut_library_only_while_libraries_are_loaded(phase: str, code: str) -> None:
    crashed = TorchImport(outcome="crashed", exit_code=-7, phase=phase)  # type: ignore[arg-type]
    found = findings(replace(HEALTHY, torch_import=crashed))
    assert found[code] is Severity.ERROR
    assert not {"torch-partial-install", "torch-import-failed"} - {code} & found.keys()


@pytest.mark.parametrize(
    ("system", "name", "version", "level"),
    [
        (LINUX, "torchvision", "0.21.0+cpu", Severity.ERROR),
        (LINUX, "torchvision", "0.21.0", None),
        (WINDOWS, "torchvision", "0.21.0", Severity.WARNING),
        (WINDOWS, "torchaudio", "2.6.0", None),
        (WINDOWS, "torchvision", "0.21.0+cu124", None),
    ],
)
def test_a_companion_is_of_torchs_own_variant(
    system: object, name: str, version: str, level: Severity | None
) -> None:
    """On Windows a torchvision without a label is PyPI's CPU build; elsewhere it is the same build."""
    companion = replace(VISION, name=name, version=version)
    packages = replace(PACKAGES, distributions=(TORCH, companion))
    facts = replace(NOT_RUN, host=system, packages=packages)  # type: ignore[arg-type]
    assert findings(facts).get("torch-companion-mismatch") is level


@pytest.mark.parametrize(("manager", "told"), [("uv", False), ("pixi", False), (None, True)])
def test_an_environment_without_pip_on_purpose_has_no_wrong_pip(manager: str | None, told: bool) -> None:
    environment = replace(
        VENV, manager=manager, has_pip=False, shell_pip="/opt/conda/bin/pip", shell_pip_prefix="/opt/conda"
    )  # type: ignore[arg-type]
    assert ("env-pip-mismatch" in findings(replace(NO_TORCH, environment=environment))) is told


def test_a_kernel_that_is_missing_for_a_card_as_new_as_the_build() -> None:
    """The newest code of the build is for this very card, so the build is not older than the card."""
    files = TorchFiles(path=f"{SITE}/torch", version="2.6.0+cu124", cuda="12.4")
    packages = Packages(
        distributions=(Distribution(name="torch", version="2.6.0+cu124", location=SITE),), torch=files
    )
    assert "gpu-too-old-for-build" not in findings(card("2330", "NVIDIA H100", "9.0", packages=packages))


@pytest.mark.parametrize(("today", "left"), [(date(2026, 11, 24), False), (date(2028, 11, 24), True)])
def test_a_card_that_only_builds_of_other_years_knew_is_left_behind(today: date, left: bool) -> None:
    kepler = card("102d", "Tesla K80", "3.7")  # torch 2.1 of late 2023 was the last with code for it
    found = {each.code for each in judge(Machine(kepler, today=today))}
    assert ("gpu-unsupported" in found) is left
