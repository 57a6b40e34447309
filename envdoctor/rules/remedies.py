"""Remedies that need commands: which interpreter they run in, and the build the planner picks."""

from __future__ import annotations

from envdoctor.findings import Remedy, words
from envdoctor.machine import Machine

__all__ = ["environment", "packages", "python_command", "torch"]


def python_command(machine: Machine) -> str:
    """What to type to reach the patient's interpreter: "python" where that is the one a shell runs."""
    environment = machine.facts.environment
    executable = machine.facts.interpreter.executable
    if environment.active or executable is None:
        return "python"
    if (
        environment.shell_python is not None
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
    from envdoctor.planner import best_python

    version = best_python(machine) or "3.12"
    tools = machine.facts.environment.tools
    activate = (".venv\\Scripts\\activate",) if machine.os == "windows" else (".", ".venv/bin/activate")
    if machine.facts.environment.kind == "conda" or any(
        name in tools for name in ("conda", "mamba", "micromamba")
    ):
        tool = next((name for name in ("conda", "mamba", "micromamba") if name in tools), "conda")
        commands: tuple[tuple[str, ...], ...] = (
            (tool, "create", "-n", "dl", f"python={version}", "pip", "-y"),
            (tool, "activate", "dl"),
        )
    elif "uv" in tools:
        commands = (("uv", "venv", "--seed", "--python", version, ".venv"), activate)
    else:
        commands = (
            (
                f"python{version}" if machine.os != "windows" else "py",
                *(() if machine.os != "windows" else (f"-{version}",)),
                "-m",
                "venv",
                ".venv",
            ),
            activate,
        )
    return Remedy(words(key, version=version), commands)


def torch(machine: Machine, key: str = "remedy.torch") -> tuple[Remedy, ...]:
    """Replacing torch by the build that fits this machine; where none does, what has to change first."""
    from envdoctor.planner import remedy_for

    return remedy_for(machine, key)
