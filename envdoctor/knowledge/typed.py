"""Rows of the JSON tables, made into the typed rows of `tables`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from envdoctor.knowledge.tables import (
    ArchRow,
    CompanionRelease,
    CondaForgeBuild,
    CondaForgeCompanion,
    CondaForgePlatform,
    CondaForgeRelease,
    DriverBranch,
    GpuRow,
    Mirror,
    TorchRelease,
    WheelSource,
)

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row
    from envdoctor.knowledge.tables import Platform

__all__ = [
    "arch_row",
    "companion_release",
    "conda_forge_build",
    "conda_forge_companion",
    "conda_forge_release",
    "driver_branch",
    "gpu_row",
    "mirror",
    "torch_release",
]


def torch_release(row: Row) -> TorchRelease:
    """A row of torch_releases."""
    return TorchRelease(
        version=row["version"],
        released=date.fromisoformat(row["released"]),
        requires_python=row["requires_python"],
        pythons=_lists(row["pythons"]),
        pypi_variant=row["pypi_variant"],
        official_variants=_lists(row["official_variants"]),
        inferred_variants=tuple(row["inferred_variants"]),
        min_glibc=row["min_glibc"],
        newer_glibc=row.get("newer_glibc", {}),
        min_macos=row["min_macos"],
        torchvision=row["torchvision"],
        torchaudio=row["torchaudio"],
        wheel_megabytes=row["wheel_megabytes"],
        numpy2=row["numpy2"],
        source=row["source"],
        notes=tuple(row["notes"]),
    )


def companion_release(row: Row) -> CompanionRelease:
    """A row of companions."""
    return CompanionRelease(
        name=row["name"],
        version=row["version"],
        released=date.fromisoformat(row["released"]),
        torch=row["torch"],
        requires_python=row["requires_python"],
        pythons=_lists(row["pythons"]),
    )


def arch_row(row: Row) -> ArchRow:
    """A row of archs."""
    return ArchRow(
        torch=row["torch"],
        variant=row["variant"],
        platform=row["platform"],
        sass=tuple(row["sass"]),
        ptx=tuple(row["ptx"]),
        confidence=row["confidence"],
        source=row["source"],
    )


def driver_branch(row: Row) -> DriverBranch:
    """A row of drivers, section branches."""
    return DriverBranch(
        branch=int(row["branch"]),
        cuda=row["cuda"],
        first_linux=row["first_linux"],
        first_windows=row["first_windows"],
    )


def gpu_row(row: Row) -> GpuRow:
    """A row of gpus."""
    return GpuRow(
        name=row["name"],
        compute_capability=row["compute_capability"],
        architecture=row["architecture"],
        segment=row["segment"],
        aliases=tuple(row.get("aliases", ())),
        pci_ids=tuple(row.get("pci_ids", ())),
    )


def mirror(row: Row) -> Mirror:
    """A row of mirrors."""
    wheels = row["wheels"]
    return Mirror(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        pypi=row["pypi"],
        pypi_alternatives=tuple(row["pypi_alternatives"]),
        conda=row["conda"],
        wheels=wheels
        and WheelSource(url=wheels["url"], kind=wheels["kind"], variants=tuple(wheels["variants"])),
        companion=row["companion"],
        quirks=tuple(row["quirks"]),
        other_names=tuple(row["other_names"]),
    )


def conda_forge_build(row: Row) -> CondaForgeBuild:
    """A row of conda_forge."""
    return CondaForgeBuild(
        torch=row["torch"],
        cuda=row["cuda"],
        platform=row["platform"],
        archs=tuple(row["archs"]),
        ptx=tuple(row["ptx"]),
        min_glibc=row["min_glibc"],
    )


def conda_forge_release(row: Row) -> CondaForgeRelease:
    """A row of conda_forge, section releases."""
    return CondaForgeRelease(
        torch=row["torch"],
        build=row["build"],
        pythons=tuple(row["pythons"]),
        cpu=tuple(row["cpu"]),
        min_macos=row["min_macos"],
    )


def conda_forge_companion(row: Row) -> CondaForgeCompanion:
    """A row of conda_forge, section companions."""
    builds = {
        platform: CondaForgePlatform(cuda=tuple(each["cuda"]), pythons=tuple(each["pythons"]))
        for platform, each in row["builds"].items()
    }
    return CondaForgeCompanion(name=row["name"], version=row["version"], torch=row["torch"], builds=builds)


def _lists(mapping: dict[Platform, list[str]]) -> dict[Platform, tuple[str, ...]]:
    return {key: tuple(values) for key, values in mapping.items()}
