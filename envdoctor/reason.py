"""Why something could not be learned, in no language: reports say it in the reader's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from envdoctor.frozen import Record, value

__all__ = ["NOTHING", "Reason", "reason"]

NOTHING = "nothing"
"""Stands in `Reason.values` for the last words of a program that said none."""


@value
class Reason(Record):
    """The sentence "unknown.KEY" of the catalogue, and what fills it: versions, paths, words of programs."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_text(cls, text: str) -> Reason:
        """What a report of an older version says in a sentence of its own."""
        return cls("told", {"text": text})

    def under(self, context: str) -> Reason:
        """The same with the sentence "unknown.CONTEXT.KEY"."""
        return Reason(f"{context}.{self.key}", self.values)


def reason(key: str, **values: str | int) -> Reason:
    """The reason `key`, filled with `values`."""
    return Reason(key, {name: str(each) for name, each in values.items()})
