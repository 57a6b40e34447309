"""What holds for every text, however it came about."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.facts.saved import facts_from_json, facts_to_json
from envdoctor.intake import decode, read
from envdoctor.intake.lines import PastedText
from tests.intake.conftest import cases, verdict

CASES = cases()
MOST_KEPT = 64
SNIPPETS = st.sampled_from([line for case in CASES for line in case.text.splitlines()])
PIECES = st.one_of(
    SNIPPETS, st.text(max_size=60), st.sampled_from(["> ", "```", "\x1b[31m", "\u202e", "GPU 0: ", "=="])
)


@settings(deadline=None, max_examples=150)
@given(st.lists(PIECES, max_size=40))
def test_any_mixture_is_read_and_judged(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    facts = read(text, "x")
    assert facts_from_json(facts_to_json(facts)) == facts
    assert facts.paste is not None
    assert len(facts.paste.commands) <= MOST_KEPT
    verdict(text)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=400))
def test_bytes_are_text_or_refused(data: bytes) -> None:
    from envdoctor.errors import UsageError

    try:
        text = decode(data)
    except UsageError:
        return
    read(text, "x")


@settings(deadline=None, max_examples=100)
@given(st.lists(PIECES, max_size=30))
def test_the_shapes_of_a_text_have_one_length(pieces: list[str]) -> None:
    """A place found in one shape must be the same place in the others."""
    pasted = PastedText("\n".join(pieces))
    assert len(pasted.flat) == len(pasted.one_line) == len(pasted.lower)
    for place in range(0, len(pasted.flat), 7):
        assert (
            pasted.lower[place] == pasted.one_line[place].lower()[:1]
            or len(pasted.one_line[place].lower()) > 1
        )
    assert "\x1b" not in pasted.flat and "\u202e" not in pasted.flat


def test_reading_costs_what_the_length_costs() -> None:
    """Ten times the log, the same complaints: what is kept does not grow with the text."""
    log = "2024-05-01 12:33:01 INFO step loss 0.45 device cuda:0 /home/u/data\n"
    complaint = "RuntimeError: CUDA error: system not yet initialized\n"
    short, long = read(log * 50 + complaint, "x"), read(log * 500 + complaint * 50, "x")
    assert short.paste is not None and long.paste is not None
    assert [each.kind for each in short.paste.complaints] == [each.kind for each in long.paste.complaints]
