"""The snapshot files are what the code writes now, and they are whole: every code, every gap filled, no dead link."""

from __future__ import annotations

import difflib
import itertools
import re

import pytest

from envdoctor.findings import Severity
from envdoctor.messages import catalogue
from envdoctor.messages.columns import width
from envdoctor.messages.story import codes, page_of
from tests.snapshots.machines import machines
from tests.snapshots.rendering import FORMS, LANGUAGES, path_of, snapshot
from tests.snapshots.runs import RUNS

CODES = set(codes())
LEFT_OVER = re.compile(
    r"\{[a-z_]+\}|\b(?:finding|evidence|remedy|unknown|smoke|report|next)\.[a-z]+[.-][a-z.-]+\b"
)
"""A gap that nothing filled, or a key in place of its sentence."""
HAN = re.compile("[\u4e00-\u9fff]")
NO_COMMAND = re.compile(r"\.\.\.$|<[a-z]+>")
"""What nobody can paste."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_the_file_is_what_the_code_writes(form: str, language: str) -> None:
    kept = path_of(form, language).read_text(encoding="utf-8")  # type: ignore[arg-type]
    made = snapshot(form, language)  # type: ignore[arg-type]
    change = "\n".join(
        itertools.islice(difflib.unified_diff(kept.splitlines(), made.splitlines(), "kept", "now", n=2), 60)
    )
    assert kept == made, f"read the change, then run: python -m tests.snapshots\n{change}"


def test_every_code_is_shown() -> None:
    shown = {code for each in machines() for code, _ in each.new} | {row[0] for row, _ in RUNS}
    assert (
        shown - {"python-ok", "torch-ok", "torch-ok-cpu", "driver-ok", "gpu-ok", "gpu-ok-name", "disk-ok"}
        == CODES
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_no_gap_and_no_key_is_left(form: str, language: str) -> None:
    text = path_of(form, language).read_text(encoding="utf-8")  # type: ignore[arg-type]
    assert not LEFT_OVER.findall(text)
    for code in CODES:
        assert code in text


def test_every_code_links_to_its_page() -> None:
    for code, language in itertools.product(CODES, LANGUAGES):
        assert page_of(code, language), f"{code} has no page in {language}"


def test_chinese_says_nothing_in_english() -> None:
    """Titles, details and remedies; evidence may be somebody's own words, and commands are commands."""
    words = catalogue("zh")
    for each in machines():
        for finding in each.findings:
            for said in (
                words.title(finding),
                words.detail(finding),
                *(words.say(r.summary) for r in finding.remedies),
            ):
                assert not said or HAN.search(said) or finding.severity is Severity.OK, said


def test_every_command_can_be_pasted() -> None:
    for each in machines():
        for finding in each.findings:
            for argv in itertools.chain.from_iterable(remedy.commands for remedy in finding.remedies):
                assert argv and not [word for word in argv if NO_COMMAND.search(word)], (finding.code, argv)


@pytest.mark.parametrize("language", LANGUAGES)
def test_40_columns_hold_everything_but_commands_and_paths(language: str) -> None:
    for line in path_of("text-40", language).read_text(encoding="utf-8").splitlines():
        bare = line.startswith(
            ("python", "pip", "conda", "docker", "sudo", "envdoctor", "==", "wsl", "winget", "py -")
        )
        longest = max(map(width, line.split()), default=0)
        assert width(line) <= 40 or bare or longest > 34, line
