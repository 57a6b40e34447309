"""The command line as a person runs it: real processes, real environments."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

DOCTOR = [sys.executable, "-m", "envdoctor"]


def run(*arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environ}
    return subprocess.run(
        [*DOCTOR, *arguments], capture_output=True, text=True, encoding="utf-8", env=env, cwd=cwd, timeout=180
    )


def command_line(process: psutil.Process) -> str:
    """Empty for a process that is just ending."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real venv with nothing in it, not even pip; the path of its interpreter."""
    folder = tmp_path_factory.mktemp("patients") / "empty"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def site_packages(python: Path) -> Path:
    return next((python.parent.parent / "lib").glob("python*/site-packages"))


def test_version_answers_before_typer_is_imported() -> None:
    code = (
        "import sys; sys.argv = ['envdoctor', '--version']; from envdoctor.__main__ import main; main(); "
        "assert not {'typer', 'rich', 'psutil', 'pynvml', 'importlib.metadata'} & set(sys.modules), sorted(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("envdoctor 0.")


def test_a_quick_check_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['envdoctor', 'check', '--quick', '--python', sys.executable]\n"
        "from envdoctor.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
        "loaded = {'torch', 'rich', 'psutil', 'pynvml', 'pydantic', 'asyncio', 'urllib.request'} & set(sys.modules)\n"
        "assert not loaded, loaded"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_the_real_environment_of_the_tests_is_sound() -> None:
    ran = run("check", "--python", sys.executable, "--format", "json")
    report = json.loads(ran.stdout)
    assert ran.returncode in (0, 1), ran.stderr
    probes = {probe["name"]: probe["outcome"] for probe in report["facts"]["probes"]}
    assert set(probes.values()) == {"ok"}, probes
    assert report["facts"]["torch_import"]["outcome"] == "imported"
    assert report["source"] == "live"


def test_a_venv_without_torch_and_without_pip(empty: Path) -> None:
    ran = run("check", "--quick", "--python", str(empty), "--format", "json")
    report = json.loads(ran.stdout)
    assert (ran.returncode, report["verdict"], report["primary"]) == (1, "errors", "torch-missing")
    assert report["facts"]["environment"]["has_pip"] is False


def test_the_first_line_names_the_environment_and_how_it_was_found(empty: Path) -> None:
    first = run("check", "--quick", "--python", str(empty)).stdout.splitlines()[0]
    assert 'venv "empty" (given by --python)' in first
    active = run(
        "check",
        "--quick",
        VIRTUAL_ENV=str(empty.parent.parent),
        PATH=f"{empty.parent}{os.pathsep}{os.environ['PATH']}",
    )
    assert 'venv "empty" (active)' in active.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("path", "word"), [("/no/such/python", "/no/such/python"), ("{folder}", "folder"), ("{file}", "not")]
)
def test_a_python_that_is_none_is_a_clear_sentence(tmp_path: Path, path: str, word: str) -> None:
    file = tmp_path / "notpython"
    file.write_text("#!/bin/sh\necho hello\n")
    file.chmod(0o755)
    (tmp_path / "folder").mkdir()
    ran = run("check", "--python", path.format(folder=tmp_path / "folder", file=file))
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert word in ran.stderr
    assert ran.stdout == ""
    assert len(ran.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("chek",),
        ("check", "--assume", "gpus=1"),
        ("check", "--assume", "gpu=RTX 9999 Ultra"),
        ("check", "--assume", "python=three"),
        ("check", "--assume", "os=beos"),
        ("check", "--assume", "driver=new"),
        ("check", "--format", "yaml"),
        ("check", "--timeout", "-1"),
        ("check", "--assume", "torch="),
        ("check", "--assume", "glibc=3"),
        ("check", "--assume", "arch=z80"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_exit_code_2(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr
    assert ran.stderr.startswith("envdoctor: ")


def test_every_option_is_typed_as_it_is_written() -> None:
    """Typer's versions differ in what they make of a metavar; no option may take its name from one."""
    import typer

    from envdoctor.cli import app

    commands = typer.main.get_command(app).commands.values()  # type: ignore[attr-defined]
    names = {name for command in commands for each in command.params for name in each.opts}
    assert {"--device", "--python", "--nproc-per-node"} <= names
    assert not [name for name in names if name.startswith("--") and name != name.lower()]


def test_strict_makes_warnings_fail(empty: Path) -> None:
    arguments = (
        "check",
        "--quick",
        "--python",
        sys.executable,
        "--assume",
        "os=linux",
        "--assume",
        "torch=none",
        "--assume",
        "os=macos",
    )
    assert run(*arguments).returncode == 2, "a key that is given twice is refused"
    sound = ("check", "--quick", "--python", sys.executable)
    assert run(*sound, "--strict").returncode in (0, 1)


def test_output_is_written_whole_or_not_at_all(tmp_path: Path, empty: Path) -> None:
    target = tmp_path / "report.json"
    ran = run("check", "--quick", "--python", str(empty), "--format", "json", "--output", str(target))
    assert (ran.returncode, ran.stdout) == (1, "")
    assert json.loads(target.read_text(encoding="utf-8"))["schema"] == 1
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]
    ran = run(
        "check", "--quick", "--python", str(empty), "--output", str(tmp_path / "missing" / "report.txt")
    )
    assert ran.returncode == 2
    assert "missing" in ran.stderr


def test_home_folder_and_credentials_never_show(tmp_path: Path, empty: Path) -> None:
    home = tmp_path / "home" / "zhangsan"
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".config" / "pip" / "pip.conf").write_text(
        "[global]\nindex-url = https://zhangsan:hunter2@pypi.example.org/simple\n"
    )
    for form in ("text", "json"):
        ran = run(
            "check",
            "--quick",
            "--verbose",
            "--python",
            str(empty),
            "--format",
            form,
            HOME=str(home),
            HTTPS_PROXY="http://u:s3cret@proxy:1",
        )
        assert "hunter2" not in ran.stdout
        assert "s3cret" not in ran.stdout
        assert str(home) not in ran.stdout
    arguments = ("check", "--quick", "--no-redact", "--python", str(empty))
    shown = run(*arguments, "--format", "json", HOME=str(home)).stdout
    assert str(home) in shown
    assert json.loads(shown)["unhidden"] is True
    for form in ("text", "markdown"):
        assert (
            "user and host names are shown here" in run(*arguments, "--format", form, HOME=str(home)).stdout
        )
        assert (
            "user and host names are shown here"
            not in run(*arguments[:2], *arguments[3:], "--format", form).stdout
        )


def test_variables_that_a_saved_report_carries_beyond_the_list_do_not_leave(tmp_path: Path) -> None:
    facts = {"environment": {"variables": {"CUDA_VISIBLE_DEVICES": "0", "MY_BOSS": "li"}}}
    (tmp_path / "report.json").write_text(json.dumps({"schema": 1, "facts": facts}))
    arguments = ("check", "--from", str(tmp_path / "report.json"), "--format", "json")
    told = json.loads(run(*arguments).stdout)["facts"]["environment"]["variables"]
    assert told == {"CUDA_VISIBLE_DEVICES": "0"}
    told = json.loads(run(*arguments, "--no-redact").stdout)["facts"]["environment"]["variables"]
    assert told["MY_BOSS"] == "li"


def test_a_torch_py_in_the_working_folder_fools_nobody(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('lesson one')")
    (tmp_path / "json.py").write_text("raise SystemExit('lesson two')")
    before = sorted(each.name for each in tmp_path.iterdir())
    ran = run(
        "check",
        "--quick",
        "--python",
        sys.executable,
        "--format",
        "json",
        cwd=tmp_path,
    )
    report = json.loads(ran.stdout)
    assert report["primary"] == "env-pythonpath-shadow"
    assert sorted(each.name for each in tmp_path.iterdir()) == before, (
        "nothing is written into the working folder"
    )


def test_nothing_is_written_into_the_patient(empty: Path) -> None:
    def listing() -> list[str]:
        return sorted(str(each) for each in empty.parent.parent.rglob("*"))

    before = listing()
    run("check", "--python", str(empty))
    assert listing() == before


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_ctrl_c_leaves_no_child_behind(empty: Path) -> None:
    site = site_packages(empty)
    (site / "torch").mkdir(exist_ok=True)
    (site / "torch" / "__init__.py").write_text(
        textwrap.dedent("""
        import time
        time.sleep(60)
    """)
    )
    try:
        with subprocess.Popen(
            [*DOCTOR, "check", "--python", str(empty)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as doctor:
            watched = psutil.Process(doctor.pid)
            deadline = time.monotonic() + 20
            while not any("torch_import" in command_line(each) for each in watched.children(recursive=True)):
                assert time.monotonic() < deadline, "the import never started"
                time.sleep(0.05)
            children = watched.children(recursive=True)
            doctor.send_signal(signal.SIGINT)
            _, errors = doctor.communicate(timeout=20)
            assert doctor.returncode == 130
            assert b"Traceback" not in errors
            assert psutil.wait_procs(children, timeout=5)[1] == []
    finally:
        (site / "torch" / "__init__.py").unlink()
        (site / "torch").rmdir()


def test_a_hanging_import_is_a_finding_within_its_limit(empty: Path) -> None:
    site = site_packages(empty)
    (site / "torch").mkdir(exist_ok=True)
    (site / "torch" / "__init__.py").write_text("import time\ntime.sleep(60)\n")
    (site / "torch" / "version.py").write_text("__version__ = '2.6.0+cpu'\n")
    try:
        started = time.monotonic()
        ran = run("check", "--python", str(empty), "--timeout", "2", "--format", "json")
        assert time.monotonic() - started < 15
        assert json.loads(ran.stdout)["primary"] == "torch-import-failed"
    finally:
        for name in ("__init__.py", "version.py"):
            (site / "torch" / name).unlink()
        (site / "torch").rmdir()


def test_a_closed_standard_output_is_no_traceback(empty: Path) -> None:
    if os.name != "posix":
        pytest.skip("a shell's pipe")
    command = f"{sys.executable} -m envdoctor check --quick --python {empty} | true"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in ran.stderr
    full = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m envdoctor check --quick --python {empty} > /dev/full"],
        capture_output=True,
        text=True,
    )
    assert full.returncode == 3
    assert "Traceback" not in full.stderr
    assert "could not be written" in full.stderr


@pytest.mark.skipif(os.name != "posix", reason="a folder of any name")
def test_json_loses_no_letter_where_the_output_lacks_it(tmp_path: Path) -> None:
    folder = tmp_path / "项目 😀"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    for encoding in ("ascii", "cp1252", "gbk", "utf-8"):
        command = [*DOCTOR, "check", "--quick", "--no-redact", "--format", "json", "--python", str(folder)]
        env = {**os.environ, "PYTHONIOENCODING": encoding}
        report = json.loads(subprocess.run(command, capture_output=True, env=env).stdout.decode(encoding))
        assert report["facts"]["environment"]["prefix"] == str(folder)
