"""A run from the first command to the proof, or back to where it began."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from envdoctor.execution.interrupts import Interrupts
from envdoctor.execution.log import Log, open_log
from envdoctor.execution.reasons import reason
from envdoctor.execution.records import record_folder
from envdoctor.execution.room import shortage
from envdoctor.execution.runner import Done, Limits, run_step
from envdoctor.execution.scope import pip_can_tell_progress, roots_of, unwritable
from envdoctor.execution.steps import Step, Work
from envdoctor.execution.tree import Left, Root, remove_tree
from envdoctor.execution.undo import Busy, Undo, place_of
from envdoctor.execution.verify import Proof, verify
from envdoctor.facts import TorchImport
from envdoctor.findings import Words, words
from envdoctor.outside import LiveOutside
from envdoctor.shell import shell

__all__ = ["Outcome", "Screen", "carry_out"]

Aftermath = Literal["new", "untouched", "put-back", "removed", "incomplete"]

NEUTRAL: Mapping[str, str | None] = {
    # These would send the packages elsewhere than into the environment, or change nothing at all.
    **dict.fromkeys(
        ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV"), None
    ),
    **dict.fromkeys(("PIP_PYTHON", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX"), None),
    # pip would take what lies in the user's own folder for a part of the environment, and change it.
    "PYTHONNOUSERSITE": "1",
    "PIP_NO_INPUT": "1",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONIOENCODING": "utf-8",
    "UV_NO_PROGRESS": "1",
    "NO_COLOR": "1",
    "FORCE_COLOR": None,
    "CLICOLOR_FORCE": None,
}


class Screen(Protocol):
    """Who is told how a run goes."""

    def say(self, said: Words) -> None:
        """One sentence."""

    def step(self, number: int, total: int, argv: tuple[str, ...]) -> None:
        """A command begins."""

    def line(self, text: str) -> None:
        """The installer printed this."""

    def waiting(self, key: str, seconds: float) -> None:
        """Something takes its time: `key` names what ("command", "keep", "verify", "restore")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended.

    `aftermath`: "new", the environment is as planned; "untouched", nothing was changed; "put-back", it is as
    it was; "removed", what the run had made is gone; "incomplete", some of it could not be put back (`left`).
    """

    state: Literal["verified", "failed", "interrupted", "refused"]
    aftermath: Aftermath
    exit_code: int
    problem: Words | None = None
    steps: tuple[Done, ...] = ()
    left: tuple[Left, ...] = ()
    undo: str | None = None
    """Where the old files still are, after an "incomplete" end."""
    torch: TorchImport | None = None
    log: str | None = None
    log_is_temporary: bool = False


Verify = Callable[[LiveOutside, str], Proof]


def carry_out(
    work: Work,
    outside: LiveOutside,
    screen: Screen,
    *,
    limits: Limits | None = None,
    check: Verify | None = None,
) -> Outcome:
    """Do the work, prove it, and undo it where that fails or the user stops it. Nobody is asked any more."""
    records, own = record_folder(outside)
    log = open_log(records)
    check = check or (lambda door, python: verify(door, python, work.expected))
    with Interrupts() as interrupts:
        session = _Session(work, outside, screen, log, interrupts, limits or Limits(), check)
        try:
            return session.run(str(place_of(work.prefix, records)), not own)
        finally:
            log.close()


class _Stopped(BaseException):
    """The user stopped the run while nothing had been changed yet."""


class _Session:
    def __init__(
        self,
        work: Work,
        outside: LiveOutside,
        screen: Screen,
        log: Log,
        interrupts: Interrupts,
        limits: Limits,
        check: Verify,
    ) -> None:
        self._work, self._outside, self._screen, self._log = work, outside, screen, log
        self._interrupts, self._limits, self._check = interrupts, limits, check
        self._done: list[Done] = []
        self._torch: TorchImport | None = None
        self._temporary = ""
        self._log_is_temporary = False

    def run(self, undo_folder: str, log_is_temporary: bool) -> Outcome:
        self._log_is_temporary = log_is_temporary
        _import_all()
        work = self._work
        if work.makes:
            roots: tuple[Root, ...] = (Root(work.prefix),)
            closed = None
        else:
            roots = roots_of(self._outside, work.python, work.prefix)
            closed = unwritable(roots, work.prefix)
        if closed is not None:
            return self._refused(words("run.refused.rights", path=closed))
        if not roots:
            return self._refused(words("run.refused.unknown", python=work.python))
        short = shortage(self._outside, work, roots)
        if short is not None:
            sizes = {"free": _size(short.free), "needed": _size(short.needed)}
            return self._refused(words("run.refused.room", path=short.path, **sizes))
        try:
            undo = Undo.begin(Path(undo_folder), roots, work.what, str(self._log.path), self._keeping)
        except Busy:
            return self._refused(words("run.refused.busy", path=work.prefix))
        except FileExistsError:
            return self._refused(words("run.refused.unfinished", path=work.prefix))
        except _Stopped:
            return self._outcome("interrupted", "untouched", self._interrupts.exit_code)
        except OSError as error:
            reason = error.strerror or str(error)
            return self._refused(words("run.refused.keep", path=work.prefix, reason=reason))
        return self._guarded(undo)

    def _guarded(self, undo: Undo) -> Outcome:
        try:
            self._temporary = tempfile.mkdtemp(prefix="envdoctor-")
            undo.note(temporary=self._temporary)
            problem = self._steps(undo) or self._proof()
        except OSError as error:
            problem = words("run.failed.doctor", reason=error.strerror or str(error))
        except BaseException:
            self._back(undo)
            raise
        finally:
            remove_tree(self._temporary)
        if self._interrupts.came():
            problem = words("run.failed.interrupted")
        if problem is None:
            undo.discard()
            return self._outcome("verified", "new", 0)
        self._log.line(f"failed: {problem.key} {dict(problem.values)}")
        return self._back(undo, problem)

    def _steps(self, undo: Undo) -> Words | None:
        """Carry the commands out one by one; what went wrong with the first that failed."""
        total = len(self._work.steps)
        for number, step in enumerate(self._work.steps, 1):
            if self._interrupts.came():
                return words("run.failed.interrupted")
            self._screen.step(number, total, step.shown or step.argv)
            done = self._step(step, undo)
            self._done.append(done)
            self._log.line(
                f"-- {done.outcome}, exit code {done.exit_code}, {done.seconds:.1f} s {done.error}"
            )
            if not done.ok:
                return _problem(done, number)
        return None

    def _step(self, step: Step, undo: Undo) -> Done:
        self._log.line("$ " + shell(step.argv, self._outside.system))

        def told(text: str) -> None:
            self._log.line(text)
            self._screen.line(text)

        def begun(pid: int, at: float) -> None:
            try:
                undo.note(child=(pid, at))
            except OSError:
                self._log.line("(the journal could not be written: no room)")

        return run_step(
            self._outside,
            step.argv,
            env=self._environ(),
            cwd=self._temporary,
            limits=self._limits,
            tell=told,
            wait=lambda seconds: self._screen.waiting("command", seconds),
            stop=self._interrupts.came,
            begun=begun,
        )

    def _environ(self) -> Mapping[str, str | None]:
        bar = "raw" if pip_can_tell_progress(self._work.prefix) else "off"
        temporary = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._temporary)
        return {**NEUTRAL, **temporary, "PIP_PROGRESS_BAR": bar}

    def _proof(self) -> Words | None:
        self._screen.say(words("run.verifying"))
        proofs: list[Proof] = []
        errors: list[Exception] = []

        def prove() -> None:
            try:
                proofs.append(self._check(self._outside, self._work.python))
            except Exception as error:  # noqa: BLE001 - a check that fails is a failed check
                errors.append(error)

        thread = threading.Thread(target=prove, daemon=True)
        thread.start()
        waited = 0.0
        while thread.is_alive():
            thread.join(0.1)
            waited += 0.1
            self._screen.waiting("verify", waited)
            if self._interrupts.came():
                self._outside.end_children()
        if not proofs:
            return words("run.failed.doctor", reason=f"{errors[0]}" if errors else "")
        self._torch = proofs[0].torch
        self._log.line(f"verify: {self._torch}")
        return proofs[0].problem

    def _back(self, undo: Undo, problem: Words | None = None) -> Outcome:
        """Put everything back, whatever signals come meanwhile."""
        came = self._interrupts.came()
        state: Literal["interrupted", "failed"] = "interrupted" if came else "failed"
        code = self._interrupts.exit_code if came else 1
        self._screen.say(words("run.removing" if self._work.makes else "run.restoring"))
        try:
            left = undo.restore(lambda count: self._screen.waiting("restore", 0.0))
        except OSError as error:
            left = [Left(str(undo.folder), error.strerror or str(error))]
        for each in left:
            self._log.line(f"not put back: {each.path}: {each.reason or 'written into'}")
        if left:
            folder = str(undo.folder) if undo.folder.is_dir() else None
            return self._outcome(state, "incomplete", 3, problem, tuple(left), folder)
        self._log.line("put back as it was")
        return self._outcome(state, "removed" if self._work.makes else "put-back", code, problem)

    def _keeping(self, count: int) -> None:
        self._screen.waiting("keep", 0.0)
        if self._interrupts.came():
            raise _Stopped

    def _refused(self, problem: Words) -> Outcome:
        self._log.line(f"refused: {problem.key} {dict(problem.values)}")
        return self._outcome("refused", "untouched", 1, problem)

    def _outcome(
        self,
        state: Literal["verified", "failed", "interrupted", "refused"],
        aftermath: Aftermath,
        code: int,
        problem: Words | None = None,
        left: tuple[Left, ...] = (),
        undo: str | None = None,
    ) -> Outcome:
        return Outcome(
            state=state,
            aftermath=aftermath,
            exit_code=code,
            problem=problem,
            steps=tuple(self._done),
            left=left,
            undo=undo,
            torch=self._torch,
            log=str(self._log.path),
            log_is_temporary=self._log_is_temporary,
        )


def _import_all() -> None:
    """Import what the rest of the run needs: the doctor may live in the very environment that it changes."""
    import psutil  # noqa: F401

    import envdoctor.execution.training
    import envdoctor.knowledge.gpu_speed
    import envdoctor.outside.lines
    import envdoctor.probes.torch_import
    import envdoctor.reviving
    import envdoctor.smoke.causes
    import envdoctor.smoke.launch
    import envdoctor.smoke.questions
    import envdoctor.smoke.verdict  # noqa: F401


def _problem(done: Done, number: int) -> Words:
    program = os.path.basename(done.argv[0])
    if done.outcome == "exited":
        known = reason(done.tail)
        if known is not None:
            return known
        key = "run.failed.command" if done.error else "run.failed.silent"
    else:
        key = "run.failed.interrupted" if done.outcome == "stopped" else f"run.failed.{done.outcome}"
    code = done.exit_code if done.exit_code is not None else ""
    minutes = max(1, round(done.seconds / 60))
    return words(key, number=number, program=program, code=code, error=done.error, minutes=minutes)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.0f} MB"
