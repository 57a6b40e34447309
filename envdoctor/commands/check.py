"""`envdoctor check`: examine, judge, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.commands.underway import Underway
from envdoctor.errors import EnvdoctorError
from envdoctor.examine import Examination
from envdoctor.frozen import Record, record
from envdoctor.outside import LiveOutside, Outside

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.reports.diagnosis import Diagnosis
    from envdoctor.reports.text import Style

__all__ = ["Options", "check", "report", "style_of"]


@record
class Options(Record):
    """The command line of `check`."""

    python: str | None = None
    quick: bool = False
    strict: bool = False
    assume: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    """What `--from` names; empty: this machine is examined."""
    form: str = "text"
    output: Path | None = None
    timeout: float | None = None
    verbose: bool = False
    redact: bool = True


def check(options: Options) -> int:
    """Examine this machine and report; the exit code is 0 when it is sound, 1 when an error was found."""
    if options.sources:
        from envdoctor.commands.check_from import check_from

        return check_from(options)
    outside = LiveOutside()
    try:
        diagnosis, terminal = examined(outside, options)
    finally:
        outside.close()
    text = report(diagnosis, options, terminal)
    if options.output is not None:
        from envdoctor.commands.writing import write_file

        write_file(options.output, text)
    else:
        terminal.write(text)
    return exit_code(diagnosis, options.strict)


def examined(outside: Outside, options: Options) -> tuple[Diagnosis, Terminal]:
    """The diagnosis of the machine behind the door, and the terminal it is for."""
    wanted = Examination(python=options.python, quick=options.quick, timeout=options.timeout)
    underway = Underway(outside, wanted, options.assume)
    from envdoctor.commands.writing import Terminal
    from envdoctor.machine import Machine
    from envdoctor.messages import catalogue
    from envdoctor.redact import redactor_for, without_credentials
    from envdoctor.reports.diagnosis import LIVE, diagnose

    words, terminal = catalogue(), Terminal()
    hide = redactor_for(outside) if options.redact else without_credentials
    machine = Machine(underway.facts(terminal, words))
    return diagnose(machine, LIVE, words, hide, unhidden=not options.redact), terminal


def report(diagnosis: Diagnosis, options: Options, terminal: Terminal) -> str:
    """The report in the form that was asked for."""
    from envdoctor.reports.forms import one

    return one(diagnosis, options.form, style_of(options, terminal))


def style_of(options: Options, terminal: Terminal) -> Style:
    """How the report is to look where it goes: in the terminal, or in a file."""
    if options.output is None:
        return terminal.style(options.verbose)
    from envdoctor.reports.text import Style

    return Style(width=100, verbose=options.verbose)


def exit_code(diagnosis: Diagnosis, strict: bool) -> int:
    """0 sound, 1 not, 3 where a rule failed: the verdict is not whole; with `strict` warnings count too."""
    from envdoctor.rules.guard import FAILED

    if any(finding.code == FAILED for finding in diagnosis.findings):
        return EnvdoctorError.exit_code
    bad = ("errors", "warnings") if strict else ("errors",)
    return 1 if diagnosis.verdict in bad else 0
