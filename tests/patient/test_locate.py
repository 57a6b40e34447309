"""Which interpreter is examined, and what is said when there is none."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.errors import PatientNotFoundError
from envdoctor.outside import LiveOutside
from envdoctor.probes.locate import locate

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the layouts made here are POSIX's")
MakeOutside = Callable[..., LiveOutside]
MakeMachine = Callable[..., "RecordedOutside"]
OWN = sys.executable


def a_program(folder: Path, name: str = "python") -> Path:
    """Something executable; whether it is Python is asked later."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_an_option_names_a_file(outside: MakeOutside, made_venv: Path) -> None:
    patient = locate(outside(), str(made_venv / "bin" / "python"), OWN)
    assert (patient.found_by, patient.executable) == ("option", str(made_venv / "bin" / "python"))
    assert patient.prefix_hint == str(made_venv)
    assert patient.argv == (patient.executable,), "the link is not followed: that would leave the environment"


def test_an_option_names_an_environment(outside: MakeOutside, made_venv: Path) -> None:
    assert locate(outside(), str(made_venv), OWN).executable == str(made_venv / "bin" / "python")
    assert locate(outside(), f"{made_venv}/", OWN).prefix_hint == str(made_venv)


def test_an_option_names_the_folder_of_the_programs(outside: MakeOutside, made_venv: Path) -> None:
    patient = locate(outside(), str(made_venv / "bin"), OWN)
    assert patient.executable == str(made_venv / "bin" / "python")
    assert patient.prefix_hint == str(made_venv)


def test_an_option_may_be_relative_or_start_at_home(outside: MakeOutside, tmp_path: Path) -> None:
    program = a_program(tmp_path / "home" / "work" / "env" / "bin")
    assert locate(outside(), "env", OWN).executable == str(program)
    assert locate(outside(), "env/bin/../bin/python", OWN).executable.endswith("env/bin/../bin/python")
    assert locate(outside(), "~/work/env", OWN).executable == str(program)


def test_an_option_may_be_a_name_on_path(outside: MakeOutside, tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin", "python3.12")
    assert locate(outside(path=[tmp_path / "bin"]), "python3.12", OWN).executable == str(program)


@pytest.mark.parametrize("active", ["VIRTUAL_ENV", "CONDA_PREFIX"])
def test_an_option_beats_what_is_active(
    outside: MakeOutside, made_venv: Path, tmp_path: Path, active: str
) -> None:
    a_program(tmp_path / "other" / "bin")
    patient = locate(outside(**{active: str(tmp_path / "other")}), str(made_venv), OWN)
    assert patient.prefix_hint == str(made_venv)


def says(outside: LiveOutside, python: str) -> str:
    with pytest.raises(PatientNotFoundError) as told:
        locate(outside, python, OWN)
    text = str(told.value)
    assert "\n" not in text
    assert told.value.exit_code == 2
    return text


def test_what_is_missing_is_named(outside: MakeOutside, tmp_path: Path) -> None:
    text = says(outside(), str(tmp_path / "no" / "python"))
    assert str(tmp_path / "no" / "python") in text
    assert "no such file" in text


def test_what_may_not_be_executed_is_named(outside: MakeOutside, tmp_path: Path) -> None:
    (tmp_path / "python").write_text("x")
    (tmp_path / "python").chmod(0o644)
    assert "execute" in says(outside(), str(tmp_path / "python"))


def test_a_device_is_no_interpreter(outside: MakeOutside) -> None:
    assert "no file" in says(outside(), "/dev/null")


def test_a_folder_without_an_interpreter_is_named(outside: MakeOutside, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no Python interpreter in this folder" in says(outside(), str(tmp_path / "empty"))


def test_a_folder_around_an_environment_names_it(outside: MakeOutside, tmp_path: Path) -> None:
    a_program(tmp_path / "project" / ".venv" / "bin")
    assert f"--python {tmp_path / 'project' / '.venv'}" in says(outside(), str(tmp_path / "project"))


def test_a_conda_environment_without_python_is_named(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "envs" / "data", with_python=False)
    assert "conda environment has no Python" in says(outside(), str(prefix))


@pytest.mark.parametrize("name", ["", "bin/python"])
def test_a_named_environment_whose_base_is_gone(outside: MakeOutside, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "env"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to("/opt/gone/python3.9")
    text = says(outside(), str(folder / name))
    assert "/opt/gone/python3.9" in text
    assert "make the environment again" in text


def test_an_empty_option(outside: MakeOutside) -> None:
    assert "empty" in says(outside(), "  ")


def test_the_active_virtual_environment(outside: MakeOutside, made_venv: Path, tmp_path: Path) -> None:
    a_program(tmp_path / "bin")
    patient = locate(outside(path=[tmp_path / "bin"], VIRTUAL_ENV=str(made_venv)), None, OWN)
    assert (patient.found_by, patient.prefix_hint) == ("VIRTUAL_ENV", str(made_venv))
    assert not patient.broken


def test_a_stale_variable_is_passed_over(outside: MakeOutside, tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin")
    patient = locate(outside(path=[tmp_path / "bin"], VIRTUAL_ENV=str(tmp_path / "removed")), None, OWN)
    assert (patient.found_by, patient.executable) == ("PATH", str(program))


def test_an_active_environment_whose_base_is_gone_is_the_patient(
    outside: MakeOutside, tmp_path: Path
) -> None:
    folder = tmp_path / "env"
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = /opt/gone\n")
    (folder / "bin" / "python").symlink_to("/opt/gone/python3.9")
    a_program(tmp_path / "bin")
    patient = locate(outside(path=[tmp_path / "bin"], VIRTUAL_ENV=str(folder)), None, OWN)
    assert patient.broken
    assert patient.found_by == "VIRTUAL_ENV"
    assert patient.executable == str(folder / "bin" / "python")


def test_the_active_conda_environment(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "envs" / "dl")
    patient = locate(outside(CONDA_PREFIX=str(prefix)), None, OWN)
    assert (patient.found_by, patient.prefix_hint) == ("CONDA_PREFIX", str(prefix))


def test_a_conda_environment_without_python_leaves_the_choice_to_path(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "envs" / "data", with_python=False)
    program = a_program(tmp_path / "base" / "bin")
    patient = locate(
        outside(path=[prefix / "bin", tmp_path / "base" / "bin"], CONDA_PREFIX=str(prefix)), None, OWN
    )
    assert (patient.found_by, patient.executable) == ("PATH", str(program))


def test_a_venv_inside_conda_wins_unless_conda_was_activated_later(
    outside: MakeOutside, made_venv: Path, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    conda = conda_env(tmp_path / "conda")
    both = {"VIRTUAL_ENV": str(made_venv), "CONDA_PREFIX": str(conda)}
    bins = [made_venv / "bin", conda / "bin"]
    assert locate(outside(path=bins, **both), None, OWN).found_by == "VIRTUAL_ENV"
    assert locate(outside(**both), None, OWN).found_by == "VIRTUAL_ENV"
    assert locate(outside(path=bins[::-1], **both), None, OWN).found_by == "CONDA_PREFIX"


def test_pixi_without_conda_variables(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "p" / ".pixi" / "envs" / "gpu")
    found = outside(PIXI_PROJECT_ROOT=str(tmp_path / "p"), PIXI_ENVIRONMENT_NAME="gpu")
    assert locate(found, None, OWN).prefix_hint == str(prefix)


@pytest.mark.parametrize("place", [".venv", ".pixi/envs/default"])
def test_the_environment_of_the_project(outside: MakeOutside, tmp_path: Path, place: str) -> None:
    project = tmp_path / "home" / "project"
    program = a_program(project / place / "bin")
    (project / "src" / "deep").mkdir(parents=True)
    a_program(tmp_path / "bin")
    patient = locate(outside(project / "src" / "deep", [tmp_path / "bin"]), None, OWN)
    assert (patient.found_by, patient.executable) == ("project", str(program))


def test_an_active_environment_beats_the_projects(
    outside: MakeOutside, tmp_path: Path, made_venv: Path
) -> None:
    project = tmp_path / "home" / "project"
    a_program(project / ".venv" / "bin")
    assert locate(outside(project, VIRTUAL_ENV=str(made_venv)), None, OWN).found_by == "VIRTUAL_ENV"


def test_the_home_folder_is_no_project(outside: MakeOutside, tmp_path: Path) -> None:
    a_program(tmp_path / "home" / ".venv" / "bin")
    program = a_program(tmp_path / "bin")
    assert locate(outside(path=[tmp_path / "bin"]), None, OWN).executable == str(program)
    assert locate(outside(tmp_path / "home", [tmp_path / "bin"]), None, OWN).found_by == "project"


def test_outside_the_home_folder_a_strangers_environment_is_not_run(
    outside: MakeOutside, tmp_path: Path
) -> None:
    a_program(tmp_path / "shared" / ".venv" / "bin")
    program = a_program(tmp_path / "bin")
    (tmp_path / "shared" / "mine").mkdir()
    assert locate(outside(tmp_path / "shared" / "mine", [tmp_path / "bin"]), None, OWN).executable == str(
        program
    )
    (tmp_path / "shared" / "pyproject.toml").write_text("")
    assert locate(outside(tmp_path / "shared" / "mine", [tmp_path / "bin"]), None, OWN).found_by == "project"


def test_a_broken_project_environment_is_passed_over(outside: MakeOutside, tmp_path: Path) -> None:
    project = tmp_path / "home" / "project"
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to("/opt/gone/python3")
    a_program(tmp_path / "bin")
    assert locate(outside(project, [tmp_path / "bin"]), None, OWN).found_by == "PATH"


def test_python_on_path_comes_before_python3(outside: MakeOutside, tmp_path: Path) -> None:
    python3 = a_program(tmp_path / "a", "python3")
    assert locate(outside(path=[tmp_path / "a"]), None, OWN).executable == str(python3)
    python = a_program(tmp_path / "b")
    assert locate(outside(path=[tmp_path / "a", tmp_path / "b"]), None, OWN).executable == str(python)


def test_without_any_python_the_doctors_own(outside: MakeOutside) -> None:
    patient = locate(outside(), None, OWN)
    assert (patient.found_by, patient.executable) == ("doctor", OWN)


@pytest.mark.parametrize("mark", ["uv-receipt.toml", "pipx_metadata.json"])
def test_the_doctors_private_environment_is_no_patient(
    outside: MakeOutside, tmp_path: Path, mark: str
) -> None:
    own = a_program(tmp_path / "tools" / "envdoctor" / "bin")
    program = a_program(tmp_path / "bin")
    both = [own.parent, tmp_path / "bin"]
    assert locate(outside(path=both), None, str(own)).executable == str(own), "an environment like any other"
    (own.parent.parent / mark).write_text("")
    patient = locate(outside(path=both), None, str(own))
    assert patient.executable == str(program)
    assert patient.not_on_path == (str(own.parent),)


def test_pyenvs_shim_is_looked_through(outside: MakeOutside, tmp_path: Path) -> None:
    root = tmp_path / "home" / ".pyenv"
    shim = a_program(root / "shims")
    old, new = a_program(root / "versions" / "3.8.1" / "bin"), a_program(root / "versions" / "3.12.1" / "bin")
    (root / "version").write_text("3.8.1\n")
    assert locate(outside(path=[shim.parent]), None, OWN).executable == str(old)
    (tmp_path / "home" / "work" / ".python-version").write_text("3.12.1\nsystem\n")
    assert locate(outside(path=[shim.parent]), None, OWN).executable == str(new)
    assert locate(outside(path=[shim.parent], PYENV_VERSION="3.8.1"), None, OWN).executable == str(old)
    assert locate(outside(path=[shim.parent], PYENV_VERSION="3.7"), None, OWN).executable == str(shim)


def test_a_working_folder_that_was_removed(tmp_path: Path) -> None:
    program = a_program(tmp_path / "bin")
    gone = LiveOutside({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}, "")
    assert locate(gone, None, OWN).executable == str(program)


USER = r"C:\Users\Anna Lee"
ALIAS = USER + r"\AppData\Local\Microsoft\WindowsApps"


def windows(machine_of: MakeMachine, files: list[str], path: list[str], **environ: str) -> RecordedOutside:
    return machine_of(
        system="windows",
        cwd=USER + r"\code",
        environ={"USERPROFILE": USER, "PATH": ";".join(path), **environ},
        files=dict.fromkeys([*files, USER + r"\code\x.txt"], ""),
    )


def test_windows_the_stores_stub_is_passed_over(machine_of: MakeMachine) -> None:
    files = [ALIAS + r"\python.exe", ALIAS + r"\python3.exe"]
    own = r"C:\tools\envdoctor\Scripts\python.exe"
    assert locate(windows(machine_of, files, [ALIAS]), None, own).found_by == "doctor"
    real = [*files, r"C:\Python312\python.exe"]
    found = locate(windows(machine_of, real, [ALIAS, r"C:\Python312"]), None, own)
    assert found.executable == r"C:\Python312\python.exe"
    assert found.prefix_hint == r"C:\Python312"


def test_windows_an_installed_store_python_is_taken(machine_of: MakeMachine) -> None:
    files = [
        ALIAS + r"\python.exe",
        ALIAS + r"\PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0\python.exe",
    ]
    assert locate(windows(machine_of, files, [ALIAS]), None, OWN).executable == ALIAS + r"\python.exe"


def test_windows_the_launcher_stands_in_for_a_python_off_path(machine_of: MakeMachine) -> None:
    found = windows(machine_of, [r"C:\Windows\py.exe", ALIAS + r"\python.exe"], [ALIAS, r"C:\Windows"])
    assert locate(found, None, OWN).argv == (r"C:\Windows\py.exe",)


def test_windows_environments_of_both_kinds(machine_of: MakeMachine) -> None:
    venv, conda = USER + r"\env", r"D:\conda\envs\dl"
    files = [venv + r"\Scripts\python.exe", conda + r"\python.exe", conda + r"\Scripts\pip.exe"]
    plain = windows(machine_of, files, [])
    assert locate(plain, venv, OWN).executable == venv + r"\Scripts\python.exe"
    assert locate(plain, conda, OWN).executable == conda + r"\python.exe"
    assert locate(plain, conda + "\\", OWN).prefix_hint == conda
    assert locate(plain, venv + r"\Scripts\python", OWN).executable == venv + r"\Scripts\python.exe"
    assert locate(windows(machine_of, files, [], CONDA_PREFIX=conda), None, OWN).prefix_hint == conda
    assert locate(windows(machine_of, files, [], VIRTUAL_ENV=venv), None, OWN).prefix_hint == venv


def test_windows_a_venv_whose_home_is_gone(machine_of: MakeMachine) -> None:
    venv = USER + r"\env"
    found = windows(machine_of, [venv + r"\Scripts\python.exe"], [], VIRTUAL_ENV=venv)
    found = machine_of(
        **{
            **found.recording,
            "files": {**found.recording["files"], venv + r"\pyvenv.cfg": "home = C:\\Python39\n"},
        }
    )
    assert locate(found, None, OWN).broken
    with pytest.raises(PatientNotFoundError, match="Python39"):
        locate(found, venv, OWN)


def test_a_real_virtual_environment_that_lost_its_base(
    outside: MakeOutside, venv: Callable[..., Path], tmp_path: Path
) -> None:
    folder = venv()
    assert not locate(outside(VIRTUAL_ENV=str(folder)), None, OWN).broken
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved, symlinks=True)
    for link in (moved / "bin").glob("python*"):
        link.unlink()
    (moved / "bin" / "python").symlink_to("/somewhere/else/python")
    assert locate(outside(VIRTUAL_ENV=str(moved)), None, OWN).broken
