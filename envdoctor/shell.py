"""Commands as lines to paste, quoted for the shell of the machine they are for."""

from __future__ import annotations

import re

__all__ = ["shell"]


def shell(argv: tuple[str, ...], system: str) -> str:
    """One line to paste: quoted for a POSIX shell, or in double quotes that cmd and PowerShell both read."""
    return " ".join(_quoted(each, system) for each in argv)


def _quoted(word: str, system: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./~$\[\]-]+" if system != "windows" else r"[\w@+=:,./~\\\[\]-]+", word):
        return word
    if system == "windows":
        return '"' + word.replace('"', "") + '"'
    return "'" + word.replace("'", "'\"'\"'") + "'"
