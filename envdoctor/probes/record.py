"""The RECORD of an installed distribution beside what the disk really holds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from envdoctor.outside import Outside

__all__ = ["Compared", "compare"]

_UNNEEDED = ("__pycache__", "include", "share", "test", "tests", "bin")
"""Folders whose absence nobody notices at run time: images are slimmed by deleting them."""
RECORD_LIMIT = 8 << 20
"""Bytes; torch's has one megabyte."""
_MAIN_FILES = ("lib/", "_C", "__init__.py", "version.py")
"""What the names begin with, in a package's folder, of the files without which nothing of it works."""
_LIBRARY = re.compile(r"\.(?:so(?:\.\d+)*|pyd|dll|dylib)$")


class Compared(NamedTuple):
    """What differs between a RECORD and the disk, as paths in the site folder."""

    missing: list[str]
    short: list[str]
    """Libraries that hold less than when they were installed."""


def compare(
    outside: Outside, site: str, record: str, name: str, *, quick: bool, sizes: bool
) -> Compared | None:
    """What RECORD lists and the disk lacks; `None`: there is no RECORD."""
    text = outside.read_text(record, RECORD_LIMIT)
    if not text:
        return None
    folders = _recorded(_main_lines(text, name) if quick else text.splitlines())
    fold = outside.system != "linux"  # Windows and macOS find a name in any case
    found = Compared([], [])
    for folder in sorted(folders):
        parts = folder.split("/")
        if any(part in _UNNEEDED for part in parts):
            continue
        place = outside.path.join(site, *parts) if folder else site
        have = outside.list_folder(place)
        if have is None and outside.exists(place):
            continue  # it may not be read, or its path is too long: that proves nothing
        present = {name.lower() for name in have or ()} if fold else set(have or ())
        for entry, size in folders[folder].items():
            file = f"{folder}/{entry}" if folder else entry
            if (entry.lower() if fold else entry) not in present:
                found.missing.append(file)
            elif sizes and size and _LIBRARY.search(entry):
                real = outside.size(outside.path.join(place, entry))
                if real is not None and real < size:
                    found.short.append(file)
    return found


def _main_lines(record: str, package: str) -> Iterator[str]:
    """The lines for the main files. torch's RECORD has a megabyte, and a plain search reads it fastest."""
    record = f"\n{record}\n"
    for start in _MAIN_FILES:
        beginning = f"\n{package}/{start}"
        begins = record.find(beginning)
        while begins >= 0:
            ends = record.find("\n", begins + 1)
            yield record[begins + 1 : ends]
            begins = record.find(beginning, ends)


def _recorded(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """The files in the lines of a RECORD by folder, each with its bytes; 0 where none are stated.

    Without byte code, scripts outside the folder, and metadata.
    """
    folders: dict[str, dict[str, int]] = {}
    for line in lines:
        quoted = line[:1] == '"'
        file = line[1:].partition('",')[0].replace('""', '"') if quoted else line.partition(",")[0]
        folder, _, name = file.replace("\\", "/").rpartition("/")
        if not name or folder[:2] == ".." or file[:1] == "/" or file[1:2] == ":" or name.endswith(".pyc"):
            continue
        if folder.endswith((".dist-info", ".egg-info")) or ".dist-info/" in folder:
            continue
        size = line.rpartition(",")[2].strip()
        folders.setdefault(folder, {})[name] = int(size) if size.isdecimal() else 0
    return folders
