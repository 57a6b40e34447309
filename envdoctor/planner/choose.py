"""The build that fits: every candidate that is passed over says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from envdoctor.findings import Words, words
from envdoctor.knowledge import Knowledge, Platform, TorchRelease
from envdoctor.machine import SETTLED_DAYS, version_numbers
from envdoctor.planner.target import Target

__all__ = ["Build", "Plan", "Rejected", "choose", "newest_python"]

COMPANIONS = ("torchvision", "torchaudio")


@dataclass(frozen=True, slots=True)
class Build:
    """One torch release with one variant for one platform and Python."""

    torch: str
    variant: str
    python: str
    platform: Platform


@dataclass(frozen=True, slots=True)
class Rejected:
    """A build that was passed over, and why."""

    torch: str
    variant: str
    reason: Words


@dataclass(frozen=True, slots=True)
class Plan:
    """The build to take with its companions, or `None` with the reasons in `rejected`.

    `certainty`: "direct", the driver implements the variant's own CUDA; "minor", it runs it by NVIDIA's
    minor-version compatibility; "unverified", the tables have no evidence for this variant or GPU.
    """

    build: Build | None
    packages: Mapping[str, str] = field(default_factory=dict)
    certainty: Literal["direct", "minor", "unverified"] = "direct"
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Words, ...] = ()


def choose(
    target: Target, tables: Knowledge, today: date, packages: tuple[str, ...] = ("torch", *COMPANIONS)
) -> Plan:
    """The newest settled release that this machine can use, in the variant that fits it best."""
    rejected: list[Rejected] = []
    python, platform = target.python, target.platform
    if python is None or platform is None:
        return Plan(None, rejected=(Rejected("", "", words("plan.no-platform")),))
    for release in reversed(tables.releases):
        reason = _release_unfit(release, target, platform, python, tables, today, packages)
        if reason is not None:
            rejected.append(Rejected(release.version, "", reason))
            continue
        fits = []
        for variant in _variants(release, target, platform):
            reason = _variant_unfit(release, variant, target, platform, tables)
            if reason is not None:
                rejected.append(Rejected(release.version, variant, reason))
            else:
                fits.append(variant)
        if fits:
            variant = max(fits, key=lambda each: _rank(release, each, target, platform, tables))
            build = Build(release.version, variant, python, platform)
            return Plan(
                build,
                _packages(release, variant, platform, packages, tables),
                _certainty(release, variant, target, platform, tables),
                tuple(rejected),
                tuple(_warnings(target)),
            )
    return Plan(None, rejected=tuple(rejected))


def newest_python(platform: Platform | None, tables: Knowledge, today: date) -> str | None:
    """The newest Python for which the settled release and all its companions have wheels on this platform."""
    if platform is None:
        return None
    for release in reversed(tables.releases):
        if release.released > today - timedelta(days=SETTLED_DAYS):
            continue
        offered = [each for each in release.pythons.get(platform, ()) if not each.endswith("t")]
        good = [
            each
            for each in offered
            if all(_companion_wheel(release, name, platform, each, tables) for name in COMPANIONS)
        ]
        if good or offered:
            return max(good or offered, key=version_numbers)
    return None


def cuda_of(variant: str) -> str | None:
    """The "12.6" of "cu126"; `None`: not a CUDA variant."""
    digits = variant[2:]
    return f"{digits[:-1]}.{digits[-1]}" if variant.startswith("cu") and digits.isdigit() else None


def _release_unfit(
    release: TorchRelease,
    target: Target,
    platform: Platform,
    python: str,
    tables: Knowledge,
    today: date,
    packages: tuple[str, ...],
) -> Words | None:
    if release.released > today - timedelta(days=SETTLED_DAYS):
        return words("plan.not-settled", torch=release.version, days=(today - release.released).days)
    if python not in release.pythons.get(platform, ()):
        return words("plan.no-wheel", torch=release.version, python=python)
    glibc = release.min_glibc.get(platform)
    if glibc and target.glibc and version_numbers(target.glibc) < version_numbers(glibc):
        return words("plan.glibc", torch=release.version, need=glibc, have=target.glibc)
    if (
        target.macos
        and release.min_macos
        and version_numbers(target.macos) < version_numbers(release.min_macos)
    ):
        return words("plan.macos", torch=release.version, need=release.min_macos, have=target.macos)
    for name in COMPANIONS:
        if name in packages and not _companion_wheel(release, name, platform, python, tables):
            return words("plan.no-companion", torch=release.version, name=name, python=python)
    return None


def _companion_wheel(
    release: TorchRelease, name: str, platform: Platform, python: str, tables: Knowledge
) -> bool:
    version = release.torchvision if name == "torchvision" else release.torchaudio
    row = tables.companion(name, version) if version else None
    if row is None:
        return False
    if platform == "windows_arm64":
        return True  # torch alone is published there; what is missing is left out, not a reason against torch
    pythons = row.pythons.get(platform, ())
    return python in pythons or any(each.startswith("any") for each in pythons)


def _variants(release: TorchRelease, target: Target, platform: Platform) -> Iterator[str]:
    official = release.official_variants.get(platform, ())
    if target.accelerator == "nvidia":
        wanted = tuple(each for each in official if cuda_of(each))
    elif target.accelerator == "amd":
        wanted = tuple(each for each in official if each.startswith("rocm"))
    elif target.accelerator == "intel":
        wanted = tuple(each for each in official if each == "xpu")
    else:
        wanted = ("cpu",)
    yield from wanted


def _variant_unfit(
    release: TorchRelease, variant: str, target: Target, platform: Platform, tables: Knowledge
) -> Words | None:
    cuda = cuda_of(variant)
    if cuda is None:
        archs = tables.rocm_archs(variant) if variant.startswith("rocm") else ()
        lacking = [gfx for gfx in target.gfx if archs and gfx not in archs]
        return words("plan.no-gfx", variant=variant, gfx=lacking[0]) if lacking else None
    least = tables.minimum_driver(cuda, target.driver_system)
    if target.driver and least and version_numbers(target.driver) < version_numbers(least):
        return words("plan.driver", cuda=cuda, least=least, driver=target.driver)
    row = tables.archs(release.version, variant, platform)
    for capability in target.capabilities:
        if row is None:
            return words("plan.no-evidence", torch=release.version, variant=variant)
        reach = tables.coverage(capability, row.sass, row.ptx)
        if reach == "none":
            return words("plan.no-code", torch=release.version, variant=variant, capability=capability)
        behind = target.driver_cuda and version_numbers(target.driver_cuda) < version_numbers(cuda)
        if reach == "ptx" and behind:
            return words(
                "plan.ptx-driver", variant=variant, capability=capability, cuda=target.driver_cuda or "?"
            )
    return None


def _rank(
    release: TorchRelease, variant: str, target: Target, platform: Platform, tables: Knowledge
) -> tuple[object, ...]:
    cuda = cuda_of(variant)
    row = tables.archs(release.version, variant, platform)
    native = row is None or all(
        tables.coverage(each, row.sass, row.ptx) == "native" for each in target.capabilities
    )
    direct = (
        cuda is None
        or target.driver_cuda is None
        or version_numbers(target.driver_cuda) >= version_numbers(cuda)
    )
    seen = not release.is_inferred(variant, platform)
    number = version_numbers(cuda) if cuda else version_numbers(variant.lstrip("rocmxpu"))
    # A driver that is unknown takes the smaller step: the oldest CUDA asks least of it.
    return (
        native,
        direct,
        seen,
        number if target.driver or cuda is None else tuple(-each for each in number),
    )


def _certainty(
    release: TorchRelease, variant: str, target: Target, platform: Platform, tables: Knowledge
) -> Literal["direct", "minor", "unverified"]:
    cuda = cuda_of(variant)
    if release.is_inferred(variant, platform) or (
        cuda and tables.archs(release.version, variant, platform) is None
    ):
        return "unverified"
    if cuda is None or target.driver_cuda is None:
        return "direct"
    return "direct" if version_numbers(target.driver_cuda) >= version_numbers(cuda) else "minor"


def _packages(
    release: TorchRelease, variant: str, platform: Platform, packages: tuple[str, ...], tables: Knowledge
) -> dict[str, str]:
    versions = {
        "torch": release.version,
        "torchvision": release.torchvision,
        "torchaudio": release.torchaudio,
    }
    # torchaudio stopped at 2.11.0: it exists in the variants that torch 2.11.0 had, and in no later one.
    of_its_time = tables.release(release.torchaudio) if release.torchaudio else None
    if of_its_time is not None and not platform.startswith("macos"):
        if variant not in of_its_time.official_variants.get(platform, ()):
            versions["torchaudio"] = None
    if platform == "windows_arm64":
        versions["torchvision"] = versions["torchaudio"] = None
    return {name: version for name in packages if (version := versions.get(name))}


def _warnings(target: Target) -> Iterator[Words]:
    if target.accelerator == "nvidia" and target.driver is None:
        yield words("plan.driver-unknown")
