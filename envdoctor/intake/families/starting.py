"""What is said where Python itself does not start: the base of an environment is gone, or its library is.

Texts: CPython's venv launchers for Windows ("No Python at", "did not find executable at"), the shells' "bad
interpreter", the loader of macOS for an interpreter whose framework was updated away, the script "pip" of an
environment whose own Python no longer has the package, CPython's own start, which needs the package "encodings"
before anything else, and "python -m" for what Debian keeps in packages of its own. 9009 is what Windows answers for a
command that it does not find.
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
        "python-without",
        (
            "no module named pip",
            "no module named venv",
            "no module named ensurepip",
            "no module named '_ctypes'",
            "no module named '_lzma'",
            "no module named '_bz2'",
            "ensurepip is not",
        ),
        r"(?P<subject>[^\n\"']{0,200}python[\d.]{0,5}(?:\.exe)?): No module named (?P<other>pip|venv|ensurepip)(?=\s|$)"
        r"|No module named '(?P<third>_ctypes|_lzma|_bz2)'"
        r"|not created successfully because (?P<fourth>ensurepip) is not\s{1,20}available",
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
            "exit code: 9009",
            "while loading shared libraries: libpython",
            ".dll was not found",
            ".dll not found",
            ".dll is missing",
            ".dll could not be found",
        ),
        r"^ {0,8}exit code: 9009\b|Python was not found[;,]? (?:run without arguments|but can be) |while loading shared libraries: libpython[\w.]{1,20}:"
        r"|(?:lib)?python3\d{0,2}[\w.]{0,4}\.dll (?:was not found|not found|is missing|could not be found)",
    ),
)
