"""Each finding has all its parts: a row, a rule, words and a story in both languages, and a case.

Whoever adds one may begin with any part; what is then still missing is said in sentences.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from rulebook import CASES

import envdoctor
from envdoctor import rules
from envdoctor.codes import CODES, SUBJECTS
from envdoctor.messages import FOLDER, catalogue

PACKAGE = Path(envdoctor.__file__).parent
LIVE = tuple(Path(subject.__file__ or "") for subject in rules.SUBJECTS if not hasattr(subject, "__path__"))
"""The modules of the rules for machines; the others judge what a text tells."""
JUDGES = (*(PACKAGE / "rules").rglob("*.py"), *(PACKAGE / "smoke").glob("*.py"))
KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
FINE = re.compile(r".*-ok(?:-.*)?")
"""What was checked and is fine is no finding to explain."""
MAKERS = {"error", "warning", "info", "make", "finding"}
BY_AGE = {"knowledge-stale"}
"""Of the tables, not of a machine."""

ROW = "a row in envdoctor/codes.py, where it stands among the causes"
RULE = "a rule that raises it, in the module of its subject in envdoctor/rules/"
WORDS = "finding.{code}.title and .detail in envdoctor/messages/{language}.json"
STORY = "its story, envdoctor/messages/stories/{language}/{code}.md (as the others there)"
CASE = "a case and a near miss in the module of its subject in tests/rulebook/"
Parts = Mapping[str, set[str]]


def parts() -> dict[str, set[str]]:
    """Of each part of a finding the codes that have it, as they stand in this checkout."""
    there: dict[str, set[str]] = {ROW: {row.name for row in CODES}}
    for language in ("en", "zh"):
        there[WORDS.replace("{language}", language)] = set(worded(language))
        there[STORY.replace("{language}", language)] = {
            path.stem for path in (FOLDER / "stories" / language).glob("*.md")
        }
    known = set().union(*there.values())
    there[RULE] = {each for path in JUDGES for each in raised(path, known)}
    elsewhere = known - {each for path in LIVE for each in raised(path, known)} | BY_AGE
    there[CASE] = {case.code for case in CASES} | elsewhere
    return there


def worded(language: str) -> Iterator[str]:
    """The codes with a title and a detail of their own or for each of their variants."""
    said = catalogue(language).sentences
    if language != "en":  # what a language lacks is said in English, so its own files are asked
        said = {key: text for key, text in said.items() if text != catalogue("en").sentences.get(key)}
    for key in said:
        family, _, rest = key.partition(".")
        if family == "finding" and rest.endswith(".title") and not FINE.fullmatch(rest.split(".")[0]):
            if f"{key.removesuffix('title')}detail" in catalogue("en").sentences:
                yield rest.split(".")[0]


def raised(path: Path, known: set[str]) -> set[str]:
    """The codes that a module makes findings of; those that are known also where it hands them on."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and node.value in known:
            found.add(str(node.value))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            code = str(node.args[0].value)
            if name in MAKERS and KEBAB.fullmatch(code):
                found.add(code)
    return found


def missing(there: Parts) -> list[str]:
    """What each code still lacks, a sentence each."""
    every = sorted(set().union(*there.values()))
    return [
        f"{code} lacks {part.replace('{code}', code)}"
        for code in every
        for part, codes in there.items()
        if code not in codes
    ]


def test_each_finding_has_all_its_parts() -> None:
    lacking = missing(parts())
    assert not lacking, "\n".join(["see 'Adding things' in docs/architecture.md", *lacking])


@pytest.mark.parametrize("part", parts())
def test_the_lack_of_one_part_is_told(part: str) -> None:
    there = parts()
    there[part] = there[part] - {"disk-low"}
    told = [each for each in missing(there) if each.startswith("disk-low ")]
    assert told == [f"disk-low lacks {part.replace('{code}', 'disk-low')}"]


def test_a_code_that_only_a_rule_knows_is_seen(tmp_path: Path) -> None:
    rule = tmp_path / "rule.py"
    rule.write_text('def of(machine):\n    yield make("env-brand-new", [], [])\n')
    assert raised(rule, set()) == {"env-brand-new"}


def test_each_code_has_one_row_and_a_subject_that_has_a_heading() -> None:
    names = [row.name for row in CODES]
    assert len(names) == len(set(names))
    assert {row.subject for row in CODES} == set(SUBJECTS)


def test_what_a_code_explains_has_a_row_of_its_own() -> None:
    names = {row.name for row in CODES}
    for row in CODES:
        assert set(row.explains) <= names, row.name
        assert row.name not in row.explains


@pytest.mark.parametrize("path", LIVE, ids=lambda path: path.stem)
def test_every_rule_of_a_module_is_in_its_list(path: Path) -> None:
    (module,) = (each for each in rules.SUBJECTS if each.__file__ == str(path))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and [arg.arg for arg in node.args.args] == ["machine"]
        and ast.unparse(node.returns or node) == "Iterator[Finding]"
    }
    listed = {rule.__name__ for rule in module.RULES}
    assert written - listed == set(), f"put it into RULES at the end of {path.name}"
