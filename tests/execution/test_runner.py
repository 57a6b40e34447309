"""How one command ended, told by what it printed and by who ended it."""

from __future__ import annotations

import sys
from pathlib import Path

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
