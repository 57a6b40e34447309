"""Whether the volumes have room for a run, asked before anything is changed."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from envdoctor.execution.steps import Work
from envdoctor.execution.tree import Root
from envdoctor.outside import Outside

__all__ = ["Shortage", "shortage"]


@dataclass(frozen=True, slots=True)
class Shortage:
    """A volume that is too small: bytes that are free there, and that the run needs."""

    path: str
    free: int
    needed: int


def shortage(outside: Outside, work: Work, roots: Sequence[Root]) -> Shortage | None:
    """The first volume that is too small for the downloads, the packages and what is kept of the old ones.

    pip keeps what it downloads in its cache and, while it works, in the temporary folder.
    """
    needs: dict[int | str, tuple[str, int]] = {}

    def need(path: str, size: int) -> None:
        volume = _volume(path)
        needs[volume] = (path, needs.get(volume, (path, 0))[1] + size)

    prefix, copies = _existing(work.prefix), _copies(outside, work.prefix, roots)
    if work.tool == "uv" and work.cache is not None:
        # It unpacks what it downloads in its cache, and links from there where that is the same volume.
        cache = _existing(work.cache)
        need(cache, work.installed or 0)
        need(prefix, copies + (0 if _volume(cache) == _volume(prefix) else work.installed or 0))
    else:
        need(prefix, copies + (work.installed or 0))
        need(tempfile.gettempdir(), work.download or 0)
        if work.cache is not None:
            need(_existing(work.cache), work.download or 0)
    for path, needed in needs.values():
        usage = outside.disk(path)
        if usage is not None and needed > usage[0]:
            return Shortage(path, usage[0], needed)
    return None


def _existing(path: str) -> str:
    while not os.path.isdir(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    return path


def _volume(path: str) -> int | str:
    try:
        return os.stat(path).st_dev
    except OSError:
        return path


def _copies(outside: Outside, prefix: str, roots: Sequence[Root]) -> int:
    """Bytes that keeping the old packages takes: none where links do it."""
    if not os.path.isdir(prefix) or (_links(prefix) and not _is_layered(outside, prefix)):
        return 0
    total = 0
    for root in roots:
        for place, folders, names in os.walk(root.path):
            if place == root.path:
                folders[:] = [name for name in folders if name not in root.skip]
            for name in names:
                with contextlib.suppress(OSError):
                    total += os.lstat(os.path.join(place, name)).st_size
    return total


def _links(folder: str) -> bool:
    """Whether the volume has hard links."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".envdoctor-") as file:
            os.link(file.name, f"{file.name}.link")
            os.unlink(f"{file.name}.link")
    except OSError:
        return False
    return True


def _is_layered(outside: Outside, path: str) -> bool:
    """Whether this is a container's overlay, where linking a file of the image copies it first."""
    if outside.system != "linux":
        return False
    best = ("", "")
    for line in (outside.read_text("/proc/self/mountinfo") or "").splitlines():
        fields, _, rest = line.partition(" - ")
        point = fields.split(" ")[4] if fields.count(" ") >= 4 else ""
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best[0]):
            best = (point, rest.split(" ")[0])
    return best[1] == "overlay"
