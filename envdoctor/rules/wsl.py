"""Rules about the Windows Subsystem for Linux, where the GPU comes from Windows's driver."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.rules.levels import error, warning

__all__ = ["RULES"]


def wsl(machine: Machine) -> Iterator[Finding]:
    """Inside WSL the GPU comes from Windows's driver, through /dev/dxg and its own libcuda."""
    if not machine.is_wsl:
        return
    facts = machine.facts
    wants = machine.torch_cuda is not None
    make = error if wants and not machine.cuda_proven else warning
    alive = facts.cuda_driver is not None and facts.cuda_driver.state == "ok"
    if facts.host.wsl == 1:
        yield make(
            "wsl-driver",
            [words("evidence.plain", text="WSL 1")],
            [Remedy(words("remedy.wsl2"), (("wsl", "--list", "--verbose"),))],
            "wsl1",
        )
    elif facts.nvidia.dxg is False:
        yield make(
            "wsl-driver",
            [words("evidence.absent", path="/dev/dxg")],
            [Remedy(words("remedy.wsl-update"), (("wsl", "--update"), ("wsl", "--shutdown")))],
            "dxg",
        )
    elif facts.nvidia.wsl_libcuda is None and not alive and "nvidia.wsl_libcuda" in facts.unknown:
        yield make(
            "wsl-driver",
            [words("evidence.absent", path="/usr/lib/wsl/lib/libcuda.so.1")],
            [Remedy(words("remedy.driver-windows"))],
            "libcuda",
        )
    elif facts.nvidia.linux_driver_in_wsl:
        broken = facts.cuda_driver is not None and facts.cuda_driver.state != "ok"
        make = error if broken else warning
        yield make(
            "wsl-driver",
            [words("evidence.plain", text=facts.nvidia.library_version or "libcuda.so.1")],
            [Remedy(words("remedy.wsl-linux-driver"), (("sudo", "apt", "purge", "*nvidia*"),))],
            "linux-driver",
        )


RULES = (wsl,)
