"""A command that pins a torch which the Python of the text never had, where pip's list is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import Finding
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.pythons import installing_python, span

__all__ = ["RULES"]

_PINNED = re.compile(r"(?<![\w-])torch ?={2,3} ?(?P<version>\d[\w.]*)")


def pinned(heard: Heard) -> Iterator[Finding]:
    """A command that asks for a release which this Python never had, in a text that says that it failed."""
    machine = heard.machine
    if heard.paste.no_versions or machine.facts.torch_import is not None or "install-failed" not in heard:
        return
    python = installing_python(heard)
    for command in heard.paste.commands:
        asked = _PINNED.search(command.text)
        ages = span(machine, asked["version"]) if asked else None
        if asked is None or ages is None or python is None or ages[0] <= python <= ages[1]:
            continue
        code = "python-too-new" if python > ages[1] else "python-too-old"
        yield heard.finding(
            code,
            "install-failed",
            variant="asked",
            more=[shown(command.line, command.text)],
            python=machine.python_key or "?",
            torch=asked["version"],
            listed="?",
        )
        return


RULES = (pinned,)
