"""Evidence that several rules show, as sentences of the catalogue."""

from __future__ import annotations

from envdoctor.facts import CondaPackage
from envdoctor.findings import Words, words
from envdoctor.reason import Reason

__all__ = ["conda_row", "said", "why"]


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
