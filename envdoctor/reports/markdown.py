"""The report as Markdown that can be posted as it is: in an issue, a forum, a chat.

What came from outside is inert there: it can't open a link, mention a person, close a block or begin a tag.
Words of our own go the same way; they have nothing that the way would change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from envdoctor import __version__
from envdoctor.messages import Catalogue
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.text import SIGNS
from envdoctor.reports.view import Advice, Root, Told, View, inert, view
from envdoctor.shell import shell

__all__ = ["as_markdown", "code", "prose", "several_as_markdown"]

_SPAN = re.compile(r"(`[^`\n]+`)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^$=:])")
_MEANINGLESS = re.compile(
    r"(?!\d+[.)]$)[(\"'（“]?-{0,2}[^\W_](?:[^\W_]|[.,;:?'\"/+()%×·…，。：；、？（）“”-])*|[×·√—–→]|"
)
"""Words that mean nothing to Markdown as they stand, which are most: "2.5.1" needs no backslashes."""
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LIVELY = re.compile(r"@|:/|\bwww\.|#\d|\bGH-\d|^[0-9a-f]{7,40}$|[a-z0-9]\.[a-z]{2}|^:\w+:$", re.IGNORECASE)
"""What a forum makes a link, a mention or a picture of, wherever it stands outside code."""


def prose(text: str) -> str:
    """The text as the words of a paragraph; what stands between backticks is code."""
    made = ""
    for index, part in enumerate(_SPAN.split(" ".join(text.split()))):
        words = code(part[1:-1]) if index % 2 else _words(part)
        # Two spans that touch would be read as one run of backticks.
        made += f" {words}" if made.endswith("`") and words.startswith("`") else words
    return made


def _words(text: str) -> str:
    return " ".join(code(word) if _LIVELY.search(word) else _plain(word) for word in text.split(" "))


def _plain(word: str) -> str:
    return word if _MEANINGLESS.fullmatch(word) else _SPECIAL.sub(r"\\\1", word).translate(_HTML)


def code(text: str) -> str:
    """The text as a code span, whatever it holds; nothing for nothing."""
    text = " ".join(text.split())
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    gap = " " if "`" in (text[0], text[-1]) else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _block(lines: Iterable[str], language: str) -> list[str]:
    whole = [" ".join(line.splitlines()) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, whole), default=0))
    return [f"{fence}{language}", *whole, fence, ""]


def _folded(summary: str, lines: list[str]) -> list[str]:
    return ["<details>", f"<summary>{summary.translate(_HTML)}</summary>", "", *lines, "", "</details>", ""]


def as_markdown(diagnosis: Diagnosis) -> str:
    """The whole report, ending with a line break."""
    return "\n".join(_Post(view(diagnosis), diagnosis.words).lines()).rstrip() + "\n"


class _Post:
    def __init__(self, seen: View, words: Catalogue) -> None:
        self._view = seen
        self._words = words

    def lines(self) -> list[str]:
        """What is wrong and what to do; below, folded, what it was seen by."""
        seen = self._view
        lines: list[str] = []
        for root in seen.roots:
            lines += self._finding(root)
        if seen.well:
            lines += [f"### √ {prose(seen.well)}", ""]
        if seen.asks:
            lines += [prose(self._words.text("pasted.asks")), ""]
            lines += _block((shell(argv, seen.system) for argv in seen.asks), self._language())
        lines += self._rest()
        lines += self._facts()
        key = "markdown.signature.live" if seen.live else "markdown.signature"
        return [*lines, prose(self._words.text(key, version=__version__))]

    def _finding(self, root: Root) -> list[str]:
        told = root.told
        lines = [f"### {SIGNS[told.severity]} {prose(told.title)}", ""]
        if told.detail:
            lines += [prose(told.detail), ""]
        for advice in told.advice:
            lines += self._advice(advice)
        evidence = [f"- {code(line)}" for line in told.evidence]
        if root.followers:
            names = ", ".join(follower.code for follower in root.followers)
            evidence.append(f"- {prose(self._words.text('report.follows', names=names))}")
        summary = self._words.text("markdown.evidence", code=told.code)
        return lines + (_folded(summary, evidence) if evidence else [code(told.code), ""])

    def _advice(self, advice: Advice) -> list[str]:
        block = _block(advice.lines, self._language()) if advice.lines else []
        return [prose(advice.summary), "", *block]

    def _language(self) -> str:
        return "bat" if self._view.system == "windows" else "sh"

    def _rest(self) -> list[str]:
        seen = self._view
        rows = [self._row(told) for told in (*seen.notes, *seen.fine)]
        rows += [f"- {prose(trouble)}" for trouble in seen.troubles]
        return _folded(self._words.text("markdown.rest"), rows) if rows else []

    def _row(self, told: Told) -> str:
        return f"- {SIGNS[told.severity]} {prose(told.title)}"

    def _facts(self) -> list[str]:
        seen = self._view
        rows = [f"- {prose(label)}: {code(value)}" for label, value in seen.understood]
        rows += [f"- {prose(remark)}" for remark in seen.remarks]
        return _folded(self._words.text("markdown.facts"), rows) if rows else []


def several_as_markdown(diagnoses: Iterable[Diagnosis], words: Catalogue) -> Iterator[str]:
    """A row of a table for each report as it comes, then how often each cause came up; none is kept."""
    causes: Counter[str] = Counter()
    yield f"| {words.text('many.report')} | {words.text('many.cause')} |\n|---|---|\n"
    for diagnosis in diagnoses:
        cause = diagnosis.cause or words.text(f"many.{diagnosis.verdict}")
        causes[cause] += 1
        source = code(inert(diagnosis.hide(diagnosis.source))).replace("|", "\\|")
        yield f"| {source} | {SIGNS[diagnosis.gravest]} {prose(cause)} |\n"
    yield f"\n{prose(words.text('many.summary', count=sum(causes.values())))}\n\n"
    for cause, count in sorted(causes.items(), key=lambda row: (-row[1], row[0])):
        yield f"- {count} × {prose(cause)}\n"
