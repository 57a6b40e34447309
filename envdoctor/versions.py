"""Versions as numbers, to compare by."""

from __future__ import annotations

import functools
import re

__all__ = ["every_number", "version_numbers"]


@functools.lru_cache(maxsize=8192)
def version_numbers(version: str | None) -> tuple[int, ...]:
    """The numbers that a version begins with: "535.129.03" → (535, 129, 3), "2.4.1.post100" → (2, 4, 1)."""
    found = re.match(r"\d+(?:\.\d+)*", version or "")
    return tuple(int(part) for part in found.group().split(".")) if found else ()


@functools.lru_cache(maxsize=8192)
def every_number(text: str) -> tuple[int, ...]:
    """All numbers in a version, a specifier or a name: "1.13.0.post1" → (1, 13, 0, 1), "rocm7.2" → (7, 2)."""
    return tuple(int(part) for part in re.findall(r"\d+", text))
