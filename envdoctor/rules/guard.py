"""A rule that fails costs its own findings, never those of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from envdoctor.errors import EnvdoctorError
from envdoctor.findings import Finding, words
from envdoctor.rules.levels import warning

__all__ = ["FAILED", "findings_of"]

FAILED = "doctor-rule-failed"
"""The code that says which rule failed; with it the doctor did not finish, whatever else it found."""
LONGEST = 160
"""Letters of an exception's own words that are shown."""

Subject = TypeVar("Subject")
Rule = Callable[[Subject], Iterable[Finding]]


def findings_of(rules: Iterable[Rule[Subject]], subject: Subject) -> list[Finding]:
    """What the rules find, in their order; a rule that raises is named in a finding of its own.

    Raises:
        EnvdoctorError: what the doctor itself has a sentence for, such as a damaged table.

    """
    found: list[Finding] = []
    for rule in rules:
        try:
            for finding in rule(subject):  # one by one: what it found before it failed stays
                found.append(finding)
        except EnvdoctorError:
            raise
        except Exception as error:  # noqa: BLE001 - one rule's fault must not hide what the others found
            found.append(_failed(rule, error))
    return found


def _failed(rule: Rule[Subject], error: Exception) -> Finding:
    name = f"{getattr(rule, '__module__', '?').removeprefix('envdoctor.')}.{getattr(rule, '__name__', '?')}"
    why = " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST]
    return warning(FAILED, [words("evidence.rule-failed", rule=name, why=why)], rule=name)
