"""What kind of place a patient is, and what a shell would run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.facts import Environment, Interpreter
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside, Outside
from envdoctor.probes.environment import probe_environment
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import Patient, locate
from envdoctor.probes.reading import Reading
from envdoctor.probes.variables import shown_variables

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the layouts made here are POSIX's")
MakeOutside = Callable[..., LiveOutside]
MakeMachine = Callable[..., "RecordedOutside"]
OWN = sys.executable


def whole(outside: Outside, python: str | Path | None = None) -> Reading[Environment]:
    patient = locate(outside, str(python) if python else None, OWN)
    return probe_environment(outside, patient, probe_interpreter(outside, patient, 20).value)


def laid_out(outside: Outside, prefix: str | Path, **fields: object) -> Environment:
    """The environment with an interpreter that is not started."""
    patient = Patient((f"{prefix}/bin/python",), f"{prefix}/bin/python", "option", str(prefix))
    told = {"prefix": str(prefix), "base_prefix": str(prefix), "executable": f"{prefix}/bin/python", **fields}
    return probe_environment(outside, patient, Interpreter(**told)).value  # type: ignore[arg-type]


def pip_script(folder: Path, first: str, name: str = "pip") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"{first}\nimport sys\n")
    program.chmod(0o755)
    return program


def test_a_plain_venv(outside: MakeOutside, made_venv: Path) -> None:
    value = whole(outside(), made_venv).value
    assert (value.kind, value.manager, value.name) == ("venv", None, "plain")
    assert value.has_pip is False, "it was made without"
    assert value.externally_managed is False
    assert value.system_site_packages is False
    assert (value.found_by, value.active) == ("option", False)
    assert value.pyvenv_home_missing is False


def test_an_active_venv_and_its_shell(outside: MakeOutside, venv: Callable[..., Path]) -> None:
    folder = venv("dl", "--prompt", "deep learning")
    pip_script(folder / "bin", f"#!{folder}/bin/python")
    value = whole(outside(path=[folder / "bin"], VIRTUAL_ENV=str(folder))).value
    assert (value.found_by, value.active, value.name) == ("VIRTUAL_ENV", True, "deep learning")
    assert value.shell_python_prefix == value.shell_pip_prefix == value.prefix == str(folder)
    assert value.shell_pip == str(folder / "bin" / "pip")
    assert value.tools == {"pip": str(folder / "bin" / "pip")}


def test_a_venv_of_uv(outside: MakeOutside, tmp_path: Path, made_venv: Path) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    if not Path(uv).exists():
        pytest.skip("no uv here")
    folder = tmp_path / ".venv"
    clean = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "UV_CACHE_DIR": str(tmp_path / "cache")}
    subprocess.run(
        [
            uv,
            "venv",
            "--offline",
            "--no-config",
            "-q",
            "--python",
            str(made_venv / "bin" / "python"),
            str(folder),
        ],
        check=True,
        env=clean,
    )
    value = whole(outside(), folder).value
    assert (value.kind, value.manager, value.has_pip) == ("venv", "uv", False)


def test_a_virtualenv_and_its_managers(outside: MakeOutside, tmp_path: Path) -> None:
    def env(place: str, more: str = "") -> Path:
        folder = tmp_path / "home" / place
        folder.mkdir(parents=True)
        (folder / "pyvenv.cfg").write_text(
            f"home = /usr/bin\nvirtualenv = 20.26.1\nversion_info = 3.11.2.final.0\n{more}"
        )
        return folder

    plain = env("plain", "include-system-site-packages = true\nprompt = '(dl) '\n")
    told = laid_out(outside(), plain)
    assert (told.kind, told.manager, told.name, told.system_site_packages) == ("virtualenv", None, "dl", True)
    poetry = env(".cache/pypoetry/virtualenvs/app-x1-py3.11")
    assert laid_out(outside(), poetry).manager == "poetry"
    hatch = env(".local/share/hatch/env/virtual/app/x1/app")
    assert laid_out(outside(), hatch).manager == "hatch"
    inside = env("app/.venv")
    assert laid_out(outside(), inside).manager is None
    (inside.parent / "poetry.lock").write_text("")
    assert laid_out(outside(), inside).manager == "poetry"
    (inside.parent / "Pipfile").write_text("")
    assert laid_out(outside(), inside).manager == "pipenv"
    central = env(".local/share/virtualenvs/app-x1")
    assert laid_out(outside(), central).manager is None
    (central / ".project").write_text(str(inside.parent))
    assert laid_out(outside(), central).manager == "pipenv"
    assert laid_out(outside(VIRTUAL_ENV=str(plain), PIPENV_ACTIVE="1"), plain).manager == "pipenv"
    assert laid_out(outside(VIRTUAL_ENV=str(poetry), PIPENV_ACTIVE="1"), plain).manager is None, "another's"


def test_condas_base_and_its_environments(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    base = conda_env(tmp_path / "miniforge3", ["conda-24.1.0-py311_0"])
    (base / "condabin").mkdir()
    named = conda_env(base / "envs" / "dl", ["python-3.12.9-h1_cpython"])
    (named / "condabin").mkdir()  # conda may be installed in any environment
    told = laid_out(outside(CONDA_PREFIX=str(base)), base)
    assert (told.kind, told.manager, told.name, told.conda_base) == ("conda", "conda", "base", True)
    assert (told.conda_root, told.active) == (str(base), True)
    told = laid_out(outside(), named)
    assert (told.name, told.conda_base, told.conda_root, told.active) == ("dl", False, str(base), False)


def test_a_conda_environment_elsewhere_knows_its_root_from_history(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    root = tmp_path / "opt" / "conda"
    root.mkdir(parents=True)
    away = conda_env(
        tmp_path / "here", history=f"==> 2026-01-01 <==\n# cmd: {root}/bin/conda create -p here\n"
    )
    told = laid_out(outside(), away)
    assert (told.name, told.conda_base, told.conda_root) == ("here", False, str(root))
    alone = conda_env(tmp_path / "alone")
    assert laid_out(outside(), alone).conda_root is None
    assert laid_out(outside(CONDA_EXE=f"{root}/bin/conda"), alone).conda_root == str(root)


def test_micromambas_root_is_a_base(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    base = conda_env(tmp_path / "micromamba")
    (base / "pkgs").mkdir()
    assert laid_out(outside(), base).conda_base is False
    (base / "envs").mkdir()
    assert laid_out(outside(), base).conda_base is True


def test_pixi(outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]) -> None:
    prefix = conda_env(tmp_path / "project" / ".pixi" / "envs" / "gpu")
    told = laid_out(outside(), prefix)
    assert (told.kind, told.manager, told.name, told.conda_base) == ("conda", "pixi", "gpu", False)


def test_a_conda_layout_with_a_real_interpreter_is_examined_whole(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "conda")
    reading = whole(outside(CONDA_PREFIX=str(prefix)))
    assert reading.value.found_by == "CONDA_PREFIX"
    assert reading.value.active is True


def test_a_venv_made_from_conda_is_a_venv(
    outside: MakeOutside, tmp_path: Path, conda_env: Callable[..., Path]
) -> None:
    prefix = conda_env(tmp_path / "conda")
    (prefix / "pyvenv.cfg").write_text("home = /opt/conda/bin\n")
    assert laid_out(outside(), prefix).kind == "venv"


@pytest.mark.parametrize(
    ("prefix", "kind", "name"),
    [
        ("/usr", "system", None),
        ("/home/anna/.pyenv/versions/3.12.1", "pyenv", "3.12.1"),
        ("/home/anna/.local/share/uv/python/cpython-3.12.1-linux-x86_64-gnu", "standalone", None),
        ("/usr/local", "standalone", None),
    ],
)
def test_interpreters_without_an_environment(
    machine_of: MakeMachine, prefix: str, kind: str, name: str | None
) -> None:
    told = laid_out(machine_of(system="linux"), prefix)
    assert (told.kind, told.name, told.conda_base) == (kind, name, None)


def test_macos_homebrew_and_apples_own(machine_of: MakeMachine) -> None:
    made = machine_of(system="macos")
    brew = "/opt/homebrew/opt/python@3.12/Frameworks/Python.framework/Versions/3.12"
    assert laid_out(made, brew).kind == "system"
    apple = "/Library/Developer/CommandLineTools/Library/Frameworks/Python3.framework/Versions/3.9"
    assert laid_out(made, apple).kind == "system"
    assert laid_out(made, "/Library/Frameworks/Python.framework/Versions/3.12").kind == "standalone"


def test_windows_store_and_its_shell(machine_of: MakeMachine) -> None:
    store = (
        r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.2800.0_x64__qbz5n2kfra8p0"
    )
    aliases = r"C:\Users\anna\AppData\Local\Microsoft\WindowsApps"
    made = machine_of(
        system="windows",
        environ={"PATH": aliases, "USERPROFILE": r"C:\Users\anna"},
        files={
            rf"{aliases}\python.exe": "",
            rf"{aliases}\PythonSoftwareFoundation.Python.3.12\python.exe": "",
        },
    )
    patient = Patient((rf"{aliases}\python.exe",), rf"{aliases}\python.exe", "PATH", aliases)
    reading = probe_environment(made, patient, Interpreter(prefix=store, base_prefix=store))
    assert reading.value.kind == "windows-store"
    assert reading.value.shell_python_prefix is None
    assert "does not show where it leads" in catalogue("en").reason(reading.unknown["shell_python_prefix"])


def test_windows_the_pip_of_condas_base_beside_the_python_of_another(machine_of: MakeMachine) -> None:
    base, named = r"C:\Users\anna\miniconda3", r"C:\Users\anna\miniconda3\envs\dl"
    files = [
        rf"{base}\python.exe",
        rf"{base}\Scripts\pip.exe",
        rf"{base}\condabin\conda.bat",
        rf"{named}\python.exe",
    ]
    files += [rf"{each}\conda-meta\history" for each in (base, named)]
    made = machine_of(
        system="windows",
        environ={"PATH": rf"{named};{named}\Scripts;{base};{base}\Scripts", "CONDA_PREFIX": named},
        files=dict.fromkeys(files, ""),
    )
    value = whole(made).value
    assert (value.kind, value.name, value.conda_root) == ("conda", "dl", base)
    assert value.shell_python_prefix == named
    assert (value.shell_pip, value.shell_pip_prefix) == (rf"{base}\Scripts\pip.exe", base)


def test_externally_managed(outside: MakeOutside, tmp_path: Path, made_venv: Path) -> None:
    (tmp_path / "lib").mkdir()
    assert laid_out(outside(), "/usr", stdlib=str(tmp_path / "lib")).externally_managed is False
    (tmp_path / "lib" / "EXTERNALLY-MANAGED").write_text("[externally-managed]\n")
    assert laid_out(outside(), "/usr", stdlib=str(tmp_path / "lib")).externally_managed is True
    assert laid_out(outside(), made_venv, stdlib=str(tmp_path / "lib")).externally_managed is False, (
        "a venv is free"
    )
    assert laid_out(outside(), "/usr").externally_managed is None


def test_this_machines_system_python(outside: MakeOutside) -> None:
    if not Path("/usr/bin/python3").exists():
        pytest.skip("no /usr/bin/python3 here")
    reading = whole(outside(path=["/usr/bin"]), "/usr/bin/python3")
    value = reading.value
    managed = subprocess.run(
        ["/usr/bin/python3", "-c", "import os,sysconfig;print(os.listdir(sysconfig.get_path('stdlib')))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert value.kind == "system"
    assert value.externally_managed is ("EXTERNALLY-MANAGED" in managed.stdout)
    assert value.shell_python_prefix == "/usr"


@pytest.mark.parametrize(
    "first",
    [
        "#!{env}/bin/python",
        "#!{env}/bin/python -E",
        "#!/bin/sh\n'''exec' \"{env}/bin/python\" \"$0\" \"$@\"\n' '''",
        "#!/bin/sh\n'''exec' {env}/bin/python \"$0\" \"$@\"\n' '''",
        "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python' \"$0\" \"$@\"\n' '''",
        "#!/usr/bin/env python",
    ],
)
def test_whose_pip_the_shell_runs(outside: MakeOutside, venv: Callable[..., Path], first: str) -> None:
    folder = venv(
        "with space" if first.startswith(("#!/bin", "#!/usr")) and "exec' {" not in first else "env"
    )
    pip = pip_script(folder / "bin", first.format(env=folder))
    value = laid_out(outside(path=[folder / "bin"]), "/elsewhere")
    assert (value.shell_pip, value.shell_pip_prefix) == (str(pip), str(folder))


def test_a_pip_that_lies_elsewhere_belongs_where_its_first_line_leads(
    outside: MakeOutside, venv: Callable[..., Path], tmp_path: Path
) -> None:
    ours, theirs = venv("ours"), venv("theirs")
    pip = pip_script(tmp_path / "home" / ".local" / "bin", f"#!{theirs}/bin/python")
    value = whole(outside(path=[ours / "bin", pip.parent], VIRTUAL_ENV=str(ours))).value
    assert value.shell_python_prefix == str(ours)
    assert value.shell_pip_prefix == str(theirs)


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("#!/opt/gone/bin/python3", "which is gone"),
        ("#!/usr/bin/perl", "does not show"),
        ("\x7fELF\x00\x01", "does not show"),
        ("", "does not show"),
    ],
)
def test_a_pip_that_does_not_tell(outside: MakeOutside, tmp_path: Path, first: str, words: str) -> None:
    pip = pip_script(tmp_path / "bin", first)
    patient = Patient(("/x/bin/python",), "/x/bin/python", "option", "/x")
    reading = probe_environment(
        outside(path=[pip.parent]), patient, Interpreter(prefix="/x", base_prefix="/x")
    )
    assert reading.value.shell_pip == str(pip)
    assert reading.value.shell_pip_prefix is None
    assert words in catalogue("en").reason(reading.unknown["shell_pip_prefix"])


def test_pyenvs_shims(outside: MakeOutside, tmp_path: Path) -> None:
    root = tmp_path / "home" / ".pyenv"
    version = root / "versions" / "3.12.1"
    shim = pip_script(root / "shims", "#!/usr/bin/env bash")
    pip_script(root / "shims", "#!/usr/bin/env bash", "python")
    pip_script(version / "bin", f"#!{version}/bin/python")
    (version / "bin" / "python").symlink_to(sys.executable)
    patient = Patient(("/x/bin/python",), "/x/bin/python", "option", "/x")
    at = outside(path=[shim.parent])
    reading = probe_environment(at, patient, Interpreter(prefix="/x", base_prefix="/x"))
    assert reading.value.shell_pip_prefix is None
    assert "shim" in catalogue("en").reason(reading.unknown["shell_pip_prefix"])
    (root / "version").write_text("3.12.1\n")
    told = probe_environment(at, patient, Interpreter(prefix="/x", base_prefix="/x")).value
    assert told.shell_pip == str(version / "bin" / "pip")


def test_a_patient_that_could_not_start_still_has_a_place(outside: MakeOutside, tmp_path: Path) -> None:
    (tmp_path / "env" / "bin").mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /opt/gone\nuv = 0.9.1\n")
    (tmp_path / "env" / "bin" / "python").symlink_to("/opt/gone/python3.9")
    value = whole(outside(VIRTUAL_ENV=str(tmp_path / "env"))).value
    assert value.pyvenv_home_missing is True
    assert (value.kind, value.manager, value.prefix) == ("venv", "uv", str(tmp_path / "env"))


def test_nothing_known_is_said_to_be_unknown(machine_of: MakeMachine) -> None:
    reading = probe_environment(machine_of(system="linux"), Patient(("/p",), "/p", "PATH"), Interpreter())
    assert reading.value.kind is None
    assert reading.unknown["kind"]


def test_only_listed_variables_are_shown_and_none_with_a_secret() -> None:
    shown = shown_variables(
        {
            "CUDA_VISIBLE_DEVICES": "0",
            "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True",
            "PYTORCH_ALLOC_CONF": "x",
            "https_proxy": "http://anna:p@ss/word@proxy.lab:8080",
            "ALL_PROXY": "anna:secret@proxy.lab:1080",
            "NO_PROXY": "localhost,.lab",
            "PIP_INDEX_URL": "https://anna:secret@mirror.lab/simple",
            "UV_DEFAULT_INDEX": "lab=https://TOKEN123@mirror.lab/simple",
            "UV_INDEX_LAB_PASSWORD": "secret",
            "PIP_PASSWORD": "secret",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "HF_TOKEN": "secret",
            "HOME": "/home/anna",
        }
    )
    assert shown == {
        "ALL_PROXY": "proxy.lab:1080",
        "CUDA_VISIBLE_DEVICES": "0",
        "NO_PROXY": "localhost,.lab",
        "PIP_INDEX_URL": "https://mirror.lab/simple",
        "PYTORCH_ALLOC_CONF": "x",
        "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:True",
        "UV_DEFAULT_INDEX": "lab=https://mirror.lab/simple",
        "https_proxy": "http://proxy.lab:8080",
    }


def test_installers_are_found_beside_path_too(outside: MakeOutside, tmp_path: Path) -> None:
    conda = pip_script(tmp_path / "conda" / "bin", "#!/bin/sh", "conda")
    micromamba = pip_script(tmp_path / "mm", "#!/bin/sh", "micromamba")
    told = laid_out(outside(CONDA_EXE=str(conda), MAMBA_EXE=str(micromamba)), "/usr")
    assert told.tools == {"conda": str(conda), "micromamba": str(micromamba)}
