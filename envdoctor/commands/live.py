"""A run on the terminal: the commands, what matters of their output, and a line that shows it is alive."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from typing import TextIO
from urllib.parse import unquote

from envdoctor.execution.reasons import short
from envdoctor.findings import Words
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.redact import without_credentials
from envdoctor.reports.text import fits
from envdoctor.shell import shell

__all__ = ["LiveScreen"]

SPINNER = "|/-\\"
HEARTBEAT = 30.0
"""Seconds between two signs of life where there is no terminal."""
KEPT_LINES = 40
"""Lines of one command that stay on the screen; the log has them all."""
_MATTERS = re.compile(
    r"\s*(?:Downloading (?!.*\.metadata)|Using cached|Building|Installing|Successfully|Attempting|Preparing"
    r"|ERROR|WARNING: (?!Skipping|Location)|error|hint|cause|Resolved|Prepared|Installed|Uninstalled"
    r"|Downloaded|Creating|Using C?Python|Executing|Verifying|The following|Retrying|Solving|[-+] \S+==|× )"
)
_ADDRESS = re.compile(r"(Downloading |Using cached )\S+/([^/\s]+)")
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)$")


class LiveScreen:
    """Tells how a run goes: on a terminal with a line that moves, elsewhere in plain lines."""

    def __init__(
        self,
        stream: TextIO,
        words: Catalogue,
        hide: Callable[[str], str],
        *,
        columns: int = 80,
        system: str = "linux",
    ) -> None:
        self._stream, self._words, self._hide, self._system = stream, words, hide, system
        self.width = max(24, columns)
        self._moves = stream.isatty()
        self._encoding = stream.encoding or "ascii"
        self._now = ""
        self._progress = ""
        self._shown = 0
        self._told = 0
        self._turn = 0
        self._beat = time.monotonic()

    def say(self, said: Words) -> None:
        """See `Screen.say`."""
        self._now, self._progress = "", ""
        for each in wrap(self._hide(self._words.say(said)), self.width):
            self.write(each)

    def step(self, number: int, total: int, argv: tuple[str, ...]) -> None:
        """See `Screen.step`."""
        self._now, self._progress, self._told = "", "", 0
        self.write("")
        self.write(self._words.text("run.step", number=number, total=total))
        self.write(shell(argv, self._system))

    def line(self, text: str) -> None:
        """See `Screen.line`."""
        clean = self._clean(text)
        progress = _PROGRESS.match(clean)
        if progress is not None:
            done, total = int(progress[1]), max(1, int(progress[2]))
            self._progress = f"{done / 1e6:.0f} / {total / 1e6:.0f} MB, {100 * done // total} %"
            return
        # Of an address only the file's name matters here, of a retry only why.
        clean = short(_ADDRESS.sub(r"\1\2", clean))
        clean = unquote(clean)
        self._now, self._progress = clean.strip(), ""
        if not _MATTERS.match(clean):
            return
        self._told += 1
        if self._told <= KEPT_LINES:
            text = clean.strip()
            self.write("  " + (self._cut(text, self.width - 2) if self._moves else text))
        elif self._told == KEPT_LINES + 1:
            self.write("  " + self._words.text("run.more"))

    def waiting(self, key: str, seconds: float) -> None:
        """See `Screen.waiting`."""
        if not self._moves:
            if seconds and time.monotonic() - self._beat > HEARTBEAT:
                self.write(f"  {self._status(key, seconds)}")
            return
        self._turn += 1
        text = f"{SPINNER[self._turn % len(SPINNER)]} {self._status(key, seconds)}"
        self._put("\r" + self._padded(self._cut(text, self.width - 1)))

    def write(self, text: str) -> None:
        """A line that stays."""
        self._beat = time.monotonic()
        self._put(("\r" + self._padded("") + "\r" if self._shown else "") + self._safe(text) + "\n")
        self._shown = 0

    def _status(self, key: str, seconds: float) -> str:
        what = self._now if key == "command" and self._now else self._words.text(f"run.wait.{key}")
        # Numbers first: a long line of the installer may be cut behind them.
        elapsed = self._words.text("run.elapsed", seconds=f"{seconds:.0f}") if seconds else ""
        return " · ".join(each for each in (elapsed, self._progress, what) if each)

    def _padded(self, text: str) -> str:
        whole = padded(text, self._shown)
        self._shown = width(text)
        return whole

    def _cut(self, text: str, columns: int) -> str:
        """The beginning of the text, in at most so many columns."""
        if width(text) <= columns:
            return text
        while width(text) > columns - 3:
            text = text[:-1]
        return text + "..."

    def _safe(self, text: str) -> str:
        return fits(self._hide(without_credentials(text)), self._encoding)

    def _clean(self, text: str) -> str:
        """Without colours, control characters and secrets."""
        bare = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
        bare = "".join(c for c in bare if c >= " " and c != "\x7f" and not "\x80" <= c <= "\x9f")
        return self._safe(bare)

    def _put(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):  # the terminal may be closed: the run goes on
            self._stream.write(text)
            self._stream.flush()
