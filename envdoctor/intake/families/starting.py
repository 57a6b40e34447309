"""What is said where Python itself does not start: the base of an environment is gone, or its library is.

Texts: CPython's venv launchers for Windows ("No Python at", "did not find executable at"), the shells' "bad
interpreter", the loader of macOS for an interpreter whose framework was updated away, the script "pip" of an
environment whose own Python no longer has the package, and CPython's own start, which needs the package "encodings"
before anything else.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "python-moved",
        ("no python at", "did not find executable at", "bad interpreter:", "library not loaded:"),
        r"Library not loaded: (?P<fourth>@executable_path/\.\./\.Python\b|[@/][^\n]{0,200}[Pp]ython[^\n/]{0,30}/[^\n]{0,120}/(?:Python|libpython3[\w.]{0,12}\.dylib))(?=\s|$)"
        r"|(?:No Python at|did not find executable at) ['\"]{1,2}(?P<subject>[^'\"\n]{3,260})"
        r"|(?P<other>/[^\s:]{0,260}python[\d.]{0,6}): bad interpreter: No such file"
        r"|bad interpreter: (?P<third>/[^\s:]{0,260}python[\d.]{0,6}): no such file",
    ),
    (
        "pip-without-pip",
        ("from pip._internal", "from pip import", "from pip.__main__"),
        r"File \"(?P<subject>[^\"\n]{1,260})\", line \d+, in <module>\n *from pip[. ][^\n]{1,60}\n(?:Module\w*|Import)Error: No module named '?pip\b",
    ),
    (
        "no-encodings",
        ("no module named 'encodings'", "failed to get the python codec of the filesystem"),
        "",
    ),
    (
        "no-interpreter",
        (
            "python was not found",
            "while loading shared libraries: libpython",
            ".dll was not found",
            ".dll not found",
            ".dll is missing",
            ".dll could not be found",
        ),
        r"Python was not found[;,]? (?:run without arguments|but can be) |while loading shared libraries: libpython[\w.]{1,20}:"
        r"|(?:lib)?python3\d{0,2}[\w.]{0,4}\.dll (?:was not found|not found|is missing|could not be found)",
    ),
)
