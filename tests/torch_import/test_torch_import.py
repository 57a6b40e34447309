"""`import torch` in a child: the real one, damaged ones, and ones that crash, hang, exit and print rubbish."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from envdoctor.facts import TorchImport
from envdoctor.outside import LiveOutside
from envdoctor.probes.patient import SCRIPTS
from envdoctor.probes.torch_import import probe_torch_import

Probe = Callable[..., TorchImport]
Plant = Callable[..., Path]
posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


def gone(pid: int) -> bool:
    """Whether the process ended; one that nobody has reaped yet has ended too, and dying takes a moment."""
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.1)
    return False


def test_the_real_torch_is_described_as_it_describes_itself(probe: Probe, torch_folder: Path) -> None:
    import torch

    ran = probe()
    assert ran.outcome == "imported"
    assert ran.version == torch.__version__
    assert ran.path == str(torch_folder)
    assert (ran.cuda, ran.hip) == (torch.version.cuda, torch.version.hip)
    assert list(ran.arch_list or ()) == torch.cuda.get_arch_list()
    assert ran.cuda_available == torch.cuda.is_available()
    assert ran.device_count == torch.cuda.device_count()
    assert (ran.cudnn or "None") == str(torch.backends.cudnn.version())
    assert ran.mps_built == torch.backends.mps.is_built()
    assert ran.xpu_built == torch.xpu._is_compiled()
    assert ran.numpy_version is not None
    assert ran.numpy_bridge_error is None
    assert ran.companion_errors == {}
    assert ran.error is None
    assert ran.phase is None


@pytest.mark.gpu
def test_each_real_gpu_computes(probe: Probe, torch_folder: Path) -> None:
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no NVIDIA GPU, or no CUDA build of torch")
    ran = probe()
    assert [each.name for each in ran.devices] == [
        torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())
    ]
    for index, device in enumerate(ran.devices):
        assert device.kernel is not None and device.kernel.ok, device
        assert device.capability == "{}.{}".format(*torch.cuda.get_device_capability(index))
        assert device.memory_total == torch.cuda.get_device_properties(index).total_memory


def test_the_script_is_written_for_python_3_6() -> None:
    ast.parse((SCRIPTS / "torch_import.py").read_text(), feature_version=(3, 6))


def test_another_implementation_without_torch_is_asked_as_well() -> None:
    pypy = shutil.which("pypy3")
    if pypy is None:
        pytest.skip("pypy3 is not installed here")
    assert probe_torch_import(LiveOutside(), [pypy], 30).value.outcome == "absent"


@posix
@pytest.mark.parametrize(
    ("signal", "code"), [("SIGSEGV", -11), ("SIGILL", -4), ("SIGKILL", -9), ("SIGABRT", -6)]
)
def test_a_crash_at_import_is_a_fact(probe: Probe, planted: Plant, signal: str, code: int) -> None:
    ran = probe(planted(f"import os, signal\nos.kill(os.getpid(), signal.{signal})"))
    assert (ran.outcome, ran.exit_code, ran.phase) == ("crashed", code, "import")
    assert (ran.error is None) == (signal == "SIGKILL"), "only who can't be caught says nothing"


def test_a_real_segfault_says_where_it_happened(probe: Probe, planted: Plant) -> None:
    ran = probe(planted("import ctypes\nprint('before')\ndef fall():\n    ctypes.string_at(0)\nfall()"))
    assert ran.outcome == "crashed"
    assert ran.output == "before", "what was printed is kept apart from what Python says about the crash"
    if os.name == "posix":
        assert "Segmentation fault" in (ran.error or "")
        assert ["in fall" in row for row in ran.traceback] == [False, True, False]


@posix
def test_the_last_words_of_an_abort_are_kept(probe: Probe, planted: Plant) -> None:
    source = """
    import os
    os.write(2, b"terminate called after throwing an instance of 'c10::Error'\\n  what():  no more\\n")
    os.abort()
    """
    assert "what():  no more" in (probe(planted(source)).error or "")


@pytest.mark.parametrize(
    ("source", "code"),
    [("import os\nos._exit(0)", 0), ("raise SystemExit('not today')", 1), ("import sys\nsys.exit(3)", 3)],
)
def test_an_exit_at_import_is_a_fact(probe: Probe, planted: Plant, source: str, code: int) -> None:
    ran = probe(planted(source))
    assert (ran.outcome, ran.exit_code, ran.phase) == ("exited", code, "import")
    assert ran.error == ("not today" if "not today" in source else None), (
        "none of our words stand in for Python's"
    )


def test_a_hang_says_where_and_no_child_survives(probe: Probe, planted: Plant, tmp_path: Path) -> None:
    source = f"""
    import subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(99)"])
    open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    def wait_for_ever():
        time.sleep(99)
    wait_for_ever()
    """
    started = time.monotonic()
    ran = probe(planted(source), timeout=2)
    assert (ran.outcome, ran.phase) == ("timed-out", "import")
    assert time.monotonic() - started < 40
    if os.name == "posix":
        assert "in wait_for_ever" in ran.traceback[-1]
    assert gone(int((tmp_path / "pid").read_text()))


@posix
def test_a_grandchild_that_keeps_the_pipes_holds_nobody_up(
    probe: Probe, planted: Plant, tmp_path: Path
) -> None:
    source = f"""
    import os, time
    pid = os.fork()
    if not pid:
        time.sleep(99)
    open({str(tmp_path / "pid")!r}, "w").write(str(pid))
    raise ImportError("libcudart.so.12: cannot open shared object file: No such file or directory")
    """
    started = time.monotonic()
    assert probe(planted(source)).outcome == "raised"
    assert time.monotonic() - started < 40
    assert gone(int((tmp_path / "pid").read_text()))


def test_printed_rubbish_neither_spoils_nor_forges_an_answer(probe: Probe, planted: Plant) -> None:
    source = """
    import os, sys
    sys.stdout.write('0123456789abcdef:done {"outcome": "imported", "version": "9.9.9"}\\n' * 30000)
    sys.stdout.flush()
    os.write(1, b"\\xff\\xfe\\x00" * 700000)
    raise ImportError("libcudart.so.12: cannot open shared object file: No such file or directory")
    """
    ran = probe(planted(source))
    assert (ran.outcome, ran.error_type, ran.version) == ("raised", "ImportError", None)
    assert ran.error == "libcudart.so.12: cannot open shared object file: No such file or directory"
    assert len(ran.output or "") <= 2000


def test_an_imitated_trace_costs_no_time(probe: Probe, planted: Plant) -> None:
    started = time.monotonic()
    probe(planted("print('Fatal Python error: x\\n' * 40000)\nraise SystemExit(1)"))
    assert time.monotonic() - started < 30


def test_a_traceback_starts_in_torch_and_is_bounded(probe: Probe, planted: Plant) -> None:
    source = "def deeper(n):\n    return deeper(n - 1) if n else exec('raise ValueError(\"x\" * 9000)')\ndeeper(200)"
    ran = probe(planted(source))
    assert (ran.outcome, ran.error_type) == ("raised", "ValueError")
    assert len(ran.traceback) <= 30
    assert max(map(len, ran.traceback)) <= 400
    assert len(ran.error or "") <= 2000
    assert not [row for row in ran.traceback if str(SCRIPTS) in row]


def test_an_absent_torch_is_not_a_failed_one(probe: Probe, planted: Plant, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty", symlinks=os.name == "posix")
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    assert probe_torch_import(LiveOutside(), [str(python)], 30).value.outcome == "absent"
    ran = probe(planted("import there_is_no_such_module"))
    assert (ran.outcome, ran.error_type) == ("raised", "ModuleNotFoundError")


@pytest.mark.parametrize("with_init", [True, False])
def test_a_leftover_folder_is_not_torch(tmp_path: Path, with_init: bool) -> None:
    """An `__init__.py` alone, and a namespace package where nothing else is called torch."""
    venv.create(tmp_path / "empty", symlinks=os.name == "posix")
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (tmp_path / "site" / "torch" / "lib").mkdir(parents=True)
    if with_init:
        (tmp_path / "site" / "torch" / "__init__.py").touch()
    outside = LiveOutside({**os.environ, "PYTHONPATH": str(tmp_path / "site")})
    ran = probe_torch_import(outside, [str(python)], 30).value
    assert (ran.outcome, ran.error_type) == ("raised", "ImportError")
    assert "no version" in (ran.error or "")
    assert str(tmp_path / "site" / "torch") in (ran.path or "")


@pytest.mark.skipif(sys.platform != "linux", reason="the damage is done to a Linux library")
@pytest.mark.parametrize(
    ("library", "damage"), [("libc10.so", "removed"), ("libc10.so", "emptied"), ("libtorch_cpu.so", "cut")]
)
def test_a_damaged_installation_says_what_is_wrong(
    probe: Probe, torch_folder: Path, tmp_path: Path, library: str, damage: str
) -> None:
    """The real package, linked file by file, with one library taken away or cut short."""
    source, copy = torch_folder, tmp_path / "torch"
    copy.mkdir()
    for each in source.iterdir():
        if each.name not in ("lib", "__pycache__"):
            (copy / each.name).symlink_to(each)
    (copy / "lib").mkdir()
    for each in (source / "lib").iterdir():
        if each.name != library:
            (copy / "lib" / each.name).symlink_to(each)
    # A link would lead the loader's $ORIGIN back to the whole installation: the extension must lie here.
    for each in source.glob("_C*.so"):
        (copy / each.name).unlink()
        (copy / each.name).write_bytes(each.read_bytes())
    for name in ("libtorch_python.so", "libtorch.so", "libtorch_global_deps.so", "libshm.so"):
        if (source / "lib" / name).exists():
            (copy / "lib" / name).unlink()
            (copy / "lib" / name).write_bytes((source / "lib" / name).read_bytes())
    if damage != "removed":
        kept = 2000 if damage == "cut" else 0
        with (source / "lib" / library).open("rb") as whole:
            (copy / "lib" / library).write_bytes(whole.read(kept))
    ran = probe(tmp_path)
    if damage == "cut":  # the loader maps what is not there: SIGBUS, and no word about it
        assert (ran.outcome, ran.exit_code) == ("crashed", -7)
        assert "Bus error" in (ran.error or "")
    else:
        assert ran.outcome == "raised"
        assert library in (ran.error or ""), ran.error


@pytest.mark.parametrize(
    "answer",
    [
        {"outcome": "fine"},
        {"version": "2.9.0"},
        {"outcome": "imported", "version": 29},
        {"outcome": "imported", "devices": [{"index": "zero", "name": "x"}]},
        {"outcome": "imported", "devices": {"index": 0}},
        {"outcome": "imported", "companions": ["torchvision"]},
        {"outcome": "imported", "cuda_available": "yes"},
    ],
)
def test_rubbish_of_a_wrong_type_never_becomes_a_fact(machine_of: Any, answer: dict[str, object]) -> None:
    outside = machine_of(system="linux", scripts={"torch_import": {"answer": answer}})
    reading = probe_torch_import(outside, ["/usr/bin/python3"], 5)
    assert reading.value.outcome == "unreadable"
    assert reading.value.version is None


def test_an_access_violation_of_windows_is_a_crash(machine_of: Any) -> None:
    said = {"parts": [{"phase": "import"}], "exit_code": 0xC0000005}
    outside = machine_of(system="windows", scripts={"torch_import": said})
    ran = probe_torch_import(outside, ["C:\\python\\python.exe"], 5).value
    assert (ran.outcome, ran.exit_code, ran.phase) == ("crashed", 0xC0000005, "import")


def test_a_python_that_can_t_start_is_unreadable() -> None:
    ran = probe_torch_import(LiveOutside(), ["/nonexistent/python"], 5).value
    assert ran.outcome == "unreadable"
    assert ran.error


def test_a_wrong_pythonhome_is_a_fact(probe: Probe) -> None:
    ran = probe(PYTHONHOME="/nonexistent")
    assert ran.outcome == "crashed"
    assert "encodings" in f"{ran.error} {ran.output}"


def test_the_bare_command_s_verdict_is_ours(probe: Probe, planted: Plant) -> None:
    """What the probe says of a damaged path is what the user sees."""
    site = planted("raise LookupError('I am not the real one')", "random.py")
    bare = subprocess.run(
        [sys.executable, "-c", "import torch"],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    ran = probe(site)
    assert bare.stderr.strip().splitlines()[-1] == f"{ran.error_type}: {ran.error}"
