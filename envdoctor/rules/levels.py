"""A finding of each level, as a rule writes it down, and the level that what torch did decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from envdoctor.findings import Finding, Remedy, Severity, Words

if TYPE_CHECKING:
    from envdoctor.machine import Machine

__all__ = ["error", "info", "ok", "warning", "worse_if_torch_fails"]


def error(
    code: str,
    /,
    evidence: Iterable[Words] = (),
    remedies: Iterable[Remedy] = (),
    variant: str = "",
    **values: str | int | float,
) -> Finding:
    """An error-level finding."""
    return Finding(code, Severity.ERROR, values, tuple(evidence), tuple(remedies), variant)


def warning(
    code: str,
    /,
    evidence: Iterable[Words] = (),
    remedies: Iterable[Remedy] = (),
    variant: str = "",
    **values: str | int | float,
) -> Finding:
    """A warning: it will bite, but nothing is broken by it now."""
    return Finding(code, Severity.WARNING, values, tuple(evidence), tuple(remedies), variant)


def info(
    code: str,
    /,
    evidence: Iterable[Words] = (),
    remedies: Iterable[Remedy] = (),
    variant: str = "",
    **values: str | int | float,
) -> Finding:
    """Something worth knowing that is no fault."""
    return Finding(code, Severity.INFO, values, tuple(evidence), tuple(remedies), variant)


def ok(code: str, /, **values: str | int | float) -> Finding:
    """Something that was checked and is fine."""
    return Finding(code, Severity.OK, values)


def worse_if_torch_fails(machine: Machine) -> Callable[..., Finding]:
    """`error` where torch was seen not to import, so that this may be why; else `warning`."""
    return error if machine.torch_imports is False else warning
