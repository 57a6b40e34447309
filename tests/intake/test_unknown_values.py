"""What a pasted text leaves open is not shown as a question mark where its findings are put into words."""

from __future__ import annotations

import re

import pytest

from envdoctor.messages import catalogue
from tests.intake.conftest import cases, messages, verdict

TEXTS = {
    row.name: row.text
    for row in (*cases(), *messages(), *messages("installing.json"), *messages("told.json"))
}
_BARE = re.compile(r"(?<![\w?])\?(?!\w)")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_title_and_no_reason_shows_a_value_that_is_not_known(language: str) -> None:
    words = catalogue(language)
    shown = {
        (name, said)
        for name, text in TEXTS.items()
        for finding in verdict(text).findings
        for said in (words.title(finding), words.detail(finding))
        if _BARE.search(said)
    }
    assert not shown
