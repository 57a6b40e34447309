from __future__ import annotations

import pytest

from envdoctor.errors import UsageError
from envdoctor.intake import decode

TEXT = "OS: Ubuntu 22.04\nRuntimeError: 找不到指定的模块。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk"]
)
def test_whatever_wrote_it(encoding: str) -> None:
    if encoding in ("utf-16-le", "utf-16-be"):
        english = TEXT.replace("找不到指定的模块。", "no module") * 3
        assert decode(english.encode(encoding)) == english
    else:
        assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_character_cut_at_the_end_is_dropped(encoding: str) -> None:
    assert decode("版本 12".encode(encoding) + "块".encode(encoding)[:-1]) == "版本 12"


def test_a_damaged_byte_does_not_turn_utf8_into_gbk() -> None:
    assert decode("页面文件太小".encode() + b"\xff\xff" + b" CUDA" * 10).startswith("页面文件太小")


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, bytes(range(256)) * 9, b"\x7fELF\x02\x01\x01" + b"\0" * 99],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="binary"):
        decode(data)


def test_nothing_is_empty_text() -> None:
    assert decode(b"") == ""
