"""How an import that went wrong is told: in the reader's language, and with what helps most people first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rulebook import machines as codes

from envdoctor.facts import Facts, TorchImport
from envdoctor.findings import Finding
from envdoctor.intake import read
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.rules import judge


def found(facts: Facts, code: str) -> Finding:
    return next(each for each in judge(Machine(facts, today=codes.TODAY)) if each.code == code)


def told(finding: Finding, language: str) -> list[str]:
    return [catalogue(language).say(each) for each in finding.evidence]


@pytest.mark.parametrize(
    ("outcome", "code", "english", "chinese"),
    [
        ("exited", 3, "Python ended with exit code 3 and said nothing", "Python 以退出码 3 结束，没有任何输出"),
        ("crashed", -11, "Python was ended by signal 11 (SIGSEGV) and said nothing", "Python 被信号 11 (SIGSEGV) 终止，没有任何输出"),
        ("crashed", -31, "Python was ended by signal 31 and said nothing", "Python 被信号 31 终止，没有任何输出"),
        ("crashed", 0xC0000005, "Python ended with exit code 0xC0000005 and said nothing", "Python 以退出码 0xC0000005 结束，没有任何输出"),
    ],
)  # fmt: skip
def test_an_end_without_a_word_is_told_in_the_reader_s_language(
    outcome: str, code: int, english: str, chinese: str
) -> None:
    ran = TorchImport(outcome=outcome, exit_code=code)  # type: ignore[arg-type]
    finding = found(replace(codes.HEALTHY, torch_import=ran), "torch-import-failed")
    assert told(finding, "en") == [english]
    assert told(finding, "zh") == [chinese]


def test_last_words_stand_before_the_exit_code() -> None:
    ran = TorchImport(outcome="exited", exit_code=1, error="not today")
    finding = found(replace(codes.HEALTHY, torch_import=ran), "torch-import-failed")
    assert told(finding, "en") == ["import torch: not today", "Python ended with exit code 1"]


@pytest.mark.parametrize(("host", "place"), [(codes.LINUX, "network home"), (codes.WINDOWS, "OneDrive")])
def test_an_import_that_takes_too_long_is_given_time_before_anything_is_reinstalled(
    host: object, place: str
) -> None:
    slow = replace(codes.HEALTHY, torch_import=TorchImport(outcome="timed-out", seconds=60.0))
    finding = found(replace(slow, host=host), "torch-import-failed")  # type: ignore[arg-type]
    first, second, last = finding.remedies
    assert first.commands == (("envdoctor", "check", "--timeout", "600"),)
    assert place in catalogue("en").say(second.summary)
    assert not second.commands
    assert last.summary.key == "remedy.reinstall-last"
    assert ("uninstall" in last.commands[0]) and ("install" in last.commands[1])


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("14.16.27012", "Microsoft's Visual C++ run-time: 14.16.27012"),
        ("", "Microsoft's Visual C++ run-time is not installed"),
        (None, None),
    ],
)
def test_the_run_time_that_windows_has_is_shown_beside_what_could_not_be_loaded(
    version: str | None, line: str | None
) -> None:
    said = 'WinError 126] Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'
    evidence = told(found(codes.on_windows(said, vc_runtime=version), "torch-vcredist-missing"), "en")
    assert evidence[1:] == ([line] if line else [])


def test_a_capability_from_torch_s_own_message_is_not_called_the_driver_s() -> None:
    text = """\
    GPU 0: NVIDIA GeForce GTX 1080 Ti
    PyTorch version: 2.14.1+cu130
    UserWarning: Found GPU0 NVIDIA GeForce GTX 1080 Ti which is of compute capability (CC) 6.1.
    """
    machine = Machine(read(text, "paste.txt"), today=codes.TODAY)
    assert [(gpu.capability, gpu.capability_from) for gpu in machine.gpus] == [("6.1", "torch")]
    assert Machine(codes.HEALTHY).gpus[0].capability_from == "driver"


@pytest.mark.parametrize(
    "line",
    [
        "OSError: [Errno 122] Disk quota exceeded",
        "ERROR: Could not install packages: [Errno 122] Disk quota exceeded",
    ],
)
def test_a_quota_is_the_disk_s_and_not_memory_s(line: str) -> None:
    codes_found = {each.code for each in judge(Machine(read(f"$ pip install torch\n{line}\n", "p.txt")))}
    assert "disk-low" in codes_found
    assert "memory-low" not in codes_found


def test_errno_12_is_memory_s() -> None:
    text = "OSError: [Errno 12] Cannot allocate memory\n"
    assert "memory-low" in {each.code for each in judge(Machine(read(text, "p.txt")))}
