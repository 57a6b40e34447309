"""From facts to findings: pure rules, one module a subject, and the order of causes."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.rules import (
    complaints,
    driver,
    editors,
    environment,
    gpu,
    gpu_build,
    host,
    importing,
    interpreter,
    jetson,
    network,
    torch,
    understanding,
    wsl,
)
from envdoctor.rules.causes import in_order, primary
from envdoctor.rules.guard import findings_of

__all__ = ["judge", "primary"]

SUBJECTS = (
    understanding,
    interpreter,
    environment,
    editors,
    network,
    torch,
    importing,
    wsl,
    driver,
    gpu,
    gpu_build,
    jetson,
    host,
    complaints,
)


def judge(machine: Machine) -> tuple[Finding, ...]:
    """Every finding about this machine, the root cause first; a rule that fails is one of them."""
    rules = [rule for subject in SUBJECTS for rule in subject.RULES]
    found = list(findings_of(rules, machine))
    if machine.facts.paste is not None:
        from envdoctor.rules.complaints.other_python import with_other_python

        found += _unexplained(machine, found)
        if _errors(found):  # something was understood after all
            found = [each for each in found if each.code != "report-not-understood"]
        found = [with_other_python(machine, machine.facts.paste, each) for each in found]
    return in_order(found)


def _unexplained(machine: Machine, found: list[Finding]) -> Iterator[Finding]:
    """What a pasted text tells where nothing so far says why: remarks, sentences, the likeliest cause."""
    from envdoctor.rules.complaints.told import told

    more: list[Finding] = []
    if not _errors(found):
        more += findings_of(complaints.REMARKS, machine)
        if any(each.code == "gpu-absent" for each in found):
            return iter(more)  # where there is no GPU, nothing keeps torch from one
    more += findings_of([told], (machine, _errors(found + more)))
    if not _errors(found + more):
        more += findings_of(complaints.GUESSES, machine)
    return iter(more)


def _errors(found: list[Finding]) -> frozenset[str]:
    return frozenset(each.code for each in found if each.severity is Severity.ERROR)
