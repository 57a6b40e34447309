"""Whether a terminal follows hyperlinks that are written as OSC 8."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["follows_links"]

VTE = 5000
"""GNOME's terminal library shows links since 0.50; VTE_VERSION 5000."""
KONSOLE = 201200
"""KDE's Konsole shows links since 20.12."""
_PROGRAMS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "rio"})
_TERMS = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"})


def follows_links(environ: Mapping[str, str], *, tty: bool) -> bool:
    """Whether links may be written: only to terminals that are known to show them and run on this machine.

    A terminal that does not know the sequence may print it; inside tmux and screen that can't be told, and
    over SSH the page that the link leads to would lie on the other machine.
    """
    if not tty or environ.get("TERM") == "dumb":
        return False
    if any(environ.get(name) for name in ("TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "CI")):
        return False
    return (
        bool(environ.get("WT_SESSION") or environ.get("KITTY_WINDOW_ID"))
        or environ.get("TERM_PROGRAM") in _PROGRAMS
        or environ.get("TERM") in _TERMS
        or _number(environ.get("VTE_VERSION")) >= VTE
        or _number(environ.get("KONSOLE_VERSION")) >= KONSOLE
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0
