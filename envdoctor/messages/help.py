"""Help pages and usage errors in another language than English.

Their English stands in the code, beside the option it is about; `help.LANGUAGE.json` holds each sentence's
twin under the English one. Read only where English is not spoken, so it costs an English start nothing.
"""

from __future__ import annotations

import functools
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict, cast

from envdoctor.messages import FOLDER, PLACEHOLDER, catalogue, spoken
from envdoctor.messages.columns import padded, width, wrap

if TYPE_CHECKING:
    from typer.core import TyperCommand, TyperGroup

__all__ = ["HelpPage", "one_line", "told", "translate", "twins"]

WIDEST = 80
NARROW = 60
"""Columns of a page below which a list keeps its left side short."""
BESIDE = 6
"""Columns of that short left side."""
LEFT_COLUMN = 30
"""Columns of the left side of a list of options; what is wider stands on a line of its own."""


class Twins(TypedDict):
    """What `help.LANGUAGE.json` holds: English sentence or template → its twin."""

    marks: dict[str, str]
    """The few words that Typer itself puts into a help page."""
    help: dict[str, str]
    errors: dict[str, str]
    """Templates; a placeholder holds any text, which is translated in turn where it has a twin."""


@functools.cache
def twins(language: str) -> Twins:
    """The sentences of `help.LANGUAGE.json`; English is its own twin."""
    if language == "en":
        return {"marks": {"Usage": "Usage: "}, "help": {}, "errors": {}}
    read: Twins = json.loads((FOLDER / f"help.{language}.json").read_text(encoding="utf-8"))
    return read


def translate(group: TyperGroup) -> None:
    """The help of the group and of its commands is in the spoken language from here on."""
    _translate(group)
    for command in group.commands.values():
        _translate(cast("TyperCommand", command))


def _translate(command: TyperCommand | TyperGroup) -> None:
    before = command.context_class
    command.context_class = type(before.__name__, (before,), {"formatter_class": HelpPage})
    if command.help and spoken() != "en":
        command.short_help = _twin(command.help.split("\n\n")[0]).rstrip("。")


def one_line(text: str) -> str:
    """The text as it stands in the catalogue: without line breaks and doubled spaces."""
    return " ".join(text.split())


def _twin(text: str) -> str:
    return twins(spoken())["help"].get(one_line(text), text)


class HelpPage:
    """Lays out a help page; it takes the place of the formatter that Typer would make for itself.

    Every sentence that Typer hands over is put into the spoken language, and columns are counted as a
    terminal shows them.
    """

    def __init__(self, width: int | None = None, max_width: int | None = None) -> None:
        columns = shutil.get_terminal_size().columns
        self.width = width if width is not None else max(min(columns, max_width or WIDEST) - 2, 38)
        self._indent = 0
        self._parts: list[str] = []

    def write(self, text: str) -> None:
        """The text stands on the page as it is."""
        self._parts.append(text)

    def getvalue(self) -> str:
        """The whole page."""
        return "".join(self._parts)

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """How the command is called."""
        marks = twins(spoken())["marks"]
        for english, other in marks.items():
            args = args.replace(english, other)
        first = f"{marks['Usage']}{prog} "
        if width(first + args) <= self.width:
            self._lines([first + args])
        else:
            self._lines([first.rstrip(), *wrap(args, self.width, " " * BESIDE, " " * BESIDE)])

    def write_heading(self, heading: str) -> None:
        """The name of a section."""
        colon = ":" if spoken() == "en" else "："
        self.write(f"{twins(spoken())['marks'].get(heading, heading)}{colon}\n")

    def write_paragraph(self) -> None:
        """An empty line, but not at the top."""
        if self._parts:
            self.write("\n")

    def write_text(self, text: str) -> None:
        """Paragraphs of running text."""
        indent = " " * self._indent
        for number, paragraph in enumerate(text.split("\n\n")):
            if number:
                self.write("\n")
            self._lines(wrap(_twin(paragraph), self.width, indent, indent))

    def write_dl(self, rows: Sequence[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands on the left, what each does on the right."""
        left = min(max((width(first) for first, _ in rows), default=0), LEFT_COLUMN) + 2
        if self.width < NARROW:
            left = min(left, BESIDE)  # what does not fit beside its name stands under it
        margin = " " * (self._indent + left)
        for name, text in rows:
            head = " " * self._indent + name
            lines = wrap(_sentence_and_default(text), max(self.width, len(margin) + 16), margin, margin)
            if lines and width(name) <= left - 2:
                lines[0] = padded(head, len(margin)) + lines[0][len(margin) :]
            else:
                lines = [head, *lines]
            self._lines(lines)

    def _lines(self, lines: Sequence[str]) -> None:
        self.write("".join(f"{line}\n" for line in lines))

    def indent(self) -> None:
        """What follows stands further in."""
        self._indent += 2

    def dedent(self) -> None:
        """What follows stands further out again."""
        self._indent -= 2

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        """A heading, and what is written meanwhile under it."""
        self.write_paragraph()
        self.write_heading(name)
        with self.indentation():
            yield

    @contextmanager
    def indentation(self) -> Iterator[None]:
        """What is written meanwhile stands further in."""
        self.indent()
        try:
            yield
        finally:
            self.dedent()


_EXTRA = re.compile(r"(?P<sentence>.*?)(?:\s+\[(?P<extra>[^\[\]]*)\])?", re.DOTALL)


def _sentence_and_default(text: str) -> str:
    """An option's sentence in the spoken language, and the default that Typer puts behind it."""
    hit = _EXTRA.fullmatch(text)
    if hit is None or hit["extra"] is None:
        return _twin(text)
    marks = twins(spoken())["marks"]
    extra = hit["extra"]
    for english in ("default: ", "required"):
        extra = extra.replace(english, marks.get(english, english))
    return f"{_twin(hit['sentence'])} [{extra}]"


def told(sentence: str) -> str:
    """A usage error in the spoken language; as it came where its twin is not known."""
    for pattern, template in _patterns(spoken()):
        hit = pattern.fullmatch(sentence)
        if hit:
            values = {
                name: _list(told(value)) if name in _LISTS else told(value)
                for name, value in hit.groupdict().items()
            }
            return PLACEHOLDER.sub(_filler(values), template)
    return sentence


_LISTS = ("names", "values")
"""Placeholders for several names, which English sets apart by commas."""


def _list(text: str) -> str:
    """Names in a row as the spoken language sets them apart: "'text', 'json'" → "'text'、'json'"."""
    return catalogue().listed(re.split(r", | and ", text))


def _filler(values: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    return lambda found: values.get(found[1], found[0])


@functools.cache
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = []
    for english, other in twins(language)["errors"].items():
        parts = PLACEHOLDER.split(english)
        # Text and names take turns; each placeholder holds as little as lets the rest fit.
        text = "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
        rows.append((re.compile(text, re.DOTALL), other))
    return tuple(rows)
