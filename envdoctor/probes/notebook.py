"""Keeping, beside each value a probe reads, where it was read or why it was not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

__all__ = ["Notebook"]

Value = TypeVar("Value")


@dataclass
class Notebook:
    """The `sources` and `unknown` of one reading while it is being put together."""

    sources: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, value: Value | None, source: str, missing: str = "") -> Value | None:
        """The value, unchanged; its source is noted, or for `None` the reason, where there is one."""
        if value is not None:
            self.sources[name] = source
        elif missing:
            self.unknown[name] = missing
        return value
