"""`envdoctor install --run`: what was cut off before is undone, the plan is shown, asked for, carried out."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.commands.live import LiveScreen
from envdoctor.commands.planning import Options, Planned, planned, report
from envdoctor.commands.writing import write_file
from envdoctor.errors import PatientNotFoundError, UsageError
from envdoctor.execution.from_recipe import work_of
from envdoctor.execution.records import record_folder, undo_folder
from envdoctor.execution.session import Outcome, carry_out
from envdoctor.execution.undo import Busy, Undo
from envdoctor.findings import words
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.probes.locate import locate
from envdoctor.redact import redactor_for, show_all
from envdoctor.reports.outcome import left_words, outcome_as_json, outcome_as_text
from envdoctor.reports.style import Style, fits

if TYPE_CHECKING:
    from envdoctor.execution.steps import Work

__all__ = ["run_plan"]


def run_plan(options: Options) -> int:
    """Carry the plan for this machine out; the exit code is 0 when it is done and proved.

    Raises:
        UsageError: there is nobody to ask, or the plan is for another machine.

    """
    if options.assume:
        raise UsageError("--run works on this machine as it is; leave out --assume")
    shown = sys.stderr if options.form == "json" else sys.stdout
    if not options.yes and not all(each is not None and each.isatty() for each in (sys.stdin, shown)):
        raise UsageError(
            "--run asks before it changes anything, and there is no terminal; add --yes to agree"
        )
    outside = LiveOutside()
    try:
        return _Run(options, outside).run()
    finally:
        outside.close()


@dataclass(frozen=True, slots=True)
class _Leftover:
    """A run that was cut off; `made`: it was making this environment."""

    undo: Undo
    made: str | None = None


class _Run:
    def __init__(self, options: Options, outside: LiveOutside) -> None:
        self._options, self._outside = options, outside
        self._words = catalogue()
        hide = redactor_for(outside) if options.redact else show_all
        # Where standard output is for JSON, people read standard error.
        self._stream = sys.stderr if options.form == "json" else sys.stdout
        self._screen = LiveScreen(
            self._stream,
            self._words,
            hide,
            columns=min(100, shutil.get_terminal_size((80, 24)).columns),
            system=outside.system,
        )

    def run(self) -> int:
        if not self._settled():
            return 1
        plan = planned(self._outside, self._options)
        if self._options.form != "json" or not self._options.yes:
            shown = replace(self._options, form="text", output=None)
            self._stream.write(report(plan, shown, closing=False))
        recipe = plan.recipe
        if recipe.plan.build is None or recipe.already:
            self._deliver(plan, None)
            return 0 if recipe.already else 1
        work = work_of(recipe, self._outside)
        if not self._agreed(work):
            self._screen.say(words("run.declined"))
            self._deliver(plan, None)
            return 1
        outcome = carry_out(work, self._outside, self._screen)
        unhidden = not self._options.redact
        style = Style(
            width=self._screen.width,
            encoding=self._stream.encoding or "ascii",
            spoken=os.environ.get("TERM") == "dumb",
        )
        ended = outcome_as_text(outcome, work, recipe, self._words, style, hide=plan.hide, unhidden=unhidden)
        for line in ended:
            self._screen.write(line)
        self._deliver(plan, outcome)
        return outcome.exit_code

    def _agreed(self, work: Work) -> bool:
        key = "run.makes" if work.makes else "run.changes"
        self._screen.write("")
        self._screen.say(words(key, path=work.prefix))
        if work.tool == "conda":
            self._screen.say(words("run.conda-limits"))
        return self._options.yes or self._yes("run.ask")

    def _yes(self, question: str) -> bool:
        self._stream.write(fits(self._words.text(question), self._stream.encoding or "ascii"))
        self._stream.flush()
        answer = sys.stdin.readline().strip().lower()
        if not answer:
            self._screen.write("")
        return answer in self._words.text("run.ask-yes").split()

    def _deliver(self, plan: Planned, outcome: Outcome | None) -> None:
        """Write the report where it was asked for: as JSON with the run in it, or as text into a file."""
        options = self._options
        text = report(plan, options)
        if options.form == "json":
            content = json.loads(text)
            content["run"] = outcome_as_json(outcome, self._words, plan.hide) if outcome else None
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        if options.output is not None:
            write_file(options.output, text)
        elif options.form == "json":
            plan.terminal.write(text)

    # -- runs that were cut off

    def _settled(self) -> bool:
        """Whether nothing is left of an earlier run: what was cut off is undone first."""
        try:
            left = self._leftovers()
        except Busy:
            busy = self._words.text("run.refused.busy", path=self._prefix())
            self._screen.say(words("run.failed", problem=busy))
            return False
        for each in left:
            journal = each.undo.journal
            assert journal is not None
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(journal.started))
            values = {"what": journal.what, "when": when}
            key = "run.found-new" if each.made else "run.found"
            self._screen.say(words(key, path=each.made or "", **values))
            if not self._options.yes and not self._yes("run.ask-undo"):
                self._screen.say(words("run.found-kept", path=str(each.undo.folder)))
                each.undo.release()
                return False
            lost = each.undo.restore(lambda count: self._screen.waiting("restore", 0.0))
            if lost:
                kept = each.undo.folder.is_dir()
                self._screen.say(
                    words("run.after.incomplete" if kept else "run.after.lost", undo=str(each.undo.folder))
                )
                for line in left_words(lost, self._words):
                    self._screen.write(line)
                return False
            self._screen.say(words("run.found-restored"))
        return True

    def _leftovers(self) -> list[_Leftover]:
        found: list[_Leftover] = []
        prefix = self._prefix()
        undo = Undo.found(undo_folder(prefix)) if prefix else None
        found += [_Leftover(undo)] if undo is not None else []
        for folder in sorted(record_folder(self._outside)[0].glob("undo-*")):
            found += _half_made(folder)
        return found

    def _prefix(self) -> str:
        """The patient's folder, also where its interpreter was lost when a run was cut off."""
        try:
            return locate(self._outside, self._options.python, sys.executable).prefix_hint or ""
        except PatientNotFoundError:
            given = os.path.join(self._outside.cwd, self._options.python or "")
            above = os.path.dirname(os.path.dirname(given))
            return next((each for each in (given, above) if undo_folder(each).is_dir()), "")


def _half_made(folder: Path) -> list[_Leftover]:
    try:
        undo = Undo.found(folder)
    except Busy:
        return []  # at work on another environment
    if undo is None or undo.journal is None:
        return []
    return [_Leftover(undo, undo.journal.roots[0].path if undo.journal.roots else "")]
