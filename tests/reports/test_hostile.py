"""Whatever is pasted: nothing raises, nothing hangs, and none of it becomes a command, an escape or a tag."""

from __future__ import annotations

import copy
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from envdoctor.assume import assume
from envdoctor.commands.check import check
from envdoctor.commands.check_options import Options
from envdoctor.facts import CondaPackage, Distribution, Environment, Facts, Shadow
from envdoctor.facts.saved import facts_to_json
from envdoctor.inputs import Given, Unread, given
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.redact import redactor_for_text
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.html import as_html
from envdoctor.reports.json import as_json
from envdoctor.reports.markdown import as_markdown
from envdoctor.reports.text import Style, as_text

ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
CANARY = "zq7x"
"""Stands in every hostile piece; in a command it would show that pasted text got there."""
PIECES = (
    f"{CANARY}; rm -rf /", f"$({CANARY})", f"`{CANARY}`", f"{CANARY} && shutdown", f"{CANARY}|sh", f"'{CANARY}\"",
    f"--index-url=https://{CANARY}.example/simple", f"-r https://{CANARY}.example/r.txt", f"%{CANARY}%",
    f"<script>{CANARY}</script>", f"<img src=x onerror={CANARY}>", f"</details></pre>{CANARY}", f"<!-- {CANARY}",
    f"[{CANARY}](javascript:alert(1))", f"![{CANARY}](https://e.example/x.png)", f"@{CANARY}", f"```\n{CANARY}\n```",
    f"\x1b]0;{CANARY}\x07", f"\x1b[2J{CANARY}", f"\x9b31m{CANARY}", f"\u202e{CANARY}", f"{CANARY}\x00", f"{CANARY}\r\n",
    f"{{{CANARY}}}", f"{{0.__class__}}{CANARY}", "%s%n", "\ufeff", "\u2028", "9" * 400, "1e999", "-1", "NaN", "null",
)  # fmt: skip

SMI = """\
Tue Mar  5 10:00:00 2024
+---------------------------------------------------------------------------------------+
| NVIDIA-SMI 535.154.05             Driver Version: 535.154.05   CUDA Version: 12.2     |
|-----------------------------------------+----------------------+----------------------+
|   0  NVIDIA GeForce RTX 3090        Off | 00000000:01:00.0  On |                  N/A |
| 30%   45C    P8              25W / 350W |    500MiB / 24576MiB |      3%      Default |
+---------------------------------------------------------------------------------------+
"""
TRACEBACK = """\
(base) wang@deepbox:~/work$ python train.py
Traceback (most recent call last):
  File "/home/wang/work/train.py", line 1, in <module>
    import torch
  File "/home/wang/miniconda3/lib/python3.11/site-packages/torch/__init__.py", line 367, in <module>
    from torch._C import *  # noqa: F403
ImportError: libcudnn.so.9: cannot open shared object file: No such file or directory
ERROR: Could not find a version that satisfies the requirement torch==2.1.0 (from versions: 2.2.0, 2.2.1)
ERROR: No matching distribution found for torch==2.1.0
RuntimeError: CUDA error: no kernel image is available for execution on the device
$ pip install torch torchvision --index-url https://me:secret@pypi.example/simple
"""


class Tags(HTMLParser):
    """The tags and attribute names of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}


def edits() -> st.SearchStrategy[list[tuple[float, int, str]]]:
    """Where in the text (0 to 1), how many letters go, and what comes in their place."""
    what = st.sampled_from(PIECES) | st.text(max_size=6)
    return st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), what), max_size=12)


def mutated(text: str, changes: list[tuple[float, int, str]]) -> str:
    for where, gone, what in changes:
        at = int(where * len(text))
        text = text[:at] + what + text[at + gone :]
    return text


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the strings of a JSON value stand."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))


def planted(report: Any, path: tuple[str | int, ...], text: str) -> Any:
    """The report with the text behind (or, where it begins a word, in place of) one of its strings."""
    made = copy.deepcopy(report)
    inner = made
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = text if text.startswith("-") else inner[path[-1]] + text
    return made


def answered(data: bytes, folder: Path) -> list[Unread]:
    """Every form of every answer to these bytes, checked; what could not be read comes back."""
    path = folder / "paste.txt"
    path.write_bytes(data)
    unread = []
    for each in given([str(path)]):
        if isinstance(each, Unread):
            assert each.label.startswith("paste.txt")
            assert each.reason
            unread.append(each)
        else:
            forms_are_inert(each)
    return unread


def forms_are_inert(each: Given) -> None:
    shown = diagnose(Machine(each.facts), each.source, catalogue(), redactor_for_text(each.text))
    report = json.dumps(as_json(shown), ensure_ascii=False)
    text, markdown, html = as_text(shown, Style(verbose=True)), as_markdown(shown), as_html(shown)
    for said in (report, text, markdown, html):
        assert not ACTIVE.search(said)
        said.encode("utf-8")
    json.loads(report, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    for finding in json.loads(report)["findings"]:
        for remedy in finding["remedies"]:
            for argv in remedy["commands"]:
                assert CANARY not in " ".join(argv), argv
                assert all(argv)
    tags = Tags(html)
    assert not tags.tags & {"img", "a", "iframe", "svg", "object", "link", "form", "input"}
    assert not {name for name in tags.names if name.startswith("on") or name in ("href", "src", "style")}
    assert html.count("<script>") == 1
    assert not Tags(markdown_html(markdown)).tags & {"img", "a", "script", "iframe", "svg"}
    fits_any_encoding(shown)


def markdown_html(markdown: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def fits_any_encoding(shown: Any) -> None:
    for encoding in ("ascii", "gbk", "cp1252"):
        as_text(shown, Style(width=40, encoding=encoding)).encode(encoding)


fuzz = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@fuzz
@for_all(data=st.binary(max_size=400))
def test_arbitrary_bytes(data: bytes, tmp_path: Path) -> None:
    answered(data, tmp_path)


@fuzz
@for_all(changes=edits(), encoding=st.sampled_from(["utf-8", "utf-16", "gb18030", "utf-8-sig"]))
def test_mutations_of_what_people_paste(
    changes: list[tuple[float, int, str]], encoding: str, tmp_path: Path, collect_env: str
) -> None:
    text = mutated(collect_env + SMI + TRACEBACK, changes)
    answered(text.encode(encoding, "surrogatepass" if encoding.startswith("utf") else "replace"), tmp_path)


@fuzz
@for_all(changes=edits())
def test_mutations_of_a_saved_report(
    changes: list[tuple[float, int, str]], tmp_path: Path, write: Callable[..., Path]
) -> None:
    text = mutated(write("r.json").read_text(encoding="utf-8"), changes)
    answered(text.encode("utf-8", "surrogatepass"), tmp_path)


@pytest.mark.parametrize("piece", PIECES[:12])
def test_a_hostile_value_in_each_place_of_a_saved_report(piece: str, tmp_path: Path) -> None:
    """Each place in turn, so that none hides behind another that was refused."""
    facts = rich_facts()
    report = {"schema": 1, "envdoctor": "0.1.0", "source": "live", "facts": facts_to_json(facts)}
    for path in leaves(report["facts"]):
        text = planted(report, ("facts", *path), piece)
        answered(json.dumps(text).encode(), tmp_path)


def rich_facts() -> Facts:
    """A machine with something in most of the fields that remedies look at."""
    facts = assume(
        Facts(),
        ("os=linux", "python=3.12", "driver=535.104.05", "gpu=NVIDIA GeForce RTX 4090", "torch=2.5.1+cpu"),
    )
    site = "/envs/dl/lib/python3.12/site-packages"
    copies = (
        Distribution(name="torch", version="2.5.1+cpu", location=site, installer="pip"),
        Distribution(name="torchvision", version="0.19.0+cu118", location=site, installer="pip"),
    )
    shadow = Shadow(name="torch", path="/srv/torch.py", by="working-folder")
    return replace(
        facts,
        interpreter=replace(facts.interpreter, executable="/envs/dl/bin/python", prefix="/envs/dl"),
        environment=Environment(
            kind="conda",
            name="dl",
            prefix="/envs/dl",
            has_pip=False,
            tools={"uv": "/usr/bin/uv", "conda": "/opt/conda/bin/conda"},
            shell_pip="/usr/bin/pip",
            shell_pip_prefix="/usr",
            variables={"CUDA_VISIBLE_DEVICES": "-1", "LD_LIBRARY_PATH": "/opt/lib"},
        ),
        packages=replace(
            facts.packages,
            distributions=copies,
            shadows=(shadow,),
            leftovers=("~orch",),
            conda=(CondaPackage(name="pytorch", version="2.5.1", build="py3.12_cpu_0"),),
        ),
    )


@pytest.mark.parametrize(
    "line",
    [
        "a" * 200_000,
        "/home/" * 60_000,
        "`" * 200_000,
        "user@" * 60_000,
        "https://" + "a:" * 100_000,
        "C:\\Users\\" * 30_000,
        "{" * 100_000,
        "[pip3] " * 40_000,
        "GPU 0: " * 40_000,
        "\t" * 200_000 + "x",
        "=" * 200_000,
        "torch==" + "1." * 100_000,
        "CUDA error: " * 30_000,
    ],
    ids=lambda line: line[:12].strip(),
)
def test_a_long_line_of_one_kind_takes_no_longer_than_its_length_asks(line: str, tmp_path: Path) -> None:
    started = time.process_time()
    answered(f"{line}\n".encode(), tmp_path)
    assert time.process_time() - started < 12


def test_secrets_of_the_one_who_pasted_do_not_show(
    capsys: pytest.CaptureFixture[str], write: Callable[..., Path], collect_env: str
) -> None:
    path = write("paste.txt", text=collect_env + TRACEBACK)
    for form in ("text", "json", "markdown", "html"):
        check(Options(sources=(str(path),), form=form, verbose=True))
        said = capsys.readouterr().out
        assert said
        for secret in ("wang", "deepbox", "secret"):
            assert secret not in said, f"{secret} in {form}"
