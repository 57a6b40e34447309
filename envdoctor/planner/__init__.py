"""Facts and preferences in, a plan out: the build, the commands that get it, and why not another."""

from envdoctor.planner.candidates import Rejected
from envdoctor.planner.choose import Build, Plan, best_python, choose, newest_python, pick
from envdoctor.planner.commands import conda_commands, install, pip_commands, uv_commands
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
    "newest_python",
    "pick",
    "pip_commands",
    "uv_commands",
]
