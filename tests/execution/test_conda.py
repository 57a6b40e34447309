"""Runs with conda: the whole environment is conda's, its history too, and it is addressed by its path."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from envdoctor.execution.session import carry_out
from envdoctor.execution.steps import Expected, Step, Work
from envdoctor.execution.verify import Proof, verify
from envdoctor.outside import LiveOutside
from tests.execution.conftest import BROKEN, TORCH, Heard, python_of, state_of, user

EXPECTED = Expected(torch="2.9.9", variant="cu126")


def checked(outside: LiveOutside, python: str) -> Proof:
    """The proof without the training, of which the stand-in torch knows nothing."""
    return verify(outside, python, EXPECTED, train=False)


STANDIN = Path(__file__).with_name("standin_conda.py")


@pytest.fixture
def conda(tmp_path: Path) -> Path:
    """A `conda` to be found on PATH, with packages to install."""
    packages = tmp_path / "pkgs"
    for name, text in (("pytorch-2.9.9", TORCH), ("broken-1", BROKEN)):
        torch = packages / name / "SITE" / "torch" / "__init__.py"
        torch.parent.mkdir(parents=True)
        torch.write_text(text)
    (packages / "pytorch-2.9.9" / "bin").mkdir()
    (packages / "pytorch-2.9.9" / "bin" / "torchrun").write_text("#!python\n")
    program = tmp_path / "condabin" / "conda"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nimport runpy\nrunpy.run_path({str(STANDIN)!r})\n")
    program.chmod(0o755)
    (tmp_path / "envs").mkdir()
    return program


@pytest.fixture
def outside(tmp_path: Path, conda: Path) -> LiveOutside:
    return LiveOutside(
        user(
            XDG_STATE_HOME=str(tmp_path / "state"),
            HOME=str(tmp_path),
            STANDIN_PACKAGES=str(tmp_path / "pkgs"),
            STANDIN_ENVS=str(tmp_path / "envs"),
            PATH=f"{conda.parent}{os.pathsep}{os.environ['PATH']}",
        )
    )


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A conda environment: an old torch of conda's, a history, and other environments below it."""
    folder = tmp_path / "miniforge"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "torch").mkdir()
    (site / "torch" / "__init__.py").write_text("__version__ = '1.0'\n")
    meta = folder / "conda-meta"
    meta.mkdir()
    (meta / "history").write_text("==> 2026-01-01 <==\n")
    file = str((site / "torch" / "__init__.py").relative_to(folder))
    (meta / "pytorch-1.0-0.json").write_text(json.dumps({"name": "pytorch", "files": [file]}))
    (folder / "envs" / "other").mkdir(parents=True)
    return folder


def work(conda: Path, prefix: Path) -> Work:
    step = Step((str(conda), "install", "-y", "-p", str(prefix), "pytorch=2.9.9"))
    return Work(steps=(step,), prefix=str(prefix), python=python_of(prefix), expected=EXPECTED, tool="conda")


def test_a_conda_environment_is_changed_and_proved(
    outside: LiveOutside, heard: Heard, conda: Path, prefix: Path
) -> None:
    outcome = carry_out(work(conda, prefix), outside, heard, check=checked)
    assert (outcome.state, outcome.aftermath) == ("verified", "new"), outcome
    assert (prefix / "conda-meta" / "pytorch-2.9.9-0.json").exists()


def test_what_conda_half_did_is_undone_with_its_history(
    outside: LiveOutside, heard: Heard, conda: Path, prefix: Path
) -> None:
    before = state_of(prefix)
    outside.environ = {**outside.environ, "STANDIN_FAIL": "1"}
    outcome = carry_out(work(conda, prefix), outside, heard, check=checked)
    assert (outcome.state, outcome.aftermath) == ("failed", "put-back")
    assert outcome.problem is not None and "transaction failed" in str(outcome.problem.values["error"])
    assert state_of(prefix) == before
    assert (prefix / "conda-meta" / "history").read_text() == "==> 2026-01-01 <==\n"


def test_other_environments_below_the_base_are_left_alone(
    outside: LiveOutside, heard: Heard, conda: Path, prefix: Path
) -> None:
    mine = prefix / "envs" / "other" / "result.txt"
    heard.on_line = lambda text: None if mine.exists() else mine.write_text("made meanwhile") and None
    outside.environ = {**outside.environ, "STANDIN_FAIL": "1"}
    carry_out(work(conda, prefix), outside, heard, check=checked)
    assert mine.read_text() == "made meanwhile"


def test_a_named_environment_is_made_by_its_path_and_removed_when_it_fails(
    outside: LiveOutside, heard: Heard, conda: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "envs" / "dl"
    step = Step((str(conda), "create", "-y", "-p", str(folder), "broken=1"), makes=True)
    made = replace(work(conda, folder), steps=(step,), makes=True)
    outcome = carry_out(made, outside, heard, check=checked)
    assert (outcome.state, outcome.aftermath) == ("failed", "removed"), outcome
    assert not folder.exists() and (tmp_path / "envs").is_dir()
    step = Step((str(conda), "create", "-y", "-p", str(folder), "pytorch=2.9.9"), makes=True)
    outcome = carry_out(replace(made, steps=(step,)), outside, heard, check=checked)
    assert (outcome.state, outcome.aftermath) == ("verified", "new"), outcome
