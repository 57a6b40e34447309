"""What one probe brings home."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

__all__ = ["Reading"]

Block = TypeVar("Block")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Block]):
    """A block of facts with the origin of each field, and the reason for each field that stayed unknown."""

    value: Block
    sources: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
