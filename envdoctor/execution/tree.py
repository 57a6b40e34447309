"""Folders as they are now, kept by hard links on the same volume, and brought back to the byte.

A link costs no space and keeps the very file (its time, mode and attributes), whatever an installer
removes or replaces later. Where the volume has no links a file is copied. The few files that installers write
into instead of replacing them are copied always.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal, NamedTuple

__all__ = ["Entry", "Left", "Root", "keep", "put_back", "read_manifest", "remove_tree"]

Kind = Literal["file", "folder", "link", "absent"]

SHARD = 1000
"""Kept files a folder; they are stored by number, so that no path gets longer than it was."""
MOUNT_POINT = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT of winnt.h."""
COPIED_AT_MOST = 1 << 20
"""Bytes of a file that is copied for fear of being written into; what is larger is never edited in place."""


@dataclass(frozen=True, slots=True)
class Root:
    """A folder (or one file) to keep. `skip` are names right below it that are no business of installers."""

    path: str
    skip: tuple[str, ...] = ()


class Entry(NamedTuple):
    """One thing below a root as it was; the root itself has the path ""."""

    root: int
    path: str
    kind: Kind
    mode: int = 0
    size: int = 0
    time: int = 0
    """Of the last change, in nanoseconds."""
    inode: int = 0
    number: int = 0
    """The name of the kept file."""
    copied: bool = False
    target: str = ""
    """Where a symbolic link leads."""


class Left(NamedTuple):
    """Something that could not be put back, and why."""

    path: str
    reason: str
    """The operating system's."""
    final: bool = False
    """It was written into, and so was the link that was kept of it: trying again is of no use."""


def keep(
    roots: Sequence[Root], store: Path, manifest: Path, tell: Callable[[int], None] = lambda count: None
) -> int:
    """Keep everything below the roots in `store` and list it in `manifest`, both on disk when this returns.

    Returns:
        The bytes that had to be copied.

    Raises:
        OSError: a file can't be read, or the volume is full; nothing below the roots was changed.

    """
    copied = number = 0
    with open(manifest, "w", encoding="utf-8", errors="surrogateescape") as file:
        for index, root in enumerate(roots):
            for path, kind, state in _walk(root):
                entry = _entry(index, path, kind, state)
                place = _place(root, path)
                try:
                    if kind == "link":
                        entry = entry._replace(target=os.readlink(place))
                    if kind == "file":
                        number += 1
                        entry = _keep_file(place, store, entry._replace(number=number), state)
                except FileNotFoundError:
                    continue  # a running Python has just renewed its byte code
                copied += entry.size if entry.copied else 0
                if kind == "file" and number % 500 == 0:
                    tell(number)
                file.write(json.dumps(entry) + "\n")
        _to_disk(file)
    return copied


def read_manifest(manifest: Path) -> list[Entry]:
    """What `keep` listed."""
    with open(manifest, encoding="utf-8", errors="surrogateescape") as file:
        return [Entry(*json.loads(line)) for line in file]


def put_back(
    roots: Sequence[Root],
    store: Path,
    entries: Sequence[Entry],
    tell: Callable[[int], None] = lambda count: None,
) -> list[Left]:
    """Make everything below the roots as `entries` say; done twice, or after being cut off, it does no harm.

    Returns:
        What could not be put back.

    """
    left: list[Left] = []
    wanted: dict[int, dict[str, Entry]] = {index: {} for index in range(len(roots))}
    for entry in entries:
        wanted[entry.root][entry.path] = entry
    for index, root in enumerate(roots):  # first what is new: on a full disk this makes the room
        _remove_new(root, wanted[index], left)
    for count, entry in enumerate(entries):
        if count % 500 == 0:
            tell(count)
        place = _place(roots[entry.root], entry.path)
        try:
            if not _as_it_was(place, entry, store):
                left.append(Left(place, "", final=True))
        except OSError as error:
            left.append(Left(place, error.strerror or str(error)))
    for entry in reversed(entries):
        if entry.kind == "folder":
            place = _place(roots[entry.root], entry.path)
            with contextlib.suppress(OSError):
                os.chmod(place, entry.mode)
                os.utime(place, ns=(entry.time, entry.time))
    return left


def remove_tree(path: str | os.PathLike[str]) -> list[Left]:
    """Remove a file or a whole folder, links not followed.

    Returns:
        What is still there.

    """
    left: list[Left] = []

    def failed(_function: object, place: str, error: BaseException | tuple[object, ...]) -> None:
        what = error if isinstance(error, BaseException) else error[1]
        if not isinstance(what, FileNotFoundError):
            left.append(Left(place, getattr(what, "strerror", None) or str(what)))

    try:
        state = os.lstat(path)
    except OSError:
        return []
    if not stat.S_ISDIR(state.st_mode):
        try:
            os.unlink(path)
        except OSError as error:
            left.append(Left(os.fspath(path), error.strerror or str(error)))
        return left
    if sys.version_info >= (3, 12):
        shutil.rmtree(path, onexc=failed)
    else:
        shutil.rmtree(path, onerror=failed)
    return left


def _walk(root: Root) -> Iterator[tuple[str, Kind, os.stat_result | None]]:
    """Everything below a root, each folder before what is in it."""
    try:
        state = os.lstat(root.path)
    except FileNotFoundError:
        yield "", "absent", None
        return
    if stat.S_ISREG(state.st_mode):
        yield "", "file", state
        return
    yield "", "folder", state
    folders = [""]
    while folders:
        folder = folders.pop()
        with os.scandir(os.path.join(root.path, folder)) as found:
            children = sorted(found, key=lambda each: each.name)
        for child in children:
            if not folder and child.name in root.skip:
                continue
            path = f"{folder}/{child.name}" if folder else child.name
            try:
                state = os.lstat(child.path)  # a DirEntry of Windows does not know the file's number
            except FileNotFoundError:
                continue
            if _is_junction(state):
                continue
            if stat.S_ISLNK(state.st_mode):
                yield path, "link", state
            elif stat.S_ISDIR(state.st_mode):
                yield path, "folder", state
                folders.append(path)
            elif stat.S_ISREG(state.st_mode):
                yield path, "file", state


def _is_junction(state: os.stat_result) -> bool:
    """Whether this is one of Windows's doors to a folder elsewhere: neither kept, followed nor removed."""
    return getattr(state, "st_reparse_tag", 0) == MOUNT_POINT


def _place(root: Root, path: str) -> str:
    return os.path.join(root.path, path) if path else root.path


def _kept(store: Path, number: int) -> str:
    return os.path.join(store, str(number // SHARD), str(number))


def _entry(root: int, path: str, kind: Kind, state: os.stat_result | None) -> Entry:
    if state is None:
        return Entry(root, path, kind)
    mode = stat.S_IMODE(state.st_mode)
    return Entry(root, path, kind, mode, state.st_size, state.st_mtime_ns, state.st_ino)


def _keep_file(place: str, store: Path, entry: Entry, state: os.stat_result | None) -> Entry:
    """Keep one file, by a link where that works."""
    kept = _kept(store, entry.number)
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    if not _is_edited(entry):
        try:
            os.link(place, kept)
        except FileNotFoundError:
            raise
        except OSError:  # no links on this volume, another volume, or another owner's file
            pass
        else:
            # Where a container's layers are joined, a file gets another number when it is linked.
            return entry._replace(inode=os.lstat(kept).st_ino)
    _copy(place, kept, state)
    return entry._replace(copied=True)


def _is_edited(entry: Entry) -> bool:
    """Whether installers are known to write into a file like this one."""
    if entry.size > COPIED_AT_MOST:
        return False
    folder, _, name = entry.path.rpartition("/")
    return (
        name in ("history", "state", "pyvenv.cfg") or name.endswith(".pth") or folder.endswith(".dist-info")
    )


def _copy(source: str, target: str, state: os.stat_result | None) -> None:
    shutil.copy2(source, target)
    if state is not None and sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.chown(target, state.st_uid, state.st_gid)


def _remove_new(root: Root, wanted: dict[str, Entry], left: list[Left]) -> None:
    """Remove what was not there, and what has become something else than it was."""
    whole = wanted.get("")
    if whole is not None and whole.kind == "absent":
        left += remove_tree(root.path)
        return
    for path in _strays(root, wanted):
        left += remove_tree(os.path.join(root.path, path))


def _strays(root: Root, wanted: dict[str, Entry]) -> list[str]:
    strays: list[str] = []
    folders = [""]
    while folders:
        folder = folders.pop()
        place = os.path.join(root.path, folder)
        if folder and os.path.islink(place):
            continue  # what lies behind a link is not ours, whatever led here
        try:
            found = list(os.scandir(place))
        except OSError:
            continue  # gone: it is made again
        for child in found:
            if not folder and child.name in root.skip:
                continue
            path = f"{folder}/{child.name}" if folder else child.name
            entry = wanted.get(path)
            if entry is None and _is_junction(child.stat(follow_symlinks=False)):
                continue
            if entry is None or entry.kind != _kind(child):
                strays.append(path)
            elif entry.kind == "folder":
                folders.append(path)
    return strays


def _kind(child: os.DirEntry[str]) -> Kind | None:
    if child.is_symlink():
        return "link"
    if child.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if child.is_file(follow_symlinks=False) else None


def _as_it_was(place: str, entry: Entry, store: Path) -> bool:
    """Make one thing as it was; false: its content is lost."""
    try:
        now = os.lstat(place)
    except FileNotFoundError:
        now = None
    if entry.kind == "folder":
        if now is None:
            os.mkdir(place)  # its mode and time follow when all that is in it is back
    elif entry.kind == "link":
        if now is None or os.readlink(place) != entry.target:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(place)
            os.symlink(entry.target, place)
    elif entry.kind == "file":
        return _file_as_it_was(place, now, entry, _kept(store, entry.number))
    return True


def _file_as_it_was(place: str, now: os.stat_result | None, entry: Entry, kept: str) -> bool:
    own = now is not None and now.st_ino == entry.inode
    if not own or (entry.copied and now is not None and not _same(now, entry)):
        _replace(place, kept, linked=not entry.copied)
    now = os.lstat(place)
    if stat.S_IMODE(now.st_mode) != entry.mode:
        os.chmod(place, entry.mode)
    # A link shares what is written into the file, which nobody can take back.
    return entry.copied or _same(now, entry)


def _same(state: os.stat_result, entry: Entry) -> bool:
    return (state.st_size, state.st_mtime_ns) == (entry.size, entry.time)


def _replace(place: str, kept: str, *, linked: bool) -> None:
    """Put a kept file in its place in one step; the kept one stays, for another time."""
    temporary = f"{place}.envdoctor"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    try:
        if not linked:
            raise OSError
        os.link(kept, temporary)
    except OSError:
        _copy(kept, temporary, os.lstat(kept))
    os.replace(temporary, place)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)  # POSIX leaves it where both names were one file already


def _to_disk(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())
