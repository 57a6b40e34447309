"""Ctrl-C, a closed terminal and a request to end, noted instead of ending the process at once."""

from __future__ import annotations

import signal
import threading
from types import FrameType

__all__ = ["Interrupts"]

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Interrupts:
    """While in force, the first signal that asks the process to end is kept in `number`, and that is all."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for name in NAMES:
                known = getattr(signal, name, None)
                # What is ignored stays so (nohup), and what was not set from Python can't be set back.
                if known is not None and signal.getsignal(known) not in (signal.SIG_IGN, None):
                    self._before[known] = signal.signal(known, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what `signal` itself gave
        self._before.clear()

    def came(self) -> bool:
        """Whether the process has been asked to end."""
        return self.number is not None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that was ended so: 130 after Ctrl-C."""
        return 128 + (self.number if self.number is not None else signal.SIGINT)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.number is None:
            self.number = number
