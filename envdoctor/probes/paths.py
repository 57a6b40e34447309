"""How two paths of the examined machine lie to each other."""

from __future__ import annotations

from envdoctor.outside import Outside

__all__ = ["is_within", "same_path", "same_place"]


def same_path(outside: Outside, one: str, other: str) -> bool:
    """Whether two paths are the same as they are written."""
    path = outside.path
    return bool(path.normcase(path.normpath(one)) == path.normcase(path.normpath(other)))


def same_place(outside: Outside, one: str, other: str) -> bool:
    """Whether two paths lead to the same place, links followed."""
    if same_path(outside, one, other):
        return True
    normal = outside.path.normcase
    return bool(normal(outside.resolve(one)) == normal(outside.resolve(other)))


def is_within(outside: Outside, place: str, folder: str) -> bool:
    """Whether `place` is `folder` or lies somewhere under it, as the paths are written."""
    path = outside.path
    inner, outer = path.normcase(path.normpath(place)), path.normcase(path.normpath(folder))
    return bool(inner == outer or inner.startswith(outer.rstrip(path.sep) + path.sep))
