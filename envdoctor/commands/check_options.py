"""What `check` was asked for, and the exit code that goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import EnvdoctorError
from envdoctor.frozen import Record, record

if TYPE_CHECKING:
    from envdoctor.reports.diagnosis import Diagnosis

__all__ = ["Options"]


@record
class Options(Record):
    """The command line of `check`."""

    python: str | None = None
    quick: bool = False
    strict: bool = False
    assume: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """What `--from` names; empty: this machine is examined."""
    form: str = "text"
    output: Path | None = None
    timeout: float | None = None
    verbose: bool = False
    redact: bool = True

    def exit_code(self, diagnosis: Diagnosis) -> int:
        """0 sound, 1 not (`strict`: for a warning too), 3 where a rule failed: the verdict is not whole."""
        from envdoctor.rules.guard import FAILED

        if any(finding.code == FAILED for finding in diagnosis.findings):
            return EnvdoctorError.exit_code
        bad = ("errors", "warnings") if self.strict else ("errors",)
        return 1 if diagnosis.verdict in bad else 0
