"""One run at a time, and a way back that survives whatever ends the run."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from envdoctor.execution import lock
from envdoctor.execution.journal import read_journal, write_journal
from envdoctor.execution.lock import Lock
from envdoctor.execution.records import record_folder
from envdoctor.execution.tree import Root
from envdoctor.execution.undo import Busy, Undo, end_orphan, place_of
from envdoctor.outside import LiveOutside


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    folder = tmp_path / "env"
    folder.mkdir()
    (folder / "torch.py").write_text("old")
    return folder


def begun(prefix: Path) -> Undo:
    folder = place_of(str(prefix), prefix.parent)
    return Undo.begin(folder, (Root(str(prefix), (folder.name,)),), "torch 2", "/log")


def test_a_lock_whose_file_its_last_holder_has_just_removed_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    monkeypatch.setattr(lock, "_lock", lambda handle: path.unlink())
    assert not Lock(path).take()


def test_what_is_new_goes_and_what_is_gone_comes(prefix: Path) -> None:
    undo = begun(prefix)
    (prefix / "torch.py").unlink()
    (prefix / "new.py").write_text("new")
    assert undo.restore() == []
    assert [each.name for each in prefix.iterdir()] == ["torch.py"]


def test_a_second_run_is_refused_while_the_first_lives(prefix: Path) -> None:
    undo = begun(prefix)
    for attempt in (lambda: begun(prefix), lambda: Undo.found(undo.folder)):
        with pytest.raises(Busy):
            attempt()
    undo.discard()
    begun(prefix).discard()
    assert [each.name for each in prefix.iterdir()] == ["torch.py"]


def test_what_was_cut_off_is_found_and_must_be_undone_before_another_begins(prefix: Path) -> None:
    undo = begun(prefix)
    (prefix / "torch.py").unlink()
    undo.release()
    with pytest.raises(FileExistsError):
        begun(prefix)
    found = Undo.found(undo.folder)
    assert found is not None and found.journal is not None and found.journal.what == "torch 2"
    found.restore()
    assert Undo.found(undo.folder) is None
    assert (prefix / "torch.py").read_text() == "old"


def test_what_is_lost_for_good_does_not_stand_in_the_way_of_the_next_run(prefix: Path) -> None:
    undo = begun(prefix)
    (prefix / "torch.py").write_text("written into")
    (left,) = undo.restore()
    assert left.final and not undo.folder.exists()
    begun(prefix).discard()


def test_what_could_still_be_put_back_stays_kept(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    undo = begun(prefix)
    (prefix / "torch.py").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refused)
        (left,) = undo.restore()
    assert not left.final and undo.folder.is_dir()
    again = Undo.found(undo.folder)
    assert again is not None and again.restore() == []
    assert (prefix / "torch.py").read_text() == "old"


def refused(*_: object) -> None:
    raise PermissionError(13, "a running Python holds it")


@pytest.mark.parametrize("state", ["keeping", "done"])
def test_what_changed_nothing_or_was_done_is_only_rubbish(prefix: Path, state: str) -> None:
    undo = begun(prefix)
    undo.note(state=state)
    undo.release()
    (prefix / "torch.py").unlink()
    assert Undo.found(undo.folder) is None
    assert not undo.folder.exists() and not (prefix / "torch.py").exists()


def test_a_journal_that_was_cut_in_the_middle_is_rubbish(prefix: Path) -> None:
    undo = begun(prefix)
    journal = undo.folder / "journal.json"
    journal.write_text(journal.read_text()[:40])
    undo.release()
    assert Undo.found(undo.folder) is None


def test_a_journal_is_read_as_it_was_written(prefix: Path) -> None:
    undo = begun(prefix)
    undo.note(child=(12, 34.5), temporary="/tmp/x")
    assert read_journal(undo.folder) == undo.journal
    write_journal(undo.folder, undo.journal)  # type: ignore[arg-type]
    assert not list(undo.folder.glob("*.new"))
    undo.discard()


def test_the_installer_of_a_killed_run_is_ended_and_nobody_else() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        end_orphan((child.pid, time.time() - 3600))
        assert child.poll() is None, "another program has the number now"
        end_orphan((child.pid, psutil.Process(child.pid).create_time()))
        assert child.wait(10) is not None
    finally:
        child.kill()
        child.wait()


def test_an_environment_that_does_not_exist_has_its_way_back_among_the_records(tmp_path: Path) -> None:
    prefix = tmp_path / "new"
    folder = place_of(str(prefix), tmp_path)
    assert folder.parent == tmp_path and folder == place_of(str(prefix), tmp_path)
    undo = Undo.begin(folder, (Root(str(prefix)),), "torch 2", "")
    (prefix / "bin").mkdir(parents=True)
    undo.restore()
    assert not prefix.exists() and not folder.exists()


@pytest.mark.parametrize(
    ("system", "environ", "expected"),
    [
        ("linux", {"HOME": "{}"}, "{}/.local/state/envdoctor"),
        ("linux", {"HOME": "{}", "XDG_STATE_HOME": "{}/s"}, "{}/s/envdoctor"),
        ("linux", {"HOME": "{}", "XDG_STATE_HOME": "relative"}, "{}/.local/state/envdoctor"),
        ("macos", {"HOME": "{}"}, "{}/Library/Logs/envdoctor"),
        ("windows", {"LOCALAPPDATA": "{}"}, "{}/envdoctor"),
    ],
)
def test_records_lie_where_the_system_wants_them(
    tmp_path: Path, system: str, environ: dict[str, str], expected: str
) -> None:
    outside = LiveOutside({key: text.format(tmp_path) for key, text in environ.items()})
    outside.system = system  # type: ignore[assignment]
    assert record_folder(outside) == (Path(expected.format(tmp_path)), True)


def test_without_a_place_of_ones_own_the_temporary_folder_has_to_do() -> None:
    for environ in ({}, {"HOME": "/proc/nothing"}, {"HOME": "relative"}):
        folder, own = record_folder(LiveOutside(environ))
        assert not own and folder.is_dir() and folder.stat().st_mode & 0o077 == 0
