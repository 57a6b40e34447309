"""Words stand where signs would: in encodings that lack the signs, and in terminals that are read aloud."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from envdoctor.findings import Severity
from envdoctor.messages import catalogue
from envdoctor.messages.columns import wrap
from envdoctor.reports.style import SIGNS, Style, sign

WINDOWS = [
    part
    for pair in ("os=windows", "python=3.12", "driver=551.86", "gpu=RTX 4060", "torch=2.5.1+cpu")
    for part in ("--assume", pair)
]


def said(*arguments: str, **environ: str) -> str:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "60", **environ}
    argv = [sys.executable, "-m", "envdoctor", *arguments]
    ran = subprocess.run(argv, capture_output=True, env=env, timeout=180)
    return ran.stdout.decode(env["PYTHONIOENCODING"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_sign_has_its_word(language: str) -> None:
    words = catalogue(language)
    for severity in Severity:
        assert sign(severity, words, Style()) == SIGNS[severity]
        assert sign(severity, words, Style(spoken=True)).isalpha()
        assert sign(severity, words, Style(encoding="ascii")) == sign(severity, words, Style(spoken=True))


@pytest.mark.parametrize("arguments", [["check", *WINDOWS], ["install", *WINDOWS]], ids=["check", "install"])
@pytest.mark.parametrize(
    "environ", [{"TERM": "dumb"}, {"PYTHONIOENCODING": "ascii"}], ids=["dumb terminal", "ascii"]
)
def test_no_line_begins_with_a_sign_that_is_read_as_another(
    arguments: list[str], environ: dict[str, str]
) -> None:
    lines = said("--lang", "en", *arguments, **environ).splitlines()
    assert not [line for line in lines if line[:2] in ("√ ", "× ", "+ ", "x ", "! ")]
    assert [line for line in lines if line.startswith(("OK ", "ERROR "))]


def test_a_command_in_a_sentence_is_not_broken() -> None:
    text = catalogue("en").text("install.next")
    for columns in range(24, 60):
        lines = wrap(text, columns)
        assert any(
            line.endswith("envdoctor smoke-train") or "envdoctor smoke-train " in line for line in lines
        )
        assert all(len(line) <= columns for line in lines)
