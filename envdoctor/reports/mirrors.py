"""The mirrors as text and JSON: what each serves, and how each answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from envdoctor.facts import MirrorAnswer
from envdoctor.facts.saved import facts_to_json
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue, catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.mirrors_view import Listed, Measured, MirrorsView, Trouble
from envdoctor.reports.style import Style, fits, sign

if TYPE_CHECKING:
    from envdoctor.findings import Finding
    from envdoctor.knowledge import Knowledge, Mirror

__all__ = ["as_json", "as_text"]

SCHEMA = 1
QUIRKS = 2
"""How many of a mirror's quirks stand in the list of all."""


def as_json(
    rows: Sequence[Mirror],
    tables: Knowledge,
    answers: Sequence[MirrorAnswer] | None,
    findings: Sequence[Finding] = (),
) -> dict[str, object]:
    """The rows as plain JSON values; "measured" is null where nothing was measured."""
    words = catalogue()
    return {
        "schema": SCHEMA,
        "as_of": tables.as_of.isoformat(),
        "mirrors": [_row(row) for row in rows],
        "measured": None if answers is None else [_answer(each) for each in answers],
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.value,
                "title": words.title(each),
                "detail": words.detail(each),
            }
            for each in findings
        ],
    }


def _row(row: Mirror) -> dict[str, object]:
    wheels = row.wheels
    return {
        "id": row.id,
        "name": row.name,
        "other_names": list(row.other_names),
        "status": row.status,
        "pypi": row.pypi,
        "conda": dict(row.conda),
        "wheels": None
        if wheels is None
        else {"url": wheels.url, "kind": wheels.kind, "variants": list(wheels.variants)},
        "companion": row.companion,
        "quirks": list(row.quirks),
    }


def _answer(answer: MirrorAnswer) -> dict[str, object]:
    return facts_to_json(answer)  # type: ignore[arg-type]  # any record of the facts is written alike


def as_text(seen: MirrorsView, words: Catalogue, style: Style) -> str:
    """The list, or what was measured and what is wrong with it; ends with a line break."""
    page = _Page(words, style)
    lines = [line for row in seen.rows for line in (*page.row(row), "")]
    lines += [line for each in seen.measured for line in (*page.measured(each), "")]
    for number, remark in enumerate(seen.remarks):
        lines += [*([""] if number else []), *wrap(remark, page.width)]
    lines += [line for each in seen.findings for line in page.finding(each)]
    return fits("\n".join(lines).rstrip() + "\n", style.encoding)


class _Page:
    def __init__(self, words: Catalogue, style: Style) -> None:
        self._words, self._style = words, style
        self.width = style.columns

    def row(self, row: Listed) -> list[str]:
        """What one mirror serves."""
        said = self._words.text("mirrors.with-status", name=row.name, status=row.status)
        title = f"{row.id}  {said if row.status else row.name}"
        lines = self._bold(wrap(title, self.width, "", "  "))
        for name, texts in row.serves:
            for number, text in enumerate(texts):
                lines += wrap(text, self.width, f"  {padded(name if not number else '', 7)}", " " * 9)
        shown = row.quirks if self._style.verbose else row.quirks[:QUIRKS]
        return lines + [line for quirk in shown for line in wrap(quirk, self.width, "  - ", "    ")]

    def measured(self, measured: Measured) -> list[str]:
        """A table of the places of one kind."""
        lines = self._bold(wrap(measured.title, self.width))
        column = max(width(each.mirror) for each in measured.answers) + 2
        for each in measured.answers:
            figures = f"{each.speed:>11}  {each.first:>7}"
            said = each.trouble or "  ".join([figures, *each.more])
            lines += wrap(said, self.width, f"  {padded(each.mirror, column)}", "    ")
        return lines

    def finding(self, found: Trouble) -> list[str]:
        """What is wrong with the index that pip is configured to use."""
        mark = sign(Severity.ERROR, self._words, self._style)
        title = wrap(f"{mark} {found.title} ({found.code})", self.width, "", "  ")
        return ["", *title, *wrap(found.detail, self.width, "  ", "  ")]

    def _bold(self, lines: list[str]) -> list[str]:
        return [f"\x1b[1m{line}\x1b[0m" for line in lines] if self._style.colour else lines
