"""Driver and build set against each other where no program did it: what was installed, what that needs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from envdoctor.findings import UNKNOWN
from envdoctor.knowledge.early import early_plain_variant
from envdoctor.machine import Machine, reaches
from envdoctor.rules.complaints.heard import Heard
from envdoctor.versions import version_numbers

__all__ = ["PLAIN", "Lag", "builds_named", "is_behind", "is_blind", "is_linux_driver", "lagging", "told_cuda"]

_CUDA = re.compile(r"\d{1,2}\.\d")
PLAIN = re.compile(
    r"\bpip[\d.]{0,5} install\b(?!.*(?:\+(?:cu|cpu|rocm)|/whl/(?:cu|cpu|rocm|nightly)))(?=.*\btorch\b)"
)
"""pip asked for torch without naming a build, from PyPI or from PyTorch's old page of all wheels."""


@dataclass(frozen=True)
class Lag:
    """A build for a CUDA that the driver does not implement."""

    torch: str
    cuda: str
    needs: str


def is_blind(heard: Heard) -> bool:
    """Whether torch, or the person who writes, sees no GPU."""
    ran = heard.machine.facts.torch_import
    if heard.machine.cuda_proven:
        return False
    return (ran is not None and ran.cuda_available is False) or heard.any(
        "cuda-unavailable", "said-gpu-unseen"
    )


def told_cuda(heard: Heard) -> str | None:
    """The CUDA that commands, images and sentences name for the build; torch's own word goes before it."""
    told = heard.paste.remarks.get("told-cuda", "")
    return told if _CUDA.fullmatch(told) and heard.machine.torch_variant is None else None


def lagging(heard: Heard) -> Lag | None:
    """The build and what it needs, where the driver is older than that; `None`: it is not, or unknown."""
    machine = heard.machine
    if machine.driver_cuda is None or machine.is_jetson or not is_blind(heard):
        return None
    cuda = machine.torch_cuda or told_cuda(heard) or _plain_cuda(heard) or _least_cuda(machine)
    least = machine.tables.minimum_driver(cuda, machine.driver_system) if cuda is not None else None
    if cuda is None or least is None or _implements(machine, cuda, least):
        return None
    torch = machine.torch_version or heard.paste.remarks.get("told-torch") or UNKNOWN
    return Lag(torch, cuda, least)


def is_linux_driver(version: str | None) -> bool:
    """Whether a driver's number is one of Linux's, which have three parts; Windows's have two."""
    return re.fullmatch(r"\d{3}\.\d{2,3}\.\d{2}", version or "") is not None


def is_behind(heard: Heard) -> bool:
    """Whether a driver is too old for what pip takes on Linux today, where nothing is known of the torch."""
    machine = heard.machine
    known = machine.torch_version or machine.torch_cuda or machine.torch_variant
    linux = machine.os == "linux" or (machine.os is None and is_linux_driver(machine.driver))
    if known or not linux or machine.is_wsl or machine.is_jetson or machine.driver is None:
        return False
    variant = machine.settled.pypi_variant.get("linux_x86_64", "")
    least = machine.tables.minimum_driver(f"{variant[2:-1]}.{variant[-1]}", "linux")
    return least is not None and not reaches(machine.driver, least)


FIRST_COMPATIBLE = 11
"""The first CUDA whose builds run on every driver of its major."""


def _implements(machine: Machine, cuda: str, least: str) -> bool:
    """Whether the driver, or the CUDA that it is said to implement where no more is known, is enough."""
    if machine.driver is not None:
        return reaches(machine.driver, least)
    have, asked = version_numbers(machine.driver_cuda), version_numbers(cuda)
    return have[:2] >= asked[:2] or have[:1] == asked[:1] >= (FIRST_COMPATIBLE,)


def _plain_cuda(heard: Heard) -> str | None:
    """The CUDA of the build that PyPI has of this torch for Linux, where that is where it came from."""
    machine = heard.machine
    if machine.os not in (None, "linux") or machine.is_wsl or machine.arch not in (None, "x86_64"):
        return None
    asked = any(PLAIN.search(each) for each in heard.commands) or "said-from-pip" in heard
    if machine.torch_variant is not None or not asked:
        return None
    torch = machine.torch_version or heard.paste.remarks.get("told-torch", "")
    torch = f"{torch}.0" if re.fullmatch(r"\d\.\d{1,2}", torch) else torch
    release = machine.tables.release(torch)
    variant = release.pypi_variant.get("linux_x86_64") if release else early_plain_variant(torch)
    return f"{variant[2:-1]}.{variant[-1]}" if variant and variant.startswith("cu") else None


def _least_cuda(machine: Machine) -> str | None:
    """The oldest CUDA that a release has a build for, where the build is not named."""
    from envdoctor.rules.gpu_build import codes_of_release

    oldest = next((each[0].rpartition("+cu")[2] for each in codes_of_release(machine)), "")
    return f"{oldest[:-1]}.{oldest[-1]}" if oldest else None


_BUILDS = re.compile(
    r"(?<![a-z])cu(?:da)?[-_ ]?(?P<dotted>\d{1,2}\.\d)|(?<![a-z])cu(?P<label>\d{2,3})\b"
    r"|(?<![\w-])(?:py)?torch[ =]{1,2}v?(?P<torch>\d\.\d{1,2}(?:\.\d)?)(?![\d.+])",
    re.IGNORECASE,
)


def builds_named(text: str) -> list[str]:
    """The CUDAs of the builds that a sentence names; a plain torch stands for pip's build on Linux."""
    found = [each for each in _BUILDS.finditer(text) if not each["torch"]]
    if not found:
        plain = [early_plain_variant(each["torch"]) for each in _BUILDS.finditer(text)]
        return [f"{each[2:-1]}.{each[-1]}" for each in plain if each and each.startswith("cu")]
    return [each["dotted"] or f"{each['label'][:-1]}.{each['label'][-1]}" for each in found]
