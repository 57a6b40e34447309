"""What the programs around torch raise, by their sources: each message's cause, and its like that is none."""

from __future__ import annotations

import pytest

from tests.intake.conftest import Case, messages, verdict

ROWS = messages("upstream.json")


@pytest.mark.parametrize("case", ROWS, ids=[row.name for row in ROWS])
def test_a_message_of_its_source_tells_its_cause(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))
