"""`import torch` in a child of the patient: a hang, a crash or an exit in there is a fact, not our end."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envdoctor.errors import UsageError
from envdoctor.facts import TorchImport
from envdoctor.outside import Outside
from envdoctor.probes.patient import Answer, ask, how_it_ended
from envdoctor.probes.reading import Reading
from envdoctor.reason import reason

__all__ = ["probe_torch_import"]

OUTPUT_KEPT = 2000
"""Characters kept of what torch printed."""
FRAMES_KEPT = 30
"""Lines kept of where Python was when it crashed or was ended."""

# What Python's faulthandler writes: the kind of end, then one block of frames a thread, the innermost frame
# first and the main thread last. A death before Python is up has no frames and stays in the output.
_TRACE = re.compile(
    r"^(?P<end>Fatal Python error: .*|Timeout \(.*\)!)\n"
    r"(?:(?!  File ).*\n){0,20}?"
    r"(?P<frames>  File \".*\", line \d+ in .*\n[\s\S]*)",
    re.MULTILINE,
)


def probe_torch_import(outside: Outside, python: Sequence[str], timeout: float) -> Reading[TorchImport]:
    """What importing torch and one small kernel per device did, within `timeout` seconds.

    The user's own variables and user site count, the working folder does not.
    """
    answer = ask(outside, python, "torch_import", str(timeout), timeout=timeout, isolated=False)
    said, trace = _parted(answer.ran.stderr)
    data = {key: value for key, value in answer.data.items() if value is not None}
    if answer.state != "answered":
        data = {**data, **_end(answer, said, trace)}
    data["output"] = said[-OUTPUT_KEPT:].strip() or None
    data["seconds"] = round(answer.ran.seconds, 3)
    source = f"{python[-1] if python else 'python'}: import torch"
    from envdoctor.reviving import revive

    try:
        block = revive(TorchImport, data, "torch_import")
    except UsageError as error:
        block = TorchImport(outcome="unreadable", error=str(error), seconds=answer.ran.seconds)
        return Reading(block, {"outcome": source}, {"version": reason("told", text=str(error))})
    learned = (name for name, value in data.items() if value is not None)
    sources = {name: source for name in learned if name in TorchImport.__dataclass_fields__}
    return Reading(block, sources)


def _end(answer: Answer, said: str, trace: re.Match[str] | None) -> dict[str, object]:
    """Outcome and error of a child that did not finish; what worked before its end stays."""
    ran = answer.ran
    if ran.outcome == "not-started":
        return {"outcome": "unreadable", "error": ran.error}
    ended = how_it_ended(ran)
    if ended == "unreadable" and "Fatal Python error" in ran.stderr:
        ended = "crashed"  # Python gave up by itself, before it could run anything
    outcome = "exited" if ended == "unreadable" and answer.state == "partial" else ended
    words = _last_words(said, trace) or None  # that it said nothing is told by the exit code, in any language
    return {"outcome": outcome, "exit_code": ran.exit_code, "error": words, "traceback": _frames(trace)}


def _parted(stderr: str) -> tuple[str, re.Match[str] | None]:
    """What was printed, and what Python wrote about its own end."""
    trace = _TRACE.search(stderr)
    return (stderr[: trace.start()] if trace else stderr), trace


def _last_words(said: str, trace: re.Match[str] | None) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()][-2 if trace else -3 :]
    if trace is not None and trace["end"].startswith("Fatal"):
        lines.append(trace["end"].strip())
    return " / ".join(lines)[-600:]


def _frames(trace: re.Match[str] | None) -> list[str]:
    """Where the main thread was, the innermost frame last as in any traceback."""
    if trace is None:
        return []
    blocks: list[list[str]] = [[]]
    for line in trace["frames"].splitlines():
        if line.startswith("  File "):
            blocks[-1].append(line[:400])
        elif blocks[-1]:
            blocks.append([])
    last = next(block for block in reversed(blocks) if block)
    ours = ("importlib._bootstrap", "patient/torch_import.py")
    frames = [line for line in last if not any(each in line for each in ours)]
    return frames[::-1][-FRAMES_KEPT:]
