"""Every finding of every rule, in every form and both languages, from the cases of the rules' own tests."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from envdoctor.findings import Severity
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.messages.columns import width
from envdoctor.redact import Redactor
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.forms import one
from envdoctor.reports.text import Style
from envdoctor.reports.view import view
from envdoctor.shell import shell

RULE_CASES = Path(__file__).parents[1] / "rules" / "test_codes.py"
FORMS = ("text", "json", "markdown", "html")
LEFT_OVER = re.compile(r"\{[a-z_]+\}")


def rule_cases() -> list[Any]:
    """The cases of the tests of the rules; the tests are no package, so they are loaded by path."""
    spec = importlib.util.spec_from_file_location("envdoctor_rule_cases_of_forms", RULE_CASES)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return list(module.CASES)


CASES = rule_cases()


def diagnosis(case: Any, language: str, source: str = "live") -> Diagnosis:
    return diagnose(Machine(case.broken), source, catalogue(language), Redactor().text)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_form_names_the_code_and_fills_every_gap(case: Any, language: str) -> None:
    shown = diagnosis(case, language)
    for form in FORMS:
        said = one(shown, form, Style(width=80, verbose=True))
        loud = [f for f in shown.findings if f.severity in (Severity.ERROR, Severity.WARNING)]
        for finding in loud:
            assert finding.code in said, f"{form} leaves out {finding.code}"
        assert not LEFT_OVER.search(
            re.sub(r"<style>.*?</style>|<script>.*?</script>", "", said, flags=re.DOTALL)
        )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("source", ["live", "paste.txt"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_no_line_but_a_command_or_a_path_is_wider_than_40_columns(
    case: Any, language: str, source: str
) -> None:
    shown = diagnosis(case, language, source)
    seen = view(shown)
    commands = {line for told in seen.findings for advice in told.advice for line in advice.lines}
    commands |= {shell(argv, seen.system) for argv in seen.asks}
    commands |= {f"envdoctor explain {told.code}" for told in seen.findings}
    for line in one(shown, "text", Style(width=40)).splitlines():
        longest = max(map(width, line.split()), default=0)
        assert width(line) <= 40 or line in commands or longest > 34, line


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "cp1252", "cp437"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_finding_stays_readable_in_every_encoding(case: Any, encoding: str) -> None:
    said = one(diagnosis(case, "en"), "text", Style(width=80, encoding=encoding))
    assert said.encode(encoding).decode(encoding) == said
    lost = said.count("?") - one(diagnosis(case, "en"), "text", Style(width=80)).count("?")
    # A path in Chinese can't be written in these encodings, and is no word of ours.
    assert lost == 0 or case.code == "env-path-non-ascii", "a letter became a question mark"
