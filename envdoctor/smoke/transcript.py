"""What the worker said, event by event, and what it was doing when it said no more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from envdoctor.smoke.options import TOGETHER

__all__ = ["Listener", "Said", "Transcript"]

Listener = Callable[["Transcript"], None]
"""Told after every event; in the thread that reads the worker's output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How the worker says one check went."""

    name: str
    status: str
    variant: str = ""
    measured: float | None = None
    bound: float | None = None
    seconds: float | None = None
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    trace: str = ""
    rank: int | None = None
    """Which of several processes; `None`: there was one."""

    @property
    def share(self) -> float:
        """How much of its bound the measured number takes."""
        if self.measured is None or self.bound is None:
            return 0.0
        return abs(self.measured) / self.bound if self.bound else float(self.measured != 0.0)


class Transcript:
    """The events of one run so far. A line that is no event of this run's is passed over."""

    def __init__(self, token: str, listener: Listener | None = None) -> None:
        self._head = f"{token}:event "
        self._listener = listener
        self._said: dict[str, dict[int, Said]] = {}
        self._begun: dict[int, str] = {}
        self._done: set[int] = set()
        self.losses: list[float] = []
        self.facts: dict[str, object] = {}

    @property
    def processes(self) -> int:
        """How many processes were started on this machine."""
        return int(self.fact("local") or 1)

    @property
    def done(self) -> bool:
        """Whether every process came to its end."""
        return len(self._done) >= self.processes

    @property
    def begun(self) -> str | None:
        """A check that was begun and has not ended."""
        return next(iter(self._begun.values()), None)

    @property
    def checks(self) -> dict[str, Said]:
        """How each check went, over all processes: the one that failed, else the one nearest to its bound.

        A check that some process has not ended is not here, unless it failed in another.
        """
        return self.told()

    def waited(self) -> bool:
        """Whether a process gave up in a check of all of them while another was still at one of its own."""
        gave_up = any(
            said.status == "failed" for name in TOGETHER for said in self._said.get(name, {}).values()
        )
        return gave_up and any(name not in TOGETHER for name in self._begun.values())

    def told(self, culprit: int | None = None) -> dict[str, Said]:
        """As `checks`; where one process is known to have ended the run, its checks count for all."""
        merged: dict[str, Said] = {}
        for name, ranks in self._said.items():
            failed = [said for _, said in sorted(ranks.items()) if said.status == "failed"]
            if failed:
                merged[name] = failed[0]
            elif len(ranks) >= self.processes or culprit in ranks:
                merged[name] = max((said for _, said in sorted(ranks.items())), key=lambda said: said.share)
        return merged

    def hear(self, line: str) -> None:
        """Take in one line of the worker's output."""
        if not line.startswith(self._head):
            return
        try:
            event = json.loads(line[len(self._head) :])
        except ValueError:
            return
        if isinstance(event, dict):
            self._take(event)
            if self._listener is not None:
                self._listener(self)

    def _take(self, event: Mapping[str, object]) -> None:
        number = event.get("rank")
        rank = number if isinstance(number, int) else 0
        if isinstance(begun := event.get("begin"), str):
            self._begun[rank] = begun
        if isinstance(facts := event.get("facts"), dict):
            self.facts.update(facts)
        if isinstance(losses := event.get("losses"), list):
            self.losses += [number for each in losses if (number := _number(each)) is not None]
        if isinstance(name := event.get("check"), str):
            self._said.setdefault(name, {})[rank] = _said(name, event)
            self._begun.pop(rank, None)
        if event.get("done") is True:
            self._done.add(rank)

    def fact(self, name: str) -> float | None:
        """A number that the worker told."""
        return _number(self.facts.get(name))

    def text(self, name: str) -> str | None:
        """A text that the worker told."""
        value = self.facts.get(name)
        return value if isinstance(value, str) else None


def _said(name: str, event: Mapping[str, object]) -> Said:
    values = event.get("values")
    return Said(
        name=name,
        status=str(event.get("status")),
        variant=str(event.get("variant") or ""),
        measured=_number(event.get("measured")),
        bound=_number(event.get("bound")),
        seconds=_number(event.get("seconds")),
        values={str(k): v for k, v in values.items() if isinstance(v, (str, int, float))}
        if isinstance(values, dict)
        else {},
        trace=str(event.get("trace") or ""),
        rank=rank if isinstance(rank := event.get("rank"), int) else None,
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
