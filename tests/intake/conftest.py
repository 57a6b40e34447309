"""Pasted texts with what they should come to, and the way from one to the other."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from envdoctor.findings import Finding, Severity
from envdoctor.intake import read
from envdoctor.machine import Machine
from envdoctor.rules import judge, primary
from envdoctor.trust import trusted

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Verdict:
    """What a text came to."""

    primary: str | None
    findings: tuple[Finding, ...]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}

    @property
    def errors(self) -> set[str]:
        return {finding.code for finding in self.findings if finding.severity is Severity.ERROR}


def verdict(text: str) -> Verdict:
    """The judgement on a pasted text."""
    findings = judge(Machine(trusted(read(text, "paste.txt"))))
    return Verdict(primary(findings), findings)


@dataclass(frozen=True)
class Case:
    """A text that was pasted somewhere, and what was wrong there.

    `primary` is the root cause (`None`: nothing was wrong), `accepted` holds equally right answers, `never`
    codes that would be plainly wrong as errors. Where no GPU is what was found, which is no error, `beside`
    holds the errors that may stand beside it.
    """

    name: str
    text: str
    primary: str | None
    accepted: frozenset[str]
    never: frozenset[str]
    beside: frozenset[str] = frozenset()

    def is_answered(self, found: Verdict) -> bool:
        if found.errors & self.never:
            return False
        if self.primary is None:
            return not found.errors
        if self.primary == "gpu-absent":
            return "gpu-absent" in found.codes and found.errors <= self.beside
        return found.primary in self.accepted


def cases() -> list[Case]:
    """Every recorded case; the number in its name is its place in the file."""
    found = []
    for path in sorted((HERE / "cases").glob("*.json")):
        for number, row in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            wanted = row["primary"]
            found.append(
                Case(
                    name=f"{path.stem}-{number}-{wanted or 'healthy'}",
                    text="\n".join(row["text"]) + "\n",
                    primary=wanted,
                    accepted=frozenset([wanted, *row.get("or", ())]) if wanted else frozenset(),
                    never=frozenset(row["never"]),
                    beside=frozenset(row.get("beside", ())),
                )
            )
    return found


def messages(file: str = "messages.json") -> list[Case]:
    """The table of message families: short texts in the programs' own words.

    "told.json" was written by somebody who had not seen the rules, as people tell of their machines.
    """
    rows = json.loads((HERE / file).read_text(encoding="utf-8"))
    return [
        Case(
            name=row["name"],
            text="\n".join(row["text"]) + "\n",
            primary=row["primary"][0] if row["primary"] else None,
            accepted=frozenset(row["primary"] or ()),
            never=frozenset(),
            beside=frozenset(row.get("beside", ())),
        )
        for row in rows
    ]
