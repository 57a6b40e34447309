"""A smoke run in every form and both languages: whole, inert, hidden, and saying so where it is not hidden."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from envdoctor.findings import Finding, Remedy, Severity, Words
from envdoctor.messages import catalogue
from envdoctor.messages.columns import width
from envdoctor.redact import Redactor, without_credentials
from envdoctor.reports.smoke_explain import sections
from envdoctor.reports.smoke_html import as_html
from envdoctor.reports.smoke_json import SCHEMA_FILE, as_json
from envdoctor.reports.smoke_markdown import as_markdown
from envdoctor.reports.smoke_plot import picture
from envdoctor.reports.smoke_text import as_text
from envdoctor.reports.smoke_view import smoke_view
from envdoctor.reports.style import Style
from envdoctor.smoke.options import CHECKS, RANK_CHECKS
from envdoctor.smoke.result import Check, SmokeResult

HOSTILE = (
    "\x1b]0;owned\x07 <script>alert(1)</script> ![x](https://evil.example/t.png) @everyone </details> "
    "/home/ann/env https://ann:secret@evil.example/ \u202egnp.exe `reboot` | a"
)
LOSSES = tuple(1.0 / (1 + step) + 0.02 for step in range(240))
LEFT_OVER = re.compile(r"\{[a-z_]+\}|smoke\.[a-z]+\.|walk\.")


def passed() -> SmokeResult:
    checks = [
        Check(
            name=name,
            status="passed",
            detail=Words("smoke.step.passed", {"rate": 0.05, "measured": "1e-09", "bound": "2e-08"}),
            measured=1e-9,
            bound=2e-8,
            seconds=0.5,
        )
        for name in CHECKS[:-2]
    ]
    checks += [
        Check(name=CHECKS[-2], status="not-claimed", detail=Words("smoke.compile.not-claimed.off")),
        Check(
            name=CHECKS[-1],
            status="warning",
            detail=Words(
                "smoke.speed.warning", {"name": "TF32", "reached": "9", "published": "80", "share": "11 %"}
            ),
        ),
    ]
    facts = {"torch": "2.14.1+cu126", "python": "3.12.9", "noise_floor": 0.0256, "device_name": "GPU"}
    return SmokeResult(
        verdict="passed", device="cuda:0", checks=tuple(checks), losses=LOSSES, facts=facts, seconds=4.5
    )


def failed(text: str = "CUDA error: /home/ann/x") -> SmokeResult:
    checks = [Check(name="import", status="passed", detail=Words("smoke.skipped", {"name": "device"}))]
    checks += [Check(name="device", status="failed", detail=Words("smoke.raised", {"error": text}))]
    checks += [
        Check(name=name, status="skipped", detail=Words("smoke.skipped", {"name": "device"}))
        for name in CHECKS[2:]
    ]
    finding = Finding(
        "torch-run-failed",
        Severity.ERROR,
        {"device": text, "check": "device"},
        (Words("evidence.said", {"source": "torch", "text": text}),),
        (Remedy(Words("remedy.torch"), (("python", "-m", "pip", "install", "torch==2.14.1+cu126"),)),),
    )
    return SmokeResult(
        verdict="failed",
        device="cuda:0",
        checks=tuple(checks),
        losses=(),
        findings=(finding,),
        facts={"torch": text, "device_name": text},
        output=text,
        trace=text,
    )


def said(
    result: SmokeResult, form: str, language: str = "en", *, hidden: bool = True, columns: int = 80
) -> str:
    words = catalogue(language)
    hide = Redactor(homes=("/home/ann",), users=("ann",)).text if hidden else without_credentials
    seen = smoke_view(result, words, hide, unhidden=not hidden)
    walk = sections(result, words)
    if form == "json":
        return as_json(result, words, hide, {}, unhidden=not hidden)
    if form == "html":
        return as_html(seen, picture(result, words), walk, words)
    if form == "markdown":
        return as_markdown(seen, result.losses, walk, words)
    return as_text(seen, result.losses, words, Style(width=columns, verbose=True))


FORMS = ("text", "json", "markdown", "html")


class Tags(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.scripts = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.scripts += tag == "script"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("result", [passed(), failed()], ids=["passed", "failed"])
def test_every_form_is_whole(result: SmokeResult, form: str, language: str) -> None:
    page = said(result, form, language)
    assert not LEFT_OVER.search(re.sub(r"<style>.*?</style>|<script>.*?</script>", "", page, flags=re.DOTALL))
    words = catalogue(language)
    for check in result.checks:
        name = words.text(f"smoke.name.{check.name}")
        assert (f'"{check.name}"' if form == "json" else name) in page
    if not result.passed:
        assert "torch-run-failed" in page and "torch==2.14.1+cu126" in page


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_are_hidden_unless_asked_for_and_then_it_says_so(form: str, language: str) -> None:
    note = '"unhidden": true' if form == "json" else "no-redact"
    hidden = said(failed(), form, language)
    assert "ann" not in hidden.replace("cannot", "").replace("channel", "") and note not in hidden
    shown = said(failed(), form, language, hidden=False)
    assert "/home/ann" in shown
    assert note in shown


@pytest.mark.parametrize("form", FORMS)
def test_credentials_are_always_cut_and_nothing_speaks_to_the_terminal(form: str) -> None:
    for hidden in (True, False):
        page = said(failed(HOSTILE), form, hidden=hidden)
        assert "secret" not in page
        if form != "json":  # JSON escapes what it may not hold
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)


def test_hostile_text_is_inert_in_markdown_and_html() -> None:
    page = Tags(said(failed(HOSTILE), "html"))
    assert page.scripts == 1 and not page.attributes & {"href", "src", "onerror", "style"}
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(said(failed(HOSTILE), "markdown"))
    assert Tags(html).tags <= {"h3", "p", "pre", "code", "details", "summary", "ul", "li"}


def test_what_a_page_unfolds_about_a_check() -> None:
    page = said(passed(), "html", "en")
    assert page.count('<details class="ok"><summary>') == len(CHECKS) - 2
    assert '<details class="warning" open>' in page, "what needs a look is unfolded"
    assert "<td>5 %</td>" in page, "the share of the bound that was taken"
    for name in CHECKS:
        assert catalogue("en").text(f"smoke.about.{name}").split("'")[0] in page


@pytest.mark.parametrize("name", [*CHECKS, *RANK_CHECKS])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_check_has_its_name_and_what_it_is_about(name: str, language: str) -> None:
    sentences = catalogue(language).sentences
    assert {f"smoke.name.{name}", f"smoke.about.{name}"} <= set(sentences)


NOWHERE = {"held_out_loss": math.nan, "noise_floor": 0.0256, "loss_bound": math.inf, "speedup": -math.inf}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("columns", [1, 24, 80])
def test_a_loss_that_is_no_number_can_be_told_in_every_form(form: str, columns: int) -> None:
    check = Check(
        name="training", status="failed", detail=Words("smoke.training.failed.nan"), measured=math.nan
    )
    lost = replace(failed(), checks=(check,), losses=(*LOSSES[:60], math.nan), facts=NOWHERE)
    page = said(lost, form, columns=columns)
    if form == "json":
        report = json.loads(page, parse_constant=pytest.fail)
        assert report["loss"] == [*LOSSES[:60], None]
        assert report["training"]["bound"] is None
        assert not list(Draft202012Validator(json.loads(SCHEMA_FILE.read_text("utf-8"))).iter_errors(report))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [24, 40, 80])
def test_no_line_is_wider_than_the_terminal(language: str, columns: int) -> None:
    for line in said(passed(), "text", language, columns=columns).splitlines():
        assert width(line) <= columns, line


def test_json_of_an_unhidden_run_fits_the_schema() -> None:
    schema: Any = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    report = json.loads(said(failed(), "json", hidden=False))
    assert report["unhidden"] is True
    errors = [each.message for each in Draft202012Validator(schema).iter_errors(report)]
    assert not [each for each in errors if "unhidden" in each]
