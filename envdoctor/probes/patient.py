"""Asking the patient's interpreter: one self-contained script in, one JSON object out.

A script under `envdoctor/patient/` answers with a line that starts with a token made for this one call,
on a copy of its standard output that it takes before anything else runs. What torch or a site hook
prints can therefore neither forge nor spoil an answer.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from envdoctor.frozen import Record, value
from envdoctor.outside import Outside, Ran

__all__ = ["Answer", "ask", "ask_own", "how_it_ended"]

SCRIPTS = Path(__file__).parent.parent / "patient"


@value
class Answer(Record):
    """What a script said last, and how its process ended.

    `state` is "answered" when a whole final answer came (even if the process died afterwards),
    "partial" when only earlier lines came, "silent" when none did. `data` is the union of all lines.
    """

    state: Literal["answered", "partial", "silent"]
    data: Mapping[str, object]
    ran: Ran


def ask(
    outside: Outside,
    python: Sequence[str],
    script: str,
    *arguments: str,
    timeout: float,
    isolated: bool = True,
    env: Mapping[str, str | None] | None = None,
) -> Answer:
    """Run `envdoctor/patient/SCRIPT.py` under the interpreter `python` and read what it answered.

    Arguments:
        outside: the machine.
        python: the interpreter's command, usually one path.
        script: the script's name without ".py".
        arguments: passed on to the script as `sys.argv[2:]`.
        timeout: in seconds; the process group is killed then.
        isolated: start with `-I`, so that neither the user's variables nor the working folder count.
        env: variables laid over the doctor's; `None` removes one.

    """
    token = os.urandom(8).hex()  # `secrets` would cost an import of hmac
    flags = ["-I", "-B"] if isolated else ["-B"]
    argv = [*python, *flags, str(SCRIPTS / f"{script}.py"), token, *arguments]
    ran = outside.run(argv, timeout=timeout, env=env)
    return heard(ran, token)


def heard(ran: Ran, token: str) -> Answer:
    """What a child said in lines of its token; anything else on its output is passed over."""
    data: dict[str, object] = {}
    state: Literal["answered", "partial", "silent"] = "silent"
    for line in ran.stdout.splitlines():
        head, _, rest = line.partition(" ")
        if head not in (f"{token}:part", f"{token}:done"):
            continue
        try:
            said = json.loads(rest)
        except ValueError:
            continue
        if isinstance(said, dict):
            data.update(said)
            state = "answered" if head.endswith("done") else "partial" if state == "silent" else state
    return Answer(state, data, ran)


def ask_own(outside: Outside, script: Path, *, timeout: float) -> Answer:
    """Run a script of the doctor's under the doctor's own interpreter, isolated, and read its answer."""
    token = os.urandom(8).hex()  # `secrets` would cost an import of hmac
    return heard(outside.run([sys.executable, "-I", "-B", str(script), token], timeout=timeout), token)


def how_it_ended(ran: Ran) -> Literal["crashed", "timed-out", "unreadable"]:
    """The end of a child that gave no whole answer."""
    if ran.outcome == "timed-out":
        return "timed-out"
    code = ran.exit_code
    # POSIX says -SIGNAL; Windows gives an NTSTATUS whose top bits mark an error.
    died = code is not None and (code < 0 or code >= 0xC0000000)
    return "crashed" if died else "unreadable"
