"""Facts and preferences in, a plan out: the build, the commands that get it, and why not another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.planner.choice import choose, pick
    from envdoctor.planner.commands import conda_commands, install, pip_commands, uv_commands
    from envdoctor.planner.plan import Build, Plan, Rejected
    from envdoctor.planner.pythons import best_python, usual_python
    from envdoctor.planner.sources import Source
    from envdoctor.planner.target import Target
    from envdoctor.planner.verdict import judge, nearest
    from envdoctor.planner.wishes import FAMILY, Wishes

__all__ = [
    "FAMILY",
    "Build",
    "Plan",
    "Rejected",
    "Source",
    "Target",
    "Wishes",
    "best_python",
    "choose",
    "conda_commands",
    "install",
    "judge",
    "nearest",
    "pick",
    "pip_commands",
    "usual_python",
    "uv_commands",
]

_HOMES = {
    "choice": ("choose", "pick"),
    "commands": ("conda_commands", "install", "pip_commands", "uv_commands"),
    "plan": ("Build", "Plan", "Rejected"),
    "pythons": ("best_python", "usual_python"),
    "sources": ("Source",),
    "target": ("Target",),
    "verdict": ("judge", "nearest"),
    "wishes": ("FAMILY", "Wishes"),
}


def __getattr__(name: str) -> object:
    # A sound machine needs no plan, and a rule that asks which mirror is configured none of this.
    import importlib

    for module, names in _HOMES.items():
        if name in names:
            found: object = getattr(importlib.import_module(f"envdoctor.planner.{module}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
