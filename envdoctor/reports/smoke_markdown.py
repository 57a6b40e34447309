"""A smoke run as Markdown, to post where people help; inert as `reports.markdown` is."""

from __future__ import annotations

from collections.abc import Sequence

from envdoctor import __version__
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.reports.markdown import block, code, fact_row, finding_block, folded, headline, prose
from envdoctor.reports.smoke_explain import Part, Section
from envdoctor.reports.smoke_text import sparkline
from envdoctor.reports.smoke_view import SmokeView

__all__ = ["as_markdown"]


def as_markdown(seen: SmokeView, losses: Sequence[float], walk: Sequence[Section], words: Catalogue) -> str:
    """The whole report, ending with a line break."""
    return "\n".join(_Post(seen, losses, walk, words).lines()).rstrip() + "\n"


class _Post:
    def __init__(
        self, seen: SmokeView, losses: Sequence[float], walk: Sequence[Section], words: Catalogue
    ) -> None:
        self._view, self._losses, self._walk, self._words = seen, losses, walk, words

    def lines(self) -> list[str]:
        """The verdict or the cause with what to do; below, folded, every check."""
        seen, words = self._view, self._words
        lines = [] if seen.findings else [headline(Severity.OK, seen.headline, words), ""]
        failed = [check.detail for check in seen.checks if check.status == "failed" and not seen.findings]
        for sentence in (seen.figures, *seen.verdict[1:], *failed):
            lines += [prose(sentence), ""] if sentence else []
        for told in seen.findings:
            lines += finding_block(told, seen.system, words)
        lines += [*self._loss(), *self._checks(), *self._facts(), *self._explained()]
        if seen.background:
            lines += folded(words.text("smoke.output"), block(seen.background, "text"))
        for remark in seen.remarks:
            lines += [prose(remark), ""]
        return [*lines, prose(words.text("markdown.signature.live", version=__version__))]

    def _loss(self) -> list[str]:
        seen = self._view
        if not seen.last_loss:
            return []
        key = "smoke.loss" if seen.noise else "smoke.loss.unfinished"
        bars = sparkline(self._losses, 24)
        values = {"first": seen.first_loss, "last": seen.last_loss, "noise": seen.noise, "bars": bars}
        return [prose(self._words.text(key, steps=seen.steps, **values)), ""]

    def _checks(self) -> list[str]:
        words = self._words
        rows = []
        for check in self._view.checks:
            if check.status == "skipped":
                continue
            status = words.text(f"smoke.status.{check.status}")
            rows.append(
                f"- {prose(words.text('smoke.row', status=status, name=check.name, detail=check.detail))}"
            )
        if self._view.not_reached:
            names = words.listed(self._view.not_reached)
            rows.append(f"- {prose(words.text('smoke.not-reached', names=names))}")
        return folded(words.text("smoke.checks"), rows)

    def _facts(self) -> list[str]:
        rows = [fact_row(label, known, self._words) for label, known in self._view.facts]
        return folded(self._words.text("smoke.facts"), rows)

    def _explained(self) -> list[str]:
        lines: list[str] = []
        for number, section in enumerate(self._walk, 1):
            parts = [line for part in section.parts for line in (*_part(part), "")]
            lines += folded(f"{number}. {section.title}", parts)
        return lines


def _part(part: Part) -> list[str]:
    if part.kind == "prose":
        return [prose(part.text)]
    if part.kind == "sum":
        return [code(part.text)]
    head, *rows = ([cell.replace("|", "\\|") for cell in row] for row in part.rows)
    return [f"| {' | '.join(head)} |", f"|{'---:|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows)]
