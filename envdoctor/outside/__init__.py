"""The one door to the machine: files, registry, processes. Tests put a recorded machine behind it.

No call raises for what the machine is like: a file that is absent or may not be read is `None`, a
program that hangs, floods its output or dies is a `Ran` that says so. Paths are strings, and
`Outside.path` is the path module of the machine behind the door (a Windows recording is read on Linux).
"""

from __future__ import annotations

from envdoctor.outside.door import TEXT_LIMIT, Memory, Outside, Ran, System, Watcher
from envdoctor.outside.live import LiveOutside, close_every_door

__all__ = [
    "TEXT_LIMIT",
    "LiveOutside",
    "Memory",
    "Outside",
    "Ran",
    "System",
    "Watcher",
    "close_every_door",
]
