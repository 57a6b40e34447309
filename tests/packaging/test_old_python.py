"""The scripts for the patient's interpreter run on the Pythons that patients have: syntax and library alike."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import envdoctor

SCRIPTS = sorted(
    each for each in (Path(envdoctor.__file__).parent / "patient").glob("*.py") if each.name != "__init__.py"
)
GUARDED = {
    # Asked for by `hasattr` first; exists on Windows from 3.8 on, where the DLLs need it.
    "os.add_dll_directory",
    # A variable of this name; Python 2's built-in is what vermin takes it for.
    "file.encoding",
}


def oldest(script: Path) -> str:
    """torch itself runs on 3.6 in environments that are still about; training asks for one of 3.8."""
    return "3.8" if script.name.startswith("smoke") else "3.6"


def refused(script: Path, python: str) -> str:
    """What vermin finds in the script that this Python lacks; empty: nothing."""
    argv = [
        sys.executable,
        "-c",
        "import vermin; vermin.main()",
        f"-t={python}-",
        "--no-tips",
        "--violations",
        "--eval-annotations",
    ]
    for name in GUARDED:
        argv += ["--exclude", name]
    ran = subprocess.run([*argv, str(script)], capture_output=True, text=True)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda each: each.name)
def test_a_script_asks_for_no_newer_python(script: Path) -> None:
    pytest.importorskip("vermin", reason="vermin, of the extra `test`, is not installed")
    assert not refused(script, oldest(script))


def test_what_is_too_new_would_be_seen(tmp_path: Path) -> None:
    pytest.importorskip("vermin", reason="vermin, of the extra `test`, is not installed")
    script = tmp_path / "new.py"
    for source, feature in (
        ("if (n := 1):\n    pass\n", "3.8"),
        ("import subprocess\nsubprocess.run(['x'], capture_output=True)\n", "capture_output"),
        ("import contextvars\n", "contextvars"),
    ):
        script.write_text(source)
        assert feature in refused(script, "3.6")
