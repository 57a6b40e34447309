"""A value that a rule does not know is not shown as a question mark: another sentence does without it."""

from __future__ import annotations

import pytest

from envdoctor.findings import Words
from envdoctor.messages import PLACEHOLDER, UNKNOWN, UNNAMED, catalogue

TWINS = sorted(key for key in catalogue("en").sentences if key.endswith(UNNAMED))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("key", TWINS)
def test_a_sentence_without_the_unknown_value(key: str, language: str) -> None:
    words = catalogue(language)
    whole = key.removesuffix(UNNAMED)
    left_out = set(PLACEHOLDER.findall(words.sentences[whole])) - set(
        PLACEHOLDER.findall(words.sentences[key])
    )
    assert left_out, "it names all that the whole sentence names"
    known = dict.fromkeys(PLACEHOLDER.findall(words.sentences[key]), "7")
    said = words.say(Words(whole, {**known, **dict.fromkeys(left_out, UNKNOWN)}))
    assert said == words.say(Words(key, known))
    assert UNKNOWN not in said


def test_the_whole_sentence_where_all_is_known() -> None:
    said = catalogue("en").text("finding.driver-ok.title", driver="580.65", cuda="13.0")
    assert said == "driver 580.65 (CUDA 13.0)"
