"""A recipe put into words: the one value that text, Markdown and HTML render.

As in `reports.view`, every string in it is fit to be seen; what is left to a form is its own escaping.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from envdoctor import __version__
from envdoctor.findings import Severity, Words
from envdoctor.frozen import Record, value
from envdoctor.messages import Catalogue
from envdoctor.planner.recipe import Recipe
from envdoctor.redact import show_all, without_credentials
from envdoctor.reports.recipe_words import build_words, refused_words, size_words, source_words
from envdoctor.reports.understood import understood
from envdoctor.reports.view import environment_in_words, inert, shown
from envdoctor.shell import for_cmd_alone, shell, spoken

__all__ = ["Reason", "RecipeView", "WithBuild", "recipe_view"]

WithBuild = Callable[[str, str], tuple[str, ...]]
"""The command line that asks for one build and otherwise for the same."""


@value
class Reason(Record):
    """A sentence; `under`: it belongs to the one before it, as what stands in the way of a newer release."""

    text: str
    under: bool = False


@value
class RecipeView(Record):
    """A plan, or a refusal, in words, in the order in which a person reads it."""

    live: bool
    head: tuple[str, ...]
    assumed: str
    """The sentence that says what the plan takes for granted; empty: nothing is."""
    assumptions: tuple[str, ...]
    """What stands in that sentence: "os=windows"."""
    severity: Severity
    """OK: there is a build; ERROR: a refusal."""
    title: str
    reasons: tuple[Reason, ...]
    already: str
    """The sentence that there is nothing to do; empty where there is."""
    system: str
    """Whose shell the commands are for: "linux", "windows", "macos"."""
    commands: tuple[str, ...]
    near: str
    """What leads to the nearest build that fits, as a sentence before `near_command`; empty: nothing does."""
    near_command: tuple[str, ...]
    """That command as the one line that it is, for the machine that envdoctor runs on."""
    warnings: tuple[str, ...]
    why_python: str
    rejected: tuple[tuple[str, str], ...]
    """Builds that were passed over, newest first, and why."""
    grounds: tuple[tuple[str, str], ...]
    """What the choice rests on, as label and value."""
    following: str
    """What to do next, one sentence."""

    @property
    def here(self) -> str:
        """Whose shell the command of `near_command` is typed into."""
        return "windows" if sys.platform == "win32" else "linux"


def recipe_view(
    recipe: Recipe, words: Catalogue, hide: Callable[[str], str], with_build: WithBuild | None = None
) -> RecipeView:
    """The recipe in words, ready to be rendered in any form."""
    return _Teller(recipe, words, hide, with_build or _with_build).view()


def _with_build(torch: str, backend: str) -> tuple[str, ...]:
    return ("envdoctor", "install", "--torch", torch, "--backend", backend)


class _Teller:
    def __init__(
        self, recipe: Recipe, words: Catalogue, hide: Callable[[str], str], with_build: WithBuild
    ) -> None:
        self._recipe, self._words, self._hide, self._with_build = recipe, words, hide, with_build

    def view(self) -> RecipeView:
        recipe, words = self._recipe, self._words
        refused, near = recipe.plan.build is None, recipe.nearest
        near_argv = self._with_build(near.torch, near.variant) if refused and near is not None else ()
        python = recipe.python_reason
        commands, system = self._pasted()
        made = RecipeView(
            live=recipe.machine.facts.paste is None,
            head=tuple(self._shown(part) for part in self._head() if part),
            assumed=self._assumed(),
            assumptions=tuple(map(self._shown, recipe.machine.facts.assumed)),
            severity=Severity.ERROR if refused else Severity.OK,
            title=self._shown(self._refused() if refused else self._build()),
            reasons=tuple(self._reasons()),
            already=self._text("install.already") if recipe.already else "",
            system=system,
            commands=commands,
            near=self._text("install.nearest") if near_argv else "",
            near_command=(),
            warnings=tuple(self._shown(each) for each in self._warnings(for_cmd_alone(commands, system))),
            why_python=self._shown(words.say(python)) if python is not None else "",
            rejected=tuple(
                (
                    f"{row.torch}+{row.variant}" if row.variant else row.torch,
                    self._shown(words.say(row.reason)),
                )
                for row in recipe.plan.rejected
            ),
            grounds=tuple((label, self._shown(said)) for label, said in self._grounds()),
            following=self._text(self._next()),
        )
        if not near_argv:
            return made
        from dataclasses import replace

        return replace(made, near_command=(self._line(near_argv, made.here),))

    def _text(self, key: str, **values: str | int | float) -> str:
        return self._shown(self._words.text(key, **values))

    def _shown(self, text: str) -> str:
        return shown(without_credentials(text), self._hide)

    def _pasted(self) -> tuple[tuple[str, ...], str]:
        """The commands as lines, and whose shell they are for."""
        system = spoken(self._recipe.machine)
        return tuple(self._line(argv, system) for argv in self._recipe.commands), system

    def _line(self, argv: tuple[str, ...], system: str) -> str:
        """One line to paste. Names are hidden word by word: quotes inside a path would hide them from us."""
        return shell(tuple(inert(self._hide(without_credentials(each))) for each in argv), system)

    def _head(self) -> Iterator[str]:
        """For which environment and machine this is."""
        machine = self._recipe.machine
        environment = machine.facts.environment
        yield f"envdoctor {__version__}"
        if environment.kind or environment.found_by:
            yield environment_in_words(environment, self._words)
        if machine.facts.interpreter.version:
            yield f"Python {machine.facts.interpreter.version}"
        names = dict.fromkeys(gpu.name for gpu in machine.gpus if gpu.name)
        yield machine.facts.host.os_name or ""
        yield " + ".join(names) or machine.gpu_name or ""
        if machine.driver:
            yield self._words.text("install.driver", driver=machine.driver)

    def _assumed(self) -> str:
        facts = self._recipe.machine.facts
        if not facts.assumed:
            return ""
        key = "report.assumed" if facts.environment.found_by else "install.assumed-other"
        if facts.paste is not None:
            key = "pasted.assumed"
        return self._text(key, what=self._words.listed(facts.assumed))

    def _build(self) -> str:
        build, words = self._recipe.plan.build, self._words
        assert build is not None
        title = words.text("install.build", torch=build.torch, what=words.say(build_words(self._recipe)))
        also = (
            words.text("install.also", name=name, version=version)
            for name, version in self._recipe.plan.packages.items()
            if name != "torch"
        )
        return words.listed([title, *also])

    def _refused(self) -> str:
        what = refused_words(self._recipe)
        text = self._words.say(what)
        return (
            text if what.key == "install.refused" else self._words.text("install.refused-asked", build=text)
        )

    def _reasons(self) -> Iterator[Reason]:
        listing = False
        for each in self._sentences():
            # What stands in the way of the next release is a list under its sentence.
            listing = listing and not each.key.startswith(("plan.why-", "install."))
            yield Reason(self._shown(self._words.say(each)), listing)
            listing = listing or each.key == "plan.why-older"

    def _sentences(self) -> Iterable[Words]:
        recipe = self._recipe
        yield from recipe.why
        if recipe.already or recipe.plan.build is None:
            return
        yield from source_words(recipe)
        if (size := size_words(recipe)) is not None:
            yield size

    def _warnings(self, for_cmd: bool) -> Iterator[str]:
        recipe, words = self._recipe, self._words
        yield from (words.say(each) for each in recipe.warnings)
        if recipe.plan.build is not None and recipe.plan.certainty == "unverified":
            yield words.text("install.certainty-unverified")
        if any(each != without_credentials(each) for argv in recipe.commands for each in argv):
            yield words.text("install.credentials")
        if for_cmd:
            yield words.text("report.for-cmd")
        if self._hide is show_all:
            yield words.text("report.unhidden")

    def _grounds(self) -> Iterator[tuple[str, str]]:
        recipe, words = self._recipe, self._words
        yield from understood(recipe.machine, words)
        asked = {"auto": "", recipe.tool: " (--with)"}[recipe.asked.tool]
        yield words.text("install.ground-tool"), recipe.tool + asked
        yield words.text("install.ground-mirror"), recipe.mirror or words.text("mirrors.none")
        yield words.text("install.ground-tables"), recipe.machine.tables.as_of.isoformat()

    def _next(self) -> str:
        if self._recipe.already:
            return "install.next-already"
        return "install.next-refused" if self._recipe.plan.build is None else "install.next"
