"""Hyperlinks are written only where a terminal is known to follow them."""

from __future__ import annotations

import pytest

from envdoctor.commands.links import follows_links


@pytest.mark.parametrize(
    "environ",
    [
        {"WT_SESSION": "1"},
        {"TERM_PROGRAM": "vscode", "TERM": "xterm-256color"},
        {"TERM": "xterm-kitty"},
        {"VTE_VERSION": "7200", "NO_COLOR": "1"},
        {"KONSOLE_VERSION": "220401"},
    ],
)
def test_terminals_that_follow(environ: dict[str, str]) -> None:
    assert follows_links(environ, tty=True)
    assert not follows_links(environ, tty=False), "piped"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"TERM": "xterm-256color"},
        {"TERM": "dumb", "WT_SESSION": "1"},
        {"TMUX": "/tmp/tmux", "TERM_PROGRAM": "iTerm.app"},
        {"SSH_CONNECTION": "a b c d", "TERM": "xterm-kitty"},
        {"VTE_VERSION": "4999"},
        {"VTE_VERSION": "new"},
        {"TERM_PROGRAM": "Apple_Terminal"},
    ],
)
def test_terminals_that_do_not_or_can_not_be_known(environ: dict[str, str]) -> None:
    assert not follows_links(environ, tty=True)
