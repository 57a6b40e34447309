"""The outcome of a smoke run: what every rendering starts from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from envdoctor.findings import Finding, Words

__all__ = ["Check", "SmokeResult", "Status"]

Status = Literal["passed", "failed", "warning", "not-claimed", "skipped"]
"""`not-claimed`: there was no ground for the claim (too few steps, not asked for, the device lacks it);
`skipped`: an earlier check failed, so this one was not reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what was measured and the bound it must keep."""

    name: str
    status: Status
    detail: Words
    measured: float | None = None
    bound: float | None = None
    seconds: float | None = None
    rank: int | None = None
    """Of several processes, the one whose number this is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmokeResult:
    """A whole smoke run. `findings` holds the cause of a failure, the root cause first."""

    verdict: Literal["passed", "failed"]
    device: str | None
    checks: tuple[Check, ...]
    losses: tuple[float, ...]
    findings: tuple[Finding, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    """What the worker told beside the checks: versions, times, the noise, numbers for the walk-through."""
    seconds: float = 0.0
    output: str = ""
    """The last of what torch and others printed; shown only when the run failed."""
    trace: str = ""
    """Where the worker was when a check raised, or when it died."""

    @property
    def passed(self) -> bool:
        """Whether every claim that was made holds."""
        return self.verdict == "passed"

    @property
    def primary(self) -> str | None:
        """The code of the root cause."""
        return self.findings[0].code if self.findings else None

    @property
    def failed_check(self) -> Check | None:
        """The check that the run ended with."""
        return next((check for check in self.checks if check.status == "failed"), None)

    def number(self, name: str) -> float | None:
        """A number among the facts; `None` too for the NaN or infinity that failed training leaves."""
        value = self.facts.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            return None
        return float(value)

    def text(self, name: str) -> str | None:
        """A text among the facts."""
        value = self.facts.get(name)
        return value if isinstance(value, str) else None
