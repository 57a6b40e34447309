"""Each finding that a live machine can raise: facts that raise it, and facts that look alike and must not.

A new finding gets its case in the module of its subject; every test that walks all findings then has it.
"""

from __future__ import annotations

from rulebook import asides, driver, environment, gpus, host, interpreter, sources, torch
from rulebook.case import Case

__all__ = ["CASES", "Case"]

CASES: tuple[Case, ...] = (
    *interpreter.CASES,
    *environment.CASES,
    *torch.CASES,
    *driver.CASES,
    *gpus.CASES,
    *host.CASES,
    *sources.CASES,
    *asides.CASES,
)
