"""A rule that raises: the others' findings stand, it is named, and the exit code says that something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from envdoctor.commands.check import check
from envdoctor.commands.check_options import Options
from envdoctor.errors import KnowledgeError
from envdoctor.facts import Facts
from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.rules import complaints, driver, judge
from envdoctor.rules.guard import FAILED, findings_of
from envdoctor.rules.levels import error
from tests.intake.conftest import verdict

TEXT = "PyTorch version: 2.5.1+cpu\nIs CUDA available: False\nGPU 0: NVIDIA GeForce RTX 4070\n"


def breaking(machine: Machine) -> Iterator[Finding]:
    yield error("gpu-hidden", name="CUDA_VISIBLE_DEVICES", value="7")
    raise ValueError("a value\x1b[31m nobody\nhad thought of")


@pytest.fixture
def a_broken_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "RULES", (breaking, *driver.RULES))


@pytest.mark.usefixtures("a_broken_rule")
def test_what_the_others_found_stands() -> None:
    found = verdict(TEXT)
    assert {"torch-cpu-build", "gpu-hidden", FAILED} <= found.codes
    failed = next(finding for finding in found.findings if finding.code == FAILED)
    assert failed.severity is Severity.WARNING
    assert failed.values["rule"] == "tests.rules.test_guard.breaking"


@pytest.mark.usefixtures("a_broken_rule")
def test_one_sentence_names_it_and_the_exit_code_is_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.txt"
    report.write_text(TEXT, encoding="utf-8")
    assert check(Options(sources=(str(report),))) == 3
    shown = capsys.readouterr().out
    assert "tests.rules.test_guard.breaking" in shown
    assert "torch-cpu-build" in shown
    assert "\x1b[31m" not in shown


def test_a_broken_rule_about_words_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaking_too(heard: object) -> Iterator[Finding]:
        raise KeyError(heard)

    from envdoctor.rules.complaints import device

    monkeypatch.setattr(device, "RULES", (breaking_too, *device.RULES))
    found = verdict("docker: Error response from daemon: unknown or invalid runtime name: nvidia\n")
    assert found.primary == "container-no-gpu"
    assert FAILED in found.codes


def test_a_damaged_table_is_no_rule_s_fault() -> None:
    def reading(machine: Machine) -> Iterator[Finding]:
        raise KnowledgeError("gpus.json: row 3 has no name")

    with pytest.raises(KnowledgeError):
        list(findings_of([reading], Machine(Facts())))


def test_no_rule_fails_on_nothing() -> None:
    assert complaints.RULES
    assert not any(finding.code == FAILED for finding in judge(Machine(Facts())))
