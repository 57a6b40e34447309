"""What one probe brings home."""

from __future__ import annotations

from dataclasses import field
from typing import Generic, TypeVar

from envdoctor.frozen import Record, value
from envdoctor.reason import Reason

__all__ = ["Reading"]

Block = TypeVar("Block")


@value
class Reading(Record, Generic[Block]):
    """A block of facts with the origin of each field, and the reason for each field that stayed unknown."""

    value: Block
    sources: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, Reason] = field(default_factory=dict)
