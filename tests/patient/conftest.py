"""Patients made for a test: real virtual environments, conda layouts on disk, installs that are damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from envdoctor.facts import Interpreter
from envdoctor.outside import LiveOutside

BASE = Path(getattr(sys, "_base_executable", sys.executable))
POSIX = pytest.mark.skipif(os.name != "posix", reason="links and shebangs are POSIX's")


@pytest.fixture
def outside(tmp_path: Path) -> Callable[..., LiveOutside]:
    """This machine with a home and a working folder of its own; keywords are its variables."""

    def make(cwd: Path | None = None, path: Sequence[Path | str] = (), **environ: str) -> LiveOutside:
        home, folder = tmp_path / "home", cwd or tmp_path / "home" / "work"
        folder.mkdir(parents=True, exist_ok=True)
        names = {"HOME": str(home), "PATH": os.pathsep.join(str(each) for each in path), **environ}
        return LiveOutside(names, str(folder))

    return make


@pytest.fixture(scope="session")
def made_venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment without pip, made by the standard library; not to be changed."""
    folder = tmp_path_factory.mktemp("envs") / "plain"
    subprocess.run([str(BASE), "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


@pytest.fixture
def venv(tmp_path: Path) -> Callable[..., Path]:
    """Make a virtual environment that a test may change."""

    def make(name: str = "env", *options: str) -> Path:
        folder = tmp_path / name
        subprocess.run([str(BASE), "-m", "venv", "--without-pip", *options, str(folder)], check=True)
        return folder

    return make


@pytest.fixture
def site() -> Callable[[Path], Path]:
    """The site-packages folder of an environment."""

    def find(environment: Path) -> Path:
        return next(environment.glob("lib/python*/site-packages"), environment / "Lib" / "site-packages")

    return find


@pytest.fixture
def conda_env() -> Callable[..., Path]:
    """Lay a conda environment out: its metadata, and `python` where `with_python` is true."""

    def make(
        prefix: Path, packages: Sequence[str] = (), history: str = "", *, with_python: bool = True
    ) -> Path:
        meta = prefix / "conda-meta"
        meta.mkdir(parents=True)
        (meta / "history").write_text(history)
        for package in packages:
            name, version, build = package.rsplit("-", 2)
            row = {
                "build": build,
                "channel": "https://anna:secret@mirror.example/conda/t/ab-123456/forge",
                "name": name,
            }
            (meta / f"{package}.json").write_text(json.dumps({**row, "version": version}))
        if with_python:
            (prefix / "bin").mkdir()
            (prefix / "bin" / "python").symlink_to(BASE)
        return prefix

    return make


@pytest.fixture
def install() -> Callable[..., Path]:
    """Put a distribution into a folder as an installer does: its files, and a RECORD that lists them."""

    def make(
        folder: Path,
        name: str,
        version: str,
        files: dict[str, str] | None = None,
        *,
        installer: str = "pip",
        requires: Sequence[str] = (),
    ) -> Path:
        info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir(parents=True)
        rows = []
        for file, text in (files or {}).items():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(text)
            rows.append(f"{file},sha256=x,{len(text)}")
        head = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {each}" for each in requires)]
        (info / "METADATA").write_text(
            "\n".join(["Metadata-Version: 2.1", *head, "", "Requires-Dist: numpy"])
        )
        (info / "INSTALLER").write_text(f"{installer}\n")
        (info / "RECORD").write_text(
            "\n".join([*rows, f"{info.name}/RECORD,,", "../../../bin/torchrun,,"]) + "\n"
        )
        return info

    return make


@pytest.fixture
def torch_install(install: Callable[..., Path]) -> Callable[..., Path]:
    """A small hand-made torch in a folder: the layout of the real one without its weight."""

    def make(
        folder: Path, version: str = "2.9.1+cu128", *, cuda: str | None = "12.8", **more: object
    ) -> Path:
        lines = [
            "from typing import Optional",
            f"__version__ = {version!r}",
            "debug = False",
            f"cuda: Optional[str] = {cuda!r}",
            "git_version = 'abc'",
            "hip: Optional[str] = None",
        ]
        files = {
            "torch/__init__.py": "raise SystemExit('torch must not be imported')",
            "torch/version.py": "\n".join(lines) + "\n",
            "torch/_C.cpython-311-x86_64-linux-gnu.so": "",
            "torch/lib/libtorch_cpu.so": "",
            "torch/lib/libc10.so": "",
            "torch/lib/notes.txt": "",
            "torch/nn/__init__.py": "",
            "torch/nn/modules/linear.py": "",
            "torch/include/torch/all.h": "",
            "torch/nn/__pycache__/__init__.cpython-311.pyc": "",
        }
        return install(folder, "torch", version, files, **more)

    return make


@pytest.fixture
def interpreter_of(site: Callable[[Path], Path]) -> Callable[..., Interpreter]:
    """What the interpreter of an environment would say, without starting it."""

    def make(environment: Path, **fields: object) -> Interpreter:
        given: dict[str, object] = {
            "executable": str(environment / "bin" / "python"),
            "version": "3.11.7",
            "prefix": str(environment),
            "base_prefix": str(BASE.parent.parent),
            "site_packages": (str(site(environment)),),
            "user_site_enabled": False,
            **fields,
        }
        return Interpreter(**given)  # type: ignore[arg-type]

    return make


def other_pythons() -> list[Path]:
    """Every other Python on this machine that a test may examine."""
    found = sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    for version in ("2.7", "3.6", "3.7", "3.8", "3.9", "3.10", "3.12", "3.13", "3.14"):
        program = shutil.which(f"python{version}")
        if program and ".pyenv/shims" not in program:
            found.append(Path(program))
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`other_python`: one test for each Python that this machine has."""
    if "other_python" in metafunc.fixturenames:
        found = other_pythons()
        none = pytest.param(None, marks=pytest.mark.skip(reason="no other Python on this machine"))
        metafunc.parametrize("other_python", found or [none], ids=str)


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """An environment's folder with an empty site-packages."""
    (tmp_path / "env" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    return tmp_path / "env"
