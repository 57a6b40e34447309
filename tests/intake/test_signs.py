"""Paths tell the operating system; none of their spellings is lost to the hints that are looked for first."""

from __future__ import annotations

import pytest

from envdoctor.intake import read

PATHS = {
    "windows": (
        r"File D:\work\train.py, line 3",
        r"..\venv\Lib\site-packages\torch\lib",
        "OSError: [WinError 5]",
        "torch-2.9.1-cp312-cp312-win_amd64.whl",
        "could not find caffe2.dll here",
        "PS D:> python train.py",
        r"AppData\Local\Temp",
    ),
    "macos": (
        "File /Users/x/train.py, line 3",
        "libtorch_python.dylib",
        "torch-2.9.1-cp312-none-macosx_11_0_arm64.whl",
        "channels for osx-arm64",
        "/opt/homebrew/bin/python3",
        "mach-o file, but is an incompatible one",
    ),
    "linux": (
        "File /home/x/train.py, line 3",
        "/usr/lib/python3/dist-packages",
        "torch-2.9.1-cp312-cp312-manylinux_2_28_x86_64.whl",
        "not for linux_x86_64",
        "libfoo.so.1: cannot open",
        "channels for linux-64",
        "/opt/conda/bin/python",
        "GLIBC_2.34 is wanted",
        "x86_64-linux-gnu",
    ),
}


@pytest.mark.parametrize(
    ("system", "line"), [(system, line) for system, lines in PATHS.items() for line in lines]
)
def test_a_path_alone_tells_the_system(system: str, line: str) -> None:
    assert read(f"something about it:\n{line}\n", "post.txt").host.os == system


def test_the_system_with_more_paths_wins_over_a_quoted_one() -> None:
    said = "see /usr/lib/x\nC:\\one\\a.py\nC:\\two\\b.py\n"
    assert read(said, "post.txt").host.os == "windows"
