"""However the process is ended, and wherever its output can't go: the right exit code, one sentence, nothing left."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and devices are POSIX's")

DOCTOR = [sys.executable, "-m", "envdoctor"]
QUICK = [*DOCTOR, "check", "--quick", "--python", sys.executable]


def shell(command: str, *argv: str, **more: object) -> subprocess.CompletedProcess[str]:
    """Run argv with a redirection: shell('"$@" >&-', ...)."""
    environ = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    options = {"env": environ, **more}
    return subprocess.run(
        ["/bin/bash", "-c", command, "bash", *argv], capture_output=True, text=True, timeout=60, **options
    )  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["check", "--help"], QUICK[3:], ["--lang", "zh", "--help"]]
)
@pytest.mark.parametrize("place", ["/dev/full", "&-"])
def test_an_output_that_takes_nothing_is_exit_code_3(arguments: list[str], place: str) -> None:
    if place == "&-" and "--help" in arguments:
        pytest.skip("Typer writes no help where there is no output")
    ran = shell(f'"$@" >{place}', *DOCTOR, *arguments)
    assert "Traceback" not in ran.stderr
    assert "Exception ignored" not in ran.stderr
    assert ran.returncode == 3, ran.stderr
    assert ran.stderr.startswith("envdoctor: ")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], QUICK[3:]])
def test_a_reader_that_leaves_is_no_error(arguments: list[str]) -> None:
    ran = shell('{ sleep 0.05; "$@"; echo "code $?" >&2; } | true', *DOCTOR, *arguments)
    assert ran.stderr == "code 0\n"


@pytest.mark.parametrize("place", ["/dev/full", "&-"])
def test_errors_that_nobody_can_read_keep_their_exit_code(place: str) -> None:
    assert shell(f'"$@" 2>{place}', *DOCTOR, "chek").returncode == 2
    assert shell(f'"$@" 2>{place}', *QUICK).returncode in (0, 1)
    assert shell(f'"$@" >&- 2>{place} <&-', *QUICK).returncode == 3


def test_a_fault_of_its_own_is_exit_code_3_and_one_sentence() -> None:
    code = (
        "import sys, envdoctor.commands.check as c\n"
        "def broken(options): return {}['nothing']\n"
        "c.check = broken\nsys.argv = ['envdoctor', 'check', '--quick']\n"
        "from envdoctor.__main__ import main\nmain()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 3
    assert ran.stderr.startswith("envdoctor: a fault of envdoctor's own")
    assert "KeyError: 'nothing'" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    more = subprocess.run(
        [sys.executable, "-c", code.replace("'--quick'", "'--quick', '--verbose'")],
        capture_output=True,
        text=True,
    )
    assert more.returncode == 3
    assert "Traceback" in more.stderr


# -- files


def test_a_device_is_written_to_and_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "null").symlink_to("/dev/null")
    kept = tmp_path / "kept"
    kept.write_text("old")
    (tmp_path / "link").symlink_to("kept")
    for name in ("null", "link"):
        subprocess.run([*QUICK, "--format", "json", "--output", str(tmp_path / name)], check=False)
        assert (tmp_path / name).is_symlink()
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert json.loads(kept.read_text())["schema"] == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "link", "null"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    ran = shell('ulimit -f 1; "$@"', *QUICK, "--format", "json", "--output", str(target), cwd=tmp_path)
    assert ran.returncode == 2
    assert "file too large; free some space there" in ran.stderr
    assert target.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("home", ["/proc", "/no/such/home", "", None])
def test_a_home_that_can_t_be_written_or_is_none_changes_nothing(home: str | None, tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
    ran = subprocess.run(
        [*QUICK, "--format", "json"],
        env=environ if home is None else {**environ, "HOME": home},
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert ran.stderr == ""
    assert json.loads(ran.stdout)["schema"] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_user_whom_the_system_does_not_know(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become a user that does not exist")
    environ = {key: value for key, value in os.environ.items() if key != "HOME"}
    code = "import os; os.setgid(54321); os.setuid(54321); import os.path; print(os.path.expanduser('~'))"
    probe = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True)
    start = f"import os, sys; os.setgid(54321); os.setuid(54321); os.execv({sys.executable!r}, sys.argv[1:])"
    able = subprocess.run(
        [sys.executable, "-c", start, sys.executable, "-c", "pass"], env=environ, capture_output=True
    )
    if probe.returncode or able.returncode:
        pytest.skip("that user may not start this interpreter")
    ran = subprocess.run(
        [sys.executable, "-c", start, *QUICK], env=environ, capture_output=True, text=True, cwd="/"
    )
    assert ran.stderr == ""
    assert ran.stdout.startswith("envdoctor ")


def test_two_runs_at_once_write_one_whole_report(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    argv = [*QUICK, "--format", "json", "--output", str(target)]
    both = [subprocess.Popen(argv) for _ in range(2)]
    assert {each.wait(60) for each in both} <= {0, 1}
    assert json.loads(target.read_text())["schema"] == 1
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


# -- signals


@pytest.fixture
def hanging(tmp_path: Path) -> Iterator[Path]:
    """An interpreter whose torch hangs and has started a child of its own."""
    home = tmp_path / "patient"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    torch = next((home / "lib").glob("python*/site-packages")) / "torch"
    torch.mkdir()
    source = "import subprocess, time\nsubprocess.Popen(['sleep', '3600'])\ntime.sleep(3600)\n"
    (torch / "__init__.py").write_text(source)
    yield home / "bin" / "python"


def started_by(token: str) -> dict[int, str]:
    """The names of the living processes that carry the token, by process id."""
    found = {}
    for process in psutil.process_iter():
        try:
            if process.environ().get("FAULTS_TOKEN") == token and process.status() != psutil.STATUS_ZOMBIE:
                found[process.pid] = process.name()
        except (psutil.Error, OSError):
            continue
    return found


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_polite_end_takes_the_children_along(hanging: Path, name: str) -> None:
    number, token = signal.Signals[name], f"{name}-{os.getpid()}"
    environ = {**os.environ, "FAULTS_TOKEN": token}
    argv = [*DOCTOR, "check", "--python", str(hanging)]
    with subprocess.Popen(
        argv,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - nohup passes an ignored SIGHUP on
    ) as doctor:
        deadline = time.monotonic() + 30
        while not any("sleep" in each for each in started_by(token).values()):
            assert time.monotonic() < deadline, "torch was never imported"
            time.sleep(0.1)
        doctor.send_signal(number)
        _, errors = doctor.communicate(timeout=20)
    assert (doctor.returncode, errors) == (128 + number, "")
    deadline = time.monotonic() + 5
    while (left := started_by(token)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == {}


def test_ctrl_c_at_any_moment_is_quiet_and_leaves_nothing(tmp_path: Path) -> None:
    here, temporary, token = tmp_path / "here", tmp_path / "tmp", f"ctrl-c-{os.getpid()}"
    here.mkdir()
    temporary.mkdir()
    environ = {**os.environ, "TMPDIR": str(temporary), "FAULTS_TOKEN": token}
    started = time.monotonic()
    subprocess.run(QUICK, env=environ, capture_output=True, cwd=here, check=False)
    whole = time.monotonic() - started
    chance = random.Random(20261124)
    for _ in range(6):
        doctor = subprocess.Popen(
            QUICK, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=here, env=environ
        )
        time.sleep(chance.uniform(0.0, whole))
        doctor.send_signal(signal.SIGINT)
        _, errors = doctor.communicate(timeout=20)
        # Until the signals are heeded, which is the first thing that `main` does, the end is Python's own.
        assert set(re.findall(r"envdoctor/(\w+)\.py", errors)) <= {"__init__", "__main__"}, errors
        assert doctor.returncode in (0, 1, 130, -signal.SIGINT)
    deadline = time.monotonic() + 5
    while (left := started_by(token)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left == {}
    assert [each.name for folder in (here, temporary) for each in folder.iterdir()] == []


def test_nohup_stays_in_force() -> None:
    code = (
        "import os, signal, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from envdoctor.ending import heed_signals\nheed_signals()\n"
        "os.kill(os.getpid(), signal.SIGHUP)\nprint('still here')\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "still here\n"
