"""`envdoctor check`: examine, judge, report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoctor.commands.check_options import Options
from envdoctor.commands.underway import Underway
from envdoctor.examine import Examination
from envdoctor.outside import LiveOutside, Outside

if TYPE_CHECKING:
    from envdoctor.commands.writing import Terminal
    from envdoctor.reports.diagnosis import Diagnosis

__all__ = ["check"]


def check(options: Options) -> int:
    """Examine this machine and report; the exit code is 0 when it is sound, 1 when an error was found."""
    if options.sources:
        from envdoctor.commands.check_from import check_from

        return check_from(options)
    outside = LiveOutside()
    try:
        diagnosis, terminal = _examined(outside, options)
    finally:
        outside.close()
    from envdoctor.commands.writing import deliver, style_for
    from envdoctor.reports.forms import one

    style = style_for(options.output, terminal, verbose=options.verbose)
    deliver(one(diagnosis, options.form, style), options.output, terminal)
    return options.exit_code(diagnosis)


def _examined(outside: Outside, options: Options) -> tuple[Diagnosis, Terminal]:
    """The diagnosis of the machine behind the door, and the terminal it is for."""
    wanted = Examination(python=options.python, quick=options.quick, timeout=options.timeout)
    underway = Underway(outside, wanted, options.assume)
    import envdoctor.rules  # noqa: F401 - here, where this process waits for the probes anyway
    from envdoctor.commands.writing import Terminal
    from envdoctor.machine import Machine
    from envdoctor.messages import catalogue
    from envdoctor.redact import redactor_for, without_credentials
    from envdoctor.reports.diagnosis import LIVE, diagnose

    words, terminal = catalogue(), Terminal()
    hide = redactor_for(outside) if options.redact else without_credentials
    machine = Machine(underway.facts(terminal, words))
    return diagnose(machine, LIVE, words, hide, unhidden=not options.redact), terminal
