"""Every finding is explained, in both languages, for every system; the pages in docs are made from that."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
import typer

from envdoctor.cli import app
from envdoctor.codes import SUBJECTS
from envdoctor.errors import UsageError
from envdoctor.findings import Severity
from envdoctor.knowledge import knowledge
from envdoctor.messages import FOLDER, catalogue
from envdoctor.messages.columns import width
from envdoctor.messages.story import HEADINGS, SYSTEMS, Story, codes, nearest, page_of, story
from envdoctor.reports.finding_pages import NOTE, main, pages
from envdoctor.reports.story import as_json, as_markdown, as_text, list_as_json, list_as_text
from envdoctor.reports.text import Style

EVERY = [(code, language) for code in codes() for language in HEADINGS]
BLOCK = re.compile(r"```\n(.*?)```", re.DOTALL)


def blocks(text: str) -> list[str]:
    return BLOCK.findall(text)


def prose(text: str) -> str:
    return re.sub(r"`[^`]*`", "", BLOCK.sub("", text))


@pytest.mark.parametrize(("code", "language"), EVERY)
def test_a_story_says_all_that_it_should(code: str, language: str) -> None:
    told = story(code, language)
    assert set(told.settle) == {"", *SYSTEMS}
    assert all(told.settle[name] for name in SYSTEMS)
    assert told.causes.startswith("- ")
    assert blocks(told.check), "a check is something that one can run"
    assert min(map(len, (told.meaning, told.near_miss))) > (30 if language == "zh" else 50)
    assert width(told.title) <= 80


@pytest.mark.parametrize("code", codes())
def test_both_languages_give_the_same_commands(code: str) -> None:
    english, chinese = (as_markdown(story(code, language)) for language in ("en", "zh"))
    assert blocks(english) == blocks(chinese)
    assert re.findall(r"(?m)^### .*", english) == re.findall(r"(?m)^### .*", chinese)
    named = [sorted(set(re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)))) for text in (english, chinese)]
    assert named[0] == named[1], "what stands between backticks is the same in any language"


COPIED = 0.5
"""The share of words that two stories have in common from which on one is a copy: the most alike have 0.29."""


def alike(one: Story, other: Story) -> float:
    """The share of their words, or of their pairs of Chinese letters, that two stories have in common."""
    unit = r"[\u4e00-\u9fff]{2}" if one.language == "zh" else r"\w{3,}"
    mine, theirs = (
        set(re.findall(unit, " ".join((each.meaning, each.causes, each.check, each.near_miss))))
        for each in (one, other)
    )
    return len(mine & theirs) / len(mine | theirs)


@pytest.mark.parametrize("language", HEADINGS)
def test_no_story_is_a_copy_of_another(language: str) -> None:
    told = [story(code, language) for code in codes()]
    for part in ("title", "meaning", "causes", "check", "near_miss"):
        texts = Counter(getattr(each, part) for each in told)
        assert not [text for text, count in texts.items() if count > 1], part
    pairs = ((alike(*pair), *(each.code for each in pair)) for pair in combinations(told, 2))
    assert not [pair for pair in pairs if pair[0] >= COPIED]
    renamed = replace(told[0], meaning=told[0].meaning.replace("torch", "vision"), title="Another")
    assert alike(told[0], renamed) > COPIED, "and this is what a copy looks like"


@pytest.mark.parametrize(("code", "language"), EVERY)
def test_codes_that_a_story_mentions_exist(code: str, language: str) -> None:
    families = {each.split("-")[0] for each in codes()} - {
        "report",
        "shm",
        "os",
        "tls",
        "memory",
        "extension",
    }
    words = re.findall(
        r"(?<![\w./-])([a-z]+(?:-[a-z0-9]+)+)(?![\w./-])", prose(as_markdown(story(code, language)))
    )
    mentioned = {word for word in words if word.split("-")[0] in families}
    allowed = {"python-free", "torch-only", "driver-free"}
    assert mentioned - set(codes()) - allowed == set()


@pytest.mark.parametrize("code", codes())
def test_chinese_stories_are_set_as_chinese_engineers_set_it(code: str) -> None:
    text = BLOCK.sub("", as_markdown(story(code, "zh")))
    spaced = re.search(r"[\u4e00-\u9fff][A-Za-z0-9`\"]|[A-Za-z0-9`\"][\u4e00-\u9fff]", text)
    assert not spaced, text[max(0, spaced.start() - 20) : spaced.end() + 20] if spaced else ""
    marks = re.search(r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]|[，。：；、] ", text)
    assert not marks, text[max(0, marks.start() - 20) : marks.end() + 20] if marks else ""


def test_least_drivers_are_those_of_the_table() -> None:
    tables = knowledge()
    for language in HEADINGS:
        text = story("driver-too-old", language).meaning
        for cuda in ("11.8", "12.6", "13.0"):
            for system in ("linux", "windows"):
                least = tables.minimum_driver(cuda, system)
                assert least is not None and least in text, (cuda, system, least)
    text = story("driver-too-new", "en").meaning
    for capability, generation in (("2.0", "Fermi"), ("3.5", "Kepler"), ("6.1", "Pascal")):
        assert f"{tables.last_branch(capability)} for" in text, generation


def test_commands_of_envdoctor_exist() -> None:
    group = typer.main.get_command(app)
    known = {
        name: {option for param in command.params for option in param.opts}
        for name, command in group.commands.items()  # type: ignore[attr-defined]
    }
    # Commands of the design that may land after this test.
    coming = {
        "install": {"--run"},
        "mirrors": {"--measure"},
        "smoke-train": {"--nproc-per-node"},
        "check": {"--format"},
    }
    for code, language in EVERY:
        commands = "".join(blocks(as_markdown(story(code, language))))
        for line in re.findall(r"(?m)^envdoctor .*", commands):
            _, command, *rest = line.split()
            assert command in known or command in coming, line
            options = {each.split("=")[0] for each in rest if each.startswith("--")}
            assert options <= known.get(command, set()) | coming.get(command, set()), line


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_stories_fit_the_terminal(language: str, columns: int) -> None:
    for code in codes():
        told = story(code, language)
        commands = {line for block in blocks(as_markdown(told)) for line in block.splitlines()}
        for line in as_text(told, Style(width=columns)).splitlines():
            if line not in commands and width(line) > columns:
                assert " " not in line.strip().removeprefix("- "), f"{code}: {line}"


def test_commands_stand_whole_at_the_left_margin() -> None:
    text = as_text(story("torch-cpu-build", "en"), Style(width=40)).splitlines()
    assert "python -m pip uninstall -y torch torchvision torchaudio" in text


def test_the_list_names_every_code_once() -> None:
    for style in (Style(width=80), Style(width=40)):
        words = list_as_text(catalogue("zh"), style).split()
        assert sorted(word for word in words if word in codes()) == sorted(codes())
    rows = [row for found in list_as_json(catalogue("en"))["subjects"].values() for row in found]  # type: ignore[attr-defined]
    assert [row["code"] for row in rows] == list(codes())
    assert set(SUBJECTS) == {
        key.split(".")[1] for key in catalogue("en").sentences if key.startswith("subject.")
    }


def test_json_carries_every_part() -> None:
    told = as_json(story("wsl-driver", "zh"))
    assert told["schema"] == 1
    assert set(told["settle"]) == {"all", "windows", "linux", "macos", "wsl"}  # type: ignore[call-overload]
    assert told["near_miss"]


@pytest.mark.parametrize(
    ("given", "code"),
    [("gpu-hidden", "gpu-hidden"), (" GPU_Hidden ", "gpu-hidden"), ("torch cpu build", "torch-cpu-build")],
)
def test_a_code_is_known_however_it_is_written(given: str, code: str) -> None:
    assert nearest(given) == code


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("gpu-hiden", "did you mean gpu-hidden?"),
        ("torch-cpu", "did you mean torch-cpu-build?"),
        ("rosetta", "did you mean python-rosetta?"),
        ("xyzzy", "envdoctor explain  lists them all"),
        ("\x1b[31mgpu-hiden", "gpu-hidden"),
    ],
)
def test_a_mistyped_code_gets_the_nearest(given: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        nearest(given)
    assert hint in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_the_command() -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-X", "utf8", "-m", "envdoctor", "explain", *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")

    assert "How to settle it" in run("driver-too-old").stdout
    assert "怎样解决" in run("driver-too-old", "--lang", "zh").stdout
    assert json.loads(run("driver-too-old", "--format", "json").stdout)["code"] == "driver-too-old"
    assert run("driver-too-old", "--format", "markdown").stdout.startswith("# The driver")
    assert "gpu-mig" in run().stdout
    wrong = run("gpu-hiden", "--lang", "zh")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "envdoctor: gpu-hiden：没有这个代码；是不是想写 gpu-hidden？\n"


def test_a_link_leads_to_the_story() -> None:
    page = page_of("gpu-mig", "zh")
    assert page is not None and page.startswith("file://") and page.endswith("stories/zh/gpu-mig.md")
    assert page_of("no-such-code", "en") is None


def test_the_pages_in_docs_are_current() -> None:
    assert main(["--check"]) == 0, "run: python -m envdoctor.reports.finding_pages"


def test_pages_are_written_renewed_and_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main(folder) == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(pages())
    (tmp_path / "gpu-mig.md").write_text("edited by hand", encoding="utf-8")
    (tmp_path / "old-code.md").write_text(f"{NOTE}\n\nof a code that is gone", encoding="utf-8")
    (tmp_path / "mine.md").write_text("of somebody's own", encoding="utf-8")
    assert main([*folder, "--check"]) == 1
    assert capsys.readouterr().out == "out of date: old-code.md\nout of date: gpu-mig.md\n"
    assert main(folder) == 0 and main([*folder, "--check"]) == 0
    assert (tmp_path / "mine.md").exists() and not (tmp_path / "old-code.md").exists()


def test_a_story_without_its_form_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = (FOLDER / "stories" / "en" / "gpu-mig.md").read_text(encoding="utf-8")
    (tmp_path / "en").mkdir()
    monkeypatch.setattr("envdoctor.messages.story.FOLDER", tmp_path)
    for number, (bad, why) in enumerate(
        [
            (good.replace("## How to check", "## Checking"), "headings"),
            (good.replace("### Windows, macOS, WSL", "### Windows, macOS"), "settles"),
            (good.replace("### Windows, macOS, WSL", "### Windows, macOS, WSL, Linux"), "twice"),
            (good.replace("# MIG", "MIG", 1), "does not begin"),
        ]
    ):
        (tmp_path / "en" / f"bad-{number}.md").write_text(bad, encoding="utf-8")
        with pytest.raises(ValueError, match=why):
            story(f"bad-{number}", "en")


def test_every_level_of_finding_has_its_words() -> None:
    assert all(catalogue("zh").text(f"sign.{severity.value}") for severity in Severity)
