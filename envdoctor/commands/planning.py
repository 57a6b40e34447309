"""From the command line of `install` to a plan, and from the plan to its words."""

from __future__ import annotations

import time
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.commands.underway import Underway
from envdoctor.errors import UsageError
from envdoctor.examine import Examination
from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.planner.asked import Asked

if TYPE_CHECKING:
    from collections.abc import Callable

    from envdoctor.commands.writing import Terminal
    from envdoctor.facts import Facts, MirrorAnswer
    from envdoctor.messages import Catalogue
    from envdoctor.planner.recipe import Recipe
    from envdoctor.planner.room import Ground
    from envdoctor.reports.emit import Emit

__all__ = ["Options", "Planned", "planned", "report"]


@value
class Options(Record):
    """The command line of `install`."""

    asked: Asked = field(default_factory=Asked)
    python: str | None = None
    assume: tuple[str, ...] = ()
    source: str | None = None
    """The report that `--from` names; `None`: the plan is for this machine."""
    form: str = "text"
    output: Path | None = None
    timeout: float | None = None
    verbose: bool = False
    redact: bool = True
    why: bool = False
    run: bool = False
    yes: bool = False
    emit: Emit | None = None

    def with_build(self, torch: str, backend: str) -> tuple[str, ...]:
        """The same command line for just this build; what only shapes the answer is left out."""
        asked = self.asked
        tool = asked.tool if asked.tool != "auto" else None
        given = (
            ("--mirror", asked.mirror),
            ("--wheels", asked.wheels),
            ("--with", tool),
            ("--env", asked.environment),
            ("--python-version", asked.python_version),
            ("--python", self.python),
            *(("--assume", each) for each in self.assume),
            ("--from", self.source),
        )
        build = ("envdoctor", "install", *asked.packages, "--torch", torch, "--backend", backend)
        return (*build, *(part for name, said in given if said for part in (name, said)))


@value
class Planned(Record):
    """A recipe with what is needed to put it into words."""

    recipe: Recipe
    words: Catalogue
    hide: Callable[[str], str]
    terminal: Terminal
    seconds: float
    """How long choosing took, without the probes."""


def planned(outside: Outside, options: Options) -> Planned:
    """What to type on the machine behind the door.

    Raises:
        UsageError: a wish or an assumption that makes no sense; nobody waits for a probe to hear of it.

    """
    options.asked.checked()
    if options.emit is not None and options.form != "text":
        raise UsageError(f"--emit {options.emit} has a form of its own; leave --format {options.form} away")
    if options.source is not None:
        return _planned_from(options, options.source)
    wanted = Examination(
        python=options.python,
        quick=True,  # torch is not imported: what a plan needs is in the files and in the driver
        without=("toolkit", "editors"),  # no build is chosen by them
        timeout=options.timeout,
    )
    underway = Underway(outside, wanted, options.assume)
    from envdoctor.commands.writing import Terminal
    from envdoctor.machine import Machine
    from envdoctor.messages import catalogue
    from envdoctor.planner.recipe import recipe
    from envdoctor.redact import redactor_for, show_all

    words, terminal = catalogue(), Terminal()
    hide = redactor_for(outside) if options.redact else show_all
    facts = underway.facts(terminal, words)
    if options.asked.mirror == "auto":
        facts = replace(facts, mirrors=_measured(outside, terminal))
    started = time.monotonic()
    here = facts.environment.found_by is not None  # a plan for another machine knows nothing of its folders
    made = recipe(
        Machine(facts),
        options.asked,
        lambda path: here and outside.exists(_found(outside, path)),
        _ground(outside, facts) if here else None,
    )
    return Planned(made, words, hide, terminal, time.monotonic() - started)


def _planned_from(options: Options, source: str) -> Planned:
    from envdoctor.commands.install_from import reported_machine
    from envdoctor.commands.writing import Terminal
    from envdoctor.messages import catalogue
    from envdoctor.planner.recipe import recipe

    machine, hide = reported_machine(options, source)
    started = time.monotonic()
    # Whether a folder of the plan's is there already can't be asked of a machine that is elsewhere.
    made = recipe(machine, options.asked, lambda path: False)
    return Planned(made, catalogue(), hide, Terminal(), time.monotonic() - started)


def _measured(outside: Outside, terminal: Terminal) -> tuple[MirrorAnswer, ...]:
    """How every living mirror answers from here."""
    from envdoctor.commands.mirrors import measured
    from envdoctor.knowledge import knowledge
    from envdoctor.network import fetcher
    from envdoctor.probes.pip_config import pip_route

    return measured(
        outside,
        knowledge().mirrors,
        knowledge(),
        fetcher(pip_route(outside, None)),
        terminal,
        ("pypi", "wheels"),
    )


def _found(outside: Outside, path: str) -> str:
    """A path as the commands mean it: from the working folder, "~" for the home folder."""
    home = outside.environ.get("USERPROFILE" if outside.system == "windows" else "HOME", "")
    if path.startswith("~"):
        path = home + path[1:]
    return str(outside.path.join(outside.cwd, path))


def _ground(outside: Outside, facts: Facts) -> Ground:
    """How much room is where on this machine."""
    from envdoctor.planner.room import Ground
    from envdoctor.probes.caches import conda_cache, pip_cache, uv_cache

    environment = facts.environment
    caches = {
        "pip": pip_cache(outside, environment.pip_settings),
        "uv": uv_cache(outside, environment.uv_settings),
        "conda": conda_cache(outside, environment.conda_root, environment.conda_settings),
    }
    return Ground(
        disk=lambda path: outside.disk(_found(outside, path)),
        caches=caches,
    )


def report(planned: Planned, options: Options, *, closing: bool = True) -> str:
    """The plan in the form that was asked for; `closing`: with what to do next."""
    if options.emit is not None and planned.recipe.plan.build is not None:
        from envdoctor.reports.emit import emit

        return planned.hide(emit(planned.recipe, options.emit))
    if options.form == "json":
        import json

        from envdoctor.reports.recipe_json import recipe_as_json

        content = recipe_as_json(planned.recipe, planned.words, planned.hide)
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    from envdoctor.commands.writing import style_for

    style = style_for(options.output, planned.terminal, verbose=options.verbose)
    if options.form in ("markdown", "html"):
        from envdoctor.reports.forms import plan
        from envdoctor.reports.recipe_view import recipe_view

        view = recipe_view(planned.recipe, planned.words, planned.hide, options.with_build)
        return plan(view, options.form, planned.words, style, why=options.why)
    from envdoctor.reports.recipe_text import recipe_as_text

    return recipe_as_text(
        planned.recipe,
        planned.words,
        planned.hide,
        style,
        why=options.why,
        closing=closing,
        seconds=planned.seconds,
        with_build=options.with_build,
    )
