"""How long a GPU is supported: whether builds of today still have code for it, and which was the last."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from envdoctor.findings import Remedy, Words, words
from envdoctor.machine import Gpu, Machine
from envdoctor.rules import remedies

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform

__all__ = ["last_code", "outdated", "without_code"]

SUPPORT_YEARS = 3
"""How far back "a build of the last years" reaches."""


def outdated(machine: Machine, gpu: Gpu) -> bool:
    """Whether no published build of the last years has code for this GPU."""
    if gpu.capability is None:
        several = machine.tables.ambiguous_capabilities(gpu.name or "")
        return bool(several) and all(outdated(machine, Gpu(capability=each)) for each in several)
    platform = machine.platform or "linux_x86_64"
    earliest = machine.today.replace(year=machine.today.year - SUPPORT_YEARS, day=1)
    return not _served(gpu.capability, platform, earliest, machine.tables)


@functools.lru_cache(maxsize=256)
def _served(capability: str, platform: Platform, earliest: date, tables: Knowledge) -> bool:
    """Whether a release since that day has a build with code for this capability."""
    for release in tables.releases:
        if release.released < earliest:
            continue
        for variant in release.official_variants.get(platform, ()):
            row = tables.archs(release.version, variant, platform)
            if row is not None and tables.coverage(capability, row.sass, row.ptx) != "none":
                return True
    return False


def last_code(machine: Machine, gpu: Gpu) -> Iterator[Words]:
    """The last wheel with code for an outdated GPU, as evidence; nothing where no wheel ever had any."""
    if gpu.capability is None:
        return
    from envdoctor.knowledge.last_builds import last_wheel

    wheel = last_wheel(machine.tables, gpu.capability, machine.platform or "linux_x86_64")
    if wheel is not None:
        yield words(
            "evidence.last-wheel",
            capability=gpu.capability,
            version=f"{wheel.torch}+{wheel.variant}",
            oldest=".".join(map(str, wheel.oldest)),
            newest=".".join(map(str, wheel.newest)),
        )


def without_code(machine: Machine, gpu: Gpu) -> tuple[Remedy, ...]:
    """What to do about a GPU that wheels have left behind: the CPU, or conda-forge's last build."""
    return (*remedies.torch(machine, "remedy.cpu-build"), *_on_conda(machine, gpu))


def _on_conda(machine: Machine, gpu: Gpu) -> Iterator[Remedy]:
    tables = machine.tables
    if gpu.capability is None or machine.platform is None or machine.facts.paste is not None:
        return
    from envdoctor.knowledge.last_builds import last_on_conda

    build = last_on_conda(tables, gpu.capability, machine.platform)
    release = tables.conda_forge_releases.get(build.torch) if build is not None else None
    branch = tables.last_branch(gpu.capability)
    if build is None or release is None or branch is None:
        return
    python = () if machine.python_key in release.pythons else ("--python-version", release.pythons[-1])
    said = words("remedy.last-conda", torch=build.torch, cuda=build.cuda, branch=branch)
    yield Remedy(said, (("envdoctor", "install", "--with", "conda", *python),))
