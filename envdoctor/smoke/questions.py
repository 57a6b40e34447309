"""What the run asks of the machine: is a GPU in it that torch ought to use, and why is it not used?"""

from __future__ import annotations

from collections.abc import Sequence

from envdoctor.examine import Examination, examine
from envdoctor.findings import Finding, Severity
from envdoctor.machine import Machine
from envdoctor.outside import Outside
from envdoctor.rules import judge

__all__ = ["gpu_ought_to_work", "root_cause"]


def gpu_ought_to_work(outside: Outside, python: Sequence[str]) -> bool:
    """Whether training on the CPU would pass over a GPU; torch is not imported for that."""
    machine = _examined(outside, python, quick=True)
    if machine.has_nvidia:
        return True
    # A GPU of another maker counts only where `check` calls its disuse an error.
    return bool(machine.other_usable) and any(f.severity is Severity.ERROR for f in judge(machine))


def root_cause(outside: Outside, python: Sequence[str], limit: float) -> Finding | None:
    """`check`'s root cause, with its remedies; `None`: `check` finds no error.

    No probe takes longer than `limit` seconds, which is what the run itself was given.
    """
    findings = judge(_examined(outside, python, quick=False, limit=limit))
    return next((finding for finding in findings if finding.severity is Severity.ERROR), None)


def _examined(outside: Outside, python: Sequence[str], *, quick: bool, limit: float | None = None) -> Machine:
    return Machine(examine(outside, Examination(python=python[-1], quick=quick, at_most=limit)))
