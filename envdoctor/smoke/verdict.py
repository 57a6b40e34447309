"""From what the worker said, and how it ended, to the checks with their words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal, cast, get_args

from envdoctor.findings import UNKNOWN, Value, Words
from envdoctor.outside import Ran
from envdoctor.smoke import speed
from envdoctor.smoke.result import Check, Status
from envdoctor.smoke.transcript import Said, Transcript

__all__ = ["How", "checks_of", "exit_code", "how_it_ended"]

SIGKILL = -9
How = Literal["timed-out", "killed", "crashed", "left", "not-started"]
"""How a worker that did not come to its end went."""


def how_it_ended(transcript: Transcript, ran: Ran) -> How | None:
    """`None`: the worker came to its end; else what cut it short."""
    if ran.outcome == "not-started":
        return "not-started"
    if transcript.done:
        return None
    if ran.outcome == "timed-out" or transcript.waited():
        return "timed-out"
    code = exit_code(ran)
    if code == SIGKILL:
        return "killed"
    # POSIX says -SIGNAL; Windows gives an NTSTATUS whose top bits mark an error.
    return "crashed" if code < 0 or code >= 0xC0000000 else "left"


def exit_code(ran: Ran) -> int:
    """The code the worker ended with; of several processes, that of the first that torchrun names."""
    told = re.search(r"exitcode\s*:\s*(-\d+)", ran.stderr)
    return int(told[1]) if told else ran.exit_code or 0


def culprit(ran: Ran) -> int | None:
    """Of several processes, the one that torchrun says failed first."""
    told = re.search(r"Root Cause.*?rank\s*:\s*(\d+)", ran.stderr, re.DOTALL)
    return int(told[1]) if told else None


def checks_of(transcript: Transcript, ran: Ran, names: Sequence[str]) -> tuple[Check, ...]:
    """Every check in order. The one in which the worker ended has failed; those after it are skipped."""
    ended = how_it_ended(transcript, ran)
    found: list[Check] = []
    spoken = transcript.told(None if transcript.waited() else culprit(ran))
    for name in names:
        failed = next((check.name for check in found if check.status == "failed"), None)
        said = spoken.get(name)
        if failed is not None:
            found.append(Check(name=name, status="skipped", detail=Words("smoke.skipped", {"name": failed})))
        elif said is not None:
            found.append(_judged(said, transcript.text("device_name")))
        else:
            found.append(_cut_short(name, ended or "left", ran))
    return tuple(found)


def _cut_short(name: str, ended: How, ran: Ran) -> Check:
    values: dict[str, Value] = {
        "code": exit_code(ran),
        "seconds": f"{ran.seconds:.0f}",
        "error": ran.error,
    }
    return Check(name=name, status="failed", detail=Words(f"smoke.ended.{ended}", values))


def _judged(said: Said, device_name: str | None) -> Check:
    """The worker's word, but a number beyond its bound is never a pass."""
    status = said.status if said.status in get_args(Status) else "failed"
    beyond = _beyond(said)
    if status == "passed" and beyond:
        status = "failed"
    check = Check(
        name=said.name,
        status=cast("Status", status),
        detail=_words(said, status),
        measured=said.measured,
        bound=said.bound,
        seconds=said.seconds,
        rank=said.rank,
    )
    return speed.judged(check, said.values, device_name) if said.name == "speed" else check


def _beyond(said: Said) -> bool:
    if said.measured is None or said.bound is None or said.name == "loader":
        return False
    return not (math.isfinite(said.measured) and said.measured <= said.bound)


def _words(said: Said, status: str) -> Words:
    values: dict[str, Value] = {key: _shown(value) for key, value in said.values.items()}
    for key, number in (("measured", said.measured), ("bound", said.bound)):
        values[key] = UNKNOWN if number is None else _shown(number)
    if said.variant == "raised":
        return Words("smoke.raised", values)
    return Words(f"smoke.{said.name}.{status}" + (f".{said.variant}" if said.variant else ""), values)


def _shown(value: str | int | float) -> str | int:
    """A number as a person reads it: four digits at most."""
    if isinstance(value, str):
        return value
    if float(value).is_integer() and abs(value) < 1e9:
        return int(value)
    return f"{value:.3g}"
