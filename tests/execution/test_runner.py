"""How one command ended, told by what it printed and by who ended it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from envdoctor.execution import runner
from envdoctor.execution.runner import Done, Limits, run_step
from envdoctor.outside import LiveOutside, Ran


def ran(folder: Path, code: str, *, stop: bool = False, outside: object | None = None) -> Done:
    return run_step(
        outside or LiveOutside(),  # type: ignore[arg-type]
        (sys.executable, "-c", code),
        env={},
        cwd=str(folder),
        limits=Limits(),
        tell=lambda text: None,
        wait=lambda seconds: None,
        stop=lambda: stop,
        begun=lambda pid, at: None,
    )


def test_an_error_that_an_installer_got_over_is_none(tmp_path: Path) -> None:
    done = ran(tmp_path, "print('ERROR: a wheel was not there, another was')")
    assert done.ok and done.error == "" and len(done.tail) == 1
    done = ran(tmp_path, "print('ERROR: no such wheel'); raise SystemExit(1)")
    assert (done.outcome, done.exit_code, done.error) == ("exited", 1, "ERROR: no such wheel")


class Over:
    """A machine on which every command is over at once, ended by the terminal's own signal."""

    def follow(self, argv: tuple[str, ...], _watch: object, **_: object) -> Ran:
        return Ran(argv, "exited", exit_code=-2)


def test_a_command_that_was_over_when_the_user_had_had_enough_was_stopped(tmp_path: Path) -> None:
    assert ran(tmp_path, "pass", stop=True).outcome == "stopped"
    assert ran(tmp_path, "pass", stop=True, outside=Over()).outcome == "stopped"
    assert ran(tmp_path, "pass", outside=Over()).outcome == "exited"


class Watched:
    """A command under watch, with a clock and signs of life of the test's own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, limits: Limits) -> None:
        self.now, self.busy, self.size = 0.0, 0.0, 0
        monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(runner, "_busy_seconds", lambda pid: self.busy)
        monkeypatch.setattr(runner, "_bytes_below", lambda folder: self.size)
        nothing = lambda *_: None  # noqa: E731
        self.watch = runner._Watch(limits, nothing, nothing, lambda: False, nothing, "")

    def ended_after(self, seconds: int, *, busy: float = 0.0, size: int = 0) -> str:
        """What the watch has ended it as, where each second brings so much work and so many bytes."""
        for _ in range(seconds):
            self.now, self.busy, self.size = self.now + 1, self.busy + busy, self.size + size
            if self.watch.enough(self.now):
                break
        return self.watch.ended


@pytest.mark.parametrize(
    ("busy", "size", "ended"), [(0.0, 0, "stalled"), (0.5, 0, ""), (0.0, 1000, ""), (0.001, 0, "stalled")]
)
def test_work_and_bytes_that_arrive_are_signs_of_life(
    monkeypatch: pytest.MonkeyPatch, busy: float, size: int, ended: str
) -> None:
    watched = Watched(monkeypatch, Limits(idle=10.0, total=1000.0))
    assert watched.ended_after(60, busy=busy, size=size) == ended


def test_a_command_that_works_on_for_ever_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(monkeypatch, Limits(idle=10.0, total=100.0))
    assert watched.ended_after(100, busy=0.5) == ""
    assert watched.ended_after(2, busy=0.5) == "too-long"
