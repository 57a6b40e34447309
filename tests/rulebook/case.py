"""What a rule is tried on."""

from __future__ import annotations

from dataclasses import dataclass

from envdoctor.facts import Facts
from envdoctor.findings import Severity


@dataclass(frozen=True)
class Case:
    """Facts that raise the code, and facts that look alike but must not raise it as an error or warning."""

    code: str
    broken: Facts
    near: Facts
    severity: Severity = Severity.ERROR
    first: bool = True
