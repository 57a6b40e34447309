"""The published JSON schema: every finding of every rule fits it, and it is the one that the types make."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rulebook import CASES, Case

from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_from_json, facts_to_json
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.reason import reason
from envdoctor.redact import Redactor
from envdoctor.reports.diagnosis import diagnose
from envdoctor.reports.json import as_json
from envdoctor.reports.schemas import CHECK, as_file


def strict(schema: Any) -> Any:
    """The schema without room for keys that it does not name, so that the test sees each new one."""
    if isinstance(schema, dict):
        made = {key: strict(value) for key, value in schema.items()}
        if "properties" in made and made.get("type") == "object":
            made.setdefault("additionalProperties", False)
        return made
    return [strict(each) for each in schema] if isinstance(schema, list) else schema


SCHEMA = json.loads(CHECK.read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(strict(SCHEMA))


def report_of(facts: Facts, language: str = "en") -> dict[str, object]:
    return as_json(diagnose(Machine(facts), "live", catalogue(language), Redactor().text))


def test_the_published_file_is_what_the_types_make() -> None:
    assert CHECK.read_text(encoding="utf-8") == as_file(), "run: python -m envdoctor.reports.schemas"


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_finding_fits_the_schema(case: Case, language: str) -> None:
    for facts in (case.broken, case.near):
        VALIDATOR.validate(report_of(facts, language))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_what_is_written_is_read_back(case: Case) -> None:
    report = json.loads(json.dumps(report_of(case.broken)))
    assert report_of(facts_from_json(report["facts"]))["findings"] == report["findings"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"schema": 2}, "schema"),
        ({"verdict": "fine"}, "verdict"),
        ({"verdict": "ok", "primary": "torch-missing"}, "a sound report has no root cause"),
        ({"verdict": "errors", "primary": None}, "a broken one has one"),
        ({"findings": [{"code": "Torch Missing"}]}, "code"),
        ({"facts": {"host": {"os": "beos"}}}, "os"),
        ({"facts": {"host": {"memory_total": "16 GB"}}}, "memory"),
        ({"facts": []}, "facts"),
    ],
)
def test_what_is_no_report_does_not_fit(change: dict[str, object], what: str) -> None:
    sound: dict[str, object] = {
        "schema": 1, "envdoctor": "0.1.0", "source": "live", "verdict": "ok", "primary": None, "findings": [],
        "facts": {},
    }  # fmt: skip
    VALIDATOR.validate(sound)
    assert not VALIDATOR.is_valid({**sound, **change}), what


def test_keys_of_later_versions_are_allowed_in_the_published_schema() -> None:
    report = copy.deepcopy(report_of(Facts()))
    report["later"] = 1
    Draft202012Validator(SCHEMA).validate(report)


def test_a_reason_is_the_same_in_every_language_and_one_of_an_older_version_is_read() -> None:
    facts = facts_from_json({"unknown": {"host.glibc": "the C library is musl"}})
    assert facts.unknown["host.glibc"] == reason("told", text="the C library is musl")
    now = replace(facts, unknown={"host.glibc": reason("unreadable", path="/proc")})
    said = facts_to_json(now)["unknown"]
    assert said == {"host.glibc": {"key": "unreadable", "values": {"path": "/proc"}}}
    VALIDATOR.validate(report_of(now))
