"""Rules about the computer: memory, disk, shared memory, the processor, the operating system."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.rules.levels import error, info, ok, warning
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

DOCKER_SHM = 64 << 20
"""What Docker gives /dev/shm unless told otherwise (docker run reference, --shm-size)."""
STALE_DAYS = 120


def disk(machine: Machine) -> Iterator[Finding]:
    """Room for at least the wheel: less than its size can't even hold the download."""
    platform = machine.platform
    sizes = [
        r.wheel_megabytes[platform]
        for r in machine.tables.releases[-3:]
        if platform and platform in r.wheel_megabytes
    ]
    volumes = machine.facts.host.volumes
    if not volumes:
        return
    need = max(sizes, default=0) * 1_000_000
    short = [each for each in volumes if each.free < need]
    for volume in short:
        make = error if volume.free == 0 else warning
        yield make(
            "disk-low",
            [
                words(
                    "evidence.volume",
                    role=words(f"volume.{volume.role}"),
                    path=volume.path,
                    free=_gb(volume.free),
                )
            ],
            [Remedy(words("remedy.disk-low"), ((("python", "-m", "pip", "cache", "purge")),))],
            volume.role,
            path=volume.path,
            free=_gb(volume.free),
            need=_gb(need),
        )
    if not short:
        yield ok("disk-ok", free=_gb(min(each.free for each in volumes)))


def _gb(size: int) -> str:
    value = size / 1e9
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def shared_memory(machine: Machine) -> Iterator[Finding]:
    """/dev/shm at Docker's default breaks DataLoader workers."""
    size = machine.facts.host.shm_total
    if machine.in_container and size is not None and size <= DOCKER_SHM:
        yield warning(
            "shm-small",
            [words("evidence.shm", mib=size >> 20)],
            [Remedy(words("remedy.shm"))],
            mib=size >> 20,
        )


def processor(machine: Machine) -> Iterator[Finding]:
    """Torch's x86-64 builds use AVX and AVX2 where they can; a virtual CPU may hide both."""
    features = machine.facts.host.cpu_features
    if machine.arch != "x86_64" or features is None or "avx2" in features or machine.torch_imports:
        return
    if machine.facts.interpreter.rosetta or machine.facts.host.apple_silicon:
        return
    yield warning(
        "cpu-missing-instructions",
        [
            words(
                "evidence.cpu",
                model=machine.facts.host.cpu_model or UNKNOWN,
                features=" ".join(features) or "-",
            )
        ],
        [Remedy(words("remedy.cpu-missing-instructions"))],
        "unseen",
        model=machine.facts.host.cpu_model or UNKNOWN,
    )


def macos(machine: Machine) -> Iterator[Finding]:
    """A macOS older than the newest settled wheel needs, or than torch's Metal backend needs."""
    host = machine.facts.host
    if machine.os != "macos" or machine.platform is None or not host.os_version:
        return
    newest = machine.settled
    evidence = [words("evidence.os", name=host.os_name or host.os_version)]
    remedy = [Remedy(words("remedy.macos-update"))]
    need = newest.min_macos
    older = need is not None and version_numbers(host.os_version) < version_numbers(need)
    if machine.torch_version is None and older:
        yield warning(
            "os-too-old",
            evidence,
            remedy,
            "macos",
            version=host.os_version,
            need=need or UNKNOWN,
            torch=newest.version,
        )
    ran = machine.facts.torch_import
    blind = ran is not None and ran.mps_built and ran.mps_available is False
    if blind and machine.platform == "macos_arm64":
        yield error("os-too-old", evidence, remedy, "mps", version=host.os_version)


def glibc(machine: Machine) -> Iterator[Finding]:
    """A C library older than a wheel needs: that of the torch that is assumed, or the newest to install."""
    host = machine.facts.host
    if machine.os != "linux" or not host.glibc or machine.platform is None:
        return
    supposed = machine.torch_version is not None and (machine.assumes("torch") or machine.assumes("glibc"))
    if machine.torch_version is not None and not supposed:
        return  # it was installed here, and what comes of it is seen by importing it
    release = machine.tables.release(machine.torch_version or "") or machine.settled
    need = release.min_glibc.get(machine.platform)
    if not need or version_numbers(host.glibc) >= version_numbers(need):
        return
    from envdoctor.rules import remedies

    make, variant = (error, "assumed") if supposed else (warning, "ahead")
    yield make(
        "torch-glibc-too-old",
        [words("evidence.glibc", version=host.glibc)],
        remedies.torch(machine, "remedy.older-torch"),
        variant,
        have=host.glibc,
        need=need,
        torch=release.version,
    )


def knowledge_age(machine: Machine) -> Iterator[Finding]:
    """Old tables say so."""
    days = (machine.today - machine.tables.as_of).days
    if days > STALE_DAYS:
        yield info("knowledge-stale", days=days, date=machine.tables.as_of.isoformat())


RULES = (disk, shared_memory, processor, macos, glibc, knowledge_age)
