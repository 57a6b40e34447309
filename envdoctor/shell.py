"""Commands as lines to paste, quoted for the shell of the machine they are for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.machine import Machine

__all__ = ["for_cmd_alone", "shell", "spoken"]


HOME_IN_CMD = "%USERPROFILE%"
"""The home folder in a line for Windows. cmd alone reads it; PowerShell's name for it is none of cmd's."""
_HOME = re.compile(r"(?P<before>^|=)~(?:用户)?(?=[\\/]|$)")
"""A home folder whose path is hidden, as `redact` writes it."""


def shell(argv: tuple[str, ...], system: str) -> str:
    r"""One line to paste: for a POSIX shell, or for "windows", where cmd and PowerShell both read it.

    A line that begins with a quote is a program to cmd and a sentence to PowerShell, which wants `&` before
    it; cmd takes no `&`. Both take quotes inside a path (C:\Users\"Li Ming"\python.exe), so only the parts
    that need them have them. A home folder that is hidden they can't both find: see `for_cmd_alone`.
    For "any" system the line reads alike in all of them: in double quotes, since cmd knows no others. A path
    with backslashes is for Windows anyway.
    """
    if system == "any" and "\\" not in argv[0]:
        return " ".join(_anywhere(each) for each in argv)
    if system not in ("windows", "any"):
        return " ".join(_posix(each) for each in argv)
    return " ".join([*(_program(each) for each in argv[:1]), *(_windows(each) for each in argv[1:])])


def for_cmd_alone(lines: Iterable[str], system: str) -> bool:
    """Whether one of the lines for a system is read by cmd and not by PowerShell."""
    return system == "windows" and any(HOME_IN_CMD in line for line in lines)


def spoken(machine: Machine) -> str:
    """Whose shell the lines for a machine are read by: Git's bash on Windows reads as a POSIX shell does.

    "any": a pasted report does not tell the system.
    """
    if machine.os == "windows" and "MSYSTEM" in machine.facts.environment.variables:
        return "linux"
    return machine.os or "any"


@functools.lru_cache(maxsize=1024)
def _posix(word: str) -> str:
    if "~" in word and (home := _HOME.search(word)) is not None:
        # A home folder that is no ASCII is marked, and Git's bash wants it without backslashes.
        word = word[: home.start()] + home["before"] + "~" + word[home.end() :].replace("\\", "/")
    if re.fullmatch(r"[\w@%+=:,./~$\[\]-]+", word):
        return word
    # Within quotes "~" is no home folder.
    start = "~/" if word.startswith("~/") else ""
    return start + "'" + word.removeprefix(start).replace("'", "'\"'\"'") + "'"


def _anywhere(word: str) -> str:
    posix = "\\" not in word and (_HOME.search(word) or re.search(r'["$`!]', word))
    return _posix(word) if posix else _windows(word)


def _program(word: str) -> str:
    """The program, the quotes around those parts of its path that need them."""
    first, *folders = word.replace("/", "\\").split("\\")
    if not folders or _HOME.match(word):
        return _windows("\\".join((first, *folders)))
    start = "" if first == _windows(first) or not first else ".\\"
    return start + "\\".join(_windows(each) if each else "" for each in (first, *folders))


@functools.lru_cache(maxsize=1024)
def _windows(word: str) -> str:
    # A comma parts arguments in PowerShell, and in cmd where a batch file (conda) reads them.
    if "~" in word and _HOME.search(word):
        # What the variable holds may have spaces.
        word = _HOME.sub(rf"\g<before>{HOME_IN_CMD}", word)
    elif re.fullmatch(r"[\w@+=:./~\\\[\]-]+", word):
        return word
    return '"' + word.replace('"', "") + '"'
