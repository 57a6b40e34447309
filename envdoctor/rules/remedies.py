"""Remedies that need commands: which interpreter they run in, and the build the planner picks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import UNKNOWN, Remedy, words
from envdoctor.machine import Machine
from envdoctor.reach import executable, python_command, usual_platform
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Platform
    from envdoctor.outside import System
    from envdoctor.planner import Plan, Target, Wishes
    from envdoctor.planner.asked import Tool
    from envdoctor.planner.target import Accelerator

__all__ = [
    "ASK_FIRST",
    "environment",
    "environment_for",
    "isolated",
    "on_system",
    "packages",
    "supposing",
    "torch",
    "usual_wishes",
]

ASK_FIRST = Remedy(words("remedy.ask-first"), (("envdoctor", "install"),))
"""For a pasted report that leaves open what the choice of a build depends on."""
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


def unset_variable(machine: Machine, name: str = "CUDA_VISIBLE_DEVICES") -> tuple[Remedy, ...]:
    """How to take a variable away."""
    return (variable(machine, "remedy.unset-visible", name),)


def variable(machine: Machine, key: str, name: str, value: str = "") -> Remedy:
    """A remedy that gives a variable this value, or takes it away; PowerShell is told its own line."""
    if machine.os == "windows":
        line = f"$env:{name} = '{value}'" if value else f"Remove-Item Env:{name}"
        return Remedy(words(key), (("set", f"{name}={value}"),), words("remedy.in-powershell", line=line))
    return Remedy(words(key), (("export", f"{name}={value}") if value else ("unset", name),))


_LONG_PATHS = (
    *("reg", "add", r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem", "/v", "LongPathsEnabled"),
    *("/t", "REG_DWORD", "/d", "1", "/f"),
)


def long_paths(_machine: Machine) -> tuple[Remedy, ...]:
    """How Windows is told to allow long paths."""
    return (Remedy(words("remedy.long-paths"), (_LONG_PATHS,)),)


def environment(machine: Machine, key: str = "remedy.environment") -> Remedy:
    """A new environment beside the old one: the newest Python that suits, and the torch for this machine."""
    from envdoctor.planner import Target, usual_python

    if (board := Target.of(machine)).jetson:
        return _for_jetson(machine, board, key)
    version = usual_python(usual_platform(machine), machine.tables, machine.today)
    return _filled(machine, key, version or LIKELY_PYTHON)


def environment_within(
    machine: Machine, least: tuple[int, int] = (3, 0), most: tuple[int, int] = (3, 99)
) -> Remedy:
    """The same with a Python of these bounds: the usual one where it lies in them, else the nearest to it."""
    from envdoctor.planner import usual_python

    usual = usual_python(usual_platform(machine), machine.tables, machine.today) or LIKELY_PYTHON
    minor = version_numbers(usual)[1]
    return _filled(machine, "remedy.environment", f"3.{min(max(minor, least[1]), most[1])}")


def environment_for(machine: Machine, torch: str, python: str) -> Remedy:
    """A new environment for a torch version that somebody asked for, with a Python that it has wheels for.

    The version is installed there where the tables know its build for this machine.
    """
    return _filled(machine, "remedy.environment-for", python, torch)


def isolated(machine: Machine) -> Remedy:
    """The same for a sound Python that is only not to be installed into: it is made with that very Python.

    Another one may not be on the machine. Where a newer Python leads to a newer torch, it is that one.
    """
    from envdoctor.planner import Target, pick, usual_python

    own = Target.of(machine)
    newest = usual_python(own.platform, machine.tables, machine.today)
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
    from envdoctor.planner.new_environment import needs_venv, new_environment
    from envdoctor.planner.steps import steps, usual_tool

    # Of the wheels for Jetson boards pip takes all, uv not all.
    tool = "pip" if machine.jetson else usual_tool(machine, new=True)
    new = new_environment(machine, Asked(), tool, version, _channel(machine), lambda path: False)
    target = replace(Target.of(machine), python=version, platform=usual_platform(machine))
    said, hint = words(key, version=version, torch=torch), needs_venv(machine, new)
    if _gpu_untold(machine, target):
        return Remedy(said, (new.make(), new.activate(), *ASK_FIRST.commands), hint)
    plan = pick(target, machine.tables, replace(usual_wishes(machine, tool), torch=torch))
    if plan.build is None:
        return Remedy(said, (new.make(), new.activate()), hint)
    return Remedy(said, tuple(step.argv for step in steps(machine, plan, tool, new)), hint)


_SYSTEMS: tuple[tuple[str, System], ...] = (("Windows", "windows"), ("Linux", "linux"))
"""Those that NVIDIA's GPUs of today are used with, as people call them."""
_AS_IT_WAS = ("remedy.companions", "remedy.reinstall")
"""Remedies that keep release and variant where they fit: the smallest change that helps."""
_IN_PLACE = ("remedy.torch", "remedy.build-for-gpu", "remedy.one-torch", *_AS_IT_WAS)
"""Remedies for a torch that is installed, whether or not a report tells its version."""
_NO_BUILD = {"remedy.older-torch": "remedy.no-build-for-system"}


def torch(
    machine: Machine, key: str = "remedy.torch", wanted: Accelerator | None = None
) -> tuple[Remedy, ...]:
    """Replacing torch by the build that fits this machine; where none does, what has to change first.

    `wanted` is whose GPU is to be used where the machine shows none. For a pasted report that does not tell
    the system, but that the GPU is NVIDIA's, there is one way for Windows and one for Linux.
    """
    told = machine.os is not None or machine.facts.paste is None
    nvidia = machine.gpus or wanted == "nvidia" or (machine.torch_variant or "").startswith("cu")
    if told or not nvidia:
        return _torch(machine, key, wanted)
    ways = {name: _torch(supposing(machine, system), key, wanted) for name, system in _SYSTEMS}
    return _on_either_system(ways)


def _torch(machine: Machine, key: str, wanted: Accelerator | None) -> tuple[Remedy, ...]:
    from envdoctor.planner import Target
    from envdoctor.planner.steps import steps

    if machine.facts.environment.externally_managed and machine.torch_version is None:
        return (isolated(machine),)  # pip is refused there, in a container too
    target = Target.of(machine)
    if target.jetson and key != "remedy.cpu-build":
        return (_for_jetson(machine, target, None),)
    driver_unknown = key == "remedy.older-torch-driver" and machine.driver is None
    no_platform = target.platform is None and target.obstacle is None and None in (machine.os, machine.arch)
    untold = _gpu_untold(machine, target, wanted)
    if driver_unknown or no_platform or (untold and wanted is None):
        return (ASK_FIRST,)
    if wanted is not None and target.accelerator is None:
        target = replace(target, accelerator=wanted)
    target = _as_far_as_known(machine, target)
    if untold:
        return (*_for_most_gpus(machine, target, key), ASK_FIRST)
    if target.python is None and (any_python := _any_python(machine, target, key)) is not None:
        return (any_python,)
    tool, plan = _smallest_change(machine, target, key)
    if plan is not None:
        return (Remedy(words(key), tuple(step.argv for step in steps(machine, plan, tool))),)
    known = target.python is not None and target.platform is not None
    if known and key != "remedy.cpu-build" and not _another_python_helps(machine, target):
        return (Remedy(words(_NO_BUILD.get(key, "remedy.no-build"))),)
    return (environment(machine),)


def supposing(machine: Machine, system: System, arch: str = "x86_64") -> Machine:
    """The same machine, if it runs this system; where the architecture is not known either, it is this."""
    facts = machine.facts
    host = replace(facts.host, os=system, arch=facts.host.arch or arch)
    return Machine(replace(facts, host=host), machine.tables, machine.today)


def _on_either_system(ways: dict[str, tuple[Remedy, ...]]) -> tuple[Remedy, ...]:
    """The way that is the same on all systems, else one for each; where one has none, what to run there."""
    first, *others = ways.values()
    if all(each == first for each in others):
        return first
    if any(way[0] == ASK_FIRST or not way[0].commands for way in ways.values()):
        return (ASK_FIRST,)
    return (*(on_system(name, way[0]) for name, way in ways.items()), *first[1:])


def on_system(name: str, way: Remedy) -> Remedy:
    """A remedy that is for one system, where the report does not tell which one it is about."""
    return replace(way, summary=words("remedy.on-system", system=name, what=way.summary))


def _for_jetson(machine: Machine, target: Target, environment: str | None) -> Remedy:
    """The torch that was built for the board's JetPack; where that is not known, how to find it out.

    `environment`: the key of the sentence that says why it goes into a new one; `None`: only where the
    board's Python is not the one in use.
    """
    from envdoctor.knowledge.jetson import in_words
    from envdoctor.planner import best_python, pick
    from envdoctor.planner.steps import steps

    wishes, rows = usual_wishes(machine, "pip"), target.jetson
    python = best_python(target, machine.tables, wishes)
    if python is None:
        return Remedy(words("remedy.jetson-which"), (("cat", "/etc/nv_tegra_release"),))
    if environment is not None or target.python not in (None, python):
        return _filled(machine, environment or "remedy.environment", python)
    plan = pick(replace(target, python=python), machine.tables, wishes)
    by = plan.source.mirror if plan.source is not None else UNKNOWN
    jetpack, l4t = in_words(rows)
    said = words("remedy.jetson", jetpack=jetpack, l4t=l4t, python=python, by=by)
    return Remedy(said, tuple(step.argv for step in steps(machine, plan, "pip")))


def _for_most_gpus(machine: Machine, target: Target, key: str) -> tuple[Remedy, ...]:
    """A CUDA build for who does not say for which GPU, and what it takes; empty: there is none."""
    from envdoctor.planner import install, usual_python

    python = target.python or usual_python(target.platform, machine.tables, machine.today)
    _, plan = _smallest_change(machine, replace(target, python=python), key)
    build = plan.build if plan is not None else None
    row = machine.tables.archs(build.torch, build.variant, build.platform) if build is not None else None
    if plan is None or row is None or target.driver is None:
        return ()
    said = words("remedy.torch-any-gpu", first=row.sass[0], last=row.sass[-1], driver=target.driver)
    return (Remedy(said, install(plan, machine.tables, "python", installed=_is_there(machine, key))),)


def _is_there(machine: Machine, key: str) -> bool:
    """Whether a torch is in the way of the new one: by its version, or by what the remedy is for."""
    return machine.torch_version is not None or key in _IN_PLACE


def _smallest_change(machine: Machine, target: Target, key: str) -> tuple[Tool, Plan | None]:
    """The first plan that works out: with the installer in use or pip, for the build in use or the best."""
    from envdoctor.planner import pick
    from envdoctor.planner.steps import usual_tool

    usual = usual_tool(machine, new=False)
    targets = [target]
    if key == "remedy.cpu-build":
        targets.append(replace(target, accelerator=None, capabilities=(), gpus=()))
    # conda-forge is behind; pip installs into its environments too
    tools: tuple[Tool, ...] = ("conda", "pip") if usual == "conda" else (usual,)
    for each in targets:
        for tool in tools:
            for wishes in _by_change(machine, tool, key):
                plan = pick(each, machine.tables, wishes)
                if plan.build is not None:
                    return tool, plan
    return usual, None


def _by_change(machine: Machine, tool: Tool, key: str) -> tuple[Wishes, ...]:
    """What to wish for, the smaller change first."""
    wishes = usual_wishes(machine, tool)
    version, variant = machine.torch_version, machine.torch_variant
    if key not in _AS_IT_WAS or version is None or variant is None:
        return (wishes,)
    return (replace(wishes, torch=version.partition("+")[0], backend=variant), wishes)


def _gpu_untold(machine: Machine, target: Target, wanted: Accelerator | None = None) -> bool:
    """Whether a pasted report leaves open which GPU the machine has; a CPU build would be a guess.

    The build in use tells what is wanted, unless it is a CPU build and a GPU's is wanted.
    """
    if machine.facts.paste is None or machine.has_nvidia is not None or machine.os == "macos":
        return False  # there is one build for macOS, whatever its GPU
    told_by_build = machine.torch_variant not in ((None, "cpu") if wanted is not None else (None,))
    return target.accelerator is None and not told_by_build


def usual_wishes(machine: Machine, tool: Tool) -> Wishes:
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

    So nobody is led from a CUDA 12 build that works to a CUDA 13 that the unknown driver may refuse. Whose
    report names no CUDA either is taken to have a driver for the oldest CUDA of today.
    """
    if target.driver is not None or target.accelerator != "nvidia":
        return target
    cuda = machine.torch_cuda
    if cuda is None and machine.facts.paste is not None:
        cuda = _oldest_cuda(machine, target)
    least = machine.tables.minimum_driver(cuda, machine.driver_system) if cuda is not None else None
    return replace(target, driver=least, driver_cuda=cuda) if least is not None else target


def _oldest_cuda(machine: Machine, target: Target) -> str | None:
    """The oldest CUDA ("12.6") that the release one would take is built for; `None`: none is."""
    from envdoctor.planner import pick, usual_python

    python = target.python or usual_python(target.platform, machine.tables, machine.today)
    build = pick(replace(target, python=python), machine.tables, machine.today).build
    release = machine.tables.release(build.torch) if build is not None else None
    if build is None or release is None:
        return None
    labels = [each[2:] for each in release.official_variants[build.platform] if each.startswith("cu")]
    oldest = min(labels, key=int, default=None)
    return f"{oldest[:-1]}.{oldest[-1]}" if oldest is not None else None


def _any_python(machine: Machine, target: Target, key: str) -> Remedy | None:
    """For a report that does not name its Python: the build, and which Pythons have it; `None`: none fits."""
    from envdoctor.planner import install

    if target.platform is None:
        return None
    for python in _pythons(machine, target.platform, key):
        _, plan = _smallest_change(machine, replace(target, python=python), key)
        if plan is None or plan.build is None:
            continue
        release = machine.tables.release(plan.build.torch)
        listed = release.pythons[target.platform] if release else ()
        offered = [each for each in listed if not each.endswith("t")]
        pythons = f"{offered[0]} - {offered[-1]}" if offered else python
        commands = install(plan, machine.tables, "python", installed=_is_there(machine, key))
        return Remedy(words("remedy.torch-any-python", pythons=pythons), commands)
    return None


def _pythons(machine: Machine, platform: Platform, key: str) -> list[str]:
    """The Pythons to try: the newest of the release in use where that is to stay, then the newest of all."""
    from envdoctor.planner import usual_python

    release = machine.tables.release(machine.torch_version) if machine.torch_version else None
    kept = release.pythons.get(platform, ()) if release is not None and key in _AS_IT_WAS else ()
    newest = usual_python(platform, machine.tables, machine.today)
    return [*[each for each in kept if not each.endswith("t")][-1:], *([newest] if newest else [])]


def _another_python_helps(machine: Machine, target: Target) -> bool:
    """Whether another Python would have a build where this one has none."""
    from envdoctor.planner import pick, usual_python

    better = usual_python(target.platform, machine.tables, machine.today)
    if better is None or better == target.python:
        return False
    return pick(replace(target, python=better), machine.tables, machine.today).build is not None
