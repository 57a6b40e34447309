"""A recipe as work to be done: every program and folder by its own path, on this machine."""

from __future__ import annotations

import os

from envdoctor.errors import UsageError
from envdoctor.execution.steps import Expected, Step, Work
from envdoctor.machine import Machine
from envdoctor.outside import Outside
from envdoctor.planner.commands import exact_versions
from envdoctor.planner.new_environment import NewEnvironment
from envdoctor.planner.recipe import Recipe
from envdoctor.planner.room import download_of
from envdoctor.probes.caches import pip_cache, uv_cache
from envdoctor.probes.json_object import json_object
from envdoctor.probes.uv_config import project_file

__all__ = ["work_of"]


def work_of(recipe: Recipe, outside: Outside) -> Work:
    """What `--run` does for a recipe that has a build and something to do.

    Raises:
        UsageError: a program that the recipe needs is not on this machine, or the patient has no folder.

    """
    machine, new = recipe.machine, recipe.environment
    if new is not None:
        prefix = _prefix_of(new, recipe, outside)
        python = _python_in(prefix, conda=new.kind == "conda", windows=new.windows)
    else:
        prefix = machine.facts.interpreter.prefix or machine.facts.environment.prefix or ""
        python = machine.facts.interpreter.executable or ""
    if not prefix or not python:
        raise UsageError("--run: this Python does not say where it is installed; name another with --python")
    steps = tuple(
        Step(_located(each.argv, recipe, prefix, python, outside), makes=each.purpose == "environment")
        for each in recipe.carried_out
    )
    size = download_of(recipe.plan)
    return Work(
        steps=steps,
        prefix=prefix,
        python=python,
        makes=new is not None,
        what=_what(recipe),
        expected=_expected(recipe),
        download=size.size if size is not None else None,
        installed=size.installed if size is not None else None,
        tool=recipe.tool,
        cache=_cache(recipe, outside),
    )


def _cache(recipe: Recipe, outside: Outside) -> str | None:
    """Where the tool keeps what it downloads; what conda will download nobody knows beforehand."""
    environment = recipe.machine.facts.environment
    if recipe.tool == "uv":
        # It is run in a folder of the run's own, where it reads no file of a project.
        project = project_file(outside)
        return uv_cache(outside, [each for each in environment.uv_settings if each.origin != project])
    return pip_cache(outside, environment.pip_settings) if recipe.tool == "pip" else None


def _located(
    argv: tuple[str, ...], recipe: Recipe, prefix: str, python: str, outside: Outside
) -> tuple[str, ...]:
    """The command with the interpreter, the environment and the program by their paths."""
    start, new = recipe.interpreter, recipe.environment
    if argv[: len(start)] == start:
        return (python, *argv[len(start) :])
    if new is not None:
        if new.kind == "conda" and argv[0] == new.program:
            at = next((i for i, word in enumerate(argv) if word in ("-n", "-p")), None)
            if at is not None and argv[at + 1] == new.place:
                argv = (*argv[:at], "-p", prefix, *argv[at + 2 :])
        else:
            argv = tuple(
                prefix if each == new.place else python if each == start[0] else each for each in argv
            )
    return (_program(argv[0], recipe.machine, outside), *argv[1:])


def _program(name: str, machine: Machine, outside: Outside) -> str:
    if outside.path.isabs(name):
        return name
    tools = machine.facts.environment.tools
    found = tools.get(name) or outside.which(name)
    if found is None and name == "conda":
        found = outside.environ.get("CONDA_EXE")  # conda is often a function of the shell only
    if found is None and name == "micromamba":
        found = outside.environ.get("MAMBA_EXE")
    if found is None:
        raise UsageError(
            f"--run: {name} was not found on PATH; install it, or choose another way with --with"
        )
    return str(found)


def _prefix_of(new: NewEnvironment, recipe: Recipe, outside: Outside) -> str:
    """The folder that the new environment will be."""
    if new.kind != "conda" or new.is_path:
        place = new.place
        home = outside.environ.get("USERPROFILE" if outside.system == "windows" else "HOME", "")
        if place.startswith("~"):
            place = home + place[1:]
        return os.path.normpath(os.path.join(outside.cwd, place))
    program = _program(new.program, recipe.machine, outside)
    folders = _conda_folders(program, outside)
    root = recipe.machine.facts.environment.conda_root
    folders += [os.path.join(root, "envs")] if root else []
    for folder in folders:
        if os.access(folder if os.path.isdir(folder) else os.path.dirname(folder), os.W_OK):
            return os.path.join(folder, new.place)
    raise UsageError(
        f"--run: {new.program} has no folder for environments that you may write to; use --env PATH"
    )


def _conda_folders(program: str, outside: Outside) -> list[str]:
    """Where conda puts its environments, the first choice first."""
    ran = outside.run((program, "info", "--json"), timeout=30.0)
    said = json_object(ran.stdout)
    told = said.get("envs_dirs") or said.get("envs directories")
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def _python_in(prefix: str, *, conda: bool, windows: bool) -> str:
    if not windows:
        return os.path.join(prefix, "bin", "python")
    return os.path.join(prefix, *(() if conda else ("Scripts",)), "python.exe")


def _what(recipe: Recipe) -> str:
    return " ".join(["torch", exact_versions(recipe.plan).get("torch", "")]).strip()


def _expected(recipe: Recipe) -> Expected:
    build = recipe.plan.build
    assert build is not None
    return Expected(
        torch=build.torch,
        variant=None if build.platform.startswith("macos") else build.variant,
        packages=exact_versions(recipe.plan),
        device=build.variant != "cpu" and _device_answers(recipe.machine),
    )


def _device_answers(machine: Machine) -> bool:
    """Whether the driver shows a GPU that is not hidden: only then must torch see it too."""
    if "CUDA_VISIBLE_DEVICES" in machine.facts.environment.variables:
        return False
    nvml, smi = machine.facts.nvml, machine.facts.nvidia_smi
    return bool((nvml is not None and nvml.gpus) or (smi is not None and smi.gpus))
