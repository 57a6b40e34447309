"""`envdoctor check --from`: the same verdicts, from what somebody pasted or saved, a report at a time."""

from __future__ import annotations

import contextlib
import itertools
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from envdoctor.commands.check_options import Options
from envdoctor.commands.writing import Terminal, style_for, whole_file
from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.inputs import Unread, given
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.messages import Catalogue, catalogue, spoken
from envdoctor.redact import redactor_for_text, without_credentials
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.forms import one, several

if TYPE_CHECKING:
    from collections.abc import Callable

    from envdoctor.inputs import Given

__all__ = ["check_from"]

UNREADABLE = 2
"""The exit code where an input could not be read, whatever the others say."""


def check_from(options: Options) -> int:
    """Judge every report that `--from` names and write the answers as they come.

    The exit code is 3 where envdoctor itself failed on a report, else 2 where one could not be read, else 1
    where one has an error, else 0.

    Raises:
        UsageError: an option that asks something of this machine was given too.

    """
    _refuse_live_options(options)
    words, terminal = catalogue(), Terminal()
    answers = _Answers(options, words)
    style = style_for(options.output, terminal, verbose=options.verbose)
    with _place(options, terminal) as write:
        first = list(itertools.islice(answers, 2))
        if len(first) == 1:
            write(one(first[0], options.form, style))
        elif first:
            for text in several(itertools.chain(first, answers), options.form, words, style):
                write(text)
    if answers.failed:
        return EnvdoctorError.exit_code
    return UNREADABLE if answers.unread else answers.worst


def _refuse_live_options(options: Options) -> None:
    for given_too, name in (
        (options.python is not None, "--python"),
        (options.quick, "--quick"),
        (options.timeout is not None, "--timeout"),
    ):
        if given_too:
            raise UsageError(f"{name} examines this machine and --from does not; leave one of them out")


class _Answers(Iterator[Diagnosis]):
    """The diagnoses in input order; what can't be read goes to standard error and is counted."""

    def __init__(self, options: Options, words: Catalogue) -> None:
        self.unread = 0
        self.failed = 0
        self.worst = 0
        self._options = options
        self._words = words
        self._tables = knowledge()
        self._inputs = given(options.sources)

    def __next__(self) -> Diagnosis:
        for each in self._inputs:
            if isinstance(each, Unread):
                self.unread += 1
                _complain(each)
                continue
            try:
                diagnosis = self._diagnose(each)
            except EnvdoctorError:
                raise
            except Exception as error:  # noqa: BLE001 - one odd report must not cost the others their answers
                self.failed += 1
                why = f"{type(error).__name__}: {error}"
                _complain(Unread(each.source, f"envdoctor itself failed on it, please report that ({why})"))
                continue
            self.worst = max(self.worst, self._options.exit_code(diagnosis))
            return diagnosis
        raise StopIteration

    def _diagnose(self, each: Given) -> Diagnosis:
        facts = each.facts
        if self._options.assume:
            from envdoctor.assume import assume

            facts = assume(facts, self._options.assume)
        redact = self._options.redact
        hide = redactor_for_text(each.text) if redact else without_credentials
        machine = Machine(facts, self._tables)
        return diagnose(machine, each.source, self._words, hide, unhidden=not redact)


def _complain(unread: Unread) -> None:
    from envdoctor.reports.text import fits
    from envdoctor.reports.view import inert

    if sys.stderr is not None:
        reason = unread.reason
        if spoken() != "en":
            from envdoctor.messages.help import told

            reason = told(reason)
        line = inert(" ".join(f"envdoctor: {catalogue().row(unread.label, reason)}".split()))
        sys.stderr.write(fits(f"{line}\n", sys.stderr.encoding or "ascii"))


@contextlib.contextmanager
def _place(options: Options, terminal: Terminal) -> Iterator[Callable[[str], object]]:
    """Where the answers go: the terminal as they come, or a file that is there at the end or not at all."""
    if options.output is None:
        yield terminal.write
        return
    with whole_file(options.output) as file:
        yield file.write
