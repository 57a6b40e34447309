"""AMD, Intel, Apple, extensions and CUDA's libraries: what their programs say, and sound machines beside it."""

from __future__ import annotations

import pytest

from tests.intake.conftest import Case, messages, verdict

SAID = messages("other.json")
SOUND = messages("other_sound.json")


@pytest.mark.parametrize("case", SAID, ids=[each.name for each in SAID])
def test_a_message_in_its_programs_own_words(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))


@pytest.mark.parametrize("case", SOUND, ids=[each.name for each in SOUND])
def test_a_sound_machine_that_prints_a_remark(case: Case) -> None:
    assert not verdict(case.text).errors
