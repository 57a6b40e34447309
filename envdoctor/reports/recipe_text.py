"""A recipe for a terminal: the build and why, then the commands, whole and each on its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, single_spaced, width, wrap
from envdoctor.planner.recipe import Recipe
from envdoctor.reports.recipe_view import RecipeView, WithBuild, recipe_view
from envdoctor.reports.style import Style, fits, sign
from envdoctor.reports.view import inert

__all__ = ["recipe_as_text"]

_GREEN, _RED, _YELLOW, _RESET = "\x1b[1;32m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[0m"


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
    page = _Page(recipe_view(recipe, words, hide, with_build), words, style)
    lines = [*page.head(), "", *page.answer(), *(["", *page.table()] if why else [])]
    lines += page.grounds(recipe, hide, seconds) if style.verbose else []
    lines += ["", *page.next()] if closing else []
    return fits(single_spaced(lines), style.encoding)


class _Page:
    def __init__(self, seen: RecipeView, words: Catalogue, style: Style) -> None:
        self._view, self._words, self._style = seen, words, style
        self._width = style.columns

    def head(self) -> list[str]:
        """For which environment and machine this is, in one wrapped line."""
        lines = self._wrap(" · ".join(self._view.head), "", "  ")
        return lines + (self._wrap(self._view.assumed, "  ") if self._view.assumed else [])

    def answer(self) -> list[str]:
        """The build with its reasons and commands, or what is in the way."""
        seen = self._view
        lines = self._title()
        for reason in seen.reasons:
            text = f"- {reason.text}" if reason.under else reason.text
            lines += self._wrap(text, "    ", "      ") if reason.under else self._wrap(text, "  ")
        for sentence in (seen.already, seen.near):
            lines += self._wrap(sentence, "  ") if sentence else []
        # Whole and at the left margin, so that a copied line is the command and nothing else.
        commands = seen.near_command if seen.severity is Severity.ERROR else seen.commands
        return [
            *lines,
            *(["", *commands, ""] if commands or seen.severity is Severity.OK else []),
            *self._warnings(),
        ]

    def _title(self) -> list[str]:
        seen = self._view
        mark = sign(seen.severity, self._words, self._style)
        colour = _RED if seen.severity is Severity.ERROR else _GREEN
        return self._paint(self._wrap(f"{mark} {seen.title}", "", "  "), colour)

    def _warnings(self) -> list[str]:
        caution = sign(Severity.WARNING, self._words, self._style)
        lines: list[str] = []
        for each in self._view.warnings:
            lines += self._paint(self._wrap(f"{caution} {each}", "", "  "), _YELLOW)
        return lines

    def table(self) -> list[str]:
        """Why this Python; the builds passed over, newest first, the reason below each where it is narrow."""
        seen = self._view
        lines = [*self._wrap(seen.why_python, ""), ""] if seen.why_python else []
        if not seen.rejected:
            return [*lines, *self._wrap(self._words.text("install.passed-none"), "")]
        lines += [self._words.text("install.passed-over")]
        column = max(width(name) for name, _ in seen.rejected) + 4
        for name, reason in seen.rejected:
            if self._width >= column + 36:
                lines += self._wrap(reason, f"  {padded(name, column - 4)}  ", " " * column)
            else:
                lines += [f"  {name}", *self._wrap(reason, "    ")]
        return lines

    def grounds(self, recipe: Recipe, hide: Callable[[str], str], seconds: float | None) -> list[str]:
        """What the choice rests on, how long it took to learn it, and what could not be learned."""
        from envdoctor.reports.background import background, background_lines

        words = self._words
        lines = ["", words.text("install.grounds")]
        for label, said in self._view.grounds:
            lines += self._wrap(words.row(label, said), "  ", "    ")
        rows = background(recipe.machine.facts, words, lambda text: inert(hide(text)))
        if seconds is not None:
            rows = replace(rows, durations=(*rows.durations, ("planning", "", seconds)))
        return [*lines, *background_lines(rows, words, self._width)]

    def next(self) -> list[str]:
        """What happens now."""
        return self._wrap(self._view.following, "")

    def _paint(self, lines: list[str], colour: str) -> list[str]:
        return [f"{colour}{line}{_RESET}" for line in lines] if self._style.colour else lines

    def _wrap(self, text: str, indent: str, then: str | None = None) -> list[str]:
        return wrap(text, self._width, indent, indent if then is None else then)
