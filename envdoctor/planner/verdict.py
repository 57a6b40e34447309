"""Judgement on a build that somebody else chose."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.planner.candidates import candidates
from envdoctor.planner.plan import Build
from envdoctor.planner.wishes import Wishes
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge
    from envdoctor.planner.target import Target

__all__ = ["judge", "nearest"]


def judge(target: Target, torch: str, variant: str, tables: Knowledge) -> tuple[Words, ...]:
    """Why this torch with this variant does not fit the target; last the nearest build that does.

    Empty: it fits. Whether its companions have wheels is not asked.
    """
    release = tables.release(torch)
    if target.platform is None or target.python is None:
        return (words(target.obstacle or "plan.no-platform"),)
    reasons: tuple[Words, ...]
    if release is None:
        reasons = (words("plan.no-release", torch=torch),)
    else:
        wishes = Wishes(today=date.max, packages=("torch",), torch=release.version, backend=variant)
        fits, rejected = candidates(target, tables, wishes)
        if fits:
            return ()
        reasons = tuple(row.reason for row in rejected if row.torch == release.version)
    near = nearest(target, torch, variant, tables)
    if near is not None:
        reasons += (words("plan.nearest", torch=near.torch, variant=near.variant),)
    return reasons


def nearest(
    target: Target, torch: str, variant: str, tables: Knowledge, wishes: Wishes | None = None
) -> Build | None:
    """The build that fits and is nearest to this one: the same release, else the nearest one.

    Of the wishes the packages and the places count, so that what is found can be had there too.
    """
    wishes = wishes or Wishes(today=date.max, packages=("torch",))
    fits, _ = candidates(target, tables, replace(wishes, today=date.max, torch="latest", backend="auto"))
    if not fits or target.python is None or target.platform is None:
        return None
    versions = [release.version for release in tables.releases]
    # A release that never was stands where its number would be.
    here = sum(version_numbers(version) <= version_numbers(torch) for version in versions) - 1
    distances = {version: abs(index - here) for index, version in enumerate(versions)}
    best = max(fits, key=lambda each: (-distances[each.release.version], each.variant == variant, each.key))
    return Build(best.release.version, best.variant, target.python, target.platform)
