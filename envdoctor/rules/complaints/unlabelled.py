"""A torch whose version tells no build: what pip must have taken, and whether the driver runs that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, words
from envdoctor.rules.complaints.ages import PLAIN, lagging
from envdoctor.rules.complaints.heard import Heard

__all__ = ["RULES"]

_ELSEWHERE = re.compile(r"\.whl\b|https?://|(?<!\S)(?:-i|-f|--(?:extra-)?index-url|--index|--find-links)\b")


def age(heard: Heard) -> Iterator[Finding]:
    """A build that was told or follows from a command, and a driver that implements an older CUDA."""
    lag = lagging(heard)
    machine = heard.machine
    if lag is None or (machine.torch_cuda is not None and machine.driver is not None):
        return  # a build that torch names itself is judged with the driver's own rules
    line = words("evidence.plain-build", torch=lag.torch, cuda=lag.cuda, driver=lag.needs)
    if machine.torch_cuda is not None:
        line = words("evidence.torch", version=lag.torch, variant=machine.torch_variant or lag.cuda)
    yield heard.finding(
        "driver-too-old",
        "cuda-unavailable",
        more=[line],
        driver=machine.driver or machine.driver_cuda or UNKNOWN,
    )


def arm(heard: Heard) -> Iterator[Finding]:
    """Pip's own choice on 64-bit ARM is a build without CUDA for most releases, whatever GPU is there."""
    machine = heard.machine
    ran = machine.facts.torch_import
    blind = heard.any(*_SAID_OF_CPU_BUILDS) or (ran is not None and ran.cuda_available is False)
    wants = bool(machine.gpus) or machine.is_jetson or "jetson" in heard.words
    if not (blind and wants) or machine.arch not in ("aarch64", "arm64") or machine.torch_variant is not None:
        return
    torch = machine.torch_version
    release = (machine.tables.release(torch) or machine.tables.release(f"{torch}.0")) if torch else None
    plain = torch is None or (release is not None and release.pypi_variant.get("linux_aarch64") == "cpu")
    if machine.os in (None, "linux") and plain and _is_from_pypi(heard):
        line = words("evidence.plain-arm", torch=torch or UNKNOWN)
        yield heard.finding(
            "torch-cpu-build",
            *_SAID_OF_CPU_BUILDS,
            more=[line],
            variant="said" if torch else "unnamed",
            version=torch or UNKNOWN,
        )


_SAID_OF_CPU_BUILDS = (
    "cuda-unavailable",
    "said-no-gpu-found",
    "said-gpu-unseen",
    "engine-no-device",
    "said-cured-by-cuda",
)
"""What is said where torch has no CUDA at all: it does not ask the driver, so it has no complaint of it."""


def _is_from_pypi(heard: Heard) -> bool:
    """Whether pip was asked for torch without a place, or nothing at all tells where torch came from."""
    asked = [each for each in heard.commands if re.search(r"install\b.*\btorch", each)]
    if asked:
        return any(PLAIN.search(each) and not _ELSEWHERE.search(each) for each in asked)
    return not any(kind.startswith(_OF_THE_DRIVER) for kind in heard.by_kind)


_OF_THE_DRIVER = (
    "cuda-1",
    "cuda-2",
    "cuda-3",
    "cuda-4",
    "cuda-5",
    "cuda-8",
    "cuda-9",
    "torch-",
    "smi-",
    "nvml",
    "no-cuda",
)


RULES = (age, arm)
