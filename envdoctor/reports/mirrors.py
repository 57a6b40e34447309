"""The mirrors as text and JSON: what each serves, and how each answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from envdoctor.facts import MirrorAnswer
from envdoctor.facts.saved import facts_to_json
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue, catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.style import Style, fits, sign

if TYPE_CHECKING:
    from envdoctor.findings import Finding
    from envdoctor.knowledge import Knowledge, Mirror

__all__ = ["as_json", "as_text"]

SCHEMA = 1
WIDEST = 100
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


def as_text(
    rows: Sequence[Mirror],
    tables: Knowledge,
    answers: Sequence[MirrorAnswer] | None,
    style: Style,
    findings: Sequence[Finding] = (),
) -> str:
    """The list, or what was measured and what is wrong with it; ends with a line break."""
    page = _Page(style)
    lines = page.answers(answers) if answers is not None else page.rows(rows, tables)
    lines += page.findings(findings)
    return fits("\n".join(lines).rstrip() + "\n", style.encoding)


def _told(quirk: str, words: Catalogue) -> str:
    """What the table says of a mirror, in the reader's language."""
    if words.language == "en":
        return quirk
    from envdoctor.messages.help import quirks

    return quirks(words.language).get(quirk, quirk)


class _Page:
    def __init__(self, style: Style) -> None:
        self._style = style
        self._words = catalogue()
        self._width = max(24, min(style.width, WIDEST))

    # -- what each serves

    def rows(self, rows: Sequence[Mirror], tables: Knowledge) -> list[str]:
        """One block a mirror."""
        lines: list[str] = []
        for row in rows:
            lines += [*self._block(row), ""]
        return [*lines, *wrap(self._words.text("mirrors.next", date=tables.as_of.isoformat()), self._width)]

    def _block(self, row: Mirror) -> list[str]:
        words = self._words
        title = f"{row.id}  {words.named(row.name)}"
        if row.status != "ok":
            title += f"  ({words.text(f'mirrors.status-{row.status}')})"
        lines = [self._bold(line) for line in wrap(title, self._width, "", "  ")]
        if row.status == "dead":
            return [*lines, *self._quirks(row)]
        pypi = row.pypi or words.text("mirrors.own-default" if row.id == "official" else "mirrors.none")
        lines += self._entry("PyPI", pypi)
        lines += self._entry("conda", ", ".join(row.conda) or words.text("mirrors.none"))
        lines += self._entry("torch", *self._wheels(row))
        return [*lines, *self._quirks(row)]

    def _wheels(self, row: Mirror) -> Iterable[str]:
        wheels = row.wheels
        if wheels is None:
            key = "mirrors.companion" if row.companion else "mirrors.none"
            return (self._words.text(key, companion=row.companion or ""),)
        kind = self._words.text(f"mirrors.{wheels.kind}", url=wheels.url)
        seen = self._words.text("mirrors.seen", variants=" ".join(wheels.variants)) if wheels.variants else ""
        return (kind, seen) if seen else (kind,)

    def _entry(self, name: str, *texts: str) -> list[str]:
        lines: list[str] = []
        for number, text in enumerate(texts):
            lines += wrap(text, self._width, f"  {padded(name if not number else '', 7)}", " " * 9)
        return lines

    def _quirks(self, row: Mirror) -> list[str]:
        shown = row.quirks if self._style.verbose else row.quirks[:QUIRKS]
        return [
            line for quirk in shown for line in wrap(_told(quirk, self._words), self._width, "  - ", "    ")
        ]

    # -- how each answered

    def answers(self, answers: Sequence[MirrorAnswer]) -> list[str]:
        """One table for each kind of place, the fastest first."""
        lines: list[str] = []
        for serves in ("pypi", "wheels", "conda"):
            some = [each for each in answers if each.serves == serves]
            if not some:
                continue
            lines += [
                self._bold(line) for line in wrap(self._words.text(f"mirrors.measured-{serves}"), self._width)
            ]
            lines += self._table(sorted(some, key=lambda each: (-(each.rate or 0), each.first or 1e9)))
            lines.append("")
        if not any(each.outcome == "ok" for each in answers):
            lines += [*wrap(self._words.text("mirrors.nothing-answered"), self._width), ""]
        return [*lines, *wrap(self._words.text("mirrors.measured-how"), self._width)]

    def _table(self, answers: Sequence[MirrorAnswer]) -> list[str]:
        column = max(width(each.mirror) for each in answers) + 2
        lines = []
        for each in answers:
            name = padded(each.mirror, column)
            if each.rate is not None and each.first is not None:
                text = f"{each.rate / 1e6:6.2f} MB/s  {each.first:5.2f} s"
                more = [each.newest and f"torch {each.newest}", each.host and f"→ {each.host}"]
                lines += wrap(
                    "  ".join([text, *(part for part in more if part)]), self._width, f"  {name}", "    "
                )
            else:
                lines += wrap(self._trouble(each), self._width, f"  {name}", "    ")
        return lines

    def _trouble(self, answer: MirrorAnswer) -> str:
        outcome = answer.outcome if answer.outcome != "ok" else f"file-{answer.file_outcome or 'failed'}"
        key = f"mirrors.outcome-{outcome}"
        if key not in self._words.sentences:
            key = "mirrors.outcome-file"
        return self._words.text(key, status=answer.status or "", detail=answer.detail or "")

    def findings(self, findings: Sequence[Finding]) -> list[str]:
        """What is wrong with the index that pip is configured to use."""
        lines: list[str] = []
        mark = sign(Severity.ERROR, self._words, self._style)
        for each in findings:
            lines += ["", *wrap(f"{mark} {self._words.title(each)} ({each.code})", self._width, "", "  ")]
            lines += wrap(self._words.detail(each), self._width, "  ", "  ")
        return lines

    def _bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[0m" if self._style.colour else text
