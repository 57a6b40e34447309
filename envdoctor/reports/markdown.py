"""The report as Markdown that can be posted as it is: in an issue, a forum, a chat.

What came from outside is inert there: it can't open a link, mention a person, close a block or begin a tag.
Words of our own go the same way; they have nothing that the way would change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from envdoctor import __version__
from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import COMMAND
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.view import Advice, Root, Told, View, inert, view
from envdoctor.shell import shell

__all__ = [
    "as_markdown",
    "block",
    "code",
    "fact_row",
    "finding_block",
    "folded",
    "headline",
    "prose",
    "several_as_markdown",
    "shell_language",
]

_SPAN = re.compile(r"(`[^`\n]+`)")
_RUNS = re.compile(r"[!-~]+|[^!-~]+")
"""What ASCII sets apart: Chinese has no spaces between a path and the words around it."""
_CORE = re.compile(r"([(\"']*)(.*?)([.,;:!?)\"']*)", re.DOTALL)
_MEANINGLESS = re.compile(r"-{0,2}[^\W_](?:[^\W_]|[.,;:?'\"/+()%-])*|[+/&>=-]|")
"""Words that mean nothing to Markdown as they stand, which are most: "2.5.1" needs no backslashes."""
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~^$=:])")
_PICTURE = re.compile(r":\w+$")
_FIRST = re.compile(r"(?P<number>\d*)(?P<mark>[-+.)](?= |$)|>)")
"""What makes a list or a quotation of the paragraph that begins with it."""
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LIVELY = re.compile(
    r"@|:/|\bwww\.|#\d|\bGH-\d|^[0-9a-f]{7,40}$|[a-z0-9]\.[a-z]{2}|:\w+:", re.IGNORECASE | re.ASCII
)
"""What a forum makes a link, a mention or a picture of, wherever it stands outside code."""


def prose(text: str) -> str:
    """The text as the words of a paragraph.

    What stands between backticks is code, and so is a command that two spaces set apart, and each word that
    could mean something to Markdown or to a forum, without the marks around it.
    """
    parts = _SPAN.split(" ".join(COMMAND.sub(r"`\g<0>`", text).split()))
    words = [code(part[1:-1]) if index % 2 else _words(part) for index, part in enumerate(parts)]
    made = _joined(words)
    first = _FIRST.match(made)
    return f"{first['number']}\\{made[first.start('mark') :]}" if first else made


def _words(text: str) -> str:
    return " ".join(_joined(_run(run) for run in _RUNS.findall(word)) for word in text.split(" "))


def _run(run: str) -> str:
    """A word, or of a Chinese sentence the letters of one kind that stand together."""
    before, core, after = _CORE.fullmatch(run).groups()  # type: ignore[union-attr] # it matches anything
    while (after.startswith(")") and core.count("(") > core.count(")")) or (
        after.startswith(":") and _PICTURE.search(core)
    ):
        core, after = core + after[0], after[1:]
    return f"{before}{_core(core)}{after}"


def _core(core: str) -> str:
    if not core.isascii() or (_MEANINGLESS.fullmatch(core) and not _LIVELY.search(core)):
        return core
    return code(core) if any(map(str.isalnum, core)) else _SPECIAL.sub(r"\\\1", core).translate(_HTML)


def _joined(parts: Iterable[str]) -> str:
    """One behind the other; two code spans that touched would be read as one run of backticks."""
    made = ""
    for part in parts:
        made += f" {part}" if made.endswith("`") and part.startswith("`") else part
    return made


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


def block(lines: Iterable[str], language: str) -> list[str]:
    """The lines as a fenced block, whatever they hold."""
    whole = [" ".join(line.splitlines()) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest_run, whole), default=0))
    return [f"{fence}{language}", *whole, fence, ""]


def folded(summary: str, lines: list[str]) -> list[str]:
    """Lines that unfold; nothing for none."""
    if not lines:
        return []
    return ["<details>", f"<summary>{summary.translate(_HTML)}</summary>", "", *lines, "", "</details>", ""]


def headline(severity: Severity, title: str, words: Catalogue) -> str:
    """A heading that says in a word how grave it is: whoever listens to the page hears no sign."""
    return f"### {prose(words.text(f'markdown.heading.{severity.value}', title=title))}"


def _advice(advice: Advice, system: str) -> list[str]:
    """What to do, and its commands whole in a block of their own."""
    commands = block(advice.lines, shell_language(system)) if advice.lines else []
    return [prose(advice.summary), "", *commands]


def finding_block(told: Told, system: str, words: Catalogue, follows: str = "") -> list[str]:
    """A finding from its heading to what it was seen by, folded; `follows` is what it brought about."""
    lines = [headline(told.severity, told.title, words), ""]
    lines += [prose(told.detail), ""] if told.detail else []
    for advice in told.advice:
        lines += _advice(advice, system)
    evidence = [f"- {code(line)}" for line in told.evidence]
    evidence += [f"- {prose(follows)}"] if follows else []
    explained = [prose(words.text("report.explain", code=told.code)), ""]
    return [*lines, *explained, *folded(words.text("markdown.evidence", code=told.code), evidence)]


def fact_row(label: str, known: str, words: Catalogue) -> str:
    """One line of a list of what is known."""
    return f"- {words.row(prose(label), code(known))}"


def shell_language(system: str) -> str:
    """The language that a block of commands is marked with."""
    return "bat" if system == "windows" else "sh"


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
            lines += [headline(Severity.OK, seen.well, self._words), ""]
        if seen.asks:
            lines += [prose(self._words.text("pasted.asks")), ""]
            lines += block((shell(argv, seen.system) for argv in seen.asks), shell_language(seen.system))
        lines += self._rest()
        lines += self._facts()
        for remark in seen.remarks:
            lines += [prose(remark), ""]
        key = "markdown.signature.live" if seen.live else "markdown.signature"
        return [*lines, prose(self._words.text(key, version=__version__))]

    def _finding(self, root: Root) -> list[str]:
        names = self._words.listed(follower.code for follower in root.followers)
        follows = self._words.text("report.follows", names=names) if names else ""
        return finding_block(root.told, self._view.system, self._words, follows)

    def _rest(self) -> list[str]:
        seen = self._view
        rows = [self._row(told) for told in (*seen.notes, *seen.fine)]
        rows += [f"- {prose(trouble)}" for trouble in seen.troubles]
        return folded(self._words.text("markdown.rest" if seen.roots else "markdown.looked"), rows)

    def _row(self, told: Told) -> str:
        return f"- {prose(self._words.text(f'markdown.row.{told.severity.value}', title=told.title))}"

    def _facts(self) -> list[str]:
        seen = self._view
        rows = [fact_row(label, known, self._words) for label, known in seen.understood]
        return folded(self._words.text("markdown.facts"), rows)


def several_as_markdown(diagnoses: Iterable[Diagnosis], words: Catalogue) -> Iterator[str]:
    """A row of a table for each report as it comes, then how often each cause came up; none is kept."""
    causes: Counter[str] = Counter()
    yield f"| {words.text('many.report')} | {words.text('many.cause')} |\n|---|---|\n"
    for diagnosis in diagnoses:
        cause = diagnosis.cause or words.text(f"many.{diagnosis.verdict}")
        causes[cause] += 1
        source = code(inert(diagnosis.hide(diagnosis.source))).replace("|", "\\|")
        yield f"| {source} | {prose(cause)} |\n"
    yield f"\n{prose(words.text('many.summary', count=sum(causes.values())))}\n\n"
    for cause, count in sorted(causes.items(), key=lambda row: (-row[1], row[0])):
        yield f"- {count} × {prose(cause)}\n"
