"""Every finding of every rule, in every form and both languages, from the cases of the rules' own tests."""

from __future__ import annotations

import re

import pytest
from rulebook import CASES, Case

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

FORMS = ("text", "json", "markdown", "html")
LEFT_OVER = re.compile(r"\{[a-z_]+\}")


def diagnosis(case: Case, language: str, source: str = "live") -> Diagnosis:
    return diagnose(Machine(case.broken), source, catalogue(language), Redactor().text)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_form_names_the_code_and_fills_every_gap(case: Case, language: str) -> None:
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
    case: Case, language: str, source: str
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
def test_every_finding_stays_readable_in_every_encoding(case: Case, encoding: str) -> None:
    said = one(diagnosis(case, "en"), "text", Style(width=80, encoding=encoding))
    assert said.encode(encoding).decode(encoding) == said
    lost = said.count("?") - one(diagnosis(case, "en"), "text", Style(width=80)).count("?")
    # A path in Chinese can't be written in these encodings, and is no word of ours.
    assert lost == 0 or case.code == "env-path-non-ascii", "a letter became a question mark"
