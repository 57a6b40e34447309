"""A recipe for a terminal: the build and why, then the commands, whole and each on its line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import replace

from envdoctor import __version__
from envdoctor.findings import Severity, Words
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.planner.recipe import Recipe
from envdoctor.redact import show_all, without_credentials
from envdoctor.reports.recipe_words import build_words, refused_words, size_words, source_words
from envdoctor.reports.style import Style, fits, sign
from envdoctor.reports.understood import understood
from envdoctor.shell import shell, spoken

__all__ = ["recipe_as_text"]

WIDEST = 100
_BOLD, _DIM, _GREEN, _RED, _YELLOW, _RESET = (
    "\x1b[1m",
    "\x1b[2m",
    "\x1b[1;32m",
    "\x1b[1;31m",
    "\x1b[1;33m",
    "\x1b[0m",
)


def recipe_as_text(
    recipe: Recipe,
    words: Catalogue,
    hide: Callable[[str], str],
    style: Style,
    *,
    why: bool = False,
    closing: bool = True,
    seconds: float | None = None,
    with_build: WithBuild | None = None,
) -> str:
    """The whole answer, ending with a line break.

    `why` adds the table of builds passed over, `closing` what to do next; a verbose style adds what the
    choice rests on, with the `seconds` that choosing took. `with_build` is the command line that asks for one
    build and otherwise for the same.
    """
    page = _Page(recipe, words, hide, style, with_build or _with_build)
    lines = [*page.head(), "", *page.answer(), *(["", *page.table()] if why else [])]
    lines += page.grounds(seconds) if style.verbose else []
    lines += ["", *page.next()] if closing else []
    spaced = [line for before, line in zip(["", *lines], lines, strict=False) if line or before]
    return fits("\n".join(spaced).rstrip() + "\n", style.encoding)


WithBuild = Callable[[str, str], tuple[str, ...]]


def _with_build(torch: str, backend: str) -> tuple[str, ...]:
    return ("envdoctor", "install", "--torch", torch, "--backend", backend)


class _Page:
    def __init__(
        self,
        recipe: Recipe,
        words: Catalogue,
        hide: Callable[[str], str],
        style: Style,
        with_build: WithBuild,
    ) -> None:
        self._with_build = with_build
        self._recipe, self._words, self._hide, self._style = recipe, words, hide, style
        self._width = max(24, min(style.width, WIDEST))

    def head(self) -> list[str]:
        """For which environment and machine this is, in one wrapped line."""
        machine = self._recipe.machine
        facts = machine.facts
        parts = [f"envdoctor {__version__}"]
        environment = facts.environment
        if environment.kind or environment.found_by:
            kind = self._words.text(f"environment.{environment.kind or 'unknown'}")
            if environment.conda_base:
                kind = self._words.text("environment.conda-base")
            name = f' "{environment.name}"' if environment.name and not environment.conda_base else ""
            found = self._words.text(f"found.{environment.found_by}") if environment.found_by else ""
            parts.append(f"{kind}{name} ({found})" if found else f"{kind}{name}")
        if facts.interpreter.version:
            parts.append(f"Python {facts.interpreter.version}")
        names = dict.fromkeys(gpu.name for gpu in machine.gpus if gpu.name)
        parts += [facts.host.os_name or "", " + ".join(names) or machine.gpu_name or ""]
        if machine.driver:
            parts.append(self._words.text("install.driver", driver=machine.driver))
        lines = self._wrap(" · ".join(part for part in parts if part), "", "  ")
        if facts.assumed:
            key = "report.assumed" if environment.found_by else "install.assumed-other"
            if facts.paste is not None:
                key = "pasted.assumed"
            lines += self._wrap(self._words.text(key, what=self._words.listed(facts.assumed)), "  ")
        return lines

    def answer(self) -> list[str]:
        """The build with its reasons and commands, or what is in the way."""
        recipe, words = self._recipe, self._words
        if recipe.plan.build is None:
            return self._refusal()
        also = [
            words.text("install.also", name=name, version=version) for name, version in self._companions()
        ]
        title = words.text(
            "install.build", torch=recipe.plan.build.torch, what=words.say(build_words(recipe))
        )
        lines = self._title(Severity.OK, self._words.listed([title, *also]), _GREEN)
        lines += self._sentences(self._reasons())
        if recipe.already:
            lines += self._wrap(words.text("install.already"), "  ")
        lines += ["", *self._commands(), ""]
        return [*lines, *self._warnings()]

    def _companions(self) -> list[tuple[str, str]]:
        return [(name, version) for name, version in self._recipe.plan.packages.items() if name != "torch"]

    def _reasons(self) -> Iterable[Words]:
        recipe = self._recipe
        yield from recipe.why
        if recipe.already:
            return
        yield from source_words(recipe)
        if (size := size_words(recipe)) is not None:
            yield size

    def _refusal(self) -> list[str]:
        what = refused_words(self._recipe)
        text = self._words.say(what)
        if what.key != "install.refused":
            text = self._words.text("install.refused-asked", build=text)
        lines = self._title(Severity.ERROR, text, _RED)
        lines += self._sentences(self._recipe.why)
        near = self._recipe.nearest
        if near is not None:
            lines += self._wrap(self._words.text("install.nearest"), "  ")
            here = (
                "windows" if sys.platform == "win32" else "linux"
            )  # typed on this machine, whichever it is for
            command = self._line(self._with_build(near.torch, near.variant), here)
            lines += ["", command, ""]
        return [*lines, *self._warnings()]

    def _commands(self) -> list[str]:
        recipe = self._recipe
        # Whole and at the left margin, so that a copied line is the command and nothing else.
        return [self._line(argv, spoken(recipe.machine)) for argv in recipe.commands]

    def _line(self, argv: tuple[str, ...], system: str) -> str:
        """One line to paste. Names are hidden word by word: quotes inside a path would hide them from us."""
        return shell(tuple(self._safe(each) for each in argv), system)

    def _warnings(self) -> list[str]:
        lines: list[str] = []
        warnings = [self._words.say(each) for each in self._recipe.warnings]
        if self._recipe.plan.build is not None and self._recipe.plan.certainty == "unverified":
            warnings.append(self._words.text("install.certainty-unverified"))
        if any(each != without_credentials(each) for argv in self._recipe.commands for each in argv):
            warnings.append(self._words.text("install.credentials"))
        if self._hide is show_all:
            warnings.append(self._words.text("report.unhidden"))
        caution = sign(Severity.WARNING, self._words, self._style)
        for each in warnings:
            lines += self._paint(self._wrap(f"{caution} {each}", "", "  "), _YELLOW)
        return lines

    def table(self) -> list[str]:
        """Why this Python; the builds passed over, newest first, the reason below each where it is narrow."""
        rows = self._recipe.plan.rejected
        chosen = self._recipe.python_reason
        lines = [*self._wrap(self._words.say(chosen), ""), ""] if chosen is not None else []
        if not rows:
            return [*lines, *self._wrap(self._words.text("install.passed-none"), "")]
        lines += [self._words.text("install.passed-over")]
        names = [f"{row.torch}+{row.variant}" if row.variant else row.torch for row in rows]
        column = max(width(name) for name in names) + 4
        for name, row in zip(names, rows, strict=True):
            reason = self._words.say(row.reason)
            if self._width >= column + 36:
                lines += self._wrap(reason, f"  {padded(name, column - 4)}  ", " " * column)
            else:
                lines += [f"  {name}", *self._wrap(reason, "    ")]
        return lines

    def grounds(self, seconds: float | None) -> list[str]:
        """What the choice rests on, how long it took to learn it, and what could not be learned."""
        from envdoctor.reports.background import background, background_lines

        words, facts = self._words, self._recipe.machine.facts
        lines = ["", words.text("install.grounds")]
        for label, said in (*understood(self._recipe.machine, words), *self._preferences()):
            lines += self._wrap(words.row(label, said), "  ", "    ")
        rows = background(facts, words, self._safe)
        if seconds is not None:
            rows = replace(rows, durations=(*rows.durations, ("planning", "", seconds)))
        return [*lines, *background_lines(rows, words, self._width)]

    def _preferences(self) -> Iterable[tuple[str, str]]:
        recipe, words = self._recipe, self._words
        asked = {"auto": "", recipe.tool: " (--with)"}[recipe.asked.tool]
        yield words.text("install.ground-tool"), recipe.tool + asked
        yield words.text("install.ground-mirror"), recipe.mirror or words.text("mirrors.none")
        yield words.text("install.ground-tables"), recipe.machine.tables.as_of.isoformat()

    def next(self) -> list[str]:
        """What happens now."""
        key = "install.next-refused" if self._recipe.plan.build is None else "install.next"
        if self._recipe.already:
            key = "install.next-already"
        return self._wrap(self._words.text(key), "")

    def _sentences(self, sentences: Iterable[Words]) -> list[str]:
        lines: list[str] = []
        listing = False
        for each in sentences:
            # What stands in the way of the next release is a list under its sentence.
            listing = listing and not each.key.startswith(("plan.why-", "install."))
            text = self._words.say(each)
            lines += self._wrap(f"- {text}", "    ", "      ") if listing else self._wrap(text, "  ")
            listing = listing or each.key == "plan.why-older"
        return lines

    def _title(self, severity: Severity, text: str, colour: str) -> list[str]:
        mark = sign(severity, self._words, self._style)
        return self._paint(self._wrap(f"{mark} {text}", "", "  "), colour)

    def _paint(self, lines: list[str], colour: str) -> list[str]:
        return [f"{colour}{line}{_RESET}" for line in lines] if self._style.colour else lines

    def _wrap(self, text: str, indent: str, then: str | None = None) -> list[str]:
        rest = then if then is not None else indent
        return wrap(self._safe(text), self._width, indent, rest)

    def _safe(self, text: str) -> str:
        """Without what must not be seen, and without control characters that would speak to the terminal."""
        shown = self._hide(without_credentials(text))
        return "".join(c for c in shown if c >= " " and c != "\x7f" and not "\x80" <= c <= "\x9f")
