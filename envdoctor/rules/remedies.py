"""Remedies that need commands: which interpreter they run in, and the build the planner picks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Remedy, words
from envdoctor.machine import Machine
from envdoctor.reach import executable, python_command, usual_platform

if TYPE_CHECKING:
    from envdoctor.planner import Target, Wishes
    from envdoctor.planner.asked import Tool
    from envdoctor.planner.target import Accelerator

__all__ = ["environment", "environment_for", "isolated", "packages", "torch"]

LIKELY_PYTHON = "3.12"
"""For systems without any wheel, where the tables can't name a Python."""


def packages(machine: Machine, key: str, *arguments: str, **values: str | int | float) -> Remedy:
    """A remedy that is one call of pip in the patient (uv's where the patient has no pip but uv is there)."""
    environment = machine.facts.environment
    if environment.has_pip is False and "uv" in environment.tools:
        target = ("--python", executable(machine))
        yes = tuple(each for each in arguments if each != "-y")
        return Remedy(words(key, **values), (("uv", "pip", yes[0], *target, *yes[1:]),))
    return Remedy(words(key, **values), ((python_command(machine), "-m", "pip", *arguments),))


def environment(machine: Machine, key: str = "remedy.environment") -> Remedy:
    """A new environment beside the old one: the newest Python that suits, and the torch for this machine."""
    from envdoctor.planner import newest_python

    version = newest_python(usual_platform(machine), machine.tables, machine.today)
    return _filled(machine, key, version or LIKELY_PYTHON)


def environment_for(machine: Machine, torch: str, python: str) -> Remedy:
    """A new environment for a torch version that somebody asked for, with a Python that it has wheels for.

    The version is installed there where the tables know its build for this machine.
    """
    return _filled(machine, "remedy.environment-for", python, torch)


def isolated(machine: Machine) -> Remedy:
    """The same for a sound Python that is only not to be installed into: it is made with that very Python.

    Another one may not be on the machine. Where a newer Python leads to a newer torch, it is that one.
    """
    from envdoctor.planner import Target, newest_python, pick

    own = Target.of(machine)
    newest = newest_python(own.platform, machine.tables, machine.today)
    mine, best = (
        pick(replace(own, python=python), machine.tables, machine.today) for python in (own.python, newest)
    )
    if mine.build is None or best.build is None or mine.build.torch != best.build.torch:
        return environment(machine)
    return _filled(machine, "remedy.environment", own.python or LIKELY_PYTHON)


def _filled(machine: Machine, key: str, version: str, torch: str = "settled") -> Remedy:
    """A new environment with this Python, and the torch that fits this machine in it."""
    from envdoctor.planner import Target, pick
    from envdoctor.planner.asked import Asked
    from envdoctor.planner.new_environment import new_environment
    from envdoctor.planner.steps import steps, usual_tool

    tool = usual_tool(machine, new=True)
    new = new_environment(machine, Asked(), tool, version, _channel(machine), lambda path: False)
    target = replace(Target.of(machine), python=version, platform=usual_platform(machine))
    said = words(key, version=version, torch=torch)
    if torch != "settled" and _gpu_untold(machine, target):
        return Remedy(said, (new.make(), new.activate()))
    plan = pick(target, machine.tables, replace(_wishes(machine, tool), torch=torch))
    if plan.build is None:
        return Remedy(said, (new.make(), new.activate()))
    return Remedy(said, tuple(step.argv for step in steps(machine, plan, tool, new)))


def torch(
    machine: Machine, key: str = "remedy.torch", wanted: Accelerator | None = None
) -> tuple[Remedy, ...]:
    """Replacing torch by the build that fits this machine; where none does, what has to change first.

    `wanted` is whose GPU is to be used where the machine shows none.
    """
    from envdoctor.planner import Target, pick
    from envdoctor.planner.steps import steps, usual_tool

    if machine.facts.environment.externally_managed and machine.torch_version is None:
        return (isolated(machine),)  # pip is refused there, in a container too
    target = _as_far_as_known(machine, Target.of(machine))
    if wanted is not None and target.accelerator is None:
        target = replace(target, accelerator=wanted)
    driver_unknown = key == "remedy.older-torch-driver" and machine.driver is None
    if driver_unknown or (target.platform is None and machine.os is None) or _gpu_untold(machine, target):
        return (Remedy(words("remedy.ask-first"), (("envdoctor", "install"),)),)
    any_python = _any_python(machine, target)
    if any_python is not None:
        return any_python
    tool = usual_tool(machine, new=False)
    plan = pick(target, machine.tables, _wishes(machine, tool))
    if (
        plan.build is None and tool == "conda"
    ):  # conda-forge is behind; pip installs into its environments too
        tool = "pip"
        plan = pick(target, machine.tables, _wishes(machine, tool))
    if plan.build is None:
        without = replace(target, accelerator=None, capabilities=())
        if key == "remedy.cpu-build":
            plan = pick(without, machine.tables, _wishes(machine, tool))
        elif target.python is not None and target.platform is not None:
            better = _another_python_helps(machine, target)
            return (environment(machine),) if better else (Remedy(words("remedy.no-build")),)
    if plan.build is None:
        return (environment(machine),)
    return (Remedy(words(key), tuple(step.argv for step in steps(machine, plan, tool))),)


def _gpu_untold(machine: Machine, target: Target) -> bool:
    """Whether a pasted report leaves open which GPU the machine has; a CPU build would be a guess."""
    known = target.accelerator is not None or machine.torch_variant is not None or machine.os == "macos"
    return machine.facts.paste is not None and machine.has_nvidia is None and not known


def _wishes(machine: Machine, tool: Tool) -> Wishes:
    """No wishes but those that the machine shows: its installer, and the mirror that pip is told to use."""
    from envdoctor.planner import Wishes
    from envdoctor.planner.configured import IN_PLACE_OF_DEAD, configured_mirror

    found = configured_mirror(machine)
    mirror = None if found is None else IN_PLACE_OF_DEAD if found[0].status == "dead" else found[0].id
    return Wishes(today=machine.today, tool=tool, mirror=mirror)


def _channel(machine: Machine) -> str | None:
    """The conda channel of the mirror that pip is told to use, where it has one."""
    from envdoctor.planner.configured import configured_mirror

    found = configured_mirror(machine)
    return (found[0].conda.get("conda-forge") or found[0].conda.get("main")) if found is not None else None


def _as_far_as_known(machine: Machine, target: Target) -> Target:
    """The target; where no driver is known, with the least one that runs the CUDA of the build in use.

    So nobody is led from a CUDA 12 build that works to a CUDA 13 that the unknown driver may refuse.
    """
    cuda = machine.torch_cuda
    if target.driver is not None or target.accelerator != "nvidia" or cuda is None:
        return target
    least = machine.tables.minimum_driver(cuda, machine.driver_system)
    return replace(target, driver=least, driver_cuda=cuda) if least is not None else target


def _any_python(machine: Machine, target: Target) -> tuple[Remedy, ...] | None:
    """For a report that does not name its Python: the build, and which Pythons have it; `None`: it does."""
    from envdoctor.planner import install, newest_python, pick

    if target.python is not None or target.platform is None:
        return None
    newest = newest_python(target.platform, machine.tables, machine.today)
    plan = pick(replace(target, python=newest), machine.tables, machine.today)
    if plan.build is None:
        return None
    release = machine.tables.release(plan.build.torch)
    offered = [each for each in release.pythons[target.platform] if not each.endswith("t")] if release else []
    pythons = f"{offered[0]} - {offered[-1]}" if offered else newest or "?"
    present = machine.torch_version is not None
    commands = install(plan, machine.tables, "python", installed=present)
    return (Remedy(words("remedy.torch-any-python", pythons=pythons), commands),)


def _another_python_helps(machine: Machine, target: Target) -> bool:
    """Whether another Python would have a build where this one has none."""
    from envdoctor.planner import newest_python, pick

    better = newest_python(target.platform, machine.tables, machine.today)
    if better is None or better == target.python:
        return False
    return pick(replace(target, python=better), machine.tables, machine.today).build is not None
