"""The forms of a report: each from the same diagnosis, in letters that the place it goes to can hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from envdoctor.reports.style import fits_html, is_unicode

if TYPE_CHECKING:
    from envdoctor.messages import Catalogue
    from envdoctor.reports.diagnosis import Diagnosis
    from envdoctor.reports.mirrors_view import MirrorsView
    from envdoctor.reports.recipe_view import RecipeView
    from envdoctor.reports.text import Style

__all__ = ["one", "plan", "several", "sources"]


def one(diagnosis: Diagnosis, form: str, style: Style) -> str:
    """A single report, ending with a line break."""
    if form == "json":
        return _json(diagnosis, style, indent=2)
    if form == "markdown":
        from envdoctor.reports.markdown import as_markdown

        return as_markdown(diagnosis)
    if form == "html":
        from envdoctor.reports.html import as_html

        return fits_html(as_html(diagnosis), style.encoding)
    from envdoctor.reports.text import as_text

    return as_text(diagnosis, style)


def plan(seen: RecipeView, form: str, words: Catalogue, style: Style, *, why: bool) -> str:
    """A plan as "markdown" or "html", ending with a line break."""
    if form == "markdown":
        from envdoctor.reports.recipe_markdown import as_markdown

        return as_markdown(seen, words, why=why)
    from envdoctor.reports.recipe_html import as_html

    return fits_html(as_html(seen, words, why=why), style.encoding)


def sources(seen: MirrorsView, form: str, words: Catalogue, style: Style) -> str:
    """The mirrors as "text", "markdown" or "html", ending with a line break."""
    if form == "markdown":
        from envdoctor.reports.mirrors_markdown import as_markdown

        return as_markdown(seen, words)
    if form == "html":
        from envdoctor.reports.mirrors_html import as_html

        return fits_html(as_html(seen, words), style.encoding)
    from envdoctor.reports.mirrors import as_text

    return as_text(seen, words, style)


def several(diagnoses: Iterable[Diagnosis], form: str, words: Catalogue, style: Style) -> Iterator[str]:
    """Any number of reports, each written as it comes and kept no longer."""
    if form == "json":
        for diagnosis in diagnoses:
            yield _json(diagnosis, style, indent=None)
    elif form == "markdown":
        from envdoctor.reports.markdown import several_as_markdown

        yield from several_as_markdown(diagnoses, words)
    elif form == "html":
        from envdoctor.reports.html import several_as_html

        for part in several_as_html(diagnoses, words):
            yield fits_html(part, style.encoding)
    else:
        from envdoctor.reports.many import as_table

        yield from as_table(diagnoses, words, style)


def _json(diagnosis: Diagnosis, style: Style, indent: int | None) -> str:
    from envdoctor.reports.json import as_json

    # JSON is UTF-8. Where the output is not, escapes keep every letter; question marks would not.
    plain = not is_unicode(style.encoding)
    return json.dumps(as_json(diagnosis), indent=indent, ensure_ascii=plain) + "\n"
