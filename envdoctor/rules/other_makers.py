"""Remedies for GPUs that NVIDIA did not make: AMD's, and those of Macs."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.findings import Remedy, words
from envdoctor.knowledge.other_gpus import AMD_ON_WINDOWS
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.versions import version_numbers

__all__ = ["amd", "apple", "apple_in_code", "last_for_intel_macs"]

FIRST_TORCH_WITH_MPS = (1, 12)
"""The first torch that computes on Apple's GPUs, by its release notes."""


def amd(machine: Machine) -> tuple[Remedy, ...]:
    """Another build for an AMD GPU: PyTorch's own on Linux, on Windows AMD's, which stands on no index."""
    windows = (Remedy(words("remedy.amd-windows", url=AMD_ON_WINDOWS)),)
    if machine.os == "windows":
        return windows
    if machine.os is not None:
        return remedies.torch(machine)
    linux = remedies.torch(remedies.supposing(machine, "linux"))
    if linux == (remedies.ASK_FIRST,):
        return (*linux, *windows)
    return (*(remedies.on_system("Linux", each) for each in linux), *windows)


def apple(machine: Machine) -> tuple[Remedy, ...]:
    """The build for a Mac, of one with an Apple GPU where its report does not tell the processor."""
    return remedies.torch(remedies.supposing(machine, "macos", "aarch64"))


def apple_in_code(machine: Machine) -> tuple[Remedy, ...]:
    """What to write in place of "cuda", after another torch where the one that is there can't do it."""
    written = Remedy(words("remedy.mps-in-code"))
    too_old = (0,) < version_numbers(machine.torch_version) < FIRST_TORCH_WITH_MPS
    return (*apple(machine), written) if too_old else (written,)


def last_for_intel_macs(machine: Machine) -> tuple[Remedy, ...]:
    """The last build for Intel Macs, for a machine that is one though its report may not say so."""
    from envdoctor.planner import Target, pick
    from envdoctor.planner.steps import steps

    target = replace(Target.of(machine), platform="macos_x86_64", os="macos", accelerator=None)
    plan = pick(target, machine.tables, remedies.usual_wishes(machine, "pip"))
    if plan.build is None:
        return (remedies.environment(machine),)
    return (Remedy(words("remedy.install"), tuple(step.argv for step in steps(machine, plan, "pip"))),)
