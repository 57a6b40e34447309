"""What the wheels of a release tell of it, by their names and their metadata on a package index."""

from __future__ import annotations

import re

from envdoctor.knowledge import schema
from envdoctor.knowledge.package_index import PackageIndex, Wheel
from envdoctor.versions import every_number

__all__ = [
    "by_version",
    "megabytes",
    "pypi_variants",
    "pythons",
    "requirements",
    "told_by",
    "torch_demand",
]


def by_version(wheels: list[Wheel]) -> dict[str, list[Wheel]]:
    """Version → its wheels."""
    found: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        found.setdefault(wheel.version, []).append(wheel)
    return found


def told_by(wheels: list[Wheel]) -> dict[str, object]:
    """The fields of a row that an index tells, where it tells them."""
    told: dict[str, object] = {"pythons": pythons(wheels)}
    dates = [wheel.uploaded for wheel in wheels if wheel.uploaded]
    if len(dates) == len(wheels):
        told["released"] = min(dates)
    demands = {wheel.requires_python for wheel in wheels}
    if len(demands) == 1 and None not in demands:
        told["requires_python"] = demands.pop()
    return told


def pythons(wheels: list[Wheel]) -> dict[str, list[str]]:
    """Platform → the Pythons that have a wheel there, the oldest first."""
    found: dict[str, set[str]] = {}
    for wheel in wheels:
        found.setdefault(wheel.platform, set()).add(wheel.python)
    return {
        key: sorted(found[key], key=lambda v: (every_number(v), v))
        for key in schema.PLATFORMS
        if key in found
    }


def megabytes(wheels: list[Wheel]) -> dict[str, int]:
    """Platform → the size of its largest wheel; without what has no size."""
    sizes: dict[str, int] = {}
    for wheel in wheels:
        if wheel.bytes:
            sizes[wheel.platform] = max(sizes.get(wheel.platform, 0), round(wheel.bytes / 1e6))
    return {platform: size for platform, size in sizes.items() if size > 0}


def pypi_variants(index: PackageIndex, wheels: list[Wheel]) -> dict[str, str]:
    """Platform → the variant of the plain wheel; a Linux platform without readable metadata is left out."""
    found: dict[str, str] = {}
    for platform in pythons(wheels):
        if not platform.startswith("linux"):
            found[platform] = "cpu"
            continue
        demands = requirements(index, [wheel for wheel in wheels if wheel.platform == platform])
        if demands:
            found[platform] = _cuda_of(demands, platform.removeprefix("linux_"))
    return found


def requirements(index: PackageIndex, wheels: list[Wheel]) -> list[str]:
    """What one of these wheels demands; empty where the index hands out none of their metadata."""
    said = [wheel for wheel in wheels if wheel.has_metadata]
    return index.requirements((said or wheels)[-1]) or []


def _cuda_of(requirements: list[str], machine: str) -> str:
    """The variant that the demands of a Linux wheel give away: "cu132"; without NVIDIA's libraries "cpu"."""
    from packaging.requirements import InvalidRequirement, Requirement

    environment = {
        "platform_system": "Linux",
        "sys_platform": "linux",
        "platform_machine": machine,
        "extra": "",
    }
    for line in requirements:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if not re.fullmatch(r"cuda-toolkit|nvidia-cuda-runtime(-cu\d+)?", requirement.name):
            continue
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        pinned = re.search(r"==(\d+)\.(\d+)", str(requirement.specifier))
        if pinned:
            return f"cu{pinned[1]}{pinned[2]}"
    return "cpu"


def torch_demand(line: str) -> str:
    """The "==2.14.1" or ">=2.1" that a requirement asks of torch; empty: it asks nothing of it."""
    match = re.match(r"torch\s*\(?\s*((?:==|>=)[\d.]+)\)?\s*(?:;|$)", line)
    return match[1] if match else ""
