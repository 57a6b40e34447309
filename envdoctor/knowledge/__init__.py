"""What is true of torch releases, GPUs, drivers and mirrors: dated, sourced tables and typed look-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoctor.knowledge.capabilities import architectures
from envdoctor.knowledge.lookup import Knowledge, knowledge

if TYPE_CHECKING:
    from envdoctor.knowledge.tables import (
        ArchRow,
        CompanionRelease,
        CondaForgeBuild,
        CondaForgeCompanion,
        CondaForgeRelease,
        Coverage,
        DriverBranch,
        GpuRow,
        Mirror,
        Platform,
        TorchRelease,
        WheelSource,
    )

__all__ = [
    "ArchRow",
    "CompanionRelease",
    "CondaForgeBuild",
    "CondaForgeCompanion",
    "CondaForgeRelease",
    "Coverage",
    "DriverBranch",
    "GpuRow",
    "Knowledge",
    "Mirror",
    "Platform",
    "TorchRelease",
    "WheelSource",
    "architectures",
    "knowledge",
]


def __getattr__(name: str) -> object:
    # The row types take some milliseconds to build, and a command that asks no table needs none of them.
    if name in __all__:
        from envdoctor.knowledge import tables

        return getattr(tables, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
