"""How the process ends where it does not end by itself: signals, closed and full streams, faults of its own.

No child stays behind and no half-written file, and the exit code says what the design says. Nothing is
imported here that Python has not imported by itself: until the signals are heeded, Ctrl-C shows a traceback.
"""

from __future__ import annotations

import os
import sys

__all__ = ["complain", "fault_of_its_own", "heed_signals", "keep_garbage", "no_more_output"]

FAILED = 3
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Ctrl-C, a polite request to end, the terminal's window closed, Ctrl-Break."""


def heed_signals() -> None:
    """From here on these signals end the children too; one that is ignored (`nohup`) stays ignored."""
    import _signal as signal  # built in; `signal` itself is milliseconds away

    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _ended)


def _ended(number: int, frame: object) -> None:
    """End the children and the process, whatever Python is doing.

    A KeyboardInterrupt would be lost where it is raised inside the import system's own callbacks.
    """
    # What was not imported yet has started nothing; importing is what may have been interrupted.
    for module, function in (
        ("envdoctor.outside", "close_every_door"),
        ("envdoctor.commands.writing", "remove_unfinished"),
    ):
        close = getattr(sys.modules.get(module), function, None)
        if close is not None:
            close()
    os._exit(128 + number)


def keep_garbage() -> None:
    """Let Python end without a last search for garbage: all of it goes with the process."""
    import gc

    gc.freeze()


def no_more_output() -> None:
    """Nothing that is still in standard output's buffer is tried again when the interpreter ends."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end


def complain(sentence: str) -> None:
    """One line on standard error, where there is one and it can be written to."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "ascii"
    line = f"envdoctor: {sentence}\n"
    try:
        sys.stderr.write(line.encode(encoding, "backslashreplace").decode(encoding))
        sys.stderr.flush()
    except (OSError, ValueError):
        # The interpreter's last flush would complain about the line that could not be written.
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open until the end


def fault_of_its_own(error: Exception) -> str:
    """The sentence about an error that nobody foresaw: what it is and where it arose."""
    frame, place = error.__traceback__, "?"
    while frame is not None:
        code = frame.tb_frame.f_code
        if "envdoctor" in code.co_filename:
            place = f"{os.path.basename(code.co_filename)}:{frame.tb_lineno}"
        frame = frame.tb_next
    about = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return (
        f"a fault of envdoctor's own, please report it: {about} (at {place}); "
        "--verbose shows how it came to it"
    )
