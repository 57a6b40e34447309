"""`envdoctor explain`: the story of one finding, or the list of all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from envdoctor.commands.writing import Terminal, deliver, style_for
from envdoctor.messages import catalogue
from envdoctor.messages.story import nearest, story
from envdoctor.reports import story as pages
from envdoctor.reports.style import Style

__all__ = ["Options", "explain"]


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `explain`."""

    code: str | None = None
    form: str = "text"
    output: Path | None = None


def explain(options: Options) -> int:
    """Tell the story of a finding; without a code, list all of them.

    Raises:
        UsageError: no finding has this code; the message names the nearest.

    """
    terminal = Terminal()
    style = style_for(options.output, terminal, verbose=False)
    text = _told(nearest(options.code), options.form, style) if options.code else _all(options.form, style)
    deliver(text, options.output, terminal)
    return 0


def _told(code: str, form: str, style: Style) -> str:
    told = story(code, catalogue().language)
    if form == "json":
        return _json(pages.as_json(told), style)
    return pages.as_markdown(told) if form == "markdown" else pages.as_text(told, style)


def _all(form: str, style: Style) -> str:
    words = catalogue()
    if form == "json":
        return _json(pages.list_as_json(words), style)
    return pages.list_as_markdown(words) if form == "markdown" else pages.list_as_text(words, style)


def _json(value: object, style: Style) -> str:
    return json.dumps(value, indent=2, ensure_ascii=style.encoding.lower() not in ("utf-8", "utf8")) + "\n"
