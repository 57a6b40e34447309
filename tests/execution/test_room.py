"""What a run needs is asked of the volumes, and of the right folders, before anything is changed."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Literal, get_args, get_type_hints

import pytest

from envdoctor.commands import carrying
from envdoctor.execution import reasons, room, session, verify
from envdoctor.execution.room import shortage
from envdoctor.execution.scope import pip_can_tell_progress, roots_of, unwritable
from envdoctor.execution.steps import Work
from envdoctor.execution.tree import Root
from envdoctor.facts import TorchImport
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.reports import outcome
from tests.execution.conftest import python_of, user


class Disk(LiveOutside):
    """A machine whose volumes have as many bytes free as a test says, and whose mounts are as it says."""

    def __init__(self, free: int, mounts: str = "") -> None:
        super().__init__(user())
        self.free, self.mounts = free, mounts

    def disk(self, path: str) -> tuple[int, int]:
        return self.free, 10**15

    def read_text(self, path: str, limit: int = 1 << 20) -> str | None:
        return self.mounts if path == "/proc/self/mountinfo" else super().read_text(path, limit)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    folder = tmp_path / "env"
    folder.mkdir()
    (folder / "big").write_bytes(b"\0" * 1_000_000)
    return folder


def needed(disk: Disk, prefix: Path, download: int | None) -> int:
    work = Work(steps=(), prefix=str(prefix), python="", download=download, installed=4 * (download or 0))
    found = shortage(disk, work, (Root(str(prefix)),))
    return found.needed if found is not None else 0


def test_download_and_what_it_unpacks_to_add_up_on_one_volume(prefix: Path) -> None:
    same = prefix.stat().st_dev == os.stat(tempfile.gettempdir()).st_dev
    assert needed(Disk(10), prefix, 100) == (500 if same else 400)
    assert needed(Disk(500), prefix, 100) == 0


def test_an_unknown_size_asks_for_nothing(prefix: Path) -> None:
    assert needed(Disk(0), prefix, None) == 0


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_the_installers_cache_counts(prefix: Path, tool: Literal["pip", "uv"]) -> None:
    """pip's holds the download as it came; uv's holds it unpacked, and the environment links to it."""
    cache = str(prefix.parent / "cache" / "not" / "there")
    work = Work(steps=(), prefix=str(prefix), python="", download=100, installed=400, tool=tool, cache=cache)
    same = prefix.stat().st_dev == os.stat(tempfile.gettempdir()).st_dev
    found = shortage(Disk(10), work, (Root(str(prefix)),))
    assert found is not None
    assert found.needed == (400 if tool == "uv" else 600 if same else 500)


def test_uvs_cache_on_another_volume_takes_as_much_again(
    prefix: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = prefix.parent / "cache"
    cache.mkdir()
    monkeypatch.setattr(room, "_volume", str)
    work = Work(steps=(), prefix=str(prefix), python="", installed=400, tool="uv", cache=str(cache))

    class Two(Disk):
        def disk(self, path: str) -> tuple[int, int]:
            return (self.free if path == str(prefix) else 1000), 10**15

    found = shortage(Two(399), work, (Root(str(prefix)),))
    assert found is not None and (found.path, found.needed) == (str(prefix), 400)
    assert shortage(Two(400), work, (Root(str(prefix)),)) is None


def test_where_links_do_not_work_the_copies_count(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_links", lambda folder: False)
    assert needed(Disk(10), prefix, None) == 1_000_000


def test_in_a_containers_image_the_copies_count(prefix: Path) -> None:
    mounts = "1 0 0:1 / / rw - overlay overlay rw\n2 1 0:2 / {} rw - ext4 /dev/sda rw\n"
    assert needed(Disk(10, mounts.format("/elsewhere")), prefix, None) == 1_000_000
    assert needed(Disk(10, mounts.format(prefix)), prefix, None) == 0


def test_a_folder_that_is_not_there_yet_counts_on_the_volume_above_it(tmp_path: Path) -> None:
    assert needed(Disk(10), tmp_path / "a" / "b", 100) > 0


def test_of_a_venv_its_own_folders_are_kept_and_not_the_project_around_it(patient: Path) -> None:
    (patient / "train.py").write_text("mine")
    roots = [root.path for root in roots_of(LiveOutside(user()), python_of(patient), str(patient))]
    kept = {os.path.relpath(path, os.path.realpath(patient)) for path in roots}
    assert {"bin", "share", "include", "pyvenv.cfg", ".lock"} <= kept
    assert len([each for each in kept if each.endswith("site-packages")]) == 1, "lib64 is lib by another name"
    assert not any("train.py" in each or each == "." for each in kept)


def test_a_conda_environment_is_kept_whole(prefix: Path) -> None:
    (prefix / "conda-meta").mkdir()
    (root,) = roots_of(LiveOutside(user()), "/no/python", str(prefix))
    assert root.path == str(prefix) and {"envs", "pkgs"} <= set(root.skip)


def test_a_folder_that_may_not_be_written_is_named(prefix: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unwritable((Root(str(prefix)),), str(prefix)) is None
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everywhere
    assert unwritable((Root(str(prefix)),), str(prefix)) == str(prefix)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["pip-26.3.dist-info"], True),
        (["pip-24.0.dist-info"], False),
        (["pip-9.0.1.dist-info"], False),
        ([], False),
    ],
)
def test_progress_in_plain_lines_is_asked_of_a_pip_that_has_it(
    tmp_path: Path, names: list[str], told: bool
) -> None:
    for name in names:
        (tmp_path / "lib" / "python3.12" / "site-packages" / name).mkdir(parents=True)
    assert pip_can_tell_progress(str(tmp_path)) is told


def test_every_outcome_has_its_words() -> None:
    outcomes = set(get_args(get_type_hints(TorchImport)["outcome"]))
    keys = {f"run.verify.{each}" for each in outcomes - {"imported"}}
    keys |= {f"run.after.{each}" for each in get_args(session.Aftermath) if each != "new"}
    keys |= {f"run.failed.{name}" for name, _ in reasons._CAUSES}
    keys |= {f"run.failed.{each}" for each in ("not-started", "stalled", "too-long", "interrupted")}
    keys |= {f"run.wait.{each}" for each in ("command", "keep", "verify", "restore")}
    for module in (session, verify, reasons, outcome, carrying):
        keys |= set(re.findall(r'"(run\.[a-z.-]+[a-z])"', Path(str(module.__file__)).read_text()))
    for language in ("en", "zh"):
        told = {key for key in catalogue(language).sentences if key.startswith("run.")}
        assert keys - told == set() and len(keys) > 40
