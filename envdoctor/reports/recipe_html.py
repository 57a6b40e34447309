"""A recipe as one HTML page: the build, its commands with a button that copies them, and why."""

from __future__ import annotations

from html import escape
from itertools import groupby

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.reports import page
from envdoctor.reports.html import footer, mark, paragraph
from envdoctor.reports.recipe_view import RecipeView

__all__ = ["as_html"]


def as_html(seen: RecipeView, words: Catalogue, *, why: bool = False) -> str:
    """The whole page; it needs no other file and no network. `why`: the builds passed over stand open."""
    body = _Body(seen, words)
    script = bool(seen.commands or seen.near_command)
    title = page.opening(f"envdoctor: {seen.title}", words)
    return title + body.html(why=why) + page.closing(script=script)


class _Body:
    def __init__(self, seen: RecipeView, words: Catalogue) -> None:
        self._view, self._words = seen, words

    def html(self, *, why: bool) -> str:
        """All between the page's opening and its closing."""
        seen, words = self._view, self._words
        head = escape(" · ".join(seen.head))
        parts = [f'<header>\n<p class="machine">{head}</p>\n{paragraph(seen.assumed)}</header>\n<main>\n']
        parts += [self._verdict(), self._commands(), self._warnings(), paragraph(seen.following)]
        if seen.severity is Severity.OK:
            parts.append(page.folded(escape(words.text("install.why")), self._reasons(), unfolded=True))
        parts += [self._passed_over(why=why)]
        parts.append(page.folded(escape(words.text("markdown.facts")), page.table(seen.grounds)))
        return "".join([*parts, "</main>\n", footer(words, live=seen.live)])

    def _verdict(self) -> str:
        seen = self._view
        refused = seen.severity is Severity.ERROR
        heading = f"<h1>{mark(seen.severity, self._words)} {escape(seen.title)}</h1>"
        body = self._reasons() if refused else paragraph(seen.already)
        return f'<section class="verdict {"errors" if refused else "ok"}">\n{heading}\n{body}</section>\n'

    def _commands(self) -> str:
        seen = self._view
        if seen.severity is Severity.OK:
            return page.commands(seen.commands, self._words)
        return paragraph(seen.near) + page.commands(seen.near_command, self._words)

    def _reasons(self) -> str:
        """Sentences, each list of what stands in the way below the one that it belongs to."""
        parts = []
        for under, some in groupby(self._view.reasons, key=lambda each: each.under):
            texts = [each.text for each in some]
            rows = "".join(f"<li>{escape(text)}</li>\n" for text in texts)
            parts.append(f"<ul>\n{rows}</ul>\n" if under else "".join(map(paragraph, texts)))
        return "".join(parts)

    def _warnings(self) -> str:
        sign = mark(Severity.WARNING, self._words)
        rows = "".join(f"<li>{sign} {escape(each)}</li>\n" for each in self._view.warnings)
        return f'<ul class="plain">\n{rows}</ul>\n' if rows else ""

    def _passed_over(self, *, why: bool) -> str:
        seen = self._view
        body = paragraph(seen.why_python) + page.table(seen.rejected)
        title = escape(self._words.text("install.passed-over").rstrip(":："))
        return page.folded(title, body, unfolded=why) if body else ""
