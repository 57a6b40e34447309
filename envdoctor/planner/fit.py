"""Why a release or a build does not fit a target; `None` where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from envdoctor.findings import UNKNOWN, Words, words
from envdoctor.planner.target import Target
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform, TorchRelease

__all__ = [
    "Code",
    "Driver",
    "cuda_of",
    "driver_of",
    "glibc_unfit",
    "is_native",
    "release_unfit",
    "variant_unfit",
]

MACOS_14_PYTHONS = ("3.13t", "3.14", "3.14t")
"""Interpreters whose wheels ask for macOS 14 in every release, whatever the release's other wheels ask."""


BLACKWELL, BLACKWELL_CUDA = (10, 0), (12, 8)
"""The first compute capability of Blackwell, and the first CUDA that knows it: PTX of an older build becomes
machine code, but its cuBLAS and cuDNN have none for such a GPU. (NVIDIA's nvcc 12.8: --list-gpu-code.)"""


class Driver(NamedTuple):
    """NVIDIA's driver as it is, or as it would be after installing the newest one for these GPUs."""

    version: str
    cuda: str | None
    assumed: bool = False


class Code(NamedTuple):
    """The compute capabilities that a build carries code for."""

    sass: tuple[str, ...]
    ptx: tuple[str, ...]
    guessed: bool = False


def cuda_of(variant: str) -> str | None:
    """The "12.6" of "cu126"; `None`: not a CUDA variant."""
    digits = variant[2:]
    return f"{digits[:-1]}.{digits[-1]}" if variant.startswith("cu") and digits.isdigit() else None


def driver_of(target: Target, tables: Knowledge) -> Driver:
    """The driver that runs the build: an unknown one is taken to be the newest that drives every GPU."""
    if target.driver is not None:
        return Driver(target.driver, target.driver_cuda or tables.driver_cuda(target.driver))
    last = [branch for each in target.capabilities if (branch := tables.last_branch(each)) is not None]
    branch = min(last, default=tables.branches()[-1].branch)
    # Any version of the branch will do, so its number stands for its newest.
    return Driver(f"{branch}.999", tables.driver_cuda(str(branch)), assumed=True)


def release_unfit(release: TorchRelease, target: Target, platform: Platform, python: str) -> Words | None:
    """Why no wheel of this release can be installed here, whatever its variant."""
    offered = release.pythons.get(platform, ())
    if not offered:
        return words("plan.no-platform-wheel", torch=release.version, platform=platform)
    if python not in offered:
        return words("plan.no-wheel", torch=release.version, python=python)
    glibc = release.min_glibc.get(platform)
    if glibc and target.glibc and version_numbers(target.glibc) < version_numbers(glibc):
        return words("plan.glibc", torch=release.version, need=glibc, have=target.glibc)
    least = release.min_macos if platform == "macos_arm64" else None
    if least and python in MACOS_14_PYTHONS:
        least = max(least, "14.0", key=version_numbers)
    if least and target.macos and version_numbers(target.macos) < version_numbers(least):
        return words("plan.macos", torch=release.version, need=least, have=target.macos)
    return None


def glibc_unfit(release: TorchRelease, variant: str, target: Target, platform: Platform) -> Words | None:
    """Why this system's C library is too old for a variant whose wheels were built on a newer one."""
    need = release.newer_glibc.get(variant) if platform == "linux_x86_64" else None
    if need and target.glibc and version_numbers(target.glibc) < version_numbers(need):
        return words("plan.glibc", torch=f"{release.version}+{variant}", need=need, have=target.glibc)
    return None


def variant_unfit(
    torch: str, variant: str, code: Code | None, target: Target, driver: Driver, tables: Knowledge
) -> Words | None:
    """Why this build would not run on the GPUs of the target; `code` is what it carries, where known."""
    if variant.startswith("rocm"):
        archs = tables.rocm_archs(variant)
        for gfx in target.gfx:
            if not archs:
                return words("plan.no-evidence", torch=torch, variant=variant)
            if gfx not in archs:
                return words("plan.no-gfx", variant=variant, gfx=gfx)
        return None
    cuda = cuda_of(variant)
    if cuda is None:
        return None
    for capability in target.capabilities:
        if code is None:
            return words("plan.no-evidence", torch=torch, variant=variant)
        how = tables.coverage(capability, code.sass, code.ptx)
        unknown = version_numbers(capability) >= BLACKWELL and version_numbers(cuda) < BLACKWELL_CUDA
        if how == "none" or unknown:
            return words("plan.no-code", torch=torch, variant=variant, capability=capability)
        if how == "tegra":
            return words("plan.tegra", torch=torch, variant=variant, capability=capability)
        if how == "ptx" and version_numbers(driver.cuda) < version_numbers(cuda):
            have = driver.cuda or UNKNOWN
            return words("plan.ptx-driver", variant=variant, capability=capability, cuda=have, need=cuda)
    least = tables.minimum_driver(cuda, target.driver_system)
    if least and version_numbers(driver.version) < version_numbers(least):
        return words("plan.driver", cuda=cuda, least=least, driver=driver.version.removesuffix(".999"))
    return None


def is_native(code: Code | None, target: Target, tables: Knowledge) -> bool:
    """Whether the build has machine code for every known GPU, so that the driver translates nothing."""
    return code is None or all(
        tables.coverage(each, code.sass, code.ptx) == "native" for each in target.capabilities
    )
