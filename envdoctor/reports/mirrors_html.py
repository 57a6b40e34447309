"""The mirrors as one HTML page: what each serves with the command that asks for it, or how each answered."""

from __future__ import annotations

from html import escape

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.reports import page
from envdoctor.reports.html import footer, mark, paragraph
from envdoctor.reports.mirrors_view import Answered, Listed, MirrorsView, Trouble
from envdoctor.shell import shell

__all__ = ["as_html"]

FEW = 3
"""Mirrors that all stand open on one page."""


def as_html(seen: MirrorsView, words: Catalogue) -> str:
    """The whole page; it needs no other file and no network."""
    title = words.text("mirrors.title")
    parts = [page.opening(f"envdoctor: {title}", words), f"<main>\n<h1>{escape(title)}</h1>\n"]
    parts += [_finding(found, words) for found in seen.findings]
    few = len(seen.rows) <= FEW
    parts += [_listed(row, words, unfolded=few) for row in seen.rows]
    for measured in seen.measured:
        rows = ((each.mirror, _said(each)) for each in measured.answers)
        parts += [f"<h2>{escape(measured.title)}</h2>\n", page.table(rows)]
    parts += [*map(paragraph, seen.remarks), "</main>\n", footer(words, live=True)]
    return "".join([*parts, page.closing(script=any(row.usable for row in seen.rows))])


def _finding(found: Trouble, words: Catalogue) -> str:
    beside = f'<span class="code">{escape(found.code)}</span>'
    heading = f"<h2>{mark(Severity.ERROR, words)} {escape(found.title)} {beside}</h2>"
    return f'<section class="verdict errors">\n{heading}\n{paragraph(found.detail)}</section>\n'


def _listed(row: Listed, words: Catalogue, *, unfolded: bool) -> str:
    status = f' <span class="code">{escape(row.status)}</span>' if row.status else ""
    summary = f"{escape(row.id)} · {escape(row.name)}{status}"
    command = ("envdoctor", "install", "--mirror", row.id)
    lines = (shell(command, "linux"),) if row.usable else ()
    quirks = "".join(f"<li>{escape(quirk)}</li>\n" for quirk in row.quirks)
    apart = words.text("mirrors.apart")
    body = page.commands(lines, words) + page.table((name, apart.join(texts)) for name, texts in row.serves)
    return page.folded(summary, body + (f"<ul>\n{quirks}</ul>\n" if quirks else ""), unfolded=unfolded)


def _said(each: Answered) -> str:
    return each.trouble or " · ".join((each.speed, each.first, *each.more))
