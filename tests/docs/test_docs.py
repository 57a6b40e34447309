"""The pages for people: no dead link, no stale output, examples that run, both languages alike."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.messages import catalogue

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

shown = import_module("docs.shown")
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md")])
TWINS = [
    (ROOT / "README.md", DOCS / "README.zh.md"),
    *((page, DOCS / "zh" / page.name) for page in sorted(DOCS.glob("*.md")) if page.name != "README.zh.md"),
]
WITH_EXAMPLES = [DOCS / folder / name for name in ("beginners.md", "concepts.md") for folder in ("", "zh")]
LANGUAGES = ["en", "zh"]
FENCED = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
RENEWED = re.compile(r"(?s)<!-- (?!end of)([\w-]+) -->\n(.*?)<!-- end of \1 -->")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    text = FENCED.sub("", read(path))
    return re.sub(r"`[^`\n]*`", "", re.sub(r"(?m)^    .*$", "", text))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"(?m)^#+ (.+)$", FENCED.sub("", read(path)))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# -- links


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_link_is_dead(page: Path) -> None:
    # A link whose words have `code` in them is a link too.
    text = re.sub(r"(?m)^    .*$", "", FENCED.sub("", read(page)))
    for target in LINK.findall(text):
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


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_files_of_the_project_that_a_page_names_are_there(page: Path) -> None:
    for name in re.findall(r"`((?:envdoctor|tests|docs)/[\w./-]+)`", read(page)):
        assert (ROOT / name).exists(), f"{named(page)} names {name}"


# -- both languages


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=named)
def test_each_page_has_its_twin_and_both_name_each_other(english: Path, chinese: Path) -> None:
    assert chinese.exists(), f"{named(english)} has no Chinese twin"
    for page, other in ((english, chinese), (chinese, english)):
        first = read(page).splitlines()[0]
        found = re.fullmatch(r"\[(?:English|中文)\]\((.+)\)", first)
        assert found and (page.parent / found[1]).resolve() == other, first


def commands(text: str) -> list[str]:
    starts = r"envdoctor (?!0)|python|pip3|py|~|\.|%|\"%|doskey|alias|mkdir|cd|\{"
    return [line.split("#")[0].rstrip() for line in re.findall(rf"(?m)^    (?:{starts}).*$", text)]


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=named)
def test_twins_have_the_same_parts_and_the_same_commands(english: Path, chinese: Path) -> None:
    texts = [read(path) for path in (english, chinese)]
    levels = [re.findall(r"(?m)^(#+) ", FENCED.sub("", text)) for text in texts]
    assert levels[0] == levels[1], "a part stands in one language only"
    code = [
        [body for kind, body in FENCED.findall(text) if kind and "type: textarea" not in body]
        for text in texts
    ]
    assert code[0] == code[1]
    assert commands(texts[0]) == commands(texts[1])


def rows(text: str) -> list[list[str]]:
    """Of each row of each table what is the same in every language: code, and figures outside of words."""
    found = re.findall(r"(?m)^\|.*\|$", FENCED.sub("", RENEWED.sub("", text)))
    return [sorted(re.findall(r"`[^`]+`|(?<![\w.])\d[\d.]*\d|(?<![\w.])\d(?![\w.])", row)) for row in found]


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=named)
def test_twins_have_the_same_code_and_figures_in_their_tables(english: Path, chinese: Path) -> None:
    for mine, other in zip(rows(read(english)), rows(read(chinese)), strict=True):
        assert mine == other


@pytest.mark.parametrize(("english", "chinese"), TWINS, ids=named)
def test_tables_that_scripts_write_say_the_same_in_both_languages(english: Path, chinese: Path) -> None:
    translated = import_module("comparison.chinese").chinese
    blocks = dict(RENEWED.findall(read(english)))
    expected = {name: text if name == "rooms" else translated(text) for name, text in blocks.items()}
    assert dict(RENEWED.findall(read(chinese))) == expected


def test_faults_and_their_verdicts_are_the_same_in_both_languages() -> None:
    words = {"yes": "是", "no": "否"}
    cells = [
        re.findall(r"\| (yes|no|是|否) \| (yes|no|是|否) \|$", read(DOCS / f / "smoke-train.md"), re.M)
        for f in ("", "zh")
    ]
    assert [tuple(words[cell] for cell in row) for row in cells[0]] == cells[1]


@pytest.mark.parametrize("page", [chinese for _, chinese in TWINS], ids=named)
def test_chinese_pages_are_set_as_chinese_engineers_set_it(page: Path) -> None:
    text = re.sub(r"(?m)^    .*$", "", FENCED.sub("", read(page)))
    text = re.sub(r"\]\([^)]*\)", "]", text)
    for pattern in (
        r"[\u4e00-\u9fff][A-Za-z0-9`\"]|[A-Za-z0-9`\"][\u4e00-\u9fff]",
        r"[\u4e00-\u9fff][,;:!?()]|[,;:!?()][\u4e00-\u9fff]",
    ):
        hit = re.search(pattern, text)
        assert not hit, text[max(0, hit.start() - 20) : hit.end() + 20] if hit else ""


# -- what the pages show


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_show_what_envdoctor_says(recorded: Callable[..., RecordedOutside], language: str) -> None:
    laptop = shown.laptop(recorded("windows11-laptop-4060-cpu-torch"), language)
    for page, said in (
        (shown.README, laptop),
        (shown.README, shown.plan(language)),
        (shown.BEGINNERS, shown.newcomer(language)),
    ):
        assert said in read(page[language]), (
            "python tests/docs/shown.py puts the present output into the page"
        )


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=named)
def test_examples_run_and_print_what_the_page_says(page: Path, tmp_path: Path) -> None:
    blocks = FENCED.findall(read(page))
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
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            text=True,
            encoding="utf-8",
        )
        assert (ran.stdout, ran.returncode) == (printed, 0), ran.stderr


@pytest.fixture(scope="module", params=LANGUAGES)
def trained(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The language, and what a smoke run with its walk prints in it on the CPU."""
    argv = [sys.executable, "-m", "envdoctor", "--lang", request.param, "smoke-train", "--explain"]
    argv += ["--device", "cpu", "--python", sys.executable]
    env = {**os.environ, "PYTHONIOENCODING": "utf-8", "COLUMNS": "100", "NO_COLOR": "1"}
    ran = subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", env=env, timeout=200)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return request.param, ran.stdout


def without_figures(text: str) -> str:
    """The text in one line: neither its figures nor the bars of the curve matter."""
    told = re.sub(r"[█▇▆▅▄▃▂▁]+", "~", re.sub(r"\d[\d.,]*(?:e-\d+)?(?:\+\w+)?", "#", text))
    return " ".join(told.split())


def test_pages_show_the_checks_of_a_smoke_run(trained: tuple[str, str]) -> None:
    language, said = trained
    processor = re.search(r"cpu \((.+?)\)", said)
    assert processor
    readme, beginners = (
        (ROOT / "README.md", DOCS / "beginners.md")
        if language == "en"
        else (DOCS / "README.zh.md", DOCS / "zh" / "beginners.md")
    )
    for page in (readme, beginners):
        text = re.sub(r"(?m)^    ", "", read(page)).replace("AMD EPYC", processor[1])
        begun = re.search(r"(?m)^envdoctor 0\.1\.0 · (?:smoke run|冒烟训练)", text)
        assert begun
        block = text[begun.start() :].partition("```" if page == beginners else "\n## ")[0]
        for part in (
            block.partition("\n  No GPU")[0].partition("\n  没有找到")[0].split("\n...\n")[0].split("\n√")
        ):
            assert without_figures(part) in without_figures(said), f"{named(page)}: {part}"


def test_figures_of_the_concepts_are_those_of_the_walk(trained: tuple[str, str]) -> None:
    language, said = trained
    page = DOCS / "concepts.md" if language == "en" else DOCS / "zh" / "concepts.md"
    figures = r"(?<![\w.])\d+\.\d{4,}"
    walked = [float(each) for each in re.findall(figures, said)]
    for each in re.findall(figures, FENCED.sub("", read(page))):
        if len(each.lstrip("0.")) > 2:  # the others are made up, to explain
            near = any(abs(float(each) - other) <= 1e-3 * other for other in walked)
            assert near, f"{each} is not in the walk"


@pytest.mark.parametrize(
    ("page", "language", "marks"),
    [(DOCS / "concepts.md", "en", "[]"), (DOCS / "zh" / "concepts.md", "zh", "［］")],
    ids=LANGUAGES,
)
def test_concepts_point_at_parts_of_the_walk(page: Path, language: str, marks: str) -> None:
    sentences = catalogue(language).sentences
    titles = [text for key, text in sentences.items() if re.fullmatch(r"walk\.\w+\.title", key)]
    numbered = {f"{number}. {title}" for number, title in enumerate(titles, 1)}
    opened, closed = map(re.escape, marks)
    named_ = set(re.findall(rf"{opened}(\d\. [^{opened}{closed}]+){closed}", read(page)))
    assert named_ == numbered, "each part of `smoke-train --explain` is pointed at, by its own words"


# -- what the pages list


@pytest.mark.parametrize("page", [DOCS / "commands.md", DOCS / "zh" / "commands.md"], ids=named)
def test_every_option_stands_in_the_page_of_its_command(page: Path) -> None:
    sections = re.split(r"(?m)^## `envdoctor ([\w-]+)`$", read(page))
    told = {"": sections[0], **dict(zip(sections[1::2], sections[2::2], strict=True))}
    assert set(told) == {"", "check", "install", "smoke-train", "explain", "mirrors"}
    for command, text in told.items():
        argv = [sys.executable, "-m", "envdoctor", *([command] if command else []), "--help"]
        shown = subprocess.run(
            argv, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}
        ).stdout
        options = set(re.findall(r"(?m)^  (?:-\w, )?(--[\w-]+)", shown)) - {"--help"}
        named_here = set(re.findall(r"`(--[\w-]+)", "".join(re.findall(r"(?m)^\|.*$", text))))
        extra = {"--format", "--output", "--verbose", "--no-redact", "--version"} if not command else set()
        assert options - named_here == set(), f"{command}: not on the page"
        assert named_here - options - extra == set(), f"{command}: no such option"


@pytest.mark.parametrize("page", [DOCS / "sharing.md", DOCS / "zh" / "sharing.md"], ids=named)
def test_the_issue_form_on_the_page_is_the_file(page: Path) -> None:
    form = read(page.parent / "issue-form.yml")
    assert f"```yaml\n{form}```" in read(page)
    assert [each[1] for each in re.findall(r"(?m)^( +)id: (\w+)$", form)] == [
        "what",
        "environment",
        "training",
        "where",
    ]


def test_every_room_has_a_row_and_the_drawing_is_that_of_the_code() -> None:
    rooms = import_module("docs.rooms")
    standing = {path.name for path in (ROOT / "envdoctor").iterdir() if path.is_dir() or path.suffix == ".py"}
    for page in rooms.PAGES:
        listed = set(re.findall(r"`envdoctor/(\w+(?:\.py)?)/?`", read(page)))
        assert standing - listed == {"__init__.py", "__pycache__"} & standing, f"{named(page)} lacks a row"
        assert rooms.drawing() in read(page), "python tests/docs/rooms.py --write"


def test_no_rooms_import_each_other_in_a_circle() -> None:
    rooms = import_module("docs.rooms")
    assert [group for group in rooms.circles(rooms.rooms()) if len(group) > 1] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    rooms = import_module("docs.rooms")
    around = [sorted(group) for group in rooms.circles(rooms.modules()) if len(group) > 1]
    assert not around, f"move what they share into a module of its own: {around}"


def test_imports_are_seen_wherever_they_stand() -> None:
    rooms = import_module("docs.rooms")
    source = """
from typing import TYPE_CHECKING
from envdoctor.planner import choose
import envdoctor.redact
if TYPE_CHECKING:
    from envdoctor.facts import Facts
def late():
    from envdoctor.rules.driver import RULES
"""
    assert set(rooms._imports(ast.parse(source))) == {"planner.choose", "redact", "rules.driver.RULES"}
    seen = rooms.modules()
    assert "planner.wheels" in seen["planner.candidates"] and "rules.driver" in seen["rules"]


def test_a_circle_would_be_noticed() -> None:
    rooms = import_module("docs.rooms")
    around = {"roof": {"wall"}, "wall": {"floor"}, "floor": {"wall"}}
    assert {"wall", "floor"} in rooms.circles(around) and {"roof"} in rooms.circles(around)


def test_modules_that_the_architecture_names_are_there() -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for top in ("envdoctor", "tests")
        for path in (ROOT / top).rglob("*.py")
    }
    for name in re.findall(r"`([\w/]+\.py)`", read(DOCS / "architecture.md")):
        assert any(each == name or each.endswith(f"/{name}") for each in files), name
