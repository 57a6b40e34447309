"""Folders kept and brought back: every kind of change, twice over, and what can't be undone is said."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from envdoctor.execution import tree
from envdoctor.execution.tree import Left, Root, keep, put_back, read_manifest
from tests.execution.conftest import state_of


class Kept:
    """A folder that was kept, with how to bring it back."""

    def __init__(self, root: Path, store: Path, *skip: str) -> None:
        self.roots = (Root(str(root), skip),)
        self.store = store
        store.mkdir()
        self.copied = keep(self.roots, store / "kept", store / "manifest")

    def back(self) -> list[Left]:
        return put_back(self.roots, self.store / "kept", read_manifest(self.store / "manifest"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "torch" / "lib").mkdir(parents=True)
    (folder / "torch" / "__init__.py").write_text("old")
    (folder / "torch" / "lib" / "libtorch.so").write_bytes(b"\0" * 5000)
    (folder / "torch" / "lib" / "libtorch.so").chmod(0o755)
    (folder / "torch-1.dist-info").mkdir()
    (folder / "torch-1.dist-info" / "RECORD").write_text("torch/__init__.py,,\n")
    (folder / "easy-install.pth").write_text("./torch\n")
    (folder / "empty").mkdir(mode=0o750)
    (folder / "lib64").symlink_to("torch/lib")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "名字 with space").write_text("x")
    os.utime(folder / "torch" / "__init__.py", ns=(1, 1_600_000_000_123_456_789))
    return folder


def remove_all(root: Path) -> None:
    for each in root.iterdir():
        tree.remove_tree(each)


def replace_files(root: Path) -> None:
    for name in ("torch/__init__.py", "torch/lib/libtorch.so"):
        (root / name).unlink()
        (root / name).write_text("new")


def add_files(root: Path) -> None:
    (root / "nvidia" / "lib").mkdir(parents=True)
    (root / "nvidia" / "lib" / "libcublas.so").write_text("new")
    (root / "~orch").mkdir()
    (root / "torch").mkdir(exist_ok=True)
    (root / "torch" / "new.py").write_text("new")


def change_kinds(root: Path) -> None:
    tree.remove_tree(root / "torch")
    (root / "torch").write_text("a file now")
    (root / "lib64").unlink()
    (root / "lib64").mkdir()
    (root / "dangling").unlink()
    (root / "dangling").symlink_to("elsewhere")
    (root / "empty").rmdir()
    # A folder of the test's own and never a real one: whoever breaks `tree.py` runs this too, maybe as root.
    (root.parent / "elsewhere").mkdir(exist_ok=True)
    (root.parent / "elsewhere" / "mine").write_text("not to be touched")
    (root / "empty").symlink_to(root.parent / "elsewhere")


def change_modes(root: Path) -> None:
    (root / "torch" / "lib" / "libtorch.so").chmod(0o600)
    (root / "empty").chmod(0o700)


def edit_in_place(root: Path) -> None:
    for name in ("torch-1.dist-info/RECORD", "easy-install.pth"):
        with open(root / name, "a") as file:
            file.write("torch/new.py,,\n")


CHANGES = [remove_all, replace_files, add_files, change_kinds, change_modes, edit_in_place]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_every_change_is_undone_also_twice(
    root: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    before = state_of(root)
    kept = Kept(root, tmp_path / "store")
    change(root)
    assert state_of(root) != before
    assert kept.back() == []
    assert state_of(root) == before
    assert kept.back() == []
    assert state_of(root) == before


def test_folders_get_the_time_that_they_had(root: Path, tmp_path: Path) -> None:
    before = (root / "torch").stat().st_mtime_ns
    kept = Kept(root, tmp_path / "store")
    os.utime(root / "torch", ns=(5, 5))
    replace_files(root)
    assert kept.back() == []
    assert (root / "torch").stat().st_mtime_ns == before


def test_nothing_is_removed_through_a_link(root: Path, tmp_path: Path) -> None:
    kept = Kept(root, tmp_path / "store")
    change_kinds(root)
    assert kept.back() == []
    assert (root.parent / "elsewhere" / "mine").read_text() == "not to be touched"


def test_nothing_is_removed_through_a_link_that_was_taken_for_a_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second guard, for the day on which the first is broken."""
    kept = Kept(root, tmp_path / "store")
    change_kinds(root)
    monkeypatch.setattr(tree, "_kind", lambda child: "folder" if child.is_dir() else "file")
    kept.back()
    assert (root.parent / "elsewhere" / "mine").read_text() == "not to be touched"


def test_being_cut_off_while_putting_back_does_no_harm(root: Path, tmp_path: Path) -> None:
    before = state_of(root)
    kept = Kept(root, tmp_path / "store")
    entries = read_manifest(kept.store / "manifest")
    for count in range(len(entries)):
        remove_all(root)
        if count % 2:
            add_files(root)
        put_back(kept.roots, kept.store / "kept", entries[: count + 1])
        assert kept.back() == []
        assert state_of(root) == before


def test_links_take_no_room_and_keep_the_very_file(root: Path, tmp_path: Path) -> None:
    inode = (root / "torch" / "lib" / "libtorch.so").stat().st_ino
    kept = Kept(root, tmp_path / "store")
    assert kept.copied == len("torch/__init__.py,,\n./torch\n"), "only what installers write into is copied"
    remove_all(root)
    kept.back()
    assert (root / "torch" / "lib" / "libtorch.so").stat().st_ino == inode


def test_without_hard_links_files_are_copied(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    before = state_of(root)
    kept = Kept(root, tmp_path / "store")
    assert kept.copied > 5000
    for change in CHANGES:
        change(root)
        assert kept.back() == []
        assert state_of(root) == before, change.__name__


def test_a_linked_file_that_was_written_into_is_named(root: Path, tmp_path: Path) -> None:
    kept = Kept(root, tmp_path / "store")
    with open(root / "torch" / "lib" / "libtorch.so", "ab") as file:
        file.write(b"more")
    left = kept.back()
    assert [Path(each.path).name for each in left] == ["libtorch.so"]
    assert left[0].final


def test_a_linked_file_that_was_written_into_and_then_removed_is_named_too(
    root: Path, tmp_path: Path
) -> None:
    kept = Kept(root, tmp_path / "store")
    (root / "torch" / "lib" / "libtorch.so").write_bytes(b"other")
    (root / "torch" / "lib" / "libtorch.so").unlink()
    (left,) = kept.back()
    assert left.path.endswith("libtorch.so") and (root / "torch" / "lib" / "libtorch.so").exists()


def test_what_is_skipped_is_left_alone(root: Path, tmp_path: Path) -> None:
    (root / "envs").mkdir()
    (root / "envs" / "mine").write_text("1")
    kept = Kept(root, tmp_path / "store", "envs")
    (root / "envs" / "mine").write_text("2")
    (root / "envs" / "more").write_text("3")
    assert kept.back() == []
    assert (root / "envs" / "mine").read_text() == "2" and (root / "envs" / "more").exists()


def test_a_folder_that_was_not_there_is_gone_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "share", tmp_path / "store")
    (tmp_path / "share" / "man").mkdir(parents=True)
    assert kept.back() == []
    assert not (tmp_path / "share").exists()


def test_one_file_can_be_kept_too(tmp_path: Path) -> None:
    file = tmp_path / ".lock"
    file.write_text("1")
    kept = Kept(file, tmp_path / "store")
    file.unlink()
    assert kept.back() == [] and file.read_text() == "1"


NAMES = (
    "torch",
    "torch/__init__.py",
    "torch/lib",
    "torch/lib/libtorch.so",
    "lib64",
    "empty",
    "new",
    "torch/new/deep",
)
DEEDS = st.tuples(
    st.sampled_from(("remove", "file", "folder", "link", "mode", "time")), st.sampled_from(NAMES)
)


def do(root: Path, deed: str, name: str) -> None:
    """What an installer might do to one path; what can't be done there is not done."""
    path = root / name
    with contextlib.suppress(OSError):
        if deed in ("remove", "file", "folder", "link"):
            tree.remove_tree(path)
        if deed in ("file", "folder", "link"):
            path.parent.mkdir(parents=True, exist_ok=True)
        if deed == "file":
            path.write_text("other")
        elif deed == "folder":
            path.mkdir()
        elif deed == "link":
            path.symlink_to("/nowhere")
        elif deed == "mode" and not path.is_symlink():
            path.chmod(0o700)
        elif deed == "time" and path.is_dir():
            os.utime(path, ns=(5, 5))


@settings(max_examples=60, deadline=None)
@given(st.lists(DEEDS, max_size=12))
def test_whatever_was_done_is_undone(deeds: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        (root / "torch" / "lib").mkdir(parents=True)
        (root / "torch" / "__init__.py").write_text("old")
        (root / "torch" / "lib" / "libtorch.so").write_bytes(b"\0" * 99)
        (root / "lib64").symlink_to("torch/lib")
        (root / "empty").mkdir(mode=0o750)
        before = state_of(root)
        kept = Kept(root, Path(folder, "store"))
        for deed, name in deeds:
            do(root, deed, name)
        assert kept.back() == []
        assert state_of(root) == before
