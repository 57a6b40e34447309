"""The mirrors as Markdown: what each serves, or how each answered; inert as `reports.markdown` is."""

from __future__ import annotations

from collections.abc import Iterable

from envdoctor import __version__
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.reports.markdown import code, headline, prose
from envdoctor.reports.mirrors_view import Answered, Listed, MirrorsView

__all__ = ["as_markdown"]


def as_markdown(seen: MirrorsView, words: Catalogue) -> str:
    """The whole list, ending with a line break."""
    lines: list[str] = []
    for found in seen.findings:
        lines += [
            headline(Severity.ERROR, found.title, words),
            "",
            prose(found.detail),
            "",
            code(found.code),
            "",
        ]
    for row in seen.rows:
        lines += _listed(row, words)
    for measured in seen.measured:
        lines += [f"### {prose(measured.title)}", "", *_table(measured.answers, words), ""]
    for remark in seen.remarks:
        lines += [prose(remark), ""]
    lines += [prose(words.text("markdown.signature.live", version=__version__))]
    return "\n".join(lines).rstrip() + "\n"


def _listed(row: Listed, words: Catalogue) -> list[str]:
    name = words.text("mirrors.with-status", name=row.name, status=row.status) if row.status else row.name
    lines = [f"### {code(row.id)} {prose(name)}", ""]
    apart = words.text("mirrors.apart")
    for name, texts in row.serves:
        lines.append(f"- {words.row(name, apart.join(map(prose, texts)))}")
    return [*lines, *(f"- {prose(quirk)}" for quirk in row.quirks), ""]


def _table(answers: Iterable[Answered], words: Catalogue) -> list[str]:
    heads = (words.text(f"mirrors.head-{key}") for key in ("mirror", "speed", "first", "more"))
    lines = [f"| {' | '.join(heads)} |", "|---|---:|---:|---|"]
    for each in answers:
        more = each.trouble or " ".join(each.more)
        cells = (code(each.mirror), each.speed, each.first, prose(more))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return lines
