"""Remedies that need commands: which interpreter they run in, and the build the planner picks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Remedy, words
from envdoctor.knowledge import Platform
from envdoctor.machine import Machine

if TYPE_CHECKING:
    from envdoctor.planner import Target

__all__ = ["environment", "packages", "python_command", "torch"]

CONDA_TORCH = ("pytorch", "pytorch-gpu", "pytorch-cpu", "pytorch-nightly", "libtorch")


def python_command(machine: Machine) -> str:
    """What to type to reach the patient's interpreter: "python" where that is the one a shell runs."""
    environment = machine.facts.environment
    executable = machine.facts.interpreter.executable
    if environment.active or executable is None:
        return "python"
    # Outside an active environment "python" may not exist (Debian has only python3), except on Windows.
    if (
        machine.os == "windows"
        and environment.shell_python is not None
        and environment.shell_python_prefix == machine.facts.interpreter.prefix
    ):
        return "python"
    return executable


def packages(machine: Machine, key: str, *arguments: str, **values: str | int | float) -> Remedy:
    """A remedy that is one call of pip in the patient (uv's where the patient has no pip but uv is there)."""
    environment = machine.facts.environment
    if environment.has_pip is False and "uv" in environment.tools:
        target = ("--python", machine.facts.interpreter.executable or "python")
        yes = tuple(each for each in arguments if each != "-y")
        return Remedy(words(key, **values), (("uv", "pip", yes[0], *target, *yes[1:]),))
    return Remedy(words(key, **values), ((python_command(machine), "-m", "pip", *arguments),))


def environment(machine: Machine, key: str = "remedy.environment") -> Remedy:
    """A new environment beside the old one, with the Python that the settled torch has wheels for."""
    from envdoctor.planner import newest_python

    version = newest_python(_usual_platform(machine), machine.tables, machine.today) or "3.12"
    tools = machine.facts.environment.tools
    windows = machine.os == "windows"
    activate: tuple[str, ...] = (".venv\\Scripts\\activate",) if windows else (".", ".venv/bin/activate")
    conda = next((name for name in ("conda", "mamba", "micromamba") if name in tools), None)
    if conda is not None or machine.facts.environment.kind == "conda":
        tool = conda or "conda"
        commands: tuple[tuple[str, ...], ...] = (
            # conda does not install pip by itself from Python 3.14 on; without it, base's pip would answer.
            (tool, "create", "-n", "dl", f"python={version}", "pip", "-y"),
            (tool, "activate", "dl"),
        )
    elif "uv" in tools:
        commands = (("uv", "venv", "--seed", "--python", version, ".venv"), activate)
    else:
        start = ("py", f"-{version}") if windows else (f"python{version}",)
        commands = ((*start, "-m", "venv", ".venv"), activate)
    return Remedy(words(key, version=version), (*commands, *_fill(machine, version)))


def _fill(machine: Machine, version: str) -> tuple[tuple[str, ...], ...]:
    """What to install into the new environment, so that the remedy ends with a torch that fits."""
    from envdoctor.planner import Target, install, pick

    target = replace(Target.of(machine), python=version, platform=_usual_platform(machine))
    plan = pick(target, machine.tables, machine.today)
    return install(plan, machine.tables, "python", installed=False)


def _usual_platform(machine: Machine) -> Platform | None:
    """The platform that a right interpreter would have here: a 32-bit or emulated one is left behind."""
    if machine.os == "macos" and machine.facts.host.apple_silicon:
        return "macos_arm64"
    if machine.platform is None and machine.os == "windows":
        return "windows_amd64"
    return machine.platform or ("linux_x86_64" if machine.os == "linux" else None)


def torch(machine: Machine, key: str = "remedy.torch") -> tuple[Remedy, ...]:
    """Replacing torch by the build that fits this machine; where none does, what has to change first."""
    from envdoctor.planner import Target, install, pick

    if machine.facts.environment.externally_managed and machine.torch_version is None:
        return (environment(machine),)  # pip is refused there, in a container too
    target = _as_far_as_known(machine, Target.of(machine))
    driver_unknown = key == "remedy.older-torch-driver" and machine.driver is None
    if driver_unknown or (target.platform is None and machine.os is None):
        return (Remedy(words("remedy.ask-first")),)  # a report that names no system
    any_python = _any_python(machine, target)
    if any_python is not None:
        return any_python
    plan = pick(target, machine.tables, machine.today)
    if plan.build is None:
        without = replace(target, accelerator=None, capabilities=())
        if key == "remedy.cpu-build":
            plan = pick(without, machine.tables, machine.today)
        elif target.python is not None and target.platform is not None:
            better = _another_python_helps(machine, target)
            return (environment(machine),) if better else (Remedy(words("remedy.no-build")),)
    if plan.build is None:
        return (environment(machine),)
    facts = machine.facts.environment
    uv = facts.has_pip is False and "uv" in facts.tools
    conda = [each.name for each in machine.facts.packages.conda if each.name in CONDA_TORCH]
    pip_torch = any(each.installer != "conda" for each in machine.installed("torch"))
    commands: list[tuple[str, ...]] = []
    if conda:
        commands.append(
            (
                next((t for t in ("conda", "mamba", "micromamba") if t in facts.tools), "conda"),
                "remove",
                "-y",
                *conda,
            )
        )
    if facts.has_pip is False and not uv:
        commands.append((python_command(machine), "-m", "ensurepip"))
    python = _executable(machine) if uv else python_command(machine)
    present = machine.torch_version is not None and (pip_torch or not conda)
    commands += install(plan, machine.tables, python, installed=present, uv=uv)
    return (Remedy(words(key), tuple(commands)),)


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


def _executable(machine: Machine) -> str:
    """The interpreter's own path, for tools that do not look at what is active."""
    return machine.facts.interpreter.executable or "python"
