"""Lines are measured in the cells of a terminal, not in letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.reports.cells import padded, shortened, width_of, wrapped

TEXT = st.text(st.sampled_from("ab -:，。（）显卡驱动é\u0301 "), max_size=60)


def test_a_chinese_character_takes_two_cells() -> None:
    assert width_of("显卡 ok") == 7
    assert width_of("e\u0301") == 1
    assert padded("显卡", 6) == "显卡  "


@pytest.mark.parametrize("width", [3, 8, 11, 40])
def test_a_shortened_text_fits_and_keeps_both_ends(width: int) -> None:
    short = shortened("a-long-file-name.json", width)
    assert width_of(short) <= width
    assert width < 8 or ((short.startswith("a-") and short.endswith("n")) or width == 40)


def test_chinese_is_broken_between_characters_but_not_before_a_comma() -> None:
    assert wrapped("显卡驱动太旧，请更新", 12) == ["显卡驱动太", "旧，请更新"]


def test_a_long_word_stays_whole() -> None:
    assert wrapped("see https://example.org/a/long/path now", 10) == [
        "see",
        "https://example.org/a/long/path",
        "now",
    ]


@given(TEXT, st.integers(8, 30))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    lines = wrapped(text, width, "* ", "  ")
    assert "".join("".join(line[2:] for line in lines).split()) == "".join(text.split())
    for line in lines:
        assert (
            width_of(line) <= width
            or len(wrapped(line[2:], 1)) == 1
            or any(width_of(unit) > width - 2 for unit in wrapped(line[2:], 1))
        )
