"""The Python for a new environment."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from envdoctor.planner.candidates import best
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform

__all__ = ["best_python", "usual_python"]


def best_python(target: Target, tables: Knowledge, wishes: Wishes) -> str | None:
    """The Python for a new environment: of those that lead to the best build here the settled one.

    What is newer than the settled one lacks much of what people install beside torch, though it has torch.
    Where only such ones lead to that build the oldest is taken, and where only older ones do the newest.
    For a free-threaded interpreter that is another free-threaded one, where any leads to a build.
    """
    if target.jetson:
        from envdoctor.planner.jetson import board_python, has_own_builds

        if has_own_builds(target, wishes):
            return board_python(target, wishes)
    free = (target.python or "").endswith("t") and wishes.tool != "conda"
    return (_best_of_kind("t", target, tables, wishes) if free else None) or _best_of_kind(
        "", target, tables, wishes
    )


def _best_of_kind(kind: Literal["", "t"], target: Target, tables: Knowledge, wishes: Wishes) -> str | None:
    platform = target.platform
    if platform is None:
        return None
    found: list[tuple[tuple[object, ...], str]] = []
    for python in _offered(platform, kind, tables):
        candidate = best(replace(target, python=python, python_version=None), tables, wishes)
        if candidate is not None:
            found.append((candidate.key, python))
    if not found:
        return None
    highest = max(key for key, _ in found)
    best_ones = [python for key, python in found if key == highest]
    settled = version_numbers(tables.settled_python.version)
    return next((each for each in reversed(best_ones) if version_numbers(each) <= settled), best_ones[0])


@functools.lru_cache(maxsize=64)
def _offered(platform: Platform, kind: Literal["", "t"], tables: Knowledge) -> tuple[str, ...]:
    """Every Python that any release has wheels for on this platform, oldest first."""
    offered = {
        each
        for release in tables.releases
        for each in release.pythons.get(platform, ())
        if each.endswith("t") == bool(kind)
    }
    return tuple(sorted(offered, key=version_numbers))


@functools.lru_cache(maxsize=64)
def usual_python(platform: Platform | None, tables: Knowledge, today: date) -> str | None:
    """The Python for a new environment on this platform, with the settled release and all its companions."""
    return best_python(Target(platform=platform, python=None), tables, Wishes(today=today))
