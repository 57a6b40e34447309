"""One machine's diagnosis: what every rendering starts from."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from envdoctor.facts import Facts
from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.messages import Catalogue

__all__ = ["LIVE", "Diagnosis", "diagnose"]

LIVE = "live"
"""The source of a diagnosis of this machine; any other names an input."""


@dataclass(frozen=True)
class Diagnosis:
    """The findings about one machine, in order, with what is needed to put them into words.

    `hide` takes what must not be seen by others (home folders, host names, credentials) out of any text;
    `unhidden` says that names were asked to be shown.
    """

    machine: Machine
    findings: tuple[Finding, ...]
    source: str
    words: Catalogue
    hide: Callable[[str], str]
    unhidden: bool = False

    @property
    def facts(self) -> Facts:
        """The facts behind the findings."""
        return self.machine.facts

    @functools.cached_property
    def primary(self) -> str | None:
        """The code of the root cause."""
        from envdoctor.rules.causes import primary

        return primary(self.findings)

    @property
    def cause(self) -> str:
        """The code that stands for the report: the root cause, else the first warning, else nothing."""
        warnings = (each.code for each in self.findings if each.severity is Severity.WARNING)
        return self.primary or next(warnings, "")

    @property
    def gravest(self) -> Severity:
        """The verdict as a severity."""
        return {"errors": Severity.ERROR, "warnings": Severity.WARNING, "ok": Severity.OK}[self.verdict]

    @functools.cached_property
    def verdict(self) -> Literal["ok", "warnings", "errors"]:
        """The whole report in one word."""
        levels = {finding.severity for finding in self.findings}
        if Severity.ERROR in levels:
            return "errors"
        return "warnings" if Severity.WARNING in levels else "ok"


def diagnose(
    machine: Machine,
    source: str,
    words: Catalogue,
    hide: Callable[[str], str],
    *,
    unhidden: bool = False,
) -> Diagnosis:
    """Judge a machine by every rule."""
    from envdoctor.rules import judge  # a plan is put into words too, and needs no rule

    return Diagnosis(machine, judge(machine), source, words, hide, unhidden)
