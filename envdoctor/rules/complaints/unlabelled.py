"""A torch whose version tells no build: what pip must have taken, and whether the driver runs that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import Finding, words
from envdoctor.knowledge.early import early_plain_variant
from envdoctor.machine import Machine, version_numbers
from envdoctor.rules.complaints.heard import Heard

__all__ = ["RULES"]

_PLAIN = re.compile(
    r"\bpip[\d.]{0,5} install\b(?!.*(?:\+(?:cu|cpu|rocm)|/whl/(?:cu|cpu|rocm|nightly)))(?=.*\btorch\b)"
)
"""pip asked for torch without naming a build, from PyPI or from PyTorch's old page of all wheels."""

_ELSEWHERE = re.compile(r"\.whl\b|https?://|(?<!\S)(?:-i|-f|--(?:extra-)?index-url|--index|--find-links)\b")


def age(heard: Heard) -> Iterator[Finding]:
    """Pip's own choice on Linux is a CUDA build, and the driver implements an older CUDA."""
    machine = heard.machine
    ran = machine.facts.torch_import
    blind = "cuda-unavailable" in heard or (ran is not None and ran.cuda_available is False)
    if not blind or machine.torch_variant is not None or machine.os != "linux" or machine.driver is None:
        return
    if machine.is_wsl or machine.arch not in (None, "x86_64"):
        return
    command = next((each for each in heard.commands if _PLAIN.search(each)), None)
    cuda = _plain_cuda(machine) if command is not None else None
    least = machine.tables.minimum_driver(cuda, "linux") if cuda is not None else None
    if least is not None and version_numbers(machine.driver) < version_numbers(least):
        line = words(
            "evidence.plain-build", torch=machine.torch_version or "?", cuda=cuda or "?", driver=least
        )
        yield heard.finding("driver-too-old", "cuda-unavailable", more=[line], driver=machine.driver)


def _plain_cuda(machine: Machine) -> str | None:
    """The CUDA of the build that PyPI has of this torch for Linux."""
    torch = machine.torch_version or ""
    release = machine.tables.release(torch)
    variant = release.pypi_variant.get("linux_x86_64") if release else early_plain_variant(torch)
    return f"{variant[2:-1]}.{variant[-1]}" if variant and variant.startswith("cu") else None


def arm(heard: Heard) -> Iterator[Finding]:
    """Pip's own choice on 64-bit ARM is a build without CUDA for most releases, whatever GPU is there."""
    machine = heard.machine
    ran = machine.facts.torch_import
    blind = heard.any(*_SAID_OF_CPU_BUILDS) or (ran is not None and ran.cuda_available is False)
    wants = bool(machine.gpus) or machine.is_jetson
    if not (blind and wants) or machine.arch not in ("aarch64", "arm64") or machine.torch_variant is not None:
        return
    torch = machine.torch_version
    release = machine.tables.release(torch) if torch else None
    plain = torch is None or (release is not None and release.pypi_variant.get("linux_aarch64") == "cpu")
    if machine.os in (None, "linux") and plain and _is_from_pypi(heard):
        line = words("evidence.plain-arm", torch=torch or "?")
        yield heard.finding(
            "torch-cpu-build",
            *_SAID_OF_CPU_BUILDS,
            more=[line],
            variant="said" if torch else "unnamed",
            version=torch or "?",
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
        return any(_PLAIN.search(each) and not _ELSEWHERE.search(each) for each in asked)
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
