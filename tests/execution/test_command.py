"""`envdoctor install --run` as a person and a script run it: real processes, a pseudo-terminal, signals."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.execution.records import undo_folder
from envdoctor.execution.scope import roots_of
from envdoctor.execution.tree import remove_tree
from envdoctor.execution.undo import Undo
from envdoctor.outside import LiveOutside
from tests.execution.conftest import pip, python_of, state_of, wait_for, whole_torch
from tests.execution.doctor import Doctor, Terminal, installers_of

if TYPE_CHECKING:
    from replicas import Replicas

BROKEN = {"torch/__init__.py": "raise ImportError('libtorch_cpu.so: no such file')\n"}


@pytest.fixture
def doctor(replicas: Replicas, patient: Path, tmp_path: Path) -> Iterator[Doctor]:
    home = tmp_path / "home"
    home.mkdir()
    yield Doctor(replicas, patient, home)


@pytest.fixture
def stalled(doctor: Doctor) -> Callable[[], bool]:
    """Whether the installer waits for a torch that does not come, in the middle of the run."""
    doctor.replicas.stall("torch-2.14.1", 120)
    return lambda: any("torch-2.14.1" in path for path in doctor.replicas.requests)


def test_yes_carries_it_out_and_the_json_tells_how(doctor: Doctor) -> None:
    ran = doctor.run("--yes", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["schema"] == 1 and told["packages"] == {"torch": "2.14.1+cpu"} and told["commands"]
    run = told["run"]
    assert (run["outcome"], run["restored"], run["problem"]) == ("verified", None, None)
    assert [(step["exit_code"], step["error"]) for step in run["steps"]] == [(0, None), (0, None)]
    assert run["torch"]["version"] == "2.14.1+cpu"
    assert (doctor.home / run["log"].replace("~/", "")).is_file()
    assert "torch 2.14.1+cpu" in " ".join(pip(doctor.patient, "list").split())
    made = {each.name for each in doctor.home.iterdir()} - {".rustup"}  # pip asks rustc for its version
    assert made == {".local"}, "nothing else is written"


IMPORTS = """
import sys
from envdoctor.commands import live

def step(self, *_):
    globals().setdefault("before", set(sys.modules))
live.LiveScreen.step = step
from envdoctor.command_line import run
try:
    run()
finally:
    late = {sys.modules[name].__file__ for name in set(sys.modules) - before if hasattr(sys.modules[name], "__file__")}
    print("LATE", sorted(each for each in late if "site-packages" in each or "envdoctor" in each))
"""


def test_while_packages_change_the_doctor_imports_nothing(doctor: Doctor) -> None:
    argv = [sys.executable, "-c", IMPORTS, *doctor.argv("--yes")[3:]]
    ran = subprocess.run(
        argv, capture_output=True, text=True, env=doctor.environ, cwd=doctor.home, timeout=240
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "LATE []"


def test_json_is_asked_for_on_the_other_stream_too(doctor: Doctor) -> None:
    terminal = Terminal(doctor, "--format", "json")
    terminal.until(r"\[y/N\]")
    assert "-m pip install torch==2.14.1+cpu" in terminal.text
    terminal.type("n\n")
    assert terminal.ended() == 1
    assert '"run": null' in terminal.text


def test_what_imports_but_does_not_train_is_undone(doctor: Doctor) -> None:
    lame = whole_torch("2.14.1+cpu") + "real.Tensor.backward = lambda *_, **__: None\n"
    doctor.replicas.hold("torch", {"torch/__init__.py": lame})
    before = state_of(doctor.patient)
    ran = doctor.run("--yes")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "does not train" in ran.stdout and "as it was before" in ran.stdout
    assert state_of(doctor.patient) == before


def test_what_does_not_import_is_undone(doctor: Doctor) -> None:
    doctor.replicas.hold("torch", BROKEN)
    before = state_of(doctor.patient)
    ran = doctor.run("--yes")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "does not import: libtorch_cpu.so" in ran.stdout and "as it was before" in ran.stdout
    assert re.search(r"Log:\s+~/\.local/state/envdoctor/install-", ran.stdout)
    assert state_of(doctor.patient) == before


def test_without_a_terminal_it_refuses_in_one_sentence(doctor: Doctor) -> None:
    before = state_of(doctor.patient)
    ran = doctor.run()
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1 and "--yes" in ran.stderr
    assert state_of(doctor.patient) == before and not doctor.replicas.requests


def test_a_plan_for_another_machine_is_not_carried_out(doctor: Doctor) -> None:
    ran = doctor.run("--yes", "--assume", "os=windows")
    assert ran.returncode == 2 and "--assume" in ran.stderr


def test_no_is_the_usual_answer_and_does_nothing(doctor: Doctor) -> None:
    before = state_of(doctor.patient)
    for answer in ("n\n", "\n", "\x04"):
        terminal = Terminal(doctor)
        terminal.until(r"\[y/N\]")
        terminal.type(answer)
        assert terminal.ended() == 1
        assert "Nothing was done" in terminal.text
        assert "-m pip install torch==2.14.1+cpu" in terminal.text
    assert state_of(doctor.patient) == before


def test_ctrl_c_in_the_middle_puts_everything_back(doctor: Doctor, stalled: Callable[[], bool]) -> None:
    before = state_of(doctor.patient)
    terminal = Terminal(doctor)
    terminal.until(r"\[y/N\]")
    terminal.type("y\n")
    wait_for(stalled, 120)
    assert not list(doctor.patient.glob("lib/python*/site-packages/torch-2.0.0.dist-info")), "it is taken out"
    terminal.type("\x03")
    assert terminal.ended() == 130
    assert "interrupted" in terminal.text and "as it was before" in terminal.text
    assert state_of(doctor.patient) == before
    assert not installers_of(doctor.patient)


def test_a_window_that_is_closed_in_the_middle_puts_everything_back(
    doctor: Doctor, stalled: Callable[[], bool]
) -> None:
    before = state_of(doctor.patient)
    terminal = Terminal(doctor, "--yes")
    wait_for(stalled, 120)
    terminal.close()
    assert state_of(doctor.patient) == before and not installers_of(doctor.patient)


def test_a_request_to_end_puts_everything_back(doctor: Doctor, stalled: Callable[[], bool]) -> None:
    before = state_of(doctor.patient)
    process = doctor.start("--yes")
    wait_for(stalled, 120)
    process.send_signal(signal.SIGTERM)
    text, _ = process.communicate(timeout=120)
    assert process.returncode == 128 + signal.SIGTERM, text
    assert state_of(doctor.patient) == before and not installers_of(doctor.patient)


def test_ctrl_c_at_any_moment_of_a_run_leaves_the_environment_whole(doctor: Doctor) -> None:
    """Either as it was or as planned, whatever the run was doing; `ENVDOCTOR_SOAK=1` tries more moments."""
    doctor.replicas.hold("torch", BROKEN)  # a run that is left alone ends as it began too
    before = state_of(doctor.patient)
    started = time.monotonic()
    assert doctor.run("--yes").returncode == 1
    whole = time.monotonic() - started
    chance = random.Random(7)
    for _ in range(20 if os.environ.get("ENVDOCTOR_SOAK") else 3):
        process = doctor.start("--yes")
        time.sleep(chance.uniform(0.0, whole))
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=120)
        assert process.returncode in (1, 130, -signal.SIGINT), text
        assert "a fault of envdoctor's own" not in text
        assert state_of(doctor.patient) == before, text
        assert not installers_of(doctor.patient)
        assert not undo_folder(str(doctor.patient)).exists()


def test_a_home_that_can_not_be_written_does_not_keep_a_run_from_its_end(doctor: Doctor) -> None:
    ran = doctor.run("--yes", "--format", "json", HOME="/proc")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)["run"]
    assert not told["log"].startswith("/proc")
    assert not undo_folder(str(doctor.patient)).exists()


def test_a_killed_run_is_found_and_undone_by_the_next(doctor: Doctor, stalled: Callable[[], bool]) -> None:
    before = state_of(doctor.patient)
    process = doctor.start("--yes")
    wait_for(stalled, 120)
    second = doctor.run("--yes")
    assert second.returncode == 1 and "another envdoctor works in" in second.stdout
    process.kill()
    process.communicate(timeout=120)
    assert undo_folder(str(doctor.patient)).is_dir()
    temporary = json.loads((undo_folder(str(doctor.patient)) / "journal.json").read_text())["temporary"]
    assert Path(temporary).is_dir()
    checked = doctor.check()
    assert checked["primary"] == "torch-partial-install"
    assert checked["findings"][0]["title"] == "An installation of torch 2.14.1+cpu was cut off here"
    doctor.replicas.heal()
    doctor.replicas.hold("torch", BROKEN)
    ran = doctor.run("--yes")
    assert ran.returncode == 1 and "was cut off" in ran.stdout and "does not import" in ran.stdout
    assert state_of(doctor.patient) == before
    assert not installers_of(doctor.patient) and not Path(temporary).exists()


def test_what_was_cut_off_is_left_alone_where_the_answer_is_no(doctor: Doctor) -> None:
    roots = roots_of(LiveOutside(doctor.environ), python_of(doctor.patient), str(doctor.patient))
    Undo.begin(undo_folder(str(doctor.patient)), roots, "torch 2", "").release()
    (doctor.patient / "bin" / "torchrun").unlink()
    terminal = Terminal(doctor)
    terminal.until(r"\[y/N\]")
    terminal.type("n\n")
    assert terminal.ended() == 1
    assert "torch 2, begun" in terminal.text and "Nothing was done" in terminal.text
    assert not (doctor.patient / "bin" / "torchrun").exists()
    assert undo_folder(str(doctor.patient)).is_dir()


def test_what_was_cut_off_comes_back_also_where_the_interpreter_was_lost(doctor: Doctor) -> None:
    before = state_of(doctor.patient)
    roots = roots_of(LiveOutside(doctor.environ), python_of(doctor.patient), str(doctor.patient))
    Undo.begin(undo_folder(str(doctor.patient)), roots, "torch 2", "").release()
    remove_tree(doctor.patient / "bin")
    remove_tree(next(doctor.patient.glob("lib/python*/site-packages/numpy")))
    doctor.replicas.hold("torch", BROKEN)
    ran = doctor.run("--yes")
    assert ran.returncode == 1 and "was cut off" in ran.stdout, ran.stdout + ran.stderr
    assert state_of(doctor.patient) == before


def test_an_environment_is_made_and_how_to_enter_it_is_said(doctor: Doctor) -> None:
    before = state_of(doctor.patient)
    ran = doctor.run("--yes", env="fresh")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ". fresh/bin/activate" in ran.stdout
    fresh = doctor.home / "fresh"
    told = subprocess.run(
        [python_of(fresh), "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True
    )
    assert told.stdout == "2.14.1+cpu\n", told.stderr
    assert state_of(doctor.patient) == before


def test_an_environment_that_fails_is_gone_again(doctor: Doctor) -> None:
    doctor.replicas.refuse("torch-2.14.1", 500)
    ran = doctor.run("--yes", env="fresh")
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "gone again" in ran.stdout and not (doctor.home / "fresh").exists()
