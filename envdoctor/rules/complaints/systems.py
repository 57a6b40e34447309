"""Systems for which nobody builds torch: another C library, another processor, another system."""

from __future__ import annotations

import re

from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard

__all__ = ["has_musl", "system_without_wheels"]

WITHOUT_WHEELS = ("x86", "armv7l", "riscv64", "ppc64le")
_ARM_32 = re.compile(
    r"32[- ]?bit|armv[67]|armhf|raspbian(?![^;\n]{0,20}64)|\bPi (?:zero|[12])\b", re.IGNORECASE
)


def system_without_wheels(heard: Heard) -> str | None:
    """Which part of the system no wheel of torch was made for: "arch" or "musl"; `None`: nothing shows it."""
    machine = heard.machine
    if "said-other-system" in heard:
        return "arch"
    if has_musl(machine) or ("said-musl" in heard and machine.facts.host.glibc is None):
        return "musl"
    board = any(_ARM_32.search(each.text) for each in heard.all("said-arm-board"))
    return "arch" if board or machine.arch in WITHOUT_WHEELS else None


def has_musl(machine: Machine) -> bool:
    """Whether the C library is musl, for which nobody builds torch; Alpine has no other."""
    host = machine.facts.host
    return host.musl is not None or (host.glibc is None and "alpine" in (host.os_name or "").lower())
