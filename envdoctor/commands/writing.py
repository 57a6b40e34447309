"""Where reports go: the terminal with what it can show, or a file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from envdoctor.commands.links import follows_links
from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import width
from envdoctor.reports.style import WIDEST, Style, fits, fits_html, fits_json

__all__ = ["Terminal", "deliver", "remove_unfinished", "style_for", "whole_file", "write_file"]

QUIET_SECONDS = 0.5
"""No progress line is shown for what is done sooner."""
SLOW_SECONDS = 4.0
"""From here on the line says why it may be slow."""


_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""The disk, the file or the user's share of the disk is full."""


def _fitting(text: str, encoding: str) -> str:
    """The report in letters of the encoding, each form in the way that it has for the others."""
    put = fits_json if text.startswith("{") else fits_html if text.startswith("<!doctype html>") else fits
    return put(text, encoding)


class Terminal:
    """Standard output and error as they are now."""

    def __init__(self) -> None:
        self._encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
        tty = sys.stdout is not None and sys.stdout.isatty()
        self._colour = (tty or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR")
        if os.environ.get("TERM") == "dumb":
            self._colour = False
        self._links = follows_links(os.environ, tty=tty)
        self._width = shutil.get_terminal_size((80, 24)).columns
        self._shown = 0

    def style(self, verbose: bool) -> Style:
        """How a report for this terminal is to look."""
        return Style(
            width=self._width,
            colour=bool(self._colour),
            encoding=self._encoding,
            verbose=verbose,
            links=self._links,
            spoken=os.environ.get("TERM") == "dumb",  # what editors for the blind set, among others
        )

    def write(self, text: str) -> None:
        """Write a whole report; letters that the encoding lacks were already put another way.

        Raises:
            EnvdoctorError: standard output is closed or its disk is full.

        """
        if sys.stdout is None:
            raise EnvdoctorError("standard output is closed; use --output FILE")
        try:
            sys.stdout.write(_fitting(text, self._encoding))
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            with contextlib.suppress(OSError, ValueError):
                sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - so that the interpreter's last flush is quiet
            raise EnvdoctorError(f"the report could not be written: {error}") from None

    def note(self, words: Catalogue) -> Callable[[str | None], None]:
        """A line on standard error that says which mirror is being read from."""
        if sys.stderr is None or not sys.stderr.isatty():
            return lambda mirror: None
        return lambda mirror: self.line(
            "" if mirror is None else words.text("mirrors.measuring", mirror=mirror)
        )

    def progress(self, words: Catalogue) -> Callable[[str | None, float], None]:
        """A line on standard error that says what is awaited; nothing where that is no terminal."""
        if sys.stderr is None or not sys.stderr.isatty():
            return lambda name, seconds: None

        def show(name: str | None, seconds: float) -> None:
            if name is None:
                text = ""
            elif seconds < QUIET_SECONDS:
                return
            else:
                text = words.text(f"progress.{name}")
                slow = f"progress.{name}.slow"
                if seconds > SLOW_SECONDS and slow in words.sentences:
                    told = words.text(slow)
                    text += told if told.startswith("（") else f" {told}"
                text = f"{text} {seconds:.0f} s"
            self.line(text)

        return show

    def line(self, text: str) -> None:
        """Show the text on a terminal in place of the line before; an empty one only takes that away."""
        if sys.stderr is None or not sys.stderr.isatty() or (not text and not self._shown):
            return
        text = _cut(fits(text, sys.stderr.encoding or "ascii"), max(10, self._width - 1))
        blank = " " * max(0, self._shown - width(text))
        with contextlib.suppress(OSError, ValueError):  # the window may have been closed
            sys.stderr.write("\r" + text + blank + ("\r" if not text else ""))
            sys.stderr.flush()
        self._shown = width(text)


def _cut(text: str, columns: int) -> str:
    """As much of the text's beginning as so many columns hold."""
    while width(text) > columns:
        text = text[:-1]
    return text


def style_for(output: Path | None, terminal: Terminal, *, verbose: bool) -> Style:
    """How a report for people is to look where it goes: the file that `--output` names, or the terminal."""
    return terminal.style(verbose) if output is None else Style(width=WIDEST, verbose=verbose)


def deliver(text: str, output: Path | None, terminal: Terminal) -> None:
    """The report is in the file that `--output` names, or on the terminal.

    Raises:
        EnvdoctorError: see `write_file` and `Terminal.write`.

    """
    if output is not None:
        write_file(output, text)
    else:
        terminal.write(text)


def write_file(path: Path, text: str) -> None:
    """Write a file whole or not at all.

    Raises:
        UsageError: the folder is missing or may not be written, or its disk is full; the old file stays.

    """
    with whole_file(path) as file:
        file.write(text)


@contextlib.contextmanager
def whole_file(path: Path, option: str = "--output") -> Iterator[TextIO]:
    """A file to write into, in UTF-8; it takes its place at the end, and an error leaves the old one there.

    `option` is the one that named the file, for the error; bytes go into the `buffer` of what is yielded.

    Raises:
        UsageError: the folder is missing or may not be written, or its disk is full.

    """
    import tempfile

    temporary = ""
    place = Path(os.path.realpath(path))  # a link stays a link; what it points to is written
    try:
        if place.exists() and not place.is_file() and not place.is_dir():
            with open(place, "w", encoding="utf-8", errors="replace", newline="\n") as device:
                yield device  # /dev/null, a pipe: there is nothing to put in its place
            return
        handle, temporary = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
        _UNFINISHED.add(temporary)
        with open(handle, "w", encoding="utf-8", errors="replace", newline="\n") as file:
            yield file
        if place.exists():
            shutil.copymode(place, temporary)
        else:
            os.chmod(temporary, 0o666 & ~_umask())
        os.replace(temporary, place)
        _UNFINISHED.discard(temporary)
        temporary = ""
    except OSError as error:
        reason = error.strerror or str(error)
        reason = reason[:1].lower() + reason[1:]  # the form in which its Chinese twin is known
        if error.errno in _NO_ROOM:
            raise UsageError(
                f"{option} {path}: {reason}; free some space there, or name another folder"
            ) from None
        raise UsageError(
            f"{option} {path}: {reason}; name a folder that exists and that you may write to"
        ) from None
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            _UNFINISHED.discard(temporary)


_UNFINISHED: set[str] = set()


def remove_unfinished() -> None:
    """Remove what is half written; for when the process is about to end."""
    for temporary in tuple(_UNFINISHED):
        with contextlib.suppress(OSError):
            os.unlink(temporary)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
