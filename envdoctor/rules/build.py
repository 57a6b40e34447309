"""Small helpers that every rule module uses to write down what it found."""

from __future__ import annotations

from collections.abc import Iterable

from envdoctor.facts import CondaPackage
from envdoctor.findings import Finding, Remedy, Severity, Words, words
from envdoctor.reason import Reason

__all__ = ["conda_row", "error", "info", "ok", "said", "warning", "why"]


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


def why(reason: Reason) -> Words:
    """Evidence that is the reason why something could not be learned."""
    return words(f"unknown.{reason.key}", **reason.values)


def conda_row(package: CondaPackage) -> Words:
    """Evidence that conda installed this package; texts do not always name its build."""
    values = {"name": package.name, "version": package.version}
    return (
        words("evidence.conda", **values, build=package.build)
        if package.build
        else words("evidence.conda-bare", **values)
    )


def said(source: str, text: str) -> Words:
    """Evidence in somebody's own words: a line of an error message, bounded."""
    line = " ".join(text.split())
    return words("evidence.said", source=source, text=line if len(line) <= 300 else line[:297] + "...")
