"""The interpreter: its version, its kind, whether it starts."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import Host, Interpreter, Nvidia
from envdoctor.reason import reason
from rulebook.case import Case
from rulebook.machines import HEALTHY, NO_TORCH, PYTHON, python

MACOS = Host(os="macos", os_name="macOS 14.5", os_version="14.5", arch="aarch64", apple_silicon=True)
CASES = (
    Case("python-too-old", python(version="2.7.18", implementation="cpython"), python(version="3.10.4")),
    Case(
        "python-too-old",
        python(version="3.5.2"),
        replace(HEALTHY, interpreter=replace(PYTHON, version="3.6.9")),
    ),
    Case("python-too-new", python(version="3.16.0"), python(version="3.13.1")),
    Case("python-32bit", python(bits=32), python(bits=64)),
    Case("python-not-cpython", python(implementation="pypy"), python(implementation="cpython")),
    Case(
        "python-free-threaded",
        python(version="3.12.1", free_threaded=True),
        python(version="3.14.0", free_threaded=True),
    ),
    Case(
        "python-rosetta",
        replace(
            NO_TORCH,
            host=MACOS,
            nvidia=Nvidia(),
            nvml=None,
            cuda_driver=None,
            interpreter=replace(PYTHON, rosetta=True),
        ),
        replace(
            NO_TORCH,
            host=MACOS,
            nvidia=Nvidia(),
            nvml=None,
            cuda_driver=None,
            interpreter=replace(PYTHON, machine="arm64"),
        ),
    ),
    Case(
        "python-broken",
        replace(
            HEALTHY,
            interpreter=Interpreter(executable="/x/python"),
            torch_import=None,
            unknown={"interpreter.version": reason("no-start.timed-out", seconds=15)},
        ),
        HEALTHY,
    ),
)
