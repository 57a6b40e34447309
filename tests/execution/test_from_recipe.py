"""A recipe as work: every program, interpreter and folder by its own path."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from linux_venv import LINUX, TODAY

from envdoctor.errors import UsageError
from envdoctor.execution.from_recipe import _device_answers, _expected, _program, work_of
from envdoctor.execution.steps import Work
from envdoctor.facts import (
    CondaPackage,
    Facts,
    Host,
    Nvml,
    NvmlGpu,
    Packages,
    Setting,
)
from envdoctor.machine import Machine
from envdoctor.outside import LiveOutside
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe

GPU = Nvml(
    state="ok",
    driver_version="580.65.06",
    cuda_version="13.0",
    gpus=(NvmlGpu(index=0, name="NVIDIA GeForce RTX 4060", compute_capability="8.9"),),
)

Make = Callable[..., Work]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Work for these facts and wishes, where uv, python3.12 and a conda are on PATH."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("uv", "python3.12", "python3.14"):
        (programs / name).write_text("#!/bin/sh\n")
    told = json.dumps({"envs_dirs": [str(tmp_path / "nowhere" / "envs"), str(tmp_path / "envs")]})
    (programs / "conda").write_text(f"#!/bin/sh\necho '{told}'\n")
    for each in programs.iterdir():
        each.chmod(0o755)
    (tmp_path / "envs").mkdir()

    def work(facts: Facts = LINUX, path: str | None = None, **wishes: object) -> Work:
        environ = {"PATH": str(programs) if path is None else path, "HOME": "/home/me"}
        outside = LiveOutside(environ, cwd=str(tmp_path))
        asked = Asked(**wishes)  # type: ignore[arg-type]
        return work_of(recipe(Machine(facts, today=TODAY), asked), outside)

    return work


def test_an_environment_that_is_there_is_reached_by_its_interpreter(make: Make) -> None:
    work = make()
    assert (work.prefix, work.python, work.makes) == ("/envs/dl", "/envs/dl/bin/python", False)
    assert work.steps[-1].argv[:4] == ("/envs/dl/bin/python", "-m", "pip", "install")
    assert work.expected.variant == "cpu" and not work.expected.device
    assert work.what.startswith("torch ") and work.expected.packages["torch"] in work.what


def test_a_new_venv_is_made_at_its_full_path_and_its_interpreter_used(make: Make, tmp_path: Path) -> None:
    work = make(environment="sub/new env", tool="pip")
    place = str(tmp_path / "sub" / "new env")
    assert (work.prefix, work.python, work.makes) == (place, f"{place}/bin/python", True)
    assert [step.makes for step in work.steps] == [True, False]
    assert work.steps[0].argv[-1] == place
    assert work.steps[1].argv[:3] == (f"{place}/bin/python", "-m", "pip")


def test_home_is_written_out(make: Make) -> None:
    assert make(environment="~/envs/new", tool="pip").prefix == "/home/me/envs/new"


def test_uv_is_told_the_interpreter_by_its_path(make: Make, tmp_path: Path) -> None:
    work = make(environment="new", tool="uv")
    uv = str(tmp_path / "programs" / "uv")
    assert [step.argv[0] for step in work.steps] == [uv, uv]
    install = work.steps[1].argv
    assert install[install.index("--python") + 1] == str(tmp_path / "new" / "bin" / "python")


def test_uvs_cache_is_the_users_since_a_run_reads_no_file_of_a_project(make: Make, tmp_path: Path) -> None:
    (tmp_path / "uv.toml").write_text("")
    own = Setting(name="cache-dir", value="/big/uv", origin="/home/me/.config/uv/uv.toml")
    theirs = Setting(name="cache-dir", value="/projects/uv", origin=str(tmp_path / "uv.toml"))
    facts = replace(LINUX, environment=replace(LINUX.environment, uv_settings=(own, theirs)))
    assert make(facts, environment="new", tool="uv").cache == "/big/uv"
    assert make(environment="new", tool="uv").cache == "/home/me/.cache/uv"


def test_a_named_conda_environment_gets_the_folder_that_conda_would_take(make: Make, tmp_path: Path) -> None:
    facts = replace(LINUX, environment=replace(LINUX.environment, kind="conda", conda_root="/opt/conda"))
    for tool in ("conda", "pip"):
        work = make(facts, environment="dl2", tool=tool)
        place = str(tmp_path / "envs" / "dl2")
        assert (work.prefix, work.python) == (place, f"{place}/bin/python")
        create = work.steps[0].argv
        assert create[0] == str(tmp_path / "programs" / "conda") and "-n" not in create
        assert create[create.index("-p") + 1] == place
    assert work.steps[-1].argv[:3] == (f"{place}/bin/python", "-m", "pip"), "not through conda run"


def test_conda_as_a_function_of_the_shell_is_found_too(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = replace(
        LINUX,
        environment=replace(
            LINUX.environment, kind="conda", tools={"conda": "/opt/conda/bin/conda"}, prefix="/envs/dl"
        ),
        packages=Packages(distributions=(), conda=(CondaPackage(name="pip", version="25", build="0"),)),
    )
    work = make(facts, path="/nothing", tool="conda")
    assert work.steps[0].argv[0] == "/opt/conda/bin/conda"
    assert "-p" in work.steps[0].argv


def test_conda_is_found_by_the_variable_that_it_sets_itself(tmp_path: Path) -> None:
    environ = {"PATH": "/nothing", "CONDA_EXE": "/opt/conda/bin/conda"}
    found = _program("conda", Machine(LINUX), LiveOutside(environ, cwd=str(tmp_path)))
    assert found == "/opt/conda/bin/conda"


def test_a_macs_one_build_is_proved_by_its_version() -> None:
    mac = Facts(
        host=Host(os="macos", os_version="14.5", arch="aarch64"),
        interpreter=replace(LINUX.interpreter, machine="arm64"),
    )
    made = recipe(Machine(mac, today=TODAY), Asked())
    assert made.plan.build is not None and made.plan.build.variant == "cpu"
    assert _expected(made).variant is None, "its torch calls itself the build of no variant"


def test_a_gpu_that_is_hidden_need_not_answer() -> None:
    seen = replace(LINUX, nvml=Nvml(state="ok", gpus=(NvmlGpu(index=0, name="NVIDIA GeForce RTX 4090"),)))
    assert _device_answers(Machine(seen))
    hidden = replace(seen.environment, variables={"CUDA_VISIBLE_DEVICES": ""})
    assert not _device_answers(Machine(replace(seen, environment=hidden)))
    assert not _device_answers(Machine(LINUX))


def test_a_program_that_is_not_here_is_a_usage_error(make: Make) -> None:
    with pytest.raises(UsageError, match="uv was not found on PATH"):
        make(path=os.devnull, environment="new", tool="uv")


@pytest.mark.parametrize(("hidden", "expected"), [(False, True), (True, False)])
def test_a_gpu_that_the_driver_shows_must_compute(make: Make, hidden: bool, expected: bool) -> None:
    variables = {"CUDA_VISIBLE_DEVICES": ""} if hidden else {}
    facts = replace(LINUX, nvml=GPU, environment=replace(LINUX.environment, variables=variables))
    work = make(facts)
    assert (work.expected.variant or "").startswith("cu") and work.expected.device is expected
