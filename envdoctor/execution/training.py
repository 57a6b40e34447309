"""The last proof of an install: a small network trains, with every step checked."""

from __future__ import annotations

from envdoctor.findings import Words, words
from envdoctor.outside import LiveOutside
from envdoctor.smoke import Options, SmokeResult, run

__all__ = ["judge", "trains"]

LIMIT = 240.0
"""Seconds for the run: nothing of torch is in any cache yet."""
OUTSIDE = ("shm-small", "memory-low", "gpu-memory-full", "compiler-missing", "disk-low")
"""Causes that another torch would meet as well: no reason to take this one out again."""


def trains(outside: LiveOutside, python: str, *, device: str) -> Words | None:
    """Train in this interpreter on "auto" or "cpu"; what is wrong with the packages, if anything is."""
    return judge(run(outside, (python,), Options(device=device, timeout=LIMIT)))


def judge(result: SmokeResult) -> Words | None:
    """What a run shows to be wrong with the packages; a lack of memory or the like is not their fault."""
    failed = result.failed_check
    if result.passed or failed is None or result.primary in OUTSIDE:
        return None
    return words("run.verify.training", check=failed.name, error=failed.detail)
