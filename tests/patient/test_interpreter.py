"""What real interpreters say about themselves, and what is said for those that can't."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from packaging.tags import sys_tags

from envdoctor.errors import PatientNotFoundError
from envdoctor.facts import Interpreter
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import Patient, locate
from envdoctor.probes.patient import SCRIPTS
from envdoctor.probes.reading import Reading

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

MakeOutside = Callable[..., LiveOutside]
MakeMachine = Callable[..., "RecordedOutside"]
posix = pytest.mark.skipif(os.name != "posix", reason="shell scripts stand in for interpreters")


def examined(outside: LiveOutside, python: str | Path, limit: float = 20.0) -> Reading[Interpreter]:
    return probe_interpreter(outside, locate(outside, str(python), sys.executable), limit)


def found(python: str | Path, found_by: str = "PATH") -> Patient:
    return Patient((str(python),), str(python), found_by)  # type: ignore[arg-type]


def script(folder: Path, body: str) -> Path:
    program = folder / "python"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)
    return program


def test_this_interpreter_as_it_knows_itself(outside: MakeOutside) -> None:
    reading = examined(outside(), sys.executable)
    value = reading.value
    assert not reading.unknown
    assert value.version == sys.version.split()[0].rstrip("+")
    assert (value.prefix, value.base_prefix) == (sys.prefix, sys.base_prefix)
    assert value.implementation == sys.implementation.name
    assert value.bits == (64 if sys.maxsize > 2**32 else 32)
    assert value.platform == sysconfig.get_platform()
    assert sysconfig.get_path("stdlib") == value.stdlib
    assert sysconfig.get_path("purelib") in value.site_packages
    assert value.soabi == sysconfig.get_config_var("SOABI")
    assert value.free_threaded is bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    assert value.encodings["filesystem"] == "utf-8"
    assert value.ssl is None or "SSL" in value.ssl


def test_every_wheel_tag_is_one_that_pip_would_take(outside: MakeOutside) -> None:
    tags = examined(outside(), sys.executable).value.wheel_tags
    taken = {str(tag) for tag in sys_tags()}
    assert 0 < len(tags) <= 5
    assert set(tags) <= taken
    first = next(tag for tag in sys_tags() if not tag.platform.startswith("linux_"))
    assert tags[0] == str(first), "the most specific one comes first"


def test_a_virtual_environment(outside: MakeOutside, made_venv: Path) -> None:
    value = examined(outside(), made_venv).value
    assert value.prefix == str(made_venv)
    assert value.base_prefix not in (None, str(made_venv))
    assert all(folder.startswith(str(made_venv)) for folder in value.site_packages)
    assert value.user_site_enabled is False


def test_the_user_site_counts_where_a_plain_start_would_look(
    outside: MakeOutside, venv: Callable[..., Path]
) -> None:
    shared = venv("shared", "--system-site-packages")
    assert examined(outside(), shared).value.user_site_enabled is True
    assert examined(outside(PYTHONNOUSERSITE="1"), shared).value.user_site_enabled is False
    userbase = examined(outside(PYTHONUSERBASE="/srv/anna"), shared).value.user_site
    assert userbase is not None
    assert userbase.startswith("/srv/anna")


def test_other_pythons_answer_or_tell_their_version(outside: MakeOutside, other_python: Path) -> None:
    reading = examined(outside(), other_python)
    value = reading.value
    said = subprocess.run([other_python, "-V"], capture_output=True, text=True, check=True)
    assert value.version is not None
    assert value.version in f"{said.stdout}{said.stderr}"
    if value.version.startswith("2."):
        assert value.prefix is None
        assert "too old" in catalogue("en").reason(reading.unknown["prefix"])
    else:
        digits = "".join(value.version.split(".")[:2])
        assert value.site_packages
        assert value.wheel_tags[0].startswith(f"cp{digits}-cp{digits}")
        assert (value.implementation, value.bits, value.free_threaded) == ("cpython", 64, False)


def test_pypy(outside: MakeOutside) -> None:
    program = shutil.which("pypy3")
    if program is None:
        pytest.skip("no pypy3 on this machine")
    value = examined(outside(), program).value
    assert value.implementation == "pypy"
    assert value.version is not None
    assert value.version.startswith("3.")
    assert value.wheel_tags[0].startswith("pp3")


@posix
def test_files_in_the_working_folder_and_on_pythonpath_fool_nobody(
    outside: MakeOutside, made_venv: Path, tmp_path: Path
) -> None:
    for name in ("json", "site", "os", "torch", "locale", "sitecustomize", "encodings"):
        (tmp_path / f"{name}.py").write_text("import os; os.write(1, b'rubbish'); raise SystemExit(3)")
    reading = examined(outside(tmp_path, PYTHONPATH=str(tmp_path), PYTHONHOME="/nowhere"), made_venv)
    assert not reading.unknown
    assert reading.value.prefix == str(made_venv)


def test_a_site_hook_that_prints_and_lies_changes_nothing(
    outside: MakeOutside, venv: Callable[..., Path], site: Callable[[Path], Path]
) -> None:
    folder = venv()
    lie = 'import sys; print("0:done {\\"version\\": \\"1.0\\"}"); print("x" * 300000)\n'
    (site(folder) / "noise.pth").write_text(lie)
    value = examined(outside(), folder).value
    assert value.version == ".".join(map(str, sys.version_info[:3]))
    assert value.prefix == str(folder)


@pytest.mark.parametrize(
    ("hook", "words"),
    [("import os; os._exit(7)", "code 7"), ("import os; os.abort()", "signal 6")],
)
@posix
def test_an_interpreter_that_dies_at_its_start(
    outside: MakeOutside, venv: Callable[..., Path], site: Callable[[Path], Path], hook: str, words: str
) -> None:
    folder = venv()
    (site(folder) / "broken.pth").write_text(f"{hook}\n")
    reading = examined(outside(), folder)
    assert reading.value.version is None
    assert words in catalogue("en").reason(reading.unknown["version"])
    assert "does not run a script" in catalogue("en").reason(reading.unknown["version"])


def test_an_interpreter_that_hangs_at_its_start(
    outside: MakeOutside, venv: Callable[..., Path], site: Callable[[Path], Path]
) -> None:
    folder = venv()
    (site(folder) / "hang.pth").write_text("import time; time.sleep(60)\n")
    reading = examined(outside(), folder, limit=0.5)
    assert reading.value.version is None
    assert "no answer within" in catalogue("en").reason(reading.unknown["version"])


@posix
def test_what_is_no_python_is_refused_when_it_was_named(outside: MakeOutside, tmp_path: Path) -> None:
    program = script(tmp_path, "echo I am a program; exit 4")
    with pytest.raises(PatientNotFoundError, match="is not a Python interpreter") as told:
        examined(outside(), program)
    assert str(program) in str(told.value)
    assert "'I am a program'" in str(told.value)
    assert "\n" not in str(told.value)


@posix
def test_what_is_no_program_is_refused_when_it_was_named(outside: MakeOutside, tmp_path: Path) -> None:
    program = script(tmp_path, "")
    program.write_bytes(b"\x00\x01\x02")
    with pytest.raises(PatientNotFoundError, match="is not a Python interpreter"):
        examined(outside(), program)


@posix
def test_what_is_no_python_stays_unknown_when_path_gave_it(outside: MakeOutside, tmp_path: Path) -> None:
    reading = probe_interpreter(outside(), found(script(tmp_path, "exit 4")), 5)
    assert reading.value.version is None
    assert "code 4" in catalogue("en").reason(reading.unknown["version"])


@posix
@pytest.mark.parametrize("stream", ["1", "2"])
def test_an_old_python_is_known_by_its_version_line(
    outside: MakeOutside, tmp_path: Path, stream: str
) -> None:
    body = f'[ "$1" = -V ] && echo Python 2.7.18 >&{stream} && exit 0; echo "Unknown option: -I" >&2; exit 2'
    reading = examined(outside(), script(tmp_path, body))
    assert reading.value.version == "2.7.18"
    assert "too old" in catalogue("en").reason(reading.unknown["prefix"])


@posix
def test_an_interpreter_that_dies_half_way_told_what_it_could(outside: MakeOutside, tmp_path: Path) -> None:
    answer = '{"version": "3.12.1", "prefix": "/x", "executable": "/x/bin/python", "bits": 64}'
    reading = examined(outside(), script(tmp_path, f"printf '%s:part %s\\n' \"$4\" '{answer}'; kill -11 $$"))
    assert (reading.value.version, reading.value.prefix) == ("3.12.1", "/x")
    assert "signal 11" in catalogue("en").reason(reading.unknown["site_packages"])


def test_a_patient_without_its_base_is_not_even_started(outside: MakeOutside) -> None:
    patient = Patient(("/x/bin/python",), "/x/bin/python", "VIRTUAL_ENV", "/x", broken=True)
    reading = probe_interpreter(outside(), patient, 5)
    assert reading.value == Interpreter(executable="/x/bin/python")
    assert "/x was made from is gone" in catalogue("en").reason(reading.unknown["version"])


WINDOWS = {
    "executable": r"D:\conda\envs\dl\python.exe",
    "version": "3.12.9",
    "implementation": "cpython",
    "bits": 64,
    "free_threaded": False,
    "machine": "x86_64",
    "platform": "win-amd64",
    "prefix": r"D:\conda\envs\dl",
    "base_prefix": r"D:\conda\envs\dl",
    "ssl": "",
    "ssl_error": "ImportError: DLL load failed",
}


def on_windows(
    machine_of: MakeMachine, answer: dict[str, object], **recording: object
) -> Reading[Interpreter]:
    made = machine_of(system="windows", scripts={"interpreter": {"answer": answer}}, **recording)
    return probe_interpreter(made, found(str(answer["executable"])), 5)


def test_windows_tags(machine_of: MakeMachine) -> None:
    tags = on_windows(machine_of, dict(WINDOWS)).value.wheel_tags
    assert tags == ("cp312-cp312-win_amd64", "cp312-abi3-win_amd64", "py3-none-win_amd64", "py3-none-any")
    free = on_windows(machine_of, {**WINDOWS, "version": "3.14.0", "free_threaded": True}).value.wheel_tags
    assert free[0] == "cp314-cp314t-win_amd64"
    assert not any("abi3" in tag for tag in free)


def test_windows_conda_needs_activation_before_ssl_is_judged(machine_of: MakeMachine) -> None:
    meta = {r"D:\conda\envs\dl\conda-meta\history": ""}
    asleep = on_windows(machine_of, dict(WINDOWS), files=meta)
    assert asleep.value.ssl is None
    assert "not activated" in catalogue("en").reason(asleep.unknown["ssl"])
    awake = on_windows(machine_of, dict(WINDOWS), files=meta, environ={"CONDA_PREFIX": r"d:\conda\envs\dl"})
    assert awake.value.ssl == ""
    assert on_windows(machine_of, dict(WINDOWS)).value.ssl == "", "not conda's: it was built without"


def test_windows_an_embeddable_python_has_no_user_site(machine_of: MakeMachine) -> None:
    answer = {**WINDOWS, "executable": r"C:\py\python.exe", "prefix": r"C:\py", "base_prefix": r"C:\py"}
    files = {r"C:\py\python.exe": ""}
    assert on_windows(machine_of, answer, files=files).value.user_site_enabled is True
    embedded = on_windows(machine_of, answer, files={**files, r"C:\py\python312._pth": "python312.zip"})
    assert embedded.value.user_site_enabled is False


@pytest.mark.parametrize(
    ("machine", "system", "tag"),
    [("aarch64", "14.5", "macosx_14_0_arm64"), ("x86_64", "10.15.7", "macosx_10_15_x86_64")],
)
def test_macos_tags_name_the_running_system(
    machine_of: MakeMachine, machine: str, system: str, tag: str
) -> None:
    answer = {
        **WINDOWS,
        "platform": "macosx-10.9-universal2",
        "machine": machine,
        "macos_version": system,
        "rosetta": machine == "x86_64",
    }
    made = machine_of(system="macos", scripts={"interpreter": {"answer": answer}})
    value = probe_interpreter(made, found("/usr/local/bin/python3"), 5).value
    assert value.wheel_tags[0] == f"cp312-cp312-{tag}"
    assert value.rosetta is (machine == "x86_64")


def test_rubbish_in_an_answer_is_dropped(machine_of: MakeMachine) -> None:
    answer = {"version": "3.12.1", "bits": "many", "site_packages": [1, "/s"], "encodings": [], "ssl": 3}
    made = machine_of(system="linux", scripts={"interpreter": {"answer": answer}})
    value = probe_interpreter(made, found("/x/python"), 5).value
    assert value.bits is None
    assert value.site_packages == ("/s",)
    assert value.encodings == {}
    assert value.ssl is None


@pytest.mark.parametrize(
    ("libc", "tag"),
    [
        ("musl 1.2.4", "musllinux_1_2_x86_64"),
        ("musl", "linux_x86_64"),
        ("glibc 2.36", "manylinux_2_36_x86_64"),
    ],
)
def test_linux_tags_name_the_c_library(machine_of: MakeMachine, libc: str, tag: str) -> None:
    answer = {**WINDOWS, "platform": "linux-x86_64", "machine": "x86_64", "libc": libc}
    made = machine_of(system="linux", scripts={"interpreter": {"answer": answer}})
    assert probe_interpreter(made, found("/usr/bin/python3"), 5).value.wheel_tags[0] == f"cp312-cp312-{tag}"


@pytest.mark.skipif(os.name != "posix", reason="musl is a C library of Linux")
def test_musls_loader_is_asked_for_its_version(tmp_path: Path) -> None:
    loader = tmp_path / "ld-musl-x86_64.so.1"
    loader.write_text("#!/bin/sh\nprintf 'musl libc (x86_64)\\nVersion 1.2.4\\nUsage: ...\\n' >&2\nexit 1\n")
    loader.chmod(0o755)
    tree = ast.parse((SCRIPTS / "interpreter.py").read_text())
    (function,) = [each for each in tree.body if getattr(each, "name", "") == "musl_version"]
    names: dict[str, Any] = {}
    exec(compile(ast.Module([function], []), "interpreter.py", "exec"), names)
    assert names["musl_version"]([str(loader)]) == "1.2.4"
    assert names["musl_version"]([]) == ""
