"""The report as JSON, version 1; `schemas/check.schema.json` says what it may hold."""

from __future__ import annotations

from dataclasses import replace

from envdoctor import __version__
from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_to_json
from envdoctor.probes.variables import shown_variables
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.view import Told, fit, inert, told

__all__ = ["SCHEMA", "as_json"]

SCHEMA = 1


def as_json(diagnosis: Diagnosis) -> dict[str, object]:
    """One report as plain JSON values, hidden things already taken out."""
    hide = diagnosis.hide
    return {
        "schema": SCHEMA,
        "envdoctor": __version__,
        "source": inert(hide(diagnosis.source)),
        "verdict": diagnosis.verdict,
        "primary": diagnosis.primary,
        "findings": [_finding(each) for each in told(diagnosis)],
        "facts": facts_to_json(_known(diagnosis), fit(hide)),
        # Only where somebody asked for it, so that a report as anybody may see it stays what it was.
        **({"unhidden": True} if diagnosis.unhidden else {}),
    }


def _known(diagnosis: Diagnosis) -> Facts:
    """The facts, of whose variables only those that matter to torch may leave, whoever saved the others."""
    facts = diagnosis.facts
    if diagnosis.unhidden:
        return facts
    variables = facts.environment.variables
    shown = shown_variables(variables)
    if list(shown.items()) == list(variables.items()):
        return facts
    return replace(facts, environment=replace(facts.environment, variables=shown))


def _finding(finding: Told) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": finding.title,
        "detail": finding.detail,
        "evidence": list(finding.evidence),
        "caused_by": finding.caused_by,
        "remedies": [
            {"summary": advice.summary, "commands": [list(argv) for argv in advice.commands]}
            for advice in finding.advice
        ],
    }
