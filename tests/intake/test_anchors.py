"""The index of anchors leaves out none that a text holds, wherever in a word it stands."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.intake.anchors import anchors_in
from envdoctor.intake.families import FAMILIES, PRINTED, PROSE

EVERY = [(row, anchor) for row, (_, anchors, _) in enumerate(FAMILIES) for anchor in anchors]


def held(text: str) -> set[tuple[int, str]]:
    return {
        (row, anchor)
        for rows in (PRINTED, PROSE)
        for row, anchors in anchors_in(text, rows)
        for anchor in anchors
    }


@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("x", "x"), (" ", "\n"), ("显", "卡"), ("9", "."), ("\n\n", "s")]
)
def test_every_anchor_is_found_by_itself_whatever_touches_it(before: str, after: str) -> None:
    for row, anchor in EVERY:
        assert (row, anchor) in held(f"{before}{anchor}{after}"), anchor


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(EVERY), max_size=5),
    st.lists(st.text("ab1 \n_错", max_size=8), min_size=6, max_size=6),
)
def test_the_anchors_that_the_text_holds_are_found_and_no_others(
    places: list[tuple[int, int]], between: list[str]
) -> None:
    text = between[0] + "".join(anchor + between[index + 1] for index, (_, anchor) in enumerate(places))
    assert held(text) == {(row, anchor) for row, anchor in EVERY if anchor in text}


def test_words_are_found_across_the_pieces_of_a_long_text() -> None:
    line = "step 1 loss 0.5\n"
    text = line * 140_000 + "cuda error: no kernel image is available\n"
    assert len(text) > 1 << 21
    kinds = {FAMILIES[row][0] for row, _ in held(text)}
    assert kinds
    assert held(text) >= held("cuda error: no kernel image is available\n")
