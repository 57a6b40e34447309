"""Keeping, beside each value a probe reads, where it was read or why it was not."""

from __future__ import annotations

from typing import TypeVar

from envdoctor.reason import Reason

__all__ = ["Notebook"]

Value = TypeVar("Value")


class Notebook:
    """The `sources` and `unknown` of one reading while it is being put together."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.unknown: dict[str, Reason] = {}

    def note(
        self, name: str, value: Value | None, source: str, missing: Reason | None = None
    ) -> Value | None:
        """The value, unchanged; its source is noted, or for `None` the reason, where there is one."""
        if value is not None:
            self.sources[name] = source
        elif missing is not None:
            self.unknown[name] = missing
        return value
