"""What is true of torch releases, GPUs, drivers and mirrors: dated, sourced tables and typed look-ups over them."""

from envdoctor.knowledge.lookup import Knowledge, knowledge
from envdoctor.knowledge.tables import (
    ArchRow,
    CompanionRelease,
    CondaForgeBuild,
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
    "Coverage",
    "DriverBranch",
    "GpuRow",
    "Knowledge",
    "Mirror",
    "Platform",
    "TorchRelease",
    "WheelSource",
    "knowledge",
]
