"""Each program and library that a probe asks, hanging, crashing, flooding and lying: a fact, in time, no child left."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from comparison.standin_torch import broken
from standins import driver

from envdoctor.facts import Facts
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.probes.cuda_driver import probe_cuda_driver
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import Patient
from envdoctor.probes.nvidia_smi import probe_nvidia_smi
from envdoctor.probes.nvml import probe_nvml
from envdoctor.probes.torch_import import probe_torch_import
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.text import Style, as_text

LIMIT = 1.5
SLACK = 12.0
"""Seconds beyond the limit: for the start of a child and for a machine that has other work to do."""
Asked = Callable[..., LiveOutside]


@pytest.fixture(scope="module")
def gpu(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if os.name != "posix" or shutil.which("cc") is None:
        pytest.skip("the stand-ins need a C compiler on Linux")
    return driver(tmp_path_factory.mktemp("driver"))


@pytest.fixture
def machine(gpu: dict[str, str]) -> Asked:
    def make(**settings: str) -> LiveOutside:
        return LiveOutside({**os.environ, **gpu, **settings})

    return make


@pytest.fixture(autouse=True)
def in_time_and_alone() -> object:
    started, before = time.monotonic(), set(psutil.Process().children(recursive=True))
    yield
    assert time.monotonic() - started < LIMIT + SLACK
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, timeout=3)
    assert alive == []


def state(reading: object) -> str:
    value = getattr(reading, "value", None)
    return str(getattr(value, "state", None) or getattr(value, "outcome", None))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("hang", "timed-out"),
        ("crash", "crashed"),
        ("flood", "unreadable"),
        ("rubbish", "unreadable"),
        ("error", "error"),
        ("mismatch", "error"),
        ("ok", "ok"),
    ],
)
def test_nvidia_smi(machine: Asked, how: str, expected: str) -> None:
    assert state(probe_nvidia_smi(machine(STANDIN_SMI=how), LIMIT if how == "hang" else 20)) == expected


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("hang", "timed-out"),
        ("crash", "crashed"),
        ("exit", "unreadable"),
        ("rubbish", "unreadable"),
        ("chatty", "ok"),
    ],
)
def test_nvml(machine: Asked, how: str, expected: str) -> None:
    assert state(probe_nvml(machine(STANDIN_NVML=how), LIMIT if how == "hang" else 20)) == expected


@pytest.mark.parametrize(
    ("how", "expected"), [("hang", "timed-out"), ("crash", "crashed"), ("exit", "unreadable"), ("ok", "ok")]
)
def test_cuinit(machine: Asked, how: str, expected: str) -> None:
    reading = probe_cuda_driver(machine(STANDIN_CUINIT=how), sys.executable, LIMIT if how == "hang" else 20)
    assert state(reading) == expected


@pytest.mark.parametrize("probe", ["nvml", "cuda_driver"])
def test_a_library_that_floods_loses_no_answer_to_the_flood(machine: Asked, probe: str) -> None:
    """What the library prints goes elsewhere: the answer has a channel of its own."""
    if probe == "nvml":
        assert state(probe_nvml(machine(STANDIN_NVML="flood"), 20)) == "ok"
    else:
        assert state(probe_cuda_driver(machine(STANDIN_CUINIT="flood"), sys.executable, 20)) == "ok"


LIES = (
    {"STANDIN_DRIVER": "not a version"},
    {"STANDIN_DRIVER": "9" * 70, "STANDIN_CUDA": "-7"},
    {"STANDIN_CAPABILITY": "99.9", "STANDIN_NAME": "\x1b[2J"},
    {"STANDIN_GPUS": "16"},
)


@pytest.mark.parametrize("lie", LIES, ids=lambda each: next(iter(each)))
def test_lies_are_facts_that_hurt_no_rule(machine: Asked, lie: dict[str, str]) -> None:
    outside = machine(**lie)
    facts = replace(
        Facts(),
        nvml=probe_nvml(outside, 20).value,
        nvidia_smi=probe_nvidia_smi(outside, 20).value,
        cuda_driver=probe_cuda_driver(outside, sys.executable, 20).value,
    )
    text = as_text(diagnose(Machine(facts), "live", catalogue(), str), Style())
    assert text.startswith("envdoctor ")
    assert "\x1b" not in text


PYTHONS = {
    "hangs": "sleep 3600",
    "crashes": "kill -SEGV $$",
    "floods": 'yes \'{"version": "3.12.1"}\' | head -c 80000000',
    "lies": 'echo \'{"version": "3.12.1", "prefix": "/"}\'',
}


@pytest.mark.parametrize("how", PYTHONS)
def test_the_patient_s_interpreter(tmp_path: Path, how: str) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{PYTHONS[how]}\n")
    program.chmod(0o755)
    patient = Patient(argv=(str(program),), executable=str(program), found_by="PATH")
    value = probe_interpreter(LiveOutside(), patient, LIMIT).value
    assert value.version is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import time; time.sleep(3600)", "timed-out"),
        ("import os; os.kill(os.getpid(), 11)", "crashed"),
        ("import os; os._exit(0)", "exited"),
        ("raise SystemExit(0)", "exited"),
        ("import sys; sys.stdout.write('y' * 50_000_000); raise ImportError('no')", "raised"),
    ],
    ids=["hangs", "crashes", "ends", "exits", "floods"],
)
def test_torch(tmp_path: Path, source: str, expected: str) -> None:
    for name, text in broken(source).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    outside = LiveOutside({**os.environ, "PYTHONPATH": str(tmp_path)})
    limit = LIMIT if expected == "timed-out" else 20
    assert state(probe_torch_import(outside, [sys.executable], limit)) == expected
