"""The frame of an HTML page: one file that needs no network and lets nothing run that is not its own."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from envdoctor.messages import Catalogue
from envdoctor.messages.columns import COMMAND

__all__ = ["closing", "commands", "folded", "mark", "opening", "prose", "table", "whole"]

FOLDER = Path(__file__).parent
_SPAN = re.compile(r"`([^`\n]+)`")
_NUMBER = re.compile(r"\d+(?:\.\d+)?e[-+]\d+")
_LANGUAGES = {"zh": "zh-CN"}


@functools.cache
def _asset(name: str) -> tuple[str, str]:
    """A file of this folder, and the hash by which the page's policy knows it."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


def opening(title: str, words: Catalogue) -> str:
    """The page up to the first element of its body."""
    style, style_hash = _asset("page.css")
    _, script_hash = _asset("page.js")
    # Even if something slipped through the escaping, the browser would run only our own script.
    policy = (
        f"default-src 'none'; style-src {style_hash}; script-src {script_hash}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        f'<!doctype html>\n<html lang="{_LANGUAGES.get(words.language, words.language)}">\n<head>\n'
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )


def closing(*, script: bool = True) -> str:
    """The page from behind the last element of its body; without a copy button it needs no script."""
    running = f"<script>{_asset('page.js')[0]}</script>\n" if script else ""
    return f"{running}</body>\n</html>\n"


def mark(kind: str, sign: str, word: str) -> str:
    """A sign that is a word for whoever listens to the page."""
    shown = f'<span class="sign {kind}" aria-hidden="true">{escape(sign)}</span>'
    return f'{shown}<span class="said">{escape(word)} </span>'


def prose(text: str) -> str:
    """A sentence of ours as HTML, its code (backticks, or a command between double spaces) set as such."""
    parts = _SPAN.split(text)
    return "".join(
        f"<code>{escape(part)}</code>" if index % 2 else COMMAND.sub(r"<code>\g<0></code>", whole(part))
        for index, part in enumerate(parts)
    )


def whole(text: str) -> str:
    """Any text as HTML, in which no line ends within a number such as 3e-06."""
    return _NUMBER.sub(r'<span class="whole">\g<0></span>', escape(text))


def folded(summary: str, body: str, kind: str = "", *, unfolded: bool = False) -> str:
    """A part that unfolds, or that is so from the start; `summary` and `body` are HTML."""
    named = f' class="{kind}"' if kind else ""
    start = f"<details{named}{' open' if unfolded else ''}><summary>{summary}</summary>"
    return f'{start}<div class="body">\n{body}</div></details>\n'


def commands(lines: Iterable[str], words: Catalogue) -> str:
    """Commands as lines to paste, with the button that copies them."""
    code = "\n".join(f"<code>{_unbroken(line)}</code>" for line in lines)
    if not code:
        return ""
    done, failed = escape(words.text("html.copied")), escape(words.text("html.not-copied"))
    button = (
        f'<button type="button" class="copy" data-done="{done}" data-failed="{failed}" hidden>'
        f"{escape(words.text('html.copy'))}</button>"
    )
    return f'<div class="commands">{button}<pre>{code}</pre></div>\n'


def _unbroken(line: str) -> str:
    """A command whose lines break between its words, not behind the dashes of an option."""
    return " ".join(f"<span>{escape(word)}</span>" if word else "" for word in line.split(" "))


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Labels and values in two columns; nothing where there are none."""
    body = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>\n' for label, value in rows
    )
    return f"<table>\n{body}</table>\n" if body else ""
