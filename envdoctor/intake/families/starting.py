"""What is said where Python itself does not start: the base of an environment is gone, or its library is.

Texts: CPython's venv launchers for Windows ("No Python at", "did not find executable at"), the shells' "bad
interpreter", and CPython's own start, which needs the package "encodings" before anything else.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "python-moved",
        ("no python at", "did not find executable at", "bad interpreter:"),
        r"(?:No Python at|did not find executable at) ['\"]{1,2}(?P<subject>[^'\"\n]{3,260})"
        r"|(?P<other>/[^\s:]{0,260}python[\d.]{0,6}): bad interpreter: No such file"
        r"|bad interpreter: (?P<third>/[^\s:]{0,260}python[\d.]{0,6}): no such file",
    ),
    (
        "no-encodings",
        ("no module named 'encodings'", "failed to get the python codec of the filesystem"),
        "",
    ),
)
