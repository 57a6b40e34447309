"""`smoke-train` as a process whose output has the letters of GBK, of ASCII or of cp1252 only, in both languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

ENCODINGS = ("gbk", "ascii", "cp1252")
HAN = re.compile("[\u4e00-\u9fff]")
SHORT = ("--device", "cpu", "--steps", "12")
"""A run that trains a little and makes no claim; what is printed is all that is asked here."""


def ran(encoding: str, language: str, *arguments: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error, decoded strictly: a wrong byte is an error."""
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": f"{encoding}:strict"}
    argv = [sys.executable, "-m", "envdoctor", "--lang", language, "smoke-train", "--python", sys.executable]
    done = subprocess.run([*argv, *arguments], capture_output=True, env=env, timeout=180)
    return done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding)


def spoken(encoding: str, language: str) -> str:
    """Chinese where it was asked for and the encoding has its letters, else English."""
    return "zh" if language == "zh" and encoding == "gbk" else "en"


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_run_and_its_walk_are_readable(encoding: str, language: str) -> None:
    code, out, err = ran(encoding, language, *SHORT, "--explain")
    assert (code, err) == (0, "")
    chinese = spoken(encoding, language) == "zh"
    assert ("监督学习" if chinese else "supervised learning") in out
    assert ("没有一项失败" if chinese else "Nothing failed on") in out.replace("\n", "")
    assert bool(HAN.search(out)) == chinese
    assert "?" not in out.replace("ŷ", ""), "no letter was lost for a question mark"
    assert re.search(r"^(√|\+|OK) ", out, re.MULTILINE), "each line still begins with its mark"


@pytest.mark.parametrize(("encoding", "language"), [("gbk", "zh"), ("ascii", "en"), ("cp1252", "zh")])
def test_a_failure_is_readable(encoding: str, language: str) -> None:
    code, out, err = ran(encoding, language, "--device", "cuda:7")
    assert (code, err) == (1, "")
    chinese = spoken(encoding, language) == "zh"
    assert ("torch 用不了 cuda:7" if chinese else "torch can't use cuda:7") in out
    assert bool(HAN.search(out)) == chinese


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_mistyped_option_is_readable(encoding: str, language: str) -> None:
    code, out, err = ran(encoding, language, "--stpes", "3")
    assert (code, out) == (2, "")
    assert "--steps" in err
    assert bool(HAN.search(err)) == (spoken(encoding, language) == "zh")


class Words(HTMLParser):
    """What a page shows, its entities read as letters."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_a_page_keeps_its_signs_whatever_the_encoding(encoding: str) -> None:
    """HTML has a way to write every letter: what the encoding lacks stands there as an entity."""
    code, out, err = ran(encoding, "zh", *SHORT, "--format", "html")
    assert (code, err) == (0, "")
    chinese = spoken(encoding, "zh") == "zh"
    assert ("检查项" if chinese else "What was checked") in Words(out).text
    assert "<svg" in out
    assert all(letter in Words(out).text for letter in "·√"), "as an entity where the encoding lacks it"


def test_json_can_be_read_back() -> None:
    code, out, err = ran("gbk", "zh", *SHORT, "--format", "json")
    assert (code, err) == (0, "")
    assert json.loads(out)["verdict"] == "passed" and out.isascii()


@pytest.mark.parametrize("encoding", ["gbk", "cp1252"])
def test_markdown_is_readable(encoding: str) -> None:
    code, out, err = ran(encoding, "zh", *SHORT, "--format", "markdown")
    assert (code, err) == (0, "")
    assert ("检查项" if spoken(encoding, "zh") == "zh" else "What was checked") in out
