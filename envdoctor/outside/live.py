"""The machine this process runs on, behind the door."""

from __future__ import annotations

import contextlib
import ntpath
import os
import posixpath
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Literal

from envdoctor.outside.door import TEXT_LIMIT, Memory, System
from envdoctor.outside.programs import Programs

__all__ = ["LiveOutside", "close_every_door"]

STORED_LIMIT = 1 << 22
"""Letters of what an editor's state file may hold under one key; more is not read."""
WINDOWS_CPU_FEATURES = {"avx": 39, "avx2": 40}
"""The numbers that `IsProcessorFeaturePresent` knows them by (winnt.h, PF_AVX_INSTRUCTIONS_AVAILABLE ..)."""


def _system() -> System:
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


_DOORS: list[LiveOutside] = []


def close_every_door() -> None:
    """End every child of every `LiveOutside` of this process."""
    for door in _DOORS:
        door.close()


class LiveOutside(Programs):
    """The machine this process runs on."""

    def __init__(self, environ: Mapping[str, str] | None = None, cwd: str | None = None) -> None:
        self.system: System = _system()
        super().__init__(dict(os.environ if environ is None else environ))
        self.path: ModuleType = ntpath if self.system == "windows" else posixpath
        self.cwd = cwd if cwd is not None else _working_folder()
        self._folders: set[str] = set()
        _DOORS.append(self)

    @property
    def machine(self) -> str:
        """The hardware name, asked of the operating system without starting a program."""
        if sys.platform == "win32":
            own = self.environ.get("PROCESSOR_ARCHITECTURE", "")
            return self.environ.get("PROCESSOR_ARCHITEW6432") or own
        return os.uname().machine

    @property
    def is_root(self) -> bool:
        """See `Outside.is_root`."""
        if sys.platform == "win32":
            import ctypes

            return bool(ctypes.windll.shell32.IsUserAnAdmin())
        return os.geteuid() == 0

    @contextlib.contextmanager
    def temporary_folder(self) -> Iterator[str]:
        """See `Outside.temporary_folder`."""
        import tempfile

        folder = tempfile.mkdtemp(prefix="envdoctor-")
        self._folders.add(folder)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            self._folders.discard(folder)

    def close(self) -> None:
        """End every child, start no other, and remove what was temporary."""
        super().close()
        for folder in list(self._folders):
            shutil.rmtree(folder, ignore_errors=True)

    def read_text(self, path: str, limit: int = TEXT_LIMIT) -> str | None:
        """See `Outside.read_text`."""
        try:
            # O_NONBLOCK: a named pipe laid where a file is expected must not hold the doctor up.
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        except (OSError, ValueError):
            return None
        try:
            with open(handle, "rb") as file:
                return (file.read(limit) or b"").decode("utf-8", "replace")
        except (OSError, ValueError):
            return None

    def list_folder(self, path: str) -> tuple[str, ...] | None:
        """See `Outside.list_folder`."""
        try:
            return tuple(sorted(os.listdir(path)))
        except (OSError, ValueError):
            return None

    def is_file(self, path: str) -> bool:
        """See `Outside.is_file`."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """See `Outside.is_folder`."""
        return os.path.isdir(path)

    def exists(self, path: str) -> bool:
        """See `Outside.exists`."""
        return os.path.exists(path)

    def size(self, path: str) -> int | None:
        """See `Outside.size`."""
        try:
            return os.stat(path).st_size
        except (OSError, ValueError):
            return None

    def resolve(self, path: str) -> str:
        """See `Outside.resolve`."""
        try:
            return os.path.realpath(path)
        except (OSError, ValueError):
            return path

    def may(self, path: str, mode: Literal["read", "read-write", "execute", "write"]) -> bool:
        """See `Outside.may`."""
        wanted = {"read": os.R_OK, "read-write": os.R_OK | os.W_OK, "execute": os.X_OK, "write": os.W_OK}
        return os.access(path, wanted[mode])

    def disk(self, path: str) -> tuple[int, int] | None:
        """See `Outside.disk`."""
        place = Path(path)
        for folder in (place, *place.parents):
            try:
                usage = shutil.disk_usage(folder)
            except (OSError, ValueError):
                continue
            return usage.free, usage.total
        return None

    def memory(self) -> Memory | None:
        """See `Outside.memory`."""
        import psutil

        try:
            virtual, swap = psutil.virtual_memory(), psutil.swap_memory()
        except (OSError, RuntimeError, psutil.Error):
            return None
        return Memory(virtual.total, virtual.available, virtual.total + swap.total)

    def registry(self, key: str) -> Mapping[str, str] | None:
        """See `Outside.registry`."""
        if sys.platform != "win32":
            return None
        from envdoctor.outside import registry

        return registry.values(key)

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """See `Outside.registry_keys`."""
        if sys.platform != "win32":
            return ()
        from envdoctor.outside import registry

        return registry.sub_keys(key)

    def stored(self, database: str, key: str) -> str | None:
        """See `Outside.stored`."""
        if not os.path.isfile(database):
            return None
        try:
            import sqlite3
        except ImportError:  # Python can be built without it
            return None
        # "immutable": neither locks nor a journal are made beside the editor's file.
        address = f"{Path(database).absolute().as_uri()}?mode=ro&immutable=1"
        try:
            with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
                asked = "SELECT value FROM ItemTable WHERE key = ? AND length(value) <= ?"
                row = connection.execute(asked, (key, STORED_LIMIT)).fetchone()
        except (sqlite3.Error, ValueError):
            return None
        value = row[0] if row else None
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

    def ancestors(self) -> tuple[tuple[str, ...], ...]:
        """See `Outside.ancestors`."""
        import psutil

        found: list[tuple[str, ...]] = []
        with contextlib.suppress(psutil.Error, OSError):
            for process in psutil.Process().parents()[:12]:
                argv = list(process.cmdline())
                if argv and not os.path.isabs(argv[0]):
                    argv[0] = process.exe() or argv[0]
                found.append(tuple(argv))
        return tuple(found)

    def which(self, name: str) -> str | None:
        """See `Outside.which`."""
        return shutil.which(name, path=self.environ.get("PATH"))

    def libc(self) -> str | None:
        """See `Outside.libc`."""
        if sys.platform != "linux":
            return None
        try:
            return os.confstr("CS_GNU_LIBC_VERSION") or None
        except (AttributeError, OSError, ValueError):
            return None

    def cpu_features(self) -> tuple[str, ...] | None:
        """See `Outside.cpu_features`."""
        if sys.platform != "win32":
            return None
        import ctypes

        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return tuple(name for name, number in WINDOWS_CPU_FEATURES.items() if present(number))


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # the folder was removed under the shell
        return ""
