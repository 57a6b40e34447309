"""Help pages and errors are whole in Chinese too, and laid out by the columns they take."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import envdoctor
from envdoctor import errors
from envdoctor.cli import app
from envdoctor.messages import PLACEHOLDER, speak
from envdoctor.messages.columns import width
from envdoctor.messages.help import HelpPage, one_line, told, twins

PACKAGE = Path(envdoctor.__file__).parent
MAINTAINERS = {"package_index.py", "schema.py", "refresh.py", "renewal.py"}
"""Tools of those who renew the knowledge tables; they speak English."""
HERE = "add it to envdoctor/messages/help.zh.json"


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    speak("zh")
    yield
    speak("en")


def test_every_sentence_of_the_help_pages_has_its_twin() -> None:
    group = typer.main.get_command(app)
    sentences: set[str] = set()
    for command in (group, *group.commands.values()):  # type: ignore[attr-defined]
        sentences |= {one_line(each) for each in (command.help or "").split("\n\n")}
        sentences |= {one_line(getattr(param, "help", None) or "") for param in command.params}
    assert sentences - {""} - set(twins("zh")["help"]) == set(), HERE


def error_classes() -> set[str]:
    return {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }


def template(node: ast.expr) -> str | None:
    """A message with `{}` for each value in it; `None`: it is put together elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return None


def messages() -> dict[str, str]:
    """Every message that an error of ours is raised with, and where."""
    found: dict[str, str] = {}
    for path in PACKAGE.rglob("*.py"):
        if path.name in MAINTAINERS or "patient" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                text = template(node.args[0]) if node.func.id in error_classes() else None
                if text is not None and text != "{}":
                    found[text] = f"{path.name}:{node.lineno}"
    return found


def test_every_error_has_its_twin() -> None:
    known = {PLACEHOLDER.sub("{}", english) for english in twins("zh")["errors"]}
    found = messages()
    assert len(found) > 30
    assert {text: place for text, place in found.items() if text not in known} == {}, HERE


def test_both_sides_of_an_error_hold_the_same_values() -> None:
    for english, chinese_ in twins("zh")["errors"].items():
        assert set(PLACEHOLDER.findall(chinese_)) == set(PLACEHOLDER.findall(english)), english


def test_no_template_hides_one_that_stands_below_it() -> None:
    rows = twins("zh")["errors"]
    for english, chinese_ in rows.items():
        values = {name: f"<{number}>" for number, name in enumerate(PLACEHOLDER.findall(english))}
        said = PLACEHOLDER.sub(lambda hit, values=values: values[hit[1]], english)  # type: ignore[misc]
        wanted = PLACEHOLDER.sub(lambda hit, values=values: values[hit[1]], chinese_)  # type: ignore[misc]
        assert told(said) == wanted, f"{english}: a template above it is more general; put this one higher"


def test_an_unknown_error_is_told_as_it_came() -> None:
    assert told("something new {went} wrong") == "something new {went} wrong"


def test_a_page_is_laid_out_by_columns() -> None:
    page = HelpPage(width=70)
    with page.section("Options"):
        page.write_dl(
            [
                ("--quick", "Read files only; import nothing."),
                ("--a-very-long-option-name PATH", "Warnings fail too (exit code 1)."),
                ("--format FORM", "The form of the report.  [default: text]"),
            ]
        )
    lines = page.getvalue().splitlines()
    assert lines[0] == "选项："
    assert all(width(line) <= 70 for line in lines)
    assert lines[1].startswith("  --quick") and "只读文件" in lines[1]
    assert "报告的格式。[默认：text]" in "".join(line.strip() for line in lines).replace("。 ", "。")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("command", ["", "check", "install", "explain", "mirrors", "smoke-train"])
def test_help_fits_the_terminal_and_cuts_no_sentence(command: str, columns: int, language: str) -> None:
    argv = [sys.executable, "-m", "envdoctor", "--lang", language, *([command] if command else []), "--help"]
    env = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": "utf-8"}
    ran = subprocess.run(argv, capture_output=True, env=env, timeout=60, check=True)
    for line in ran.stdout.decode().splitlines():
        assert width(line) <= columns, line
        assert not line.endswith("...") or line.endswith(("]...", "xpu, ...")), line
