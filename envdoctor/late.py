"""Patterns that are compiled when they are first used: compiling some takes a tenth of Python's own start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

__all__ = ["late"]


class _Late:
    """Stands for a pattern; from its first use on its methods are the compiled pattern's own."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self._pattern, self._flags)
        for each in ("search", "match", "fullmatch", "sub", "findall", "finditer"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as `re.compile` gives it, compiled when it is first asked for something."""
    if TYPE_CHECKING:
        return re.compile(pattern, flags)
    return _Late(pattern, flags)
