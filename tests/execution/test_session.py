"""Runs end to end: real pip and real uv in real environments, an index on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.execution import session
from envdoctor.execution.records import undo_folder
from envdoctor.execution.runner import Done, Limits
from envdoctor.execution.session import Outcome, carry_out
from envdoctor.execution.steps import Expected, Step, Work
from envdoctor.execution.tree import Left
from envdoctor.execution.undo import Undo
from envdoctor.execution.verify import Proof, verify
from envdoctor.facts import TorchImport
from envdoctor.outside import LiveOutside
from tests.execution.conftest import Heard, Index, copied, pip, python_of, state_of, user

PLANNED = Expected(torch="2.9.9", variant="cu126", packages={"torch": "2.9.9+cu126"})

Run = Callable[..., Outcome]


def checked(expected: Expected) -> Callable[[LiveOutside, str], Proof]:
    """The proof without the training, of which the stand-in torch knows nothing."""
    return lambda outside, python: verify(outside, python, expected, train=False)


@pytest.fixture
def outside(tmp_path: Path) -> LiveOutside:
    environ = user(XDG_STATE_HOME=str(tmp_path / "state"), UV_CACHE_DIR=str(tmp_path / "uv-cache"))
    return LiveOutside(environ)


@pytest.fixture
def run(outside: LiveOutside, heard: Heard, index: Index) -> Run:
    def carry(
        folder: Path,
        version: str = "2.9.9+cu126",
        expected: Expected = PLANNED,
        idle: float = 120.0,
        **changes: object,
    ) -> Outcome:
        python = (python_of(folder), "-m", "pip")
        install = (*python, "install", f"torch=={version}", "--index-url", index.url, "--retries", "0")
        values = {"steps": (Step(install),), "prefix": str(folder), "python": python_of(folder), **changes}
        return carry_out(
            Work(what="torch", expected=expected, **values),
            outside,
            heard,
            limits=Limits(idle=idle),
            check=checked(expected),
        )

    return carry


def uv_program() -> str:
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        pytest.skip("uv is not installed here")
    return uv


def test_what_was_planned_is_there_and_proved(run: Run, patient: Path, heard: Heard) -> None:
    outcome = run(patient)
    assert (outcome.state, outcome.aftermath, outcome.exit_code) == ("verified", "new", 0)
    assert [done.exit_code for done in outcome.steps] == [0]
    assert outcome.torch is not None and outcome.torch.version == "2.9.9+cu126"
    assert "torch      2.9.9+cu126" in pip(patient, "list")
    assert any(line.startswith("Successfully installed") for line in heard.lines)
    assert not undo_folder(str(patient)).exists()


def test_the_log_tells_all_and_no_secret(
    outside: LiveOutside, heard: Heard, patient: Path, index: Index, tmp_path: Path
) -> None:
    url = index.url.replace("://", "://tester:geheim@")
    step = Step((python_of(patient), "-m", "pip", "install", "torch==2.9.9", "--index-url", url))
    work = Work(steps=(step,), prefix=str(patient), python=python_of(patient), expected=PLANNED)
    outcome = carry_out(work, outside, heard, check=checked(PLANNED))
    assert outcome.state == "verified", outcome
    log = Path(outcome.log or "")
    assert log.parent == tmp_path / "state" / "envdoctor" and log.stat().st_mode & 0o077 == 0
    text = log.read_text()
    assert "-m pip install torch==2.9.9 --index-url http://127.0.0.1" in text
    assert "Successfully installed" in text and "exit code 0" in text
    assert "geheim" not in text and "tester" not in text


def test_a_download_that_breaks_in_the_middle_changes_nothing(run: Run, patient: Path, index: Index) -> None:
    before = state_of(patient)
    index.cut.add("torch-2.9.9+cu126-py3-none-any.whl")
    outcome = run(patient)
    assert (outcome.state, outcome.aftermath, outcome.exit_code) == ("failed", "put-back", 1)
    assert outcome.problem is not None and outcome.problem.key == "run.failed.download"
    assert state_of(patient) == before


def test_a_download_that_stalls_is_ended(run: Run, patient: Path, index: Index) -> None:
    before = state_of(patient)
    index.stall.add("torch-2.9.9+cu126-py3-none-any.whl")
    outcome = run(patient, idle=3.0)
    assert (outcome.state, outcome.aftermath) == ("failed", "put-back")
    assert outcome.problem is not None and outcome.problem.key == "run.failed.stalled"
    assert state_of(patient) == before


def test_a_torch_that_does_not_import_is_taken_out_again(run: Run, patient: Path) -> None:
    before = state_of(patient)
    outcome = run(patient, "2.9.8+cu126")
    assert (outcome.state, outcome.aftermath) == ("failed", "put-back")
    assert outcome.problem is not None and outcome.problem.key == "run.verify.raised"
    assert "libtorch_cpu.so" in str(outcome.problem.values["error"])
    assert state_of(patient) == before
    assert "torch 2.0.0 requires" not in pip(patient, "check")


def test_uv_is_undone_too(
    outside: LiveOutside, heard: Heard, patient: Path, index: Index, tmp_path: Path
) -> None:
    uv = uv_program()
    into = ("--python", python_of(patient))

    def work(version: str) -> Work:
        install = (uv, "pip", "install", *into, f"torch=={version}", "--default-index", index.url)
        steps = (Step((uv, "pip", "uninstall", *into, "torch")), Step(install))
        return Work(steps=steps, prefix=str(patient), python=python_of(patient), expected=PLANNED, tool="uv")

    before = state_of(patient)
    outcome = carry_out(work("2.9.8+cu126"), outside, heard, check=checked(PLANNED))
    assert outcome.aftermath == "put-back", outcome
    assert state_of(patient) == before
    outcome = carry_out(work("2.9.9+cu126"), outside, heard, check=checked(PLANNED))
    assert outcome.state == "verified", outcome


def test_an_environment_that_was_made_is_removed_when_it_fails(
    outside: LiveOutside, heard: Heard, index: Index, tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    uv = uv_program()

    def work(version: str) -> Work:
        make = Step((sys.executable, "-m", "venv", "--without-pip", str(folder)), makes=True)
        into = ("--python", python_of(folder), "--default-index", index.url)
        steps = (make, Step((uv, "pip", "install", *into, f"torch=={version}")))
        return Work(steps=steps, prefix=str(folder), python=python_of(folder), makes=True, expected=PLANNED)

    outcome = carry_out(work("2.9.8+cu126"), outside, heard, check=checked(PLANNED))
    assert (outcome.state, outcome.aftermath) == ("failed", "removed")
    assert not folder.exists()
    outcome = carry_out(work("2.9.9+cu126"), outside, heard, check=checked(PLANNED))
    assert (outcome.state, outcome.aftermath) == ("verified", "new")
    assert folder.exists() and not list((tmp_path / "state" / "envdoctor").glob("undo-*"))


def test_a_program_that_is_missing_is_said(outside: LiveOutside, heard: Heard, patient: Path) -> None:
    before = state_of(patient)
    step = Step(("/nowhere/conda", "install"))
    work = Work(steps=(step,), prefix=str(patient), python=python_of(patient))
    outcome = carry_out(work, outside, heard, check=checked(PLANNED))
    assert outcome.problem is not None and outcome.problem.key == "run.failed.not-started"
    assert state_of(patient) == before


def test_a_full_disk_leaves_all_as_it_was(run: Run, used: Path, tmp_path: Path, index: Index) -> None:
    volume = tmp_path / "small"
    volume.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(volume)], capture_output=True, text=True
        )
        if os.geteuid() == 0 and shutil.which("mount")
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("a small volume can only be mounted by root")
    try:
        patient = copied(used, volume / "env")
        index.add("torch", "2.9.7+cu126", {"torch/__init__.py": "", "torch/lib/huge.so": b"\0" * (100 << 20)})
        before = state_of(patient)
        outcome = run(patient, "2.9.7+cu126")
        assert (outcome.state, outcome.aftermath, outcome.left) == ("failed", "put-back", ())
        assert outcome.problem is not None and outcome.problem.key == "run.failed.disk"
        assert state_of(patient) == before
        outcome = run(patient)
        assert outcome.state == "verified"
    finally:
        subprocess.run(["umount", "-l", str(volume)], check=True)


def test_a_disk_that_is_too_small_is_said_before_anything_is_done(run: Run, patient: Path) -> None:
    before = state_of(patient)
    outcome = run(patient, download=10**15)
    assert (outcome.state, outcome.aftermath, outcome.steps) == ("refused", "untouched", ())
    assert outcome.problem is not None and outcome.problem.key == "run.refused.room"
    assert state_of(patient) == before


def test_what_a_shell_would_start_is_refused() -> None:
    from envdoctor.errors import UsageError

    for program in ("sudo", "/usr/bin/sudo", "bash", "C:\\Windows\\System32\\cmd.exe"):
        with pytest.raises(UsageError, match="--run starts no"):
            Step((program, "-c", "pip install torch"))


def test_what_could_not_be_put_back_is_an_end_of_its_own(
    outside: LiveOutside, heard: Heard, patient: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Undo, "restore", lambda *_: [Left("/envs/dl/lib/torch.so", "Permission denied")])
    work = Work(steps=(Step(("/nowhere/pip",)),), prefix=str(patient), python=python_of(patient))
    outcome = carry_out(work, outside, heard, check=checked(PLANNED))
    assert (outcome.state, outcome.aftermath, outcome.exit_code) == ("failed", "incomplete", 3)
    assert [each.path for each in outcome.left] == ["/envs/dl/lib/torch.so"]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_who_stops_a_run_in_its_last_moment_gets_everything_back(
    outside: LiveOutside, heard: Heard, patient: Path
) -> None:
    def proved(_outside: LiveOutside, _python: str) -> Proof:
        os.kill(os.getpid(), signal.SIGINT)
        return Proof(TorchImport(outcome="imported", version="2.9.9+cu126"))

    if threading.current_thread() is not threading.main_thread():
        pytest.skip("signals are heard in the main thread only")
    before = state_of(patient)
    made = patient / "share" / "new"
    write = f"import os; os.makedirs({str(made)!r})"
    steps = (Step((python_of(patient), "-c", write)),)
    work = Work(steps=steps, prefix=str(patient), python=python_of(patient))
    outcome = carry_out(work, outside, heard, check=proved)
    assert (outcome.state, outcome.aftermath, outcome.exit_code) == ("interrupted", "put-back", 130)
    assert state_of(patient) == before


@pytest.mark.parametrize(("seconds", "minutes"), [(4.0, 1), (95.0, 2), (600.0, 10)])
def test_a_limit_is_told_in_whole_minutes(seconds: float, minutes: int) -> None:
    told = session._problem(Done(("pip",), "too-long", seconds=seconds), 1)
    assert (told.key, told.values["minutes"]) == ("run.failed.too-long", minutes)


def test_without_a_home_the_log_goes_to_the_temporary_folder(
    heard: Heard, patient: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    outside = LiveOutside(user(XDG_STATE_HOME="", HOME=str(blocked)))
    work = Work(steps=(Step(("/nowhere/pip",)),), prefix=str(patient), python=python_of(patient))
    outcome = carry_out(work, outside, heard, check=checked(PLANNED))
    assert outcome.log_is_temporary and Path(outcome.log or "").is_file()
