"""Commands as lines to paste, quoted for the shell of the machine they are for."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.machine import Machine

__all__ = ["shell", "spoken"]


def shell(argv: tuple[str, ...], system: str) -> str:
    r"""One line to paste: for a POSIX shell, or for "windows", where cmd and PowerShell both read it.

    A line that begins with a quote is a program to cmd and a sentence to PowerShell, which wants `&` before
    it; cmd takes no `&`. Both take quotes inside a path (C:\Users\"Li Ming"\python.exe), so only the parts
    that need them have them.
    """
    if system != "windows":
        return " ".join(_posix(each) for each in argv)
    return " ".join([*(_program(each) for each in argv[:1]), *(_windows(each) for each in argv[1:])])


def spoken(machine: Machine) -> str:
    """Whose shell the lines for a machine are read by: Git's bash on Windows reads as a POSIX shell does."""
    if machine.os == "windows" and "MSYSTEM" in machine.facts.environment.variables:
        return "linux"
    return machine.os or "linux"


@functools.lru_cache(maxsize=1024)
def _posix(word: str) -> str:
    if re.fullmatch(r"[\w@%+=:,./~$\[\]-]+", word):
        return word
    # Within quotes "~" is no home folder.
    home = "~/" if word.startswith("~/") else ""
    return home + "'" + word.removeprefix(home).replace("'", "'\"'\"'") + "'"


def _program(word: str) -> str:
    """The program, the quotes around those parts of its path that need them."""
    first, *folders = word.replace("/", "\\").split("\\")
    if not folders:
        return _windows(word)
    start = "" if first == _windows(first) or not first else ".\\"
    return start + "\\".join(_windows(each) if each else "" for each in (first, *folders))


@functools.lru_cache(maxsize=1024)
def _windows(word: str) -> str:
    # A comma parts arguments in PowerShell, and in cmd where a batch file (conda) reads them.
    if re.fullmatch(r"[\w@+=:./~\\\[\]-]+", word):
        return word
    return '"' + word.replace('"', "") + '"'
