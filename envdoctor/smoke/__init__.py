"""The doctor's side of a smoke run: launch the worker, follow its events, judge, and name the cause."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence

from envdoctor.findings import Finding
from envdoctor.outside import Outside, Ran
from envdoctor.smoke.options import Options
from envdoctor.smoke.result import Check, SmokeResult
from envdoctor.smoke.transcript import Listener, Transcript

__all__ = ["Check", "Options", "SmokeResult", "run"]

OUTPUT_KEPT = 2000
"""Characters kept of what torch and others printed."""


def run(
    outside: Outside, python: Sequence[str], options: Options | None = None, listener: Listener | None = None
) -> SmokeResult:
    """Train a small network in the interpreter `python` (its command, usually one path) and judge every step.

    Arguments:
        outside: the machine.
        python: the patient's interpreter.
        options: the device, length and precision; `None`: the defaults.
        listener: told after every event, in another thread, with the transcript so far.

    Returns:
        The result; it never raises for what torch does. No child and no file is left behind.

    """
    from envdoctor.smoke.launch import launch

    options = options or Options()
    with outside.temporary_folder() as folder:
        asking: list[threading.Thread] = []

        def prepare() -> None:
            if options.device == "auto":
                asking.append(_answer_in_background(outside, python, folder))

        transcript, ran = launch(outside, python, options, folder, listener, prepare)
        for thread in asking:
            thread.join(20.0)
        return _result(outside, python, options, transcript, ran)


def _answer_in_background(outside: Outside, python: Sequence[str], folder: str) -> threading.Thread:
    """While torch is imported, find out whether the CPU will do; the worker finds the answer in a file."""

    def answer() -> None:
        from envdoctor.smoke.launch import CPU_ANSWER
        from envdoctor.smoke.questions import gpu_ought_to_work

        verdict = "no" if gpu_ought_to_work(outside, python) else "yes"
        path = os.path.join(folder, CPU_ANSWER)
        try:
            with open(path + ".new", "w", encoding="ascii") as file:
                file.write(verdict)
            os.replace(path + ".new", path)
        except OSError:
            return  # the run is over and its folder gone

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    return thread


def _result(
    outside: Outside, python: Sequence[str], options: Options, transcript: Transcript, ran: Ran
) -> SmokeResult:
    from envdoctor.smoke.verdict import checks_of

    checks = checks_of(transcript, ran, options.checks)
    failed = next((check for check in checks if check.status == "failed"), None)
    device = transcript.text("device")
    cause = _cause(outside, python, failed, transcript, ran, options.timeout) if failed else None
    said = transcript.checks.get(failed.name) if failed else None
    return SmokeResult(
        verdict="failed" if failed else "passed",
        device=device,
        checks=checks,
        losses=tuple(transcript.losses),
        findings=(cause,) if cause else (),
        facts=transcript.facts,
        seconds=ran.seconds,
        output=ran.stderr[-OUTPUT_KEPT:].strip(),
        trace=said.trace if said else "",
    )


def _cause(
    outside: Outside, python: Sequence[str], failed: Check, transcript: Transcript, ran: Ran, limit: float
) -> Finding | None:
    """The root cause: `check`'s own where the machine is at fault, else what the failure itself tells."""
    from envdoctor.smoke.causes import CUDA_OUTCOMES, finding_of
    from envdoctor.smoke.questions import root_cause

    found = finding_of(failed, transcript, ran, transcript.text("device"))
    if failed.name in ("import", "device") or found.code in CUDA_OUTCOMES:
        cause = root_cause(outside, python, limit)
        if cause is not None:
            return cause
        if found.code in CUDA_OUTCOMES or failed.name == "device":
            return None
    return found
