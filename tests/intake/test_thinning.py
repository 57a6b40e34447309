"""Texts of many megabytes: what they say is found, and little of them is held."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from envdoctor import inputs
from envdoctor.commands.check import check
from envdoctor.commands.check_options import Options
from envdoctor.errors import UsageError
from envdoctor.inputs import Given, Unread, given
from envdoctor.intake import thinning
from envdoctor.intake.thinning import thinned

COMPLAINT = "RuntimeError: operator torchvision::nms does not exist"


class Generated:
    """A stream of so many lines, which exist one block at a time."""

    def __init__(self, count: int) -> None:
        self._lines = self._made(count)
        self.most = 0

    def _made(self, count: int) -> Iterator[bytes]:
        for number in range(count):
            yield b"2024-03-05 10:11:12,%03d INFO step %d of 900000, loss 0.%d\n" % (
                number % 1000,
                number,
                number,
            )

    def read(self, size: int, /) -> bytes:
        parts: list[bytes] = []
        while size > 0 and (line := next(self._lines, None)) is not None:
            parts.append(line)
            size -= len(line)
        return b"".join(parts)


def text_of(data: bytes) -> str:
    return thinned(b"", io.BytesIO(data)).text


def test_what_repeats_is_kept_some_times_and_every_line_keeps_its_place() -> None:
    text, left_out = thinned(b"first\n", Generated(200_000))
    assert left_out == 0
    lines = text.split("\n")
    assert len(lines) == 200_002
    assert sum(map(bool, lines)) == thinning.REPEATS + 1
    assert lines[0] == "first"
    assert "step 63 " in lines[64]


def test_beginning_and_end_of_a_text_that_never_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thinning, "KEPT", 1000)
    words = [f"{chr(97 + i % 26) * (i % 60 + 1)}-{chr(97 + i // 1500)}" for i in range(3000)]
    lines = text_of("\n".join(words).encode()).split("\n")
    assert len(lines) == 3000
    assert lines[:20] == words[:20]
    assert lines[-10:] == words[-10:]
    assert not any(lines[200:-200])
    _, left_out = thinned(b"", io.BytesIO("\n".join(words).encode()))
    assert left_out == len(words) - sum(map(bool, lines))


def test_the_reader_is_told_of_a_middle_that_was_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(inputs, "LONG", 2000)
    monkeypatch.setattr(thinning, "KEPT", 1000)
    words = [f"{chr(97 + i % 26) * (i % 60 + 1)}-{chr(97 + i // 1500)}" for i in range(3000)]
    path = tmp_path / "long.txt"
    path.write_text("\n".join([COMPLAINT, *words]))
    (report,) = given([str(path)])
    assert isinstance(report, Given)
    assert report.facts.paste is not None
    assert report.facts.paste.left_out > 2500
    check(Options(sources=(str(path),)))
    shown = " ".join(capsys.readouterr().out.split())
    assert f"{report.facts.paste.left_out} lines of its middle were not read" in shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_lines_end_where_they_end_wherever_a_block_ends(
    end: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(thinning, "BLOCK", block)
    monkeypatch.setattr(thinning, "SAMPLE", block)
    assert text_of(end.join(["ab", "", "cd", "e"]).encode()) == "ab\n\ncd\ne"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk"])
def test_every_encoding(encoding: str) -> None:
    lines = ["torch 版本: 2.4.1", "找不到指定的模块", "end"]
    if encoding == "utf-16-le":
        lines = ["torch version: 2.4.1 and more text in English", "end"]
    assert text_of("\n".join(lines).encode(encoding)).split("\n") == lines


def test_a_line_without_an_end_is_cut() -> None:
    text = text_of(b"a" * 5_000_000 + b"\nend")
    assert len(text) < 100_000
    assert text.endswith("\nend")


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(UsageError, match="binary"):
        text_of(bytes(range(256)) * 9000)


def write(path: Path, count: int) -> None:
    with path.open("wb") as file:
        file.write(b"PyTorch version: 2.5.1+cu124\n")
        made = Generated(count)
        while block := made.read(1 << 20):
            file.write(block)
        file.write(COMPLAINT.encode())


def test_a_complaint_behind_a_long_log_is_found_in_its_line(tmp_path: Path) -> None:
    write(tmp_path / "log.txt", 100_000)
    (report,) = given([str(tmp_path / "log.txt")])
    assert isinstance(report, Given)
    assert report.facts.paste is not None
    (complaint,) = (each for each in report.facts.paste.complaints if each.kind == "torchvision-nms")
    assert complaint.line == 100_002
    assert report.facts.torch_import is not None
    assert len(report.text) < 1 << 20


def test_a_text_beyond_all_measure_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "LARGEST", 5 << 20)
    write(tmp_path / "log.txt", 120_000)
    (report,) = given([str(tmp_path / "log.txt")])
    assert isinstance(report, Unread)
    assert "larger than" in report.reason


@pytest.mark.parametrize("blank", [b" ", b" \t"])
def test_megabytes_of_blanks_are_passed_over_in_one_look(blank: bytes) -> None:
    """Looking for JSON behind them from every blank anew would take days."""
    long = blank * (5 << 20)
    (answer,) = inputs._contents(
        "long.txt", "long.txt", io.BytesIO(long + b"torch.cuda.is_available() is False")
    )
    assert isinstance(answer, Given)
