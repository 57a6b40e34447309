"""The diagnosis as JSON, version 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from envdoctor import __version__
from envdoctor.facts import facts_to_json
from envdoctor.findings import Finding
from envdoctor.reports.diagnosis import Diagnosis

__all__ = ["SCHEMA", "as_json"]

SCHEMA = 1


def as_json(diagnosis: Diagnosis) -> dict[str, object]:
    """One report as plain JSON values, hidden things already taken out."""
    report = {
        "schema": SCHEMA,
        "envdoctor": __version__,
        "source": diagnosis.source,
        "verdict": diagnosis.verdict,
        "primary": diagnosis.primary,
        "findings": [_finding(diagnosis, finding) for finding in diagnosis.findings],
        "facts": facts_to_json(diagnosis.facts),
    }
    hidden = _map_text(report, diagnosis.hide)
    if not isinstance(hidden, dict):
        raise TypeError("a report is an object")
    return hidden


def _finding(diagnosis: Diagnosis, finding: Finding) -> dict[str, object]:
    words = diagnosis.words
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": words.title(finding),
        "detail": words.detail(finding),
        "evidence": [words.say(each) for each in finding.evidence],
        "caused_by": finding.caused_by,
        "remedies": [
            {"summary": words.say(remedy.summary), "commands": [list(argv) for argv in remedy.commands]}
            for remedy in finding.remedies
        ],
    }


def _map_text(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {change(str(key)): _map_text(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_map_text(item, change) for item in value]
    return value
