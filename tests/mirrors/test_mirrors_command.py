"""`envdoctor mirrors` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

import pytest

from envdoctor.facts import MirrorAnswer
from envdoctor.knowledge import knowledge
from envdoctor.messages import catalogue
from envdoctor.reports.mirrors import as_json, as_text
from envdoctor.reports.mirrors_view import mirrors_view
from envdoctor.reports.text import Style


def measured(answers: Sequence[MirrorAnswer], width: int) -> str:
    words = catalogue("en")
    return as_text(mirrors_view((), knowledge(), answers, (), words), words, Style(width=width))


TROUBLES = (
    "refused",
    "timed-out",
    "no-such-host",
    "no-connection",
    "tls",
    "proxy",
    "not-found",
    "cut",
    "failed",
)


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8", **environ}
    return subprocess.run(
        [sys.executable, "-m", "envdoctor", "mirrors", *arguments],
        capture_output=True, text=True, encoding="utf-8", env=env, timeout=120,
    )  # fmt: skip


def test_the_list_names_what_each_serves_and_fits_40_columns() -> None:
    ran = run(COLUMNS="40")
    assert ran.returncode == 0, ran.stderr
    for row in knowledge().mirrors:
        assert row.name.split()[0] in ran.stdout
    flat = " ".join(ran.stdout.split())
    assert "tuna Tsinghua University (TUNA) PyPI https://pypi.tuna.tsinghua.edu.cn/simple" in flat
    assert "no wheels of PyTorch's own; install takes them from nju" in flat
    assert "one page of links (--find-links): https://mirrors.aliyun.com/pytorch-wheels/{variant}/" in flat
    assert "Douban (shut down)" in flat
    long = [line for line in ran.stdout.splitlines() if len(line) > 40 and "://" not in line]
    assert not [line for line in long if len(max(line.split(), key=len)) < 36], long


def test_one_mirror_is_told_whole() -> None:
    ran = run("tsinghua")
    row = knowledge().mirror("tuna")
    assert row is not None and ran.returncode == 0
    flat = " ".join(ran.stdout.split())
    assert all(" ".join(quirk.split()) in flat for quirk in row.quirks)
    assert "bfsu" not in ran.stdout


def test_json_is_the_table_and_says_that_nothing_was_measured() -> None:
    listed = json.loads(run("--format", "json").stdout)
    assert (listed["schema"], listed["measured"]) == (1, None)
    tuna = next(row for row in listed["mirrors"] if row["id"] == "tuna")
    assert tuna["wheels"] is None and tuna["companion"] == "nju" and "conda-forge" in tuna["conda"]


def test_a_name_that_no_mirror_has() -> None:
    ran = run("tunna")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "did you mean tuna?" in ran.stderr and len(ran.stderr.splitlines()) == 1


def test_measuring_behind_a_dead_proxy_gives_rows_and_exit_code_0() -> None:
    # Nothing leaves this machine: the proxy is a port where nobody listens.
    dead = "http://ann:geheim@127.0.0.1:9"
    ran = run("tuna", "nju", "--measure", https_proxy=dead, HTTPS_PROXY=dead, no_proxy="", NO_PROXY="")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("the proxy failed") == 5
    assert "Nothing answered" in ran.stdout and "geheim" not in ran.stdout
    assert "(proxy-broken)" in ran.stdout


@pytest.mark.parametrize("width", [40, 80])
def test_every_way_to_fail_has_its_words(width: int) -> None:
    answers = [
        MirrorAnswer(mirror="tuna", serves="pypi", url="u", outcome=each, status=403, detail="why")  # type: ignore[arg-type]
        for each in (*TROUBLES, "lists-nothing")
    ]
    answers += [
        MirrorAnswer(mirror="nju", serves="wheels", url="u", outcome="ok", first=0.1, file_outcome=each)
        for each in (*TROUBLES, "ok")
    ]
    text = measured(answers, width)
    assert "mirrors." not in text and "{" not in text
    assert len(as_json((), knowledge(), answers)["measured"]) == len(answers)  # type: ignore[arg-type]


def test_the_fastest_stands_first() -> None:
    answers = [
        MirrorAnswer(mirror=name, serves="pypi", url="u", outcome="ok", first=0.2, rate=rate, newest="2.15.0")
        for name, rate in (("tuna", 2e6), ("bfsu", 9.5e6))
    ]
    lines = measured(answers, 80).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["bfsu", "tuna"]
    assert "9.50 MB/s" in lines[1] and "torch 2.15.0" in lines[1]
