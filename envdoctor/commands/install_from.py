"""`envdoctor install --from`: a plan for the machine that a report shows."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from envdoctor.errors import UsageError
from envdoctor.inputs import Given, Unread, given
from envdoctor.machine import Machine
from envdoctor.redact import redactor_for_text, show_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from envdoctor.commands.planning import Options
    from envdoctor.facts import Facts

__all__ = ["reported_machine"]


def reported_machine(options: Options, source: str) -> tuple[Machine, Callable[[str], str]]:
    """The machine of the one report that the source holds, and what hides the names in it.

    Raises:
        UsageError: there is no report that can be read, or more than one; or an option that asks something
            of this machine was given too.

    """
    _refuse_live_options(options)
    found = list(itertools.islice(given([source]), 2))
    if len(found) > 1:
        raise UsageError(f"--from {source} holds several reports; a plan is made for one machine")
    report = found[0] if found else Unread(source, "no files in this folder")
    if isinstance(report, Unread):
        raise UsageError(f"--from {report.label}: {report.reason}")
    machine = Machine(_assumed(report, options))
    _require_the_decisive(machine, report)
    return machine, _hiding(report, options)


def _require_the_decisive(machine: Machine, report: Given) -> None:
    """Without a system and a Python there is nothing to choose a wheel by; a JetPack tells its Python."""
    lacking = {"os=windows": machine.os, "python=3.12": machine.python or machine.jetson or None}
    wanted = [f"--assume {example}" for example, known in lacking.items() if known is None]
    if wanted:
        raise UsageError(
            f"--from {report.source}: the report does not tell enough; add {' '.join(wanted)} or the like"
        )


def _assumed(report: Given, options: Options) -> Facts:
    if not options.assume:
        return report.facts
    from envdoctor.assume import assume

    return assume(report.facts, options.assume)


def _hiding(report: Given, options: Options) -> Callable[[str], str]:
    return redactor_for_text(report.text) if options.redact else show_all


def _refuse_live_options(options: Options) -> None:
    for given_too, name in (
        (options.python is not None, "--python"),
        (options.timeout is not None, "--timeout"),
        (options.asked.mirror == "auto", "--mirror auto"),
    ):
        if given_too:
            raise UsageError(f"{name} is about this machine and --from is not; leave one of them out")
