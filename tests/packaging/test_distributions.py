"""What is published holds all that it needs and nothing else, and runs where nothing else is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED = ("envdoctor/", "tests/", "docs/", "README.md", "LICENSE", "pyproject.toml")
"""What the source distribution has of the repository."""


def kept(*under: str) -> set[str]:
    """The files under version control below these paths."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a checkout of the repository")
    names = (name for name in listed.stdout.split("\0") if name and (ROOT / name).exists())
    return {name for name in names if name.startswith(under)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source distribution, built without asking the network."""
    pytest.importorskip("hatchling", reason="hatchling, of the extra `test`, is not installed")
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def metadata(built: tuple[Path, Path]) -> Message:
    with zipfile.ZipFile(built[0]) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(wheel.read(name).decode("utf-8"))


def test_the_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as wheel:
        names = set(wheel.namelist())
        assert wheel.testzip() is None
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == kept("envdoctor/")
    assert {name.partition(".dist-info/")[2] for name in about} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }
    assert {"envdoctor/py.typed", "envdoctor/patient/torch_import.py", "envdoctor/messages/zh.json"} <= names


def test_the_source_distribution_holds_what_is_needed_to_build_and_test(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[1]) as archive:
        names = {each.name.partition("/")[2] for each in archive.getmembers() if each.isfile()}
    assert names - {"PKG-INFO", ".gitignore"} == kept(*PUBLISHED)


def test_the_metadata_tells_what_an_index_shows(metadata: Message) -> None:
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert 40 < len(metadata["Summary"]) < 200
    classifiers = metadata.get_all("Classifier") or []
    assert "Typing :: Typed" in classifiers
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 15)} <= set(classifiers)
    needs = [need for need in metadata.get_all("Requires-Dist") or [] if "extra ==" not in need]
    assert not [need for need in needs if need.startswith("torch")], (
        "torch is the patient's, never the doctor's"
    )


def test_the_wheel_runs_where_nothing_else_is_installed(built: tuple[Path, Path], tmp_path: Path) -> None:
    home = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    folder = home / ("Scripts" if os.name == "nt" else "bin")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    install = subprocess.run(
        [str(folder / "python"), "-m", "pip", "install", *quiet, str(built[0])],
        capture_output=True,
        text=True,
    )
    if install.returncode and (
        "Could not find a version" in install.stderr or "Connection" in install.stderr
    ):
        pytest.skip("no package index answers, and a bare environment has nothing to install from")
    assert install.returncode == 0, install.stderr
    environ = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))
    }

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [str(folder / "envdoctor"), *arguments]
        return subprocess.run(argv, capture_output=True, text=True, cwd=tmp_path, env=environ, timeout=60)

    assert run("--version").stdout.startswith("envdoctor ")
    for language in ("en", "zh"):
        told = run("--lang", language, "check", "--help")
        assert (told.returncode, told.stderr) == (0, "")
        assert "--quick" in told.stdout
    report = json.loads(
        run("check", "--quick", "--python", str(folder / "python"), "--format", "json").stdout
    )
    assert (report["schema"], report["primary"]) == (1, "torch-missing")
    plan = run("install", "--assume", "os=windows", "--assume", "python=3.12", "--assume", "gpu=none")
    assert plan.returncode == 0, plan.stderr
