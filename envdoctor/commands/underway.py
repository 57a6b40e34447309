"""An examination under way: while its probes wait for their children, the command imports what follows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Generic, TypeVar

from envdoctor.examine import Examination, examine
from envdoctor.outside import Outside

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.facts import Facts
    from envdoctor.messages import Catalogue

__all__ = ["Underway"]


class Underway:
    """The examination of the machine behind the door, with what is assumed of it."""

    def __init__(self, outside: Outside, wanted: Examination, assumptions: Sequence[str] = ()) -> None:
        """Start every probe.

        Raises:
            UsageError: an assumption makes no sense; nobody waits for a probe to hear of it.

        """
        self._assumptions = assumptions
        if assumptions:
            from envdoctor.facts import Facts

            self._assumed(Facts())
        self._show: Callable[[str | None, float], None] | None = None
        told = replace(wanted, progress=self._tell)
        self._work = _Background(lambda: examine(outside, told))

    def facts(self, terminal: Terminal, words: Catalogue) -> Facts:
        """What the probes brought, once the last of them is back; the terminal shows whom it waits for."""
        self._show = terminal.progress(words)
        return self._assumed(self._work.result())

    def _tell(self, name: str | None, seconds: float) -> None:
        if self._show is not None:
            self._show(name, seconds)

    def _assumed(self, facts: Facts) -> Facts:
        if not self._assumptions:
            return facts
        from envdoctor.assume import assume

        return assume(facts, self._assumptions)


Result = TypeVar("Result")


class _Background(threading.Thread, Generic[Result]):
    """Work in a thread whose result, or error, is fetched later."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._result: list[Result] = []
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        """Do the work once."""
        try:
            self._result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - raised again where the result is fetched
            self._error = error

    def result(self) -> Result:
        """What the work gave; waits for it, and raises what it raised."""
        while self.is_alive():
            self.join(0.2)  # in steps, so that Ctrl-C is heard on every system
        if self._error is not None:
            raise self._error
        return self._result[0]
