"""Which language to speak: the one that `--lang` names, else the one of the locale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.outside import Outside

__all__ = ["LANGUAGES", "asked", "can_write", "of_locale", "of_windows"]

LANGUAGES = ("en", "zh")
_LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In the order in which POSIX lets them decide."""
_WINDOWS_UI = (
    # What the user chose for menus, what Windows was installed in, and at last the region.
    (r"HKCU\Control Panel\Desktop", "PreferredUILanguages"),
    (r"HKCU\Control Panel\Desktop\MuiCached", "MachinePreferredUILanguages"),
    (r"HKCU\Control Panel\International", "LocaleName"),
)


def asked(arguments: Sequence[str]) -> str:
    """The value of `--lang` on a command line, the last one where there are several; "auto" without any."""
    value = "auto"
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang":
            value = arguments[position + 1] if position + 1 < len(arguments) else "auto"
        elif argument.startswith("--lang="):
            value = argument.partition("=")[2]
    return value


def of_locale(environ: Mapping[str, str]) -> str | None:
    """The language that the locale's variables name; `None`: none of them is set."""
    for name in _LOCALE_VARIABLES:
        if environ.get(name):
            return _language(environ[name])
    return None


def of_windows(outside: Outside) -> str:
    """The language of Windows's own menus."""
    for key, name in _WINDOWS_UI:
        values = outside.registry(key) or {}
        value = next((values[each] for each in values if each.lower() == name.lower()), "")
        if value.strip():
            # A list of languages comes as Python shows lists; its first entry is the preferred one.
            return _language(value.strip(" ['\""))
    return "en"


def _language(locale: str) -> str:
    return "zh" if locale.lower().replace("-", "_").split("_")[0].split(".")[0] == "zh" else "en"


def can_write(language: str, encoding: str | None) -> bool:
    """Whether an output of this encoding has the language's letters."""
    if language != "zh":
        return True
    try:
        "中文，。".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
