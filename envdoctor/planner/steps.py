"""The commands that carry a plan out on one machine, step by step: for a person, or for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from envdoctor.frozen import Record, value
from envdoctor.machine import Machine
from envdoctor.planner.commands import conda_commands, pip_commands, uv_commands
from envdoctor.planner.wishes import FAMILY
from envdoctor.reach import conda_program, conda_torch, executable, python_command

if TYPE_CHECKING:
    from envdoctor.planner.asked import Tool
    from envdoctor.planner.new_environment import NewEnvironment
    from envdoctor.planner.plan import Plan

__all__ = ["Step", "steps", "usual_tool"]

Purpose = Literal["environment", "activate", "pip", "remove", "download", "install"]


@value
class Step(Record):
    """One command and what it is for: "activate" means something in a shell only."""

    purpose: Purpose
    argv: tuple[str, ...]


def usual_tool(machine: Machine, *, new: bool) -> Tool:
    """pip; uv where it is the installer at hand; conda where conda-forge's torch is already there.

    `new`: an environment is made for the plan, so what the patient holds does not count.
    """
    facts = machine.facts.environment
    conda = facts.kind == "conda"
    if new:
        return "uv" if "uv" in facts.tools and not conda and "conda" not in facts.tools else "pip"
    if conda and any(
        each.name in ("pytorch", "pytorch-gpu", "pytorch-cpu") and "conda-forge" in (each.channel or "")
        for each in machine.facts.packages.conda
    ):
        return "conda"
    return "uv" if facts.has_pip is False and "uv" in facts.tools else "pip"


def steps(
    machine: Machine, plan: Plan, tool: Tool, new: NewEnvironment | None = None, *, by_hand: bool = True
) -> Iterator[Step]:
    """The steps of a plan that has a build.

    Arguments:
        machine: the machine they are for.
        plan: made for `tool`.
        tool: what installs.
        new: the environment that is made first; `None`: the patient takes the packages.
        by_hand: for a person in a shell. A program activates nothing and names every interpreter by its
            own path.

    """
    if tool == "conda":
        yield from _conda_steps(machine, plan, new, by_hand=by_hand)
        return
    if new is not None:
        yield Step("environment", new.make())
        if by_hand:
            yield Step("activate", new.activate())
    python = _python(machine, new, by_hand=by_hand)
    facts = machine.facts.environment
    conda = conda_torch(machine) if new is None else ()
    if conda:
        program = conda_program(machine) or "conda"
        yield Step("remove", (program, "remove", "-y", *_in(machine, by_hand), *conda))
    by_pip = any(each.installer != "conda" for each in machine.installed("torch"))
    present = new is None and machine.torch_version is not None and (by_pip or not conda)
    if tool == "uv":
        into = None if by_hand and (new is not None or facts.active) else python[0]
        commands = uv_commands(plan, into, installed_torch=present)
    else:
        if new is None and facts.has_pip is False:
            yield Step("pip", (*python, "-m", "ensurepip"))
        commands = pip_commands(plan, python, installed_torch=present)
    for argv in commands[:-1]:
        yield Step("download" if argv[0] == "wget" else "remove", argv)
    yield Step("install", commands[-1])


def _conda_steps(
    machine: Machine, plan: Plan, new: NewEnvironment | None, *, by_hand: bool
) -> Iterator[Step]:
    program = conda_program(machine) or "conda"
    if new is not None:
        yield Step("environment", _named(conda_commands(plan, program, create=True)[0], new.named))
        if by_hand:
            yield Step("activate", new.activate())
        return
    if any(each.installer != "conda" for each in machine.installed("torch")):
        pip = (*_python(machine, None, by_hand=by_hand), "-m", "pip")
        yield Step("remove", (*pip, "uninstall", "-y", *FAMILY))
    yield Step("install", _named(conda_commands(plan, program)[0], _in(machine, by_hand)))


def _in(machine: Machine, by_hand: bool) -> tuple[str, ...]:
    """Conda's option that names the patient, where it is not the active environment."""
    facts = machine.facts.environment
    if facts.prefix is None or (by_hand and facts.active):
        return ()
    return ("-p", facts.prefix)


def _python(machine: Machine, new: NewEnvironment | None, *, by_hand: bool) -> tuple[str, ...]:
    if new is not None:
        return ("python",) if by_hand else new.interpreter()
    return (python_command(machine) if by_hand else executable(machine),)


def _named(argv: tuple[str, ...], environment: tuple[str, ...]) -> tuple[str, ...]:
    """A call of conda with the option that names the environment."""
    at = argv.index("-y") + 1
    return (*argv[:at], *environment, *argv[at:])
