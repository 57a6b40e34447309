"""The whole answer to "what do I type here": a plan, the environment to make for it, and every command.

Text, JSON, the files of `--emit` and `--run` all start from a `Recipe` and compute nothing themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.facts import pip_line
from envdoctor.findings import UNKNOWN, Words, words
from envdoctor.frozen import Record, record
from envdoctor.machine import Machine
from envdoctor.planner.asked import Asked, Tool
from envdoctor.planner.candidates import best
from envdoctor.planner.choice import choose, pick
from envdoctor.planner.configured import IN_PLACE_OF_DEAD, configured_mirror
from envdoctor.planner.named_mirror import mirror_of
from envdoctor.planner.new_environment import NewEnvironment, isolation, needs_venv, new_environment
from envdoctor.planner.plan import Build, Plan
from envdoctor.planner.pythons import best_python
from envdoctor.planner.room import Ground, short_of_room
from envdoctor.planner.steps import Step, steps, usual_tool
from envdoctor.planner.target import Target
from envdoctor.planner.verdict import judge, nearest
from envdoctor.planner.wishes import FAMILY, Wishes
from envdoctor.reach import conda_program, executable, usual_platform
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge

__all__ = ["Recipe", "recipe"]


@record
class Recipe(Record):
    """A plan and the way to carry it out on one machine.

    `steps` is what a person pastes, in order; `carried_out` is the same for a program: no activation, every
    interpreter by its own path (or through `conda run`). Addresses in both may hold credentials: what is
    shown or saved goes through `redact.without_credentials`. Without a build in the plan both are empty, and
    `why` says what is in the way. `already`: what is installed is what the plan would install.
    """

    machine: Machine
    asked: Asked
    plan: Plan
    tool: Tool
    mirror: str | None = None
    """Id of the mirror that the plan was made for; `None`: none was asked for or configured."""
    channel: str | None = None
    """The conda channel of the mirror, where it has one."""
    environment: NewEnvironment | None = None
    interpreter: tuple[str, ...] = ("python",)
    """How a program starts the interpreter that will hold torch."""
    steps: tuple[Step, ...] = ()
    carried_out: tuple[Step, ...] = ()
    why: tuple[Words, ...] = ()
    warnings: tuple[Words, ...] = ()
    python_reason: Words | None = None
    """Why the new environment gets this Python, where nobody asked for one."""
    already: bool = False
    nearest: Build | None = None
    """Where what was asked for does not fit: the nearest build that does."""

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands to paste."""
        return tuple(step.argv for step in self.steps)


def recipe(
    machine: Machine,
    asked: Asked,
    exists: Callable[[str], bool] = lambda path: False,
    ground: Ground | None = None,
) -> Recipe:
    """What to type on this machine to get what was asked for.

    Arguments:
        machine: nothing but its facts is looked at.
        asked: the wishes.
        exists: whether a path is taken, for the name of a new environment.
        ground: how much room is where; `None`: that can't be asked.

    Raises:
        UsageError: a wish that is malformed, or that names what does not exist.

    """
    return _Kitchen(machine, asked.checked(), exists, ground or Ground()).recipe()


_WAYS = ("plan.conda-covers", "plan.other-python", "plan.other-release", "plan.other-source", "plan.one-gpu")
"""What a plan without a build offers instead."""


def _for_cuda(plan: Plan) -> bool:
    """Whether the plan, or a way out that it names, is a build for CUDA."""
    if plan.build is not None:
        return plan.build.variant.startswith("cu")
    ways = [each for each in plan.why if each.key in _WAYS]
    return any("cuda" in each.values or str(each.values.get("variant")).startswith("cu") for each in ways)


class _Kitchen:
    """The steps from the wishes to the recipe, which all need the same machine, tables and wishes."""

    def __init__(self, machine: Machine, asked: Asked, exists: Callable[[str], bool], ground: Ground) -> None:
        self.machine, self.asked, self.exists, self.ground = machine, asked, exists, ground
        self.facts = machine.facts.environment
        self.reasons: list[Words] = []
        """What was decided here, beside the plan's own reasons."""
        self.notes: list[Words] = []
        self.tables: Knowledge = machine.tables
        mirror = self._fastest("pypi") if asked.mirror == "auto" else asked.mirror
        mirror = mirror or self._configured_mirror()
        self.target = Target.of(machine)
        self.wishes = Wishes(
            today=machine.today,
            packages=self._packages(),
            torch=asked.torch,
            backend=asked.backend,
            mirror=mirror,
            wheels=asked.wheels,
        ).checked(self.tables)
        self.mirror = mirror_of(mirror, self.tables) if mirror is not None else None

    def recipe(self) -> Recipe:
        """The recipe."""
        reason, target = self._where()
        tool, plan = self._tool_and_plan(target, new=reason is not None)
        self.notes += self._on_driver(plan)
        if tool == "conda" and reason is None and self.facts.kind in ("venv", "virtualenv", "system", "uv"):
            reason = words("install.env-not-conda")
        plan = self._from_the_fastest(target, plan)
        made = Recipe(
            machine=self.machine,
            asked=self.asked,
            plan=plan,
            tool=tool,
            mirror=self.mirror.id if self.mirror is not None else None,
            channel=self._channel(),
        )
        if plan.build is None:
            return replace(
                made,
                why=self._in_the_way(target, plan),
                warnings=tuple(self.notes),
                nearest=self._nearest(target, tool),
            )
        if reason is None and self._already(plan):
            return replace(
                made,
                already=True,
                why=(*self._why(plan), *self.reasons),
                warnings=(*plan.warnings, *self.notes),
            )
        return self._with_commands(made, plan.build, reason)

    def _with_commands(self, made: Recipe, build: Build, reason: Words | None) -> Recipe:
        """The recipe with what is to be typed; `reason`: why a new environment is made for it, if one is."""
        plan, tool, new = made.plan, made.tool, None
        if reason is not None:
            new = new_environment(self.machine, self.asked, tool, build.python, made.channel, self.exists)
            self.notes += self._on_making(new)
        self.notes += self._on_tools(tool, new)
        place = new.folder(self.facts.conda_root) if new is not None else None
        self.notes += short_of_room(plan, tool, self.machine.facts.host.volumes, place, self.ground)
        return replace(
            made,
            environment=new,
            python_reason=self._on_python(new),
            interpreter=new.interpreter() if new else (executable(self.machine),),
            steps=tuple(steps(self.machine, plan, tool, new, by_hand=True)),
            carried_out=tuple(steps(self.machine, plan, tool, new, by_hand=False)),
            why=(*self._why(plan), *((reason,) if reason else ()), *self.reasons),
            warnings=(*plan.warnings, *self.notes),
        )

    # -- what is asked for

    def _packages(self) -> tuple[str, ...]:
        """What to install: with torch go the companions that are here, since they have to match it."""
        asked = tuple(dict.fromkeys(each.lower() for each in self.asked.packages)) or FAMILY
        if any(each not in FAMILY for each in asked):
            return asked  # refused where the wishes are checked
        wanted = {"torch", *asked}
        here = {name for name in FAMILY if self.machine.installed(name)} - wanted
        if here and isolation(self.machine) is None and self.asked.environment is None:
            self.reasons.append(words("install.companions-here", names=" ".join(sorted(here))))
            wanted |= here
        return tuple(name for name in FAMILY if name in wanted)

    def _configured_mirror(self) -> str | None:
        """The mirror that pip is configured to use, so that a plan without a wish fits the machine."""
        found = configured_mirror(self.machine)
        if found is None:
            return None
        row, origin = found
        if row.status == "dead":
            self.notes.append(
                words("install.configured-dead", mirror=row.name, origin=origin, taken=IN_PLACE_OF_DEAD)
            )
            return IN_PLACE_OF_DEAD
        self.reasons.append(words("install.configured", mirror=row.id, origin=origin))
        return row.id

    def _fastest(self, serves: str) -> str | None:
        """The mirror that was fastest when measured; `None`: none answered, or none was asked."""
        timed = [
            each
            for each in self.machine.facts.mirrors or ()
            if each.serves == serves and each.outcome == "ok" and self.machine.tables.mirror(each.mirror)
        ]
        if not timed:
            if serves == "pypi":
                self.notes.append(words("install.auto-none"))
            return None
        fastest = max(timed, key=lambda each: (each.rate or 0.0, -(each.first or 0.0)))
        rate = f"{(fastest.rate or 0) / 1e6:.1f}"
        self.reasons.append(words(f"install.auto-{serves}", mirror=fastest.mirror, rate=rate))
        return fastest.mirror

    def _from_the_fastest(self, target: Target, plan: Plan) -> Plan:
        """The same plan with PyTorch's wheels from where they came fastest, if the mirror itself has none."""
        source = plan.source
        if self.asked.mirror != "auto" or self.asked.wheels or source is None:
            return plan
        if source.kind not in ("index", "flat"):
            return plan
        place = self._fastest("wheels")
        if place is None or place == source.mirror:
            return plan
        other = choose(target, self.tables, replace(self.wishes, wheels=place))
        return other if other.build == plan.build else plan

    # -- where it goes

    def _where(self) -> tuple[Words | None, Target]:
        """Why a new environment is made (`None`: the patient takes torch), and the machine to plan for."""
        reason = None
        if self.asked.environment is not None or self.asked.python_version is not None:
            reason = words("install.env-asked")
        reason = reason or isolation(self.machine)
        own, fresh = self.target, replace(self.target, platform=usual_platform(self.machine))
        if self.asked.python_version is not None:
            return reason, replace(fresh, python=self.asked.python_version)
        python = best_python(fresh, self.tables, self.wishes)
        better = replace(fresh, python=python)
        mine, theirs = self._release(own), self._release(better)
        suits = mine >= theirs or bool(mine and self.machine.facts.interpreter.free_threaded)
        if self.machine.facts.interpreter.implementation not in (None, "cpython"):
            suits = False
        if suits or python is None or not theirs:
            return reason, own
        if reason is None:
            key = "install.env-python" if mine else "install.env-python-none"
            had = ".".join(map(str, mine))
            reason = words(key, python=own.python or UNKNOWN, better=python, torch=had)
        return reason, better

    def _release(self, target: Target) -> tuple[int, ...]:
        if target.jetson:
            plan = pick(target, self.tables, self.wishes)
            return version_numbers(plan.build.torch) if plan.build is not None else ()
        found = best(target, self.tables, self.wishes)
        return version_numbers(found.release.version) if found is not None else ()

    # -- with which tool

    def _tool_and_plan(self, target: Target, *, new: bool) -> tuple[Tool, Plan]:
        tool: Tool = self.asked.tool if self.asked.tool != "auto" else usual_tool(self.machine, new=new)
        plan = self._plan(target, tool)
        if self.asked.tool != "auto":
            return tool, plan
        if tool == "conda" and plan.build is None:
            # conda-forge is behind, or lacks what was asked for; pip installs into a conda environment too.
            tool, plan = "pip", self._plan(target, "pip")
        if plan.build is None and tool == "uv" and target.jetson:
            tool, plan = "pip", self._plan(target, "pip")
        if plan.build is None and conda_program(self.machine) is not None:
            other = self._plan(target, "conda")
            if other.build is not None:
                self.reasons.append(words("install.only-conda"))
                return "conda", other
        return tool, plan

    def _plan(self, target: Target, tool: Tool) -> Plan:
        return choose(target, self.tables, replace(self.wishes, tool=tool))

    def _channel(self) -> str | None:
        """The conda channel for a new environment, where a mirror was asked for that has one."""
        conda = self.mirror.conda if self.mirror is not None else {}
        return conda.get("conda-forge") or conda.get("main")

    def _already(self, plan: Plan) -> bool:
        """Whether everything that the plan installs is here, whole and in this very build."""
        assert plan.build is not None
        packages = self.machine.facts.packages
        if self.machine.torch_variant != plan.build.variant or packages.leftovers:
            return False
        for name, version in plan.packages.items():
            copies = self.machine.installed(name)
            if len(copies) != 1 or copies[0].missing_files:
                return False
            if copies[0].version == version:
                continue
            public, _, label = copies[0].version.partition("+")
            if public != version or (label and label != plan.build.variant):
                return False
        return True

    # -- what to say

    def _in_the_way(self, target: Target, plan: Plan) -> tuple[Words, ...]:
        """Why there is no build; of a choice that somebody made, what is wrong with just that one."""
        asked = self.asked
        free = asked.torch in ("settled", "latest") or asked.backend == "auto"
        if free or self.wishes.tool == "conda" or target.jetson:
            return tuple(each for each in plan.why if each.key != "plan.nearest")
        reasons = judge(target, asked.torch.partition("+")[0], asked.backend, self.tables)
        told = [each for each in reasons if each.key != "plan.nearest"]
        more = (each for each in plan.why if each.key != "plan.nearest" and each not in told)
        return (*told, *more)

    def _nearest(self, target: Target, tool: Tool) -> Build | None:
        asked = self.asked
        if target.jetson:  # what is in the way names it already, and where it is
            return None
        if tool == "conda" or (asked.torch in ("settled", "latest") and asked.backend == "auto"):
            return None
        release = asked.torch if asked.torch not in ("settled", "latest") else self.machine.settled.version
        wishes = replace(self.wishes, tool=tool)
        return nearest(target, release.partition("+")[0], asked.backend, self.tables, wishes)

    def _why(self, plan: Plan) -> Iterator[Words]:
        # Where the wheels come from is said with the source, once.
        yield from (each for each in plan.why if each.key not in ("plan.why-source", "plan.why-wheels"))

    def _on_driver(self, plan: Plan) -> Iterator[Words]:
        """A driver that left the GPU behind runs no build on it: told where the plan is for a GPU."""
        if not _for_cuda(plan):
            return
        for _, gpu in self.machine.left_behind[:1]:
            yield words(
                "install.driver-beside" if self.machine.managed else "install.driver-left",
                gpu=gpu.name or "NVIDIA GPU",
                driver=self.machine.driver or UNKNOWN,
                last=self.tables.last_branch(gpu.capability or "") or UNKNOWN,
            )

    def _on_python(self, new: NewEnvironment | None) -> Words | None:
        """A Python of the machine's own, or one that was asked for, needs no reason."""
        settled = self.tables.settled_python
        if new is None or self.asked.python_version is not None or new.python != settled.version:
            return None
        if new.python == self.machine.python_key or settled.next is None:
            return None
        return words(
            "install.python-settled",
            python=settled.version,
            packages=settled.packages,
            asked=settled.asked,
            next=settled.next,
            ahead=settled.ahead or 0,
        )

    def _on_making(self, new: NewEnvironment) -> Iterator[Words]:
        if (needed := needs_venv(self.machine, new)) is not None:
            yield needed
        # An assumed Python need not be here; on a machine elsewhere the one that was named is.
        assumed = self.facts.found_by is not None and self.machine.facts.interpreter.executable is None
        if new.kind == "venv" and (assumed or self.machine.python_key != new.python):
            yield words("install.needs-python", python=new.python)

    def _on_tools(self, tool: Tool, new: NewEnvironment | None) -> Iterator[Words]:
        live = bool(self.facts.tools) or self.facts.found_by is not None
        if tool == "uv" and live and "uv" not in self.facts.tools:
            yield words("install.no-uv")
        if (tool == "conda" or (new is not None and new.kind == "conda")) and live:
            if not any(name in self.facts.tools for name in ("conda", "mamba", "micromamba")):
                yield words("install.no-conda")
        if new is None and self.facts.manager in ("poetry", "pipenv", "pixi", "hatch"):
            yield words("install.managed", manager=self.facts.manager)
        no_index = pip_line(self.facts.pip_settings, "no-index") if tool == "pip" else None
        if no_index is not None and no_index.is_on:
            yield words("install.no-index", origin=no_index.origin)
