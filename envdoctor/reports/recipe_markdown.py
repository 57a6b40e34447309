"""A recipe as Markdown, to post where somebody asked what to install; inert as `reports.markdown` is."""

from __future__ import annotations

from collections.abc import Iterable

from envdoctor import __version__
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import single_spaced
from envdoctor.reports.markdown import block, code, fact_row, folded, headline, prose, shell_language
from envdoctor.reports.recipe_view import RecipeView

__all__ = ["as_markdown"]


def as_markdown(seen: RecipeView, words: Catalogue, *, why: bool = False) -> str:
    """The whole answer, ending with a line break; `why`: the builds passed over stand open."""
    lines = [headline(seen.severity, seen.title, words), ""]
    lines += [prose(_assumed(seen)), ""] if seen.assumed else []
    lines += _refusal(seen) if seen.severity is Severity.ERROR else _commands(seen)
    for each in seen.warnings:
        lines += [prose(words.text("markdown.row.warning", title=each)), ""]
    lines += [prose(seen.following), ""]
    if seen.severity is Severity.OK:
        lines += [f"#### {prose(words.text('install.why'))}", "", *_reasons(seen)]
    lines += _passed_over(seen, words, why=why)
    rows = [fact_row(label, said, words) for label, said in seen.grounds]
    lines += folded(words.text("markdown.facts"), rows)
    key = "markdown.signature.live" if seen.live else "markdown.signature"
    lines += [prose(words.text(key, version=__version__))]
    return single_spaced(lines)


def _assumed(seen: RecipeView) -> str:
    """The sentence, with each assumption as the piece of code that it is."""
    text = seen.assumed
    for each in seen.assumptions:
        text = text.replace(each, f"`{each}`")
    return text


def _commands(seen: RecipeView) -> list[str]:
    lines = [prose(seen.already), ""] if seen.already else []
    return lines + (block(seen.commands, shell_language(seen.system)) if seen.commands else [])


def _refusal(seen: RecipeView) -> list[str]:
    """What is in the way, then the command that leads to the nearest build."""
    lines = _reasons(seen)
    if seen.near:
        lines += [prose(seen.near), "", *block(seen.near_command, shell_language(seen.here))]
    return lines


def _reasons(seen: RecipeView) -> list[str]:
    return [*(f"{'  ' if each.under else ''}- {prose(each.text)}" for each in seen.reasons), ""]


def _passed_over(seen: RecipeView, words: Catalogue, *, why: bool) -> list[str]:
    rows = [*([prose(seen.why_python), ""] if seen.why_python else []), *_rows(seen.rejected, words)]
    title = words.text("install.passed-over").rstrip(":：")
    if not why or not rows:
        return folded(title, rows)
    return [f"#### {prose(title)}", "", *rows, ""]


def _rows(rejected: Iterable[tuple[str, str]], words: Catalogue) -> list[str]:
    return [f"- {words.row(code(name), prose(reason))}" for name, reason in rejected]
