"""A plan as the commands that carry it out, argument by argument."""

from __future__ import annotations

from envdoctor.knowledge import Knowledge
from envdoctor.planner.choose import Plan

__all__ = ["install"]

LABELLED = ("linux_x86_64", "windows_amd64")
"""Platforms on whose wheels PyTorch's own index puts the variant into the version ("2.14.1+cu126")."""
FAMILY = ("torch", "torchvision", "torchaudio")


def install(
    plan: Plan, tables: Knowledge, python: str, *, installed: bool, uv: bool = False
) -> tuple[tuple[str, ...], ...]:
    """The commands that make the environment hold exactly the plan's packages.

    Arguments:
        plan: a plan with a build.
        tables: where PyTorch's own index is looked up.
        python: what to type for the patient's interpreter.
        installed: a torch is there. It is taken out first: to pip and uv another build of the same
            version counts as "already satisfied".
        uv: the environment has no pip, and uv is to install.

    """
    build = plan.build
    if build is None:
        return ()
    pip = ("uv", "pip") if uv else (python, "-m", "pip")
    into = ("--python", python) if uv else ()
    commands: list[tuple[str, ...]] = []
    if installed:
        commands.append((*pip, "uninstall", *into, *(() if uv else ("-y",)), *FAMILY))
    label = f"+{build.variant}" if build.platform in LABELLED else ""
    pins = [f"{name}=={version}{label}" for name, version in plan.packages.items()]
    wheels = tables.mirror("official")
    index: tuple[str, ...] = ()
    if not build.platform.startswith("macos") and wheels is not None and wheels.wheels is not None:
        index = ("--index-url", wheels.wheels.url.replace("{variant}", build.variant))
    commands.append((*pip, "install", *into, *pins, *index))
    return tuple(commands)
