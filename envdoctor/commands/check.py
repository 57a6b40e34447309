"""`envdoctor check`: examine, judge, report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from envdoctor.assume import assume
from envdoctor.commands.writing import Terminal, write_file
from envdoctor.examine import Examination, examine
from envdoctor.facts import Facts
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside, Outside
from envdoctor.redact import redactor_for
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.text import Style, as_text

__all__ = ["Options", "check", "report"]


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `check`."""

    python: str | None = None
    quick: bool = False
    strict: bool = False
    assume: tuple[str, ...] = ()
    form: str = "text"
    output: Path | None = None
    timeout: float | None = None
    verbose: bool = False
    redact: bool = True


def check(options: Options) -> int:
    """Examine this machine and report; the exit code is 0 when it is sound, 1 when an error was found."""
    outside = LiveOutside()
    terminal = Terminal()
    try:
        diagnosis = examined(outside, options, terminal)
    finally:
        outside.close()
    text = report(diagnosis, options, terminal)
    if options.output is not None:
        write_file(options.output, text)
    else:
        terminal.write(text)
    return exit_code(diagnosis, options.strict)


def examined(outside: Outside, options: Options, terminal: Terminal) -> Diagnosis:
    """The diagnosis of the machine behind the door."""
    # What makes no sense is refused before anybody waits for a probe.
    words = catalogue()
    assume(Facts(), options.assume)
    wanted = Examination(
        python=options.python,
        quick=options.quick,
        timeout=options.timeout,
        progress=terminal.progress(words),
    )
    facts = assume(examine(outside, wanted), options.assume)
    hide = redactor_for(outside) if options.redact else str
    return diagnose(Machine(facts), "live", words, hide)


def report(diagnosis: Diagnosis, options: Options, terminal: Terminal) -> str:
    """The report in the form that was asked for."""
    if options.form == "json":
        import json

        from envdoctor.reports.json import as_json

        return json.dumps(as_json(diagnosis), indent=2, ensure_ascii=False) + "\n"
    if options.output is not None:
        return as_text(diagnosis, Style(width=100, verbose=options.verbose))
    return as_text(diagnosis, terminal.style(options.verbose))


def exit_code(diagnosis: Diagnosis, strict: bool) -> int:
    """0 sound, 1 not; with `strict` warnings count too."""
    bad = ("errors", "warnings") if strict else ("errors",)
    return 1 if diagnosis.verdict in bad else 0
