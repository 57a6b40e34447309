"""What is typed to settle a finding: on this system, with what is there, for the build that is in use."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rulebook.machines import (
    CPU_FILES,
    CPU_RAN,
    DRIVER,
    HEALTHY,
    LINUX,
    NO_TORCH,
    NOT_RUN,
    NVML,
    PYTHON,
    TODAY,
    VENV,
    WINDOWS,
    card,
)

from envdoctor.facts import Facts, Host, Interpreter, Nvidia, Packages, Paste, Setting
from envdoctor.findings import Remedy
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.rules import remedies

PASTED = Paste(lines=1, formats=(), complaints=(), commands=(), no_versions=(), remarks={})


def machine(facts: Facts) -> Machine:
    return Machine(facts, today=TODAY)


def typed(made: Remedy | tuple[Remedy, ...]) -> list[str]:
    every = (made,) if isinstance(made, Remedy) else made
    return [" ".join(argv) for each in every for argv in each.commands]


@pytest.mark.parametrize(
    ("tools", "program"), [({"uv": "/usr/bin/uv"}, "uv pip install"), ({}, "python -m pip")]
)
def test_without_pip_uv_takes_its_place_where_it_is(tools: dict[str, str], program: str) -> None:
    facts = replace(HEALTHY, environment=replace(VENV, has_pip=False, tools=tools))
    (command,) = typed(remedies.packages(machine(facts), "remedy.triton", "install", "triton"))
    assert program in command


@pytest.mark.parametrize(
    ("host", "command"), [(LINUX, "unset CUDA_VISIBLE_DEVICES"), (WINDOWS, "set CUDA_VISIBLE_DEVICES=")]
)
def test_a_variable_is_taken_away_as_the_system_does_it(host: Host, command: str) -> None:
    made = remedies.unset_variable(machine(replace(HEALTHY, host=host)))
    assert typed(made) == [command]
    told = [catalogue("en").say(each.hint) for each in made if each.hint is not None]
    in_powershell = "PowerShell does not know this line; there it is: Remove-Item Env:CUDA_VISIBLE_DEVICES"
    assert told == ([in_powershell] if host is WINDOWS else [])


def test_a_variable_is_given_as_the_shell_does_it() -> None:
    here = machine(replace(HEALTHY, host=WINDOWS))
    made = remedies.variable(here, "remedy.fewer-jobs", "MAX_JOBS", "2")
    assert made.commands == (("set", "MAX_JOBS=2"),)
    assert made.hint is not None and made.hint.values["line"] == "$env:MAX_JOBS = '2'"


def test_a_torch_that_is_in_a_managed_python_is_replaced_there() -> None:
    """It got there somehow; only where none is would pip be refused."""
    managed = replace(VENV, externally_managed=True)
    there = replace(HEALTHY, environment=managed, packages=CPU_FILES, torch_import=CPU_RAN)
    assert not any("venv" in each for each in typed(remedies.torch(machine(there))))
    absent = replace(NO_TORCH, environment=managed)
    assert any("venv" in each for each in typed(remedies.torch(machine(absent))))


def test_an_older_torch_for_a_driver_that_is_not_known_is_asked_for() -> None:
    unknown = replace(
        NOT_RUN,
        nvidia=replace(DRIVER, driver_version=None, library_version=None),
        nvml=replace(NVML, driver_version=None, cuda_version=None),
        cuda_driver=None,
    )
    assert remedies.torch(machine(unknown), "remedy.older-torch-driver") == (remedies.ASK_FIRST,)
    assert remedies.torch(machine(NOT_RUN), "remedy.older-torch-driver") != (remedies.ASK_FIRST,)


def test_a_card_without_builds_and_a_python_without_wheels_get_a_new_environment() -> None:
    """The CPU build needs another Python only; for the card itself none would help."""
    old = replace(card("1004", "NVIDIA GeForce GTX 780", "3.5"), interpreter=replace(PYTHON, version="3.5.2"))
    assert any("venv" in each for each in typed(remedies.torch(machine(old), "remedy.cpu-build")))
    assert not typed(remedies.torch(machine(old), "remedy.torch"))


def test_a_pasted_report_of_a_mac_leaves_no_gpu_open() -> None:
    mac = Facts(
        host=Host(os="macos", os_version="14.5", arch="aarch64"),
        interpreter=Interpreter(version="3.12.9", implementation="cpython", bits=64, machine="arm64"),
        packages=Packages(distributions=()),
        nvidia=Nvidia(cards=None),
        paste=PASTED,
    )
    assert remedies.ASK_FIRST not in remedies.torch(machine(mac), "remedy.install")
    linux = replace(mac, host=LINUX, interpreter=replace(mac.interpreter, machine="x86_64"))
    assert remedies.ASK_FIRST in remedies.torch(machine(linux), "remedy.install")


def test_a_mirror_that_was_withdrawn_is_planned_for_no_more() -> None:
    dead = Setting(name="global.index-url", value="https://pypi.doubanio.com/simple", origin="pip.conf")
    facts = replace(NO_TORCH, host=WINDOWS, environment=replace(VENV, pip_settings=(dead,)))
    commands = typed(remedies.torch(machine(facts), "remedy.install"))
    assert commands and not any("douban" in each for each in commands)
    assert any("pypi.tuna.tsinghua.edu.cn" in each for each in commands)
