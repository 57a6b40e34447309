"""The last torch with code for a GPU that today's builds have left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from envdoctor.knowledge.early import early_pythons, early_wheels

if TYPE_CHECKING:
    from envdoctor.knowledge.lookup import Knowledge
    from envdoctor.knowledge.tables import CondaForgeBuild, Platform

__all__ = ["LastWheel", "last_on_conda", "last_wheel"]

Pair = tuple[int, int]


class LastWheel(NamedTuple):
    """A torch wheel ("2.7.1", "cu118") and the oldest and newest Python that it was made for."""

    torch: str
    variant: str
    oldest: Pair
    newest: Pair


def last_wheel(tables: Knowledge, capability: str, platform: Platform) -> LastWheel | None:
    """The newest official CUDA wheel that runs on GPUs of a capability; `None`: none since torch 1.0."""
    for release in reversed(tables.releases):
        for variant in release.official_variants.get(platform, ()):
            row = tables.archs(release.version, variant, platform)
            if row is not None and tables.coverage(capability, row.sass, row.ptx) != "none":
                pythons = sorted(map(_pair, release.pythons.get(platform, ())))
                return LastWheel(release.version, variant, pythons[0], pythons[-1]) if pythons else None
    for torch, variant, sass, ptx in early_wheels(platform):
        span = early_pythons(torch, platform)
        if span is not None and tables.coverage(capability, sass, ptx) != "none":
            return LastWheel(torch, variant, *span)
    return None


def last_on_conda(tables: Knowledge, capability: str, platform: Platform) -> CondaForgeBuild | None:
    """The newest CUDA build of conda-forge that runs on GPUs of a capability; `None`: there is none."""
    rows = [
        row
        for row in tables.conda_forge
        if row.platform == platform and tables.coverage(capability, row.archs, row.ptx) == "native"
    ]
    return rows[-1] if rows else None


def _pair(python: str) -> Pair:
    major, _, minor = python.rstrip("t").partition(".")
    return int(major), int(minor)
