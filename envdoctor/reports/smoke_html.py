"""A smoke run as one HTML page: the verdict, the curve, every check with its numbers, and the walk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from envdoctor.messages import Catalogue
from envdoctor.reports import page
from envdoctor.reports.html import (
    advice,
    code,
    finding,
    folded_evidence,
    footer,
    mark,
    paragraph,
)
from envdoctor.reports.smoke_explain import Part, Section
from envdoctor.reports.smoke_plot import Picture, as_inline_svg
from envdoctor.reports.smoke_view import SEVERITIES, Checked, SmokeView

__all__ = ["as_html"]


def as_html(seen: SmokeView, drawn: Picture, walk: Sequence[Section], words: Catalogue) -> str:
    """The whole page; it needs no other file and no network."""
    body = _Body(seen, drawn, walk, words)
    return page.opening(f"envdoctor: {seen.headline}", words) + body.html() + page.closing()


class _Body:
    def __init__(self, seen: SmokeView, drawn: Picture, walk: Sequence[Section], words: Catalogue) -> None:
        self._view, self._drawn, self._walk, self._words = seen, drawn, walk, words

    def html(self) -> str:
        """All between the page's opening and its closing."""
        seen = self._view
        head = escape(" · ".join(seen.head))
        remarks = "".join(paragraph(remark) for remark in seen.remarks)
        parts = [f'<header>\n<p class="machine">{head}</p>\n{remarks}</header>\n<main>\n']
        parts += [self._verdict(), *self._causes(), self._curve(), self._checks()]
        parts += [*self._explained(), *self._background(), "</main>\n", footer(self._words, live=True)]
        return "".join(parts)

    def _verdict(self) -> str:
        seen = self._view
        told = seen.findings[0] if seen.findings else None
        severity = SEVERITIES["passed" if seen.passed else "failed"]
        beside = f" {code(told)}" if told else ""
        heading = f"<h1>{mark(severity, self._words)} {page.prose(seen.headline)}{beside}</h1>"
        rest = [told.detail] if told else [seen.figures, *seen.verdict[1:]] if seen.passed else self._failed()
        kind = "ok" if seen.passed else "errors"
        return f'<section class="verdict {kind}">\n{heading}\n{"".join(map(paragraph, rest))}</section>\n'

    def _failed(self) -> list[str]:
        return [check.detail for check in self._view.checks if check.status == "failed"]

    def _causes(self) -> Iterator[str]:
        if not self._view.findings:
            return
        first, *others = self._view.findings
        yield advice(first.advice, self._words)
        yield folded_evidence(first, self._words)
        yield from (finding(each, self._words) for each in others)
        yield paragraph(self._words.text("report.explain", code=first.code))

    def _curve(self) -> str:
        seen, words = self._view, self._words
        if not seen.last_loss:
            return ""
        key = "smoke.curve" if seen.noise else "smoke.curve.unfinished"
        values = {"first": seen.first_loss, "last": seen.last_loss, "noise": seen.noise}
        caption = words.text(key, steps=seen.steps, **values)
        shown = f"<figcaption>{escape(caption)}</figcaption>"
        return f'<figure class="plot">\n{as_inline_svg(self._drawn)}{shown}\n</figure>\n'

    def _checks(self) -> str:
        rows = "".join(self._check(check) for check in self._view.checks if check.status != "skipped")
        if self._view.not_reached:
            names = self._words.listed(self._view.not_reached)
            rows += paragraph(self._words.text("smoke.not-reached", names=names))
        facts = page.folded(escape(self._words.text("smoke.facts")), page.table(self._view.facts))
        title = escape(self._words.text("smoke.checks"))
        return f'<h2>{title}</h2>\n<section class="checks">\n{rows}</section>\n{facts}'

    def _check(self, check: Checked) -> str:
        severity = SEVERITIES[check.status]
        sign = mark(severity, self._words, self._words.text(f"smoke.status.{check.status}"))
        name = f'<span class="name">{escape(check.name)}</span>'
        summary = f'{sign} {name} <span class="what">{page.prose(check.detail)}</span>'
        body = paragraph(check.about) + page.table(check.numbers)
        return page.folded(summary, body, severity.value, unfolded=check.status in ("failed", "warning"))

    def _explained(self) -> Iterator[str]:
        if self._walk:
            yield f"<h2>{escape(self._words.text('smoke.walk'))}</h2>\n"
        for number, section in enumerate(self._walk, 1):
            body = "".join(_part(part) for part in section.parts)
            yield page.folded(f"{number}. {escape(section.title)}", body, unfolded=True)

    def _background(self) -> Iterator[str]:
        if self._view.background:
            text = escape("\n".join(self._view.background))
            summary = escape(self._words.text("smoke.output"))
            yield page.folded(summary, f'<pre class="report">{text}</pre>\n')


def _part(part: Part) -> str:
    if part.kind == "prose":
        return paragraph(part.text)
    if part.kind == "sum":
        return f'<p class="sum"><code>{escape(part.text)}</code></p>\n'
    head, *rows = part.rows
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows)
    return f'<table class="numbers">\n<tr>{top}</tr>\n{body}</table>\n'
