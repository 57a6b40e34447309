"""Plans and lists of mirrors as Markdown and HTML, read back by other people's parsers: inert, whole, ready to paste."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.facts import Facts, MirrorAnswer
from envdoctor.findings import Severity
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import Recipe, recipe
from envdoctor.redact import Redactor
from envdoctor.reports.forms import plan, sources
from envdoctor.reports.mirrors_view import MirrorsView, mirrors_view
from envdoctor.reports.recipe_view import RecipeView, recipe_view
from envdoctor.reports.style import Style
from tests.reports.conftest import machine
from tests.reports.test_forms import HOSTILE, PAGE_TAGS, Parsed, planted, rendered

LAPTOP = ("os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce GTX 1060 6GB")
OLD = ("os=windows", "python=3.12", "driver=391.35", "gpu=GeForce GTX 580")
FORMS = ("markdown", "html")
LANGUAGES = ("en", "zh")


def view(facts: Facts, asked: Asked | None = None, language: str = "en") -> RecipeView:
    return recipe_view(made(facts, asked), catalogue(language), Redactor().text)


def made(facts: Facts, asked: Asked | None = None) -> Recipe:
    return recipe(Machine(facts), asked or Asked())


def said(seen: RecipeView, form: str, language: str = "en", *, why: bool = False) -> str:
    return plan(seen, form, catalogue(language), Style(), why=why)


def read(text: str, form: str) -> Parsed:
    return Parsed(text) if form == "html" else rendered(text)


def plain(text: str) -> str:
    """Letters alone: a form may break lines, and takes marks off what becomes code."""
    return "".join(text.replace("`", "").split())


MACHINES: dict[str, tuple[tuple[str, ...], Asked]] = {
    "a plan": (LAPTOP, Asked(mirror="tuna")),
    "a list of reasons": (
        ("os=linux", "python=3.12", "driver=470.256.02", "gpu=NVIDIA GeForce RTX 2080"),
        Asked(),
    ),
    "an environment": (LAPTOP, Asked(environment="D:\\my envs\\dl")),
    "conda": (LAPTOP, Asked(tool="conda", mirror="tuna")),
    "a refusal": (OLD, Asked()),
    "a choice refused": (LAPTOP, Asked(torch="2.9.0", backend="cu130")),
    "a Mac": (("os=macos", "python=3.12"), Asked()),
    "no GPU": (("os=linux", "python=3.13", "gpu=none"), Asked(tool="uv", mirror="aliyun")),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MACHINES)
def test_no_form_leaves_out_a_word(name: str, form: str, language: str) -> None:
    assumptions, asked = MACHINES[name]
    seen = view(machine(*assumptions), asked, language)
    shown = plain(read(said(seen, form, language), form).text)
    wanted = [
        seen.title,
        seen.assumed,
        seen.already,
        seen.near,
        *seen.commands,
        *seen.near_command,
        seen.why_python,
    ]
    wanted += [*seen.warnings, *(each.text for each in seen.reasons), seen.following]
    wanted += [part for row in (*seen.rejected, *seen.grounds) for part in row]
    assert not [each for each in wanted if plain(each) not in shown]
    assert "{" not in seen.title + "".join(seen.warnings)


@pytest.mark.parametrize("name", MACHINES)
def test_markdown_has_the_commands_whole_in_one_fenced_block(name: str) -> None:
    assumptions, asked = MACHINES[name]
    seen = view(machine(*assumptions), asked)
    blocks = re.findall(r"^```(\w+)\n(.*?)\n```$", said(seen, "markdown"), re.DOTALL | re.MULTILINE)
    commands = seen.near_command if seen.severity is Severity.ERROR else seen.commands
    system = seen.here if seen.severity is Severity.ERROR else seen.system
    assert blocks == ([("bat" if system == "windows" else "sh", "\n".join(commands))] if commands else [])


@pytest.mark.parametrize("name", MACHINES)
def test_the_page_offers_to_copy_the_same_lines(name: str) -> None:
    assumptions, asked = MACHINES[name]
    seen = view(machine(*assumptions), asked)
    html = said(seen, "html")
    lines = [unescape(re.sub("<[^>]+>", "", line)) for line in re.findall("<code>(.*?)</code>", _block(html))]
    commands = seen.near_command if seen.severity is Severity.ERROR else seen.commands
    assert lines == [*commands]
    assert html.count('class="copy"') == html.count("<script>") == (1 if commands else 0)


def _block(html: str) -> str:
    found = re.search(r"<pre>.*?</pre>", html, re.DOTALL)
    return found[0] if found else ""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("asked", [Asked(), Asked(torch="2.9.0", backend="cu130")], ids=["plan", "refusal"])
def test_a_plan_of_hostile_facts_is_inert(broken: Facts, form: str, asked: Asked) -> None:
    facts = replace(planted(broken, HOSTILE), assumed=(f"gpu={HOSTILE}",))
    seen = view(facts, asked)
    assert (seen.severity is Severity.ERROR) == (asked.torch == "2.9.0")
    text = said(seen, form, why=True)
    page = read(text, form)
    assert page.comments == 0 and "alert(1)" in page.text, "inert, and nothing lost"
    names = {name for name, _ in page.attributes}
    assert not [name for name in names if name.startswith("on") or name in ("href", "src", "style")]
    if form == "html":
        assert set(page.tags) <= PAGE_TAGS and page.tags.count("script") == 1
    else:
        assert set(page.tags) <= {"h3", "h4", "p", "pre", "code", "details", "summary", "ul", "li"}
        assert not re.search(r"@\w|https?://|www\.|#\d", page.prose), page.prose
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40), st.sampled_from(FORMS))
def test_no_assumption_leaves_its_sentence(text: str, form: str) -> None:
    facts = replace(machine(*LAPTOP), assumed=(f"gpu={text}", text))
    page = read(said(view(facts), form), form)
    assert not set(page.tags) & {
        "img",
        "a",
        "iframe",
        "svg",
        "hr",
        "blockquote",
        "h1" if form == "markdown" else "x",
    }


@pytest.mark.parametrize("form", FORMS)
def test_why_unfolds_the_builds_passed_over(form: str) -> None:
    seen = view(machine(*LAPTOP), Asked(mirror="tuna"))
    folded, open_ = said(seen, form), said(seen, form, why=True)
    assert folded != open_
    assert len(re.findall("<details>", open_)) == len(re.findall("<details>", folded)) - 1


@pytest.mark.parametrize("form", FORMS)
def test_credentials_and_names_never_show(form: str) -> None:
    asked = Asked(mirror="https://ann:geheim@pypi.example/simple")
    text = said(view(machine(*LAPTOP), asked), form)
    assert (
        "geheim" not in text and "ann" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).split()
    )
    assert "pypi.example" in text
    home = r"C:\Users\Li Ming\envs\dl\Scripts\python.exe"
    facts = machine(*LAPTOP)
    facts = replace(facts, interpreter=replace(facts.interpreter, executable=home, prefix=home))
    hidden = recipe_view(made(facts, Asked()), catalogue(), Redactor(homes=[r"C:\Users\Li Ming"]).text)
    assert "Li Ming" not in plan(hidden, form, catalogue(), Style(), why=True)


@pytest.mark.parametrize("form", [*FORMS, "text"])
def test_a_hidden_home_folder_starts_the_interpreter_in_cmd_and_the_page_says_that_it_is_for_cmd(
    form: str,
) -> None:
    home = r"C:\Users\Li Ming\envs\dl\Scripts\python.exe"
    facts = machine(*LAPTOP)
    facts = replace(facts, interpreter=replace(facts.interpreter, executable=home, prefix=home))
    hidden = recipe_view(made(facts, Asked()), catalogue(), Redactor(homes=[r"C:\Users\Li Ming"]).text)
    assert any(r'"%USERPROFILE%\envs\dl\Scripts\python.exe" -m pip' in line for line in hidden.commands)
    said_so = "In PowerShell type"
    assert said_so in unescape(plan(hidden, form, catalogue(), Style(width=200), why=True))
    whole = recipe_view(made(facts, Asked()), catalogue(), str)
    assert said_so not in unescape(plan(whole, form, catalogue(), Style(width=200), why=True))


@pytest.mark.parametrize(("encoding", "language"), [("ascii", "en"), ("gbk", "zh")])
def test_the_page_says_in_any_encoding_what_it_says(encoding: str, language: str) -> None:
    seen = view(machine(*LAPTOP), Asked(mirror="tuna"), language)
    html = plan(seen, "html", catalogue(language), Style(encoding=encoding), why=False)
    assert html.isascii()
    assert plain(Parsed(html).text) == plain(Parsed(said(seen, "html", language)).text)


# -- mirrors

ANSWERS = (
    MirrorAnswer(mirror="tuna", serves="pypi", url="u", outcome="ok", first=0.21, rate=2e6, newest="2.15.0"),
    MirrorAnswer(
        mirror="nju", serves="wheels", url="u", outcome="ok", first=0.4, rate=8e6, host="cdn.example"
    ),
    MirrorAnswer(mirror="ustc", serves="pypi", url="u", outcome="tls", detail=HOSTILE),
    MirrorAnswer(mirror="bfsu", serves="conda", url="u", outcome="timed-out"),
)


def mirrors(language: str, *, measured: bool) -> MirrorsView:
    tables = knowledge()
    return mirrors_view(tables.mirrors, tables, ANSWERS if measured else None, (), catalogue(language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("measured", [False, True])
def test_no_form_leaves_out_a_mirror(form: str, language: str, measured: bool) -> None:
    seen = mirrors(language, measured=measured)
    shown = plain(read(sources(seen, form, catalogue(language), Style()), form).text)
    wanted = [part for row in seen.rows for part in (row.id, row.name, row.status, *row.quirks)]
    wanted += [text for row in seen.rows for _, texts in row.serves for text in texts]
    wanted += [
        part
        for each in seen.measured
        for row in each.answers
        for part in (row.mirror, row.speed, row.trouble)
    ]
    assert len(wanted) > 10
    assert not [each for each in (*wanted, *seen.remarks) if plain(each) not in shown]


@pytest.mark.parametrize("form", FORMS)
def test_what_a_server_answers_is_inert(form: str) -> None:
    text = sources(mirrors("en", measured=True), form, catalogue(), Style())
    page = read(text, form)
    assert not set(page.tags) & {"img", "a", "iframe", "svg"}
    assert not {name for name, _ in page.attributes if name.startswith("on") or name in ("href", "src")}
    assert page.tags.count("script") == 0 and page.comments == 0
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    if form == "markdown":
        assert not re.search(r"@\w|https?://|www\.", page.prose), page.prose
        assert page.tags.count("tr") == len(ANSWERS) + 3, "one row an answer, one head a kind"


def test_each_mirror_that_is_alive_has_its_command_to_copy() -> None:
    html = sources(mirrors("en", measured=False), "html", catalogue(), Style())
    lines = [
        unescape(re.sub("<[^>]+>", "", line)) for line in re.findall("<pre><code>(.*?)</code></pre>", html)
    ]
    alive = [row.id for row in knowledge().mirrors if row.status != "dead"]
    assert lines == [f"envdoctor install --mirror {each}" for each in alive]


# -- the commands

ASSUMED = [part for each in LAPTOP for part in ("--assume", each)]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    argv = [sys.executable, "-m", "envdoctor", *arguments]
    return subprocess.run(argv, capture_output=True, text=True, encoding="utf-8", env=env, timeout=180)


@pytest.mark.parametrize("arguments", [["install", *ASSUMED], ["mirrors"], ["mirrors", "tuna"]], ids=" ".join)
@pytest.mark.parametrize("form", FORMS)
def test_the_commands_write_them(arguments: list[str], form: str, tmp_path: Path) -> None:
    shown = run(*arguments, "--format", form)
    assert (shown.returncode, shown.stderr) == (0, "")
    file = tmp_path / "report"
    assert run(*arguments, "--format", form, "--output", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == shown.stdout
    assert shown.stdout.startswith("<!doctype html>" if form == "html" else "### ")


def test_a_refusal_is_a_page_too_with_exit_code_1() -> None:
    ran = run("install", *(part for each in OLD for part in ("--assume", each)), "--format", "markdown")
    assert ran.returncode == 1 and ran.stdout.startswith("### Error: ")
    assert json.loads(run("install", *ASSUMED, "--format", "json").stdout)["build"]


@pytest.mark.parametrize("form", FORMS)
def test_a_run_is_told_as_text_or_json(form: str) -> None:
    ran = run("install", "--run", "--yes", "--format", form, "--python", sys.executable)
    assert ran.returncode == 2 and f"--format {form}" in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
