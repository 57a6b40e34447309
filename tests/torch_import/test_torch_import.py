"""`import torch` in a child: the real one, damaged ones, and ones that crash, hang, exit and print rubbish."""

from __future__ import annotations

import importlib.util
import os
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from envdoctor.facts import TorchImport
from envdoctor.outside import LiveOutside
from envdoctor.probes.torch_import import probe_torch_import

posix = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")


def torch_folder() -> Path:
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        pytest.skip("torch is not installed here")
    return Path(found.origin).parent


def probe(pythonpath: Path | str = "", timeout: float = 60, **environ: str) -> TorchImport:
    outside = LiveOutside({**os.environ, "PYTHONPATH": str(pythonpath), **environ})
    return probe_torch_import(outside, [sys.executable], timeout).value


def command_line(process: psutil.Process) -> str:
    """Empty for a process that is just ending."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.fixture
def planted(tmp_path: Path) -> Callable[[str], Path]:
    """A folder for PYTHONPATH with a torch of the given source."""

    def plant(source: str, name: str = "torch/__init__.py") -> Path:
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))
        return tmp_path / "site"

    return plant


def test_the_real_torch_is_described_as_it_describes_itself() -> None:
    folder = torch_folder()
    import torch

    ran = probe()
    assert ran.outcome == "imported"
    assert ran.version == torch.__version__
    assert ran.path == str(folder)
    assert ran.cuda == torch.version.cuda
    assert ran.cuda_available == torch.cuda.is_available()
    assert ran.numpy_version is not None
    assert ran.numpy_bridge_error is None
    assert ran.phase is None


@posix
@pytest.mark.parametrize(
    ("signal", "code"), [("SIGSEGV", -11), ("SIGILL", -4), ("SIGKILL", -9), ("SIGABRT", -6)]
)
def test_a_crash_at_import_is_a_fact(planted: Callable[[str], Path], signal: str, code: int) -> None:
    ran = probe(planted(f"import os, signal\nos.kill(os.getpid(), signal.{signal})"))
    assert (ran.outcome, ran.exit_code, ran.phase) == ("crashed", code, "import")


def test_a_real_segfault_is_a_fact(planted: Callable[[str], Path]) -> None:
    ran = probe(planted("import ctypes\nctypes.string_at(0)"))
    assert ran.outcome == "crashed"


@pytest.mark.parametrize(
    "source", ["import os\nos._exit(0)", "raise SystemExit('not today')", "import sys\nsys.exit(3)"]
)
def test_an_exit_at_import_is_a_fact(planted: Callable[[str], Path], source: str) -> None:
    assert probe(planted(source)).outcome == "exited"


def test_a_hang_is_ended_and_no_child_survives(planted: Callable[[str], Path]) -> None:
    source = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(99)'])\ntime.sleep(99)"
    started = time.monotonic()
    ran = probe(planted(source), timeout=1.5)
    assert ran.outcome == "timed-out"
    assert time.monotonic() - started < 8
    assert not [
        each for each in psutil.Process().children(recursive=True) if "time.sleep(99)" in command_line(each)
    ]


def test_printed_rubbish_neither_spoils_nor_forges_an_answer(planted: Callable[[str], Path]) -> None:
    source = """
    import os, sys
    sys.stdout.write('0123456789abcdef:done {"outcome": "imported", "version": "9.9.9"}\\n' * 20000)
    sys.stdout.flush()
    os.write(1, b"\\xff\\xfe\\x00" * 200000)
    raise ImportError("libcudart.so.12: cannot open shared object file: No such file or directory")
    """
    ran = probe(planted(source))
    assert (ran.outcome, ran.error_type, ran.version) == ("raised", "ImportError", None)
    assert "libcudart.so.12" in (ran.error or "")
    assert len(ran.output or "") <= 2000


def test_an_absent_torch_is_not_a_failed_one(tmp_path: Path, planted: Callable[[str], Path]) -> None:
    import venv

    venv.create(tmp_path / "empty", symlinks=os.name == "posix")
    python = tmp_path / "empty" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    assert probe_torch_import(LiveOutside(), [str(python)], 30).value.outcome == "absent"
    ran = probe(planted("import there_is_no_such_module"))
    assert (ran.outcome, ran.error_type) == ("raised", "ModuleNotFoundError")


def test_a_leftover_folder_is_not_torch(tmp_path: Path) -> None:
    (tmp_path / "torch" / "lib").mkdir(parents=True)
    (tmp_path / "torch" / "__init__.py").touch()
    ran = probe(tmp_path)
    assert ran.outcome == "raised"
    assert "no version" in (ran.error or "")


@pytest.mark.parametrize("name", ["json.py", "traceback.py", "interpreter.py", "torch_import.py"])
def test_a_module_of_a_usual_name_on_pythonpath_does_not_spoil_the_answer(
    planted: Callable[..., Path], name: str
) -> None:
    torch_folder()
    site = planted("raise RuntimeError('I am not the real one')", name)
    ran = probe(site)
    assert ran.outcome in ("imported", "raised"), "the answer came through"
    if name in ("interpreter.py", "torch_import.py"):
        assert ran.outcome == "imported", "our own scripts' names mean nothing to torch"


def test_a_wrong_pythonhome_is_a_fact() -> None:
    ran = probe(PYTHONHOME="/nonexistent")
    assert ran.outcome == "crashed"
    assert "encodings" in (ran.error or "") or "init" in (ran.error or "")


def test_a_talkative_sitecustomize_changes_nothing(planted: Callable[..., Path]) -> None:
    torch_folder()
    assert probe(planted("print('hello from sitecustomize')", "sitecustomize.py")).outcome == "imported"


def test_a_torch_py_in_the_working_folder_fools_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch_folder()
    (tmp_path / "torch.py").write_text("raise RuntimeError('the homework of lesson one')")
    (tmp_path / "json.py").write_text("raise RuntimeError('lesson two')")
    monkeypatch.chdir(tmp_path)
    assert probe().outcome == "imported"


@pytest.mark.skipif(sys.platform != "linux", reason="the damage is done to a Linux library")
@pytest.mark.parametrize(
    ("library", "damage"), [("libc10.so", "removed"), ("libc10.so", "emptied"), ("libtorch_cpu.so", "cut")]
)
def test_a_damaged_installation_says_what_is_wrong(tmp_path: Path, library: str, damage: str) -> None:
    """The real package, linked file by file, with one library taken away or cut short."""
    source, copy = torch_folder(), tmp_path / "torch"
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
    else:
        assert ran.outcome == "raised"
        assert library in (ran.error or ""), ran.error
