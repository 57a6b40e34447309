"""The Windows registry, in its 64-bit view; importable on Windows only."""

from __future__ import annotations

import sys
import winreg
from collections.abc import Mapping

assert sys.platform == "win32"  # type checkers of other systems read no further

__all__ = ["sub_keys", "values"]

ROOTS = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}


def values(key: str) -> Mapping[str, str] | None:
    """See `Outside.registry`."""
    opened = _opened(key)
    if opened is None:
        return None
    found: dict[str, str] = {}
    with opened:
        for index in range(winreg.QueryInfoKey(opened)[1]):
            name, value, _kind = winreg.EnumValue(opened, index)
            found[name] = value if isinstance(value, str) else repr(value)
    return found


def sub_keys(key: str) -> tuple[str, ...]:
    """See `Outside.registry_keys`."""
    opened = _opened(key)
    if opened is None:
        return ()
    with opened:
        return tuple(winreg.EnumKey(opened, index) for index in range(winreg.QueryInfoKey(opened)[0]))


def _opened(key: str) -> winreg.HKEYType | None:
    root, _, rest = key.partition("\\")
    try:
        return winreg.OpenKey(ROOTS[root], rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
    except OSError:
        return None
