"""The report as one HTML page to send, print or keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from envdoctor import __version__
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.reports import page
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.text import SIGNS
from envdoctor.reports.view import Advice, Told, View, view
from envdoctor.shell import shell

__all__ = [
    "advice",
    "as_html",
    "code",
    "evidence",
    "finding",
    "folded_evidence",
    "footer",
    "mark",
    "paragraph",
    "several_as_html",
]


def as_html(diagnosis: Diagnosis) -> str:
    """The whole page."""
    seen, words = view(diagnosis), diagnosis.words
    body = _Body(seen, words)
    return page.opening(body.title(), words) + body.html() + page.closing()


def several_as_html(diagnoses: Iterable[Diagnosis], words: Catalogue) -> Iterator[str]:
    """One page in which every report unfolds, written as they come; then how often each cause came up."""
    causes: Counter[tuple[Severity, str]] = Counter()
    yield page.opening(words.text("html.several"), words)
    yield f"<main>\n<h1>{escape(words.text('html.several'))}</h1>\n"
    for diagnosis in diagnoses:
        seen, gravest = view(diagnosis), diagnosis.gravest
        cause = diagnosis.cause or words.text(f"many.{diagnosis.verdict}")
        causes[gravest, cause] += 1
        summary = f'{mark(gravest, words)} {escape(seen.source)} <span class="code">{escape(cause)}</span>'
        yield page.folded(summary, _Body(seen, words).inner(), gravest.value)
    yield f"<h2>{escape(words.text('many.summary', count=sum(causes.values())))}</h2>\n<table>\n"
    for (gravest, cause), count in sorted(causes.items(), key=lambda row: (-row[1], row[0][1])):
        yield f'<tr><th scope="row">{count}</th><td>{mark(gravest, words)} {escape(cause)}</td></tr>\n'
    yield f"</table>\n</main>\n{footer(words, live=False)}{page.closing()}"


def mark(severity: Severity, words: Catalogue, said: str = "") -> str:
    """The sign of a severity, and for whoever listens its word, or the one that is `said` instead."""
    word = said or words.text(f"severity.{severity.value}")
    return page.mark(severity.value, SIGNS[severity], words.row(word, "").strip())


def footer(words: Catalogue, *, live: bool) -> str:
    """Who wrote this, and of what."""
    key = "markdown.signature.live" if live else "markdown.signature"
    return f"<footer>{escape(words.text(key, version=__version__))}</footer>\n"


def paragraph(text: str) -> str:
    """A sentence, whose commands are set as code; nothing for nothing."""
    return f"<p>{page.prose(text)}</p>\n" if text else ""


def code(told: Told) -> str:
    """The code of a finding, beside its title."""
    return f'<span class="code">{escape(told.code)}</span>'


def advice(advices: Iterable[Advice], words: Catalogue) -> str:
    """What to do, each with its commands to copy."""
    return "".join(paragraph(each.summary) + page.commands(each.lines, words) for each in advices)


def evidence(told: Told) -> str:
    """What the finding was seen by, as a list."""
    rows = "".join(f"<li>{page.whole(line)}</li>\n" for line in told.evidence)
    return f'<ul class="evidence">\n{rows}</ul>\n' if rows else ""


def folded_evidence(told: Told, words: Catalogue) -> str:
    """The same, to unfold."""
    rows = evidence(told)
    return page.folded(escape(words.text("html.evidence")), rows) if rows else ""


def finding(told: Told, words: Catalogue) -> str:
    """A finding that unfolds."""
    summary = f"{mark(told.severity, words)} {page.prose(told.title)} {code(told)}"
    body = paragraph(told.detail) + advice(told.advice, words) + evidence(told)
    return page.folded(summary, body, told.severity.value)


class _Body:
    def __init__(self, seen: View, words: Catalogue) -> None:
        self._view = seen
        self._words = words

    def title(self) -> str:
        """What the browser shows on the tab."""
        return f"envdoctor: {self._headline()}"

    def _headline(self) -> str:
        return self._view.roots[0].told.title if self._view.roots else self._view.well

    def html(self) -> str:
        """All between the page's opening and its closing."""
        head = escape(" · ".join(self._view.head))
        remarks = "".join(paragraph(remark) for remark in self._view.remarks)
        header = f'<header>\n<p class="machine">{head}</p>\n{remarks}</header>\n'
        return f"{header}<main>\n{self.inner()}</main>\n{footer(self._words, live=self._view.live)}"

    def inner(self) -> str:
        """The verdict, what to do, and everything else folded below it."""
        seen, words = self._view, self._words
        parts = [self._verdict()]
        if seen.roots:
            first, *others = seen.roots
            parts += [advice(first.told.advice, words), folded_evidence(first.told, words)]
            parts.append(self._group("html.follows", first.followers))
            parts.append(self._group("html.others", [t for r in others for t in (r.told, *r.followers)]))
        if seen.asks:
            parts.append(f"<h2>{escape(words.text('pasted.asks'))}</h2>\n")
            parts.append(page.commands((shell(argv, seen.system) for argv in seen.asks), words))
        parts.append(paragraph(seen.following))
        if seen.roots:
            parts.append(paragraph(words.text("report.explain", code=seen.roots[0].told.code)))
        parts += [self._rest(), self._facts(), *self._background()]
        return "".join(parts)

    def _verdict(self) -> str:
        seen = self._view
        severity = seen.roots[0].told.severity if seen.roots else Severity.OK
        told = seen.roots[0].told if seen.roots else None
        beside = code(told) if told else ""
        heading = f"<h1>{mark(severity, self._words)} {page.prose(self._headline())} {beside}</h1>"
        detail = paragraph(told.detail) if told else ""
        return f'<section class="verdict {seen.verdict}">\n{heading}\n{detail}</section>\n'

    def _group(self, key: str, told: Iterable[Told]) -> str:
        findings = "".join(finding(each, self._words) for each in told)
        return f"<h2>{escape(self._words.text(key))}</h2>\n{findings}" if findings else ""

    def _rest(self) -> str:
        seen = self._view
        told = (*seen.notes, *seen.fine)
        rows = [f"{mark(each.severity, self._words)} {page.prose(each.title)}" for each in told]
        rows += [escape(trouble) for trouble in seen.troubles]
        if not rows:
            return ""
        listed = "".join(f"<li>{row}</li>\n" for row in rows)
        title = self._words.text("markdown.rest" if seen.roots else "markdown.looked")
        return page.folded(escape(title), f'<ul class="plain">\n{listed}</ul>\n')

    def _facts(self) -> str:
        rows = page.table(self._view.understood)
        return page.folded(escape(self._words.text("markdown.facts")), rows) if rows else ""

    def _background(self) -> Iterator[str]:
        seen, words = self._view.background, self._words
        durations = ((name, f"{outcome}, {took:.2f} s") for name, outcome, took in seen.durations)
        for key, rows in (
            ("report.durations", durations),
            ("report.sources", seen.sources),
            ("report.unknown", seen.unknown),
        ):
            filled = page.table(rows)
            if filled:
                yield page.folded(escape(words.text(key).rstrip(":：")), filled)
