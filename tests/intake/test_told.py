"""What people tell in their own words, where no line of a program says what is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from envdoctor.messages.story import codes
from envdoctor.rules.complaints.notions import NOTIONS, has
from envdoctor.rules.complaints.states import STATES
from envdoctor.rules.complaints.told import ROWS
from tests.intake.conftest import verdict

ROOM = Path(__file__).parents[2] / "envdoctor/rules/complaints"
ACCOUNTS = json.loads((Path(__file__).parent / "accounts.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda each: each["text"][-1][:60])
def test_an_account_comes_to_its_cause_or_to_nothing(account: dict[str, object]) -> None:
    lines = account["text"]
    assert isinstance(lines, list)
    found = verdict("\n".join(lines) + "\n")
    assert found.primary == account["primary"], sorted(found.errors)


def test_every_row_names_codes_notions_and_states_that_exist() -> None:
    for code, needs in ROWS:
        assert code in codes(), code
        for term in needs.split():
            for name in re.split(r"\|", term.lstrip("!@%")):
                if term.startswith("#") or name.startswith("#"):
                    continue
                bare = name.lstrip("@%")
                assert bare in NOTIONS or bare in STATES, f"{bare} in the row of {code}: {needs}"


def test_every_notion_is_asked_for() -> None:
    asked = " ".join(needs for _, needs in ROWS)
    rooms = [ROOM / f"{name}.py" for name in ("told", "states", "variants")]
    code = " ".join(each.read_text(encoding="utf-8") for each in rooms)
    words = set(re.findall(r"[\w-]+", asked)) | set(re.findall(r'"([\w-]+)"', code))
    assert set(NOTIONS) <= words, sorted(set(NOTIONS) - words)


def test_a_long_sentence_costs_no_more_than_its_length() -> None:
    sentence = "the gpu of a machine with cuda and torch is not the one that it was " * 4
    for name in NOTIONS:
        has(sentence, name)


def test_one_account_comes_to_one_error() -> None:
    found = verdict(
        "OS: Windows\nthe proxy is off, the disk is full and torch is the CPU build, nothing can be installed\n"
    )
    assert len(found.errors) == 1


def test_what_a_program_shows_is_not_outdone_by_what_is_told() -> None:
    shown = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
    assert verdict(shown + "it works with the proxy off\n").primary == "disk-low"
