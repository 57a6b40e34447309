"""What the planner answers: the build, what goes with it, and what was passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal, NamedTuple

from envdoctor.findings import Words
from envdoctor.frozen import Record, value

if TYPE_CHECKING:
    from envdoctor.knowledge import Platform
    from envdoctor.planner.sources import Source

__all__ = ["Build", "Certainty", "Plan", "Rejected"]

Certainty = Literal["direct", "minor", "unverified"]


class Rejected(NamedTuple):
    """A build that was passed over, and why. `variant` is empty where no variant of the release fits."""

    torch: str
    variant: str
    reason: Words


@value
class Build(Record):
    """One torch release with one variant for one platform and Python."""

    torch: str
    variant: str
    python: str
    platform: Platform


@value
class Plan(Record):
    """The build to take with its companions, or `None`; `why` then says what is in the way and the ways out.

    `certainty`: "direct", the driver implements the variant's own CUDA; "minor", it runs it by NVIDIA's
    minor-version compatibility; "unverified", nothing that was seen shows this wheel, or its code for
    these GPUs. `extra` are requirements beyond the packages ("numpy<2").
    """

    build: Build | None
    packages: Mapping[str, str] = field(default_factory=dict)
    certainty: Certainty = "direct"
    why: tuple[Words, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Words, ...] = ()
    source: Source | None = None
    extra: tuple[str, ...] = ()
