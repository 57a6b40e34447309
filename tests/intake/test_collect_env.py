"""torch's own collect_env, run here and read back: the same facts and findings as the live way."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from envdoctor.examine import Examination, examine
from envdoctor.facts import Facts
from envdoctor.findings import Severity
from envdoctor.intake import read
from envdoctor.machine import Machine
from envdoctor.outside import LiveOutside
from envdoctor.rules import judge

torch = pytest.importorskip("torch", reason="no torch here")


@pytest.fixture(scope="module")
def pasted() -> Facts:
    command = [sys.executable, "-W", "ignore", "-m", "torch.utils.collect_env"]
    report = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    return read(report.stdout, "collect_env.txt")


@pytest.fixture(scope="module")
def live() -> Facts:
    outside = LiveOutside()
    try:
        return examine(outside, Examination(python=sys.executable))
    finally:
        outside.close()


def test_the_report_is_recognised(pasted: Facts) -> None:
    assert pasted.paste is not None and "collect_env" in pasted.paste.formats


def test_it_names_the_same_torch_as_the_live_way(pasted: Facts, live: Facts) -> None:
    mine, theirs = Machine(pasted), Machine(live)
    assert mine.torch_version == theirs.torch_version == torch.__version__
    assert (mine.torch_variant, mine.torch_cuda) == (theirs.torch_variant, theirs.torch_cuda)


def test_it_names_the_same_interpreter_and_system(pasted: Facts, live: Facts) -> None:
    assert pasted.interpreter.version == live.interpreter.version == platform.python_version()
    assert (pasted.host.os, pasted.host.arch) == (live.host.os, live.host.arch)
    assert pasted.host.glibc == live.host.glibc
    assert Machine(pasted).platform == Machine(live).platform


def test_the_findings_of_error_level_are_the_same(pasted: Facts, live: Facts) -> None:
    def errors(facts: Facts) -> set[str]:
        return {each.code for each in judge(Machine(facts)) if each.severity is Severity.ERROR}

    assert errors(pasted) == errors(live)
