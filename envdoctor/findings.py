"""What the rules conclude: frozen values that name words, never words themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum

from envdoctor.frozen import Record, value

__all__ = ["UNKNOWN", "Finding", "Remedy", "Severity", "Words", "words"]


UNKNOWN = "?"
"""What stands for a value that nobody knows; a sentence that has a twin without the value is said so."""


class Severity(Enum):
    """How much a finding matters; the order of the members is the order in a report."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OK = "ok"


@value
class Words(Record):
    """A sentence of the catalogue: its key and the values for its placeholders."""

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


Value = str | int | float | Words
"""What fills a placeholder; a sentence may stand within another."""


def words(key: str, **values: Value) -> Words:
    """The sentence `key` of the catalogue, filled with `values`."""
    return Words(key, values)


@value
class Remedy(Record):
    """What to do: one sentence, and the commands to paste as argument lists; `hint`: what they may need."""

    summary: Words
    commands: tuple[tuple[str, ...], ...] = ()
    hint: Words | None = None


@value
class Finding(Record):
    """A named condition with its evidence and remedies.

    `code` is one of the stable codes. `variant` picks the wording where one code has several stories
    ("container", "wsl"); the catalogue key is "CODE" or "CODE.VARIANT". `caused_by` is the code of the
    finding this one follows from; it is set when the findings of a machine are put in order.
    """

    code: str
    severity: Severity
    values: Mapping[str, Value] = field(default_factory=dict)
    evidence: tuple[Words, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    variant: str = ""
    caused_by: str | None = None

    @property
    def words_key(self) -> str:
        """The catalogue key of this finding's title and detail."""
        return f"{self.code}.{self.variant}" if self.variant else self.code
