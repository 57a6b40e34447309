"""Lines that fit a terminal in either language."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.messages import FOLDER
from envdoctor.messages.columns import padded, width, wrap

LETTERS = st.text(alphabet="ab {}/.,`（）。，：；“”中文显卡驱动é🐼", max_size=200)


def test_a_chinese_letter_takes_two_columns() -> None:
    assert width("显卡驱动 535") == 12
    assert width("×·√") == 3
    assert width("e\u0301") == 1
    assert padded("显卡", 6) == "显卡  "


def test_english_breaks_at_spaces_and_paths_stay_whole() -> None:
    path = "/a/very/long/path/that/is/wider/than/the/terminal"
    assert wrap(f"see {path} there", 20, "- ", "  ") == ["- see", f"  {path}", "  there"]


def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() -> None:
    text = (
        "这个构建版本早于这块 GPU，不含它的代码。`torch.cuda.is_available()` 照样返回 True（计算能力 8.9）。"
    )
    for columns in range(8, 60):
        for line in wrap(text, columns):
            assert line[0] not in "，。）：；、”", (columns, line)
            assert line[-1] not in "（“", (columns, line)


@given(LETTERS, st.integers(8, 90))
def test_nothing_is_lost_and_only_what_may_not_break_is_too_wide(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line == line.strip() for line in lines)
    for line in lines:
        if width(line) > columns:
            assert len(wrap(line, 1)) == 1, f"{line!r} could have been broken"


@pytest.mark.parametrize("columns", [40, 80])
def test_every_chinese_sentence_fits(columns: int) -> None:
    for text in json.loads((FOLDER / "zh.json").read_text(encoding="utf-8")).values():
        for line in wrap(text, columns, "  ", "  "):
            assert width(line) <= columns or " " not in line.strip(), line
