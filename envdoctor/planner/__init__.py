"""Facts and preferences in, a plan out: the build, the commands that get it, and why not another."""

from envdoctor.planner.choose import Build, Plan, Rejected, choose, newest_python
from envdoctor.planner.commands import install
from envdoctor.planner.target import Target

__all__ = ["Build", "Plan", "Rejected", "Target", "choose", "install", "newest_python"]
