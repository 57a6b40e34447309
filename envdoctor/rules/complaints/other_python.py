"""The Python of a new environment where that of a report is too new or too old for what is asked."""

from __future__ import annotations

import re
from dataclasses import replace

from envdoctor.facts import Paste
from envdoctor.findings import Finding
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.pythons import cures, installing_python
from envdoctor.versions import version_numbers

__all__ = ["with_other_python"]

_NAMED = re.compile(r"(?P<below><(?!=) ?['\"]?)?(?<![\d.])3\.(?P<minor>\d{1,2})(?!\d)")


def with_other_python(machine: Machine, paste: Paste, finding: Finding) -> Finding:
    """The finding, its new environment on the side of the Python in use where one that fits must lie.

    It is the one that a program or a person names, else the usual one, where that lies there, or the next.
    """
    makes_one = bool(finding.remedies) and finding.remedies[0].summary.key == "remedy.environment"
    if finding.code not in ("python-too-new", "python-too-old") or not makes_one:
        return finding
    heard, newer = Heard(machine, paste), finding.code == "python-too-old"
    have = _minor(str(finding.values.get("python", ""))) or _minor(machine.python_key or "")
    if have is None and (installing := installing_python(heard)) is not None:
        have = installing[1]
    fit = [each for each in _named(heard) if have is None or (each > have if newer else each < have)]
    if not fit and have is None:
        return finding
    if newer:
        way = remedies.environment_within(machine, least=(3, min(fit, default=(have or 0) + 1)))
    else:
        way = remedies.environment_within(machine, most=(3, max(fit, default=(have or 0) - 1)))
    return replace(finding, remedies=(way, *finding.remedies[1:]))


def _minor(version: str) -> int | None:
    numbers = version_numbers(version)
    return numbers[1] if len(numbers) > 1 and numbers[0] == 3 else None


def _named(heard: Heard) -> list[int]:
    """The minor numbers of the Pythons that a program asks for, or that are said to do."""
    texts = [*(each.subject for each in heard.all("wants-python")), *cures(heard)]
    found = [match for text in texts for match in _NAMED.finditer(text)]
    return [int(match["minor"]) - (match["below"] is not None) for match in found]
