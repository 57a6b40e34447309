"""The pages for people: no dead link, no stale output, examples that run, both languages alike."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.examine import Examination, examine
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.redact import redactor_for
from envdoctor.reports.diagnosis import LIVE, diagnose
from envdoctor.reports.text import Style, as_text

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
TWINS = [
    (ROOT / "README.md", DOCS / "README.zh.md"),
    (DOCS / "beginners.md", DOCS / "zh" / "beginners.md"),
    (DOCS / "concepts.md", DOCS / "zh" / "concepts.md"),
]
FENCED = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(path: Path) -> str:
    text = FENCED.sub("", path.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?m)^    .*$", "", text))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"(?m)^#+ (.+)$", FENCED.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_link_is_dead(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        place = (page.parent / path).resolve() if path else page
        assert place.exists(), f"{named(page)}: {target} leads nowhere"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{named(page)}: {target} has no such heading"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        targets = (target.partition("#")[0] for target in LINK.findall(prose(page)))
        ahead += [(page.parent / t).resolve() for t in targets if t and not re.match(r"[a-z]+:", t)]
    assert {named(page) for page in PAGES} - {named(page) for page in seen if page.exists()} == set()


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=named)
def test_twins_have_the_same_parts_and_the_same_commands(english: Path, chinese: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (english, chinese)]
    levels = [re.findall(r"(?m)^(#+) ", FENCED.sub("", text)) for text in texts]
    assert levels[0] == levels[1], "a part stands in one language only"
    code = [[body for language, body in FENCED.findall(text) if language] for text in texts]
    assert code[0] == code[1]
    commands = [
        [
            line.split("#")[0].rstrip()
            for line in re.findall(r"(?m)^    (?:envdoctor (?!0)|python|py|~|\.|%|mkdir|cd) .*$", text)
        ]
        for text in texts
    ]
    assert commands[0] == commands[1]


@pytest.mark.parametrize("page", [chinese for _, chinese in TWINS], ids=named)
def test_chinese_pages_are_set_as_chinese_engineers_set_it(page: Path) -> None:
    text = re.sub(r"(?m)^    .*$", "", FENCED.sub("", page.read_text(encoding="utf-8")))
    text = re.sub(r"\]\([^)]*\)", "]", text)
    for pattern in (
        r"[\u4e00-\u9fff][A-Za-z0-9`\"]|[A-Za-z0-9`\"][\u4e00-\u9fff]",
        r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]",
    ):
        hit = re.search(pattern, text)
        assert not hit, text[max(0, hit.start() - 20) : hit.end() + 20] if hit else ""


@pytest.mark.parametrize(
    ("page", "language"), [(ROOT / "README.md", "en"), (DOCS / "README.zh.md", "zh")], ids=["en", "zh"]
)
def test_the_readme_shows_what_envdoctor_says(
    recorded: Callable[..., RecordedOutside], page: Path, language: str
) -> None:
    outside = recorded("windows11-laptop-4060-cpu-torch")
    machine = Machine(examine(outside, Examination()))
    diagnosis = diagnose(machine, LIVE, catalogue(language), redactor_for(outside))
    said = as_text(diagnosis, Style(width=100))
    shown = "".join(f"    {line}\n" if line else "\n" for line in said.splitlines())
    assert shown in page.read_text(encoding="utf-8"), "put the present output into the page"


@pytest.mark.parametrize("page", [page for twins in TWINS[1:] for page in twins], ids=named)
def test_examples_run_and_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    blocks = FENCED.findall(page.read_text(encoding="utf-8"))
    examples = [
        (code, blocks[number + 1][1])
        for number, (language, code) in enumerate(blocks)
        if language == "python"
    ]
    assert examples
    for code, printed in examples:
        (tmp_path / "first.py").write_text(code, encoding="utf-8")
        ran = subprocess.run(
            [sys.executable, "first.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert (ran.stdout, ran.returncode) == (printed, 0), ran.stderr


@pytest.mark.parametrize(
    ("page", "language", "marks"),
    [(DOCS / "concepts.md", "en", "[]"), (DOCS / "zh" / "concepts.md", "zh", "［］")],
    ids=["en", "zh"],
)
def test_concepts_point_at_parts_of_the_walk(page: Path, language: str, marks: str) -> None:
    sentences = catalogue(language).sentences
    titles = [text for key, text in sentences.items() if re.fullmatch(r"walk\.\w+\.title", key)]
    numbered = {f"{number}. {title}" for number, title in enumerate(titles, 1)}
    opened, closed = map(re.escape, marks)
    named_ = set(
        re.findall(rf"{opened}(\d\. [^{opened}{closed}]+){closed}", page.read_text(encoding="utf-8"))
    )
    assert named_ == numbered, "each part of `smoke-train --explain` is pointed at, by its own words"
