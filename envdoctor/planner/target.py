"""What the planner needs to know of a machine, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from envdoctor.knowledge import Platform
from envdoctor.machine import Machine

__all__ = ["Target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A machine and interpreter to find a build for.

    `python` is as the tables write it ("3.12", "3.13t"); `capabilities` are those of all visible NVIDIA
    GPUs; `accelerator` is whose build is wanted.
    """

    platform: Platform | None
    python: str | None
    glibc: str | None = None
    macos: str | None = None
    driver: str | None = None
    driver_system: Literal["linux", "windows"] = "linux"
    driver_cuda: str | None = None
    accelerator: Literal["nvidia", "amd", "intel", "apple"] | None = None
    capabilities: tuple[str, ...] = ()
    gfx: tuple[str, ...] = ()

    @classmethod
    def of(cls, machine: Machine) -> Target:
        """The target that a machine is."""
        others = machine.other_usable
        accelerator: Literal["nvidia", "amd", "intel", "apple"] | None = None
        if machine.has_nvidia or machine.driver is not None:
            accelerator = "nvidia"
        elif machine.os == "macos":
            accelerator = "apple"
        elif any(build == "rocm" for _, build in others):
            accelerator = "amd"
        elif any(build == "xpu" for _, build in others):
            accelerator = "intel"
        return cls(
            platform=machine.platform,
            python=machine.python_key,
            glibc=machine.facts.host.glibc,
            macos=machine.facts.host.os_version if machine.os == "macos" else None,
            driver=machine.driver,
            driver_system=machine.driver_system,
            driver_cuda=machine.driver_cuda,
            accelerator=accelerator,
            capabilities=machine.capabilities,
            gfx=tuple(gpu.gfx for gpu, build in others if build == "rocm" and gpu.gfx),
        )
