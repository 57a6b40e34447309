"""`import torch` in a child of the patient: a hang, a crash or an exit in there is a fact, not our end."""

from __future__ import annotations

from collections.abc import Sequence

from envdoctor.errors import UsageError
from envdoctor.facts import TorchImport, block_from_json
from envdoctor.outside import Outside, Ran
from envdoctor.probes.patient import Answer, ask, how_it_ended
from envdoctor.probes.reading import Reading

__all__ = ["probe_torch_import"]

OUTPUT_KEPT = 2000
"""Characters kept of what torch printed."""


def probe_torch_import(outside: Outside, python: Sequence[str], timeout: float) -> Reading[TorchImport]:
    """What importing torch and one small kernel per device did, within `timeout` seconds.

    The user's own variables and user site count, the working folder does not.
    """
    answer = ask(outside, python, "torch_import", timeout=timeout, isolated=False)
    data = {key: value for key, value in answer.data.items() if value is not None}
    if answer.state != "answered":
        data = {**data, **_end(answer)}
    data.setdefault("output", answer.ran.stderr[-OUTPUT_KEPT:] or None)
    data["seconds"] = round(answer.ran.seconds, 3)
    source = f"import torch in {python[-1] if python else 'python'}"
    try:
        block = block_from_json(TorchImport, data, "torch_import")
    except UsageError as error:
        return Reading(TorchImport(outcome="unreadable"), {}, {"version": str(error)})
    sources = {name: source for name in ("outcome", *data) if name in TorchImport.__dataclass_fields__}
    return Reading(block, sources)


def _end(answer: Answer) -> dict[str, object]:
    """Outcome and error of a child that did not finish; what worked before its end stays."""
    ran = answer.ran
    tail = _last_words(ran)
    if ran.outcome == "not-started":
        return {"outcome": "unreadable", "error": ran.error}
    ended = how_it_ended(ran)
    if ended == "timed-out":
        return {"outcome": "timed-out", "error": tail}
    if ended == "crashed" or "Fatal Python error" in ran.stderr:
        return {"outcome": "crashed", "exit_code": ran.exit_code, "error": tail}
    if answer.state == "partial":
        return {"outcome": "exited", "exit_code": ran.exit_code, "error": tail}
    return {"outcome": "unreadable", "exit_code": ran.exit_code, "error": tail}


def _last_words(ran: Ran) -> str:
    lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
    return " / ".join(lines[-3:])[-600:]
