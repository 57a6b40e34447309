"""The one door to the machine: files, registry, processes. Tests put a recorded machine behind it.

No call raises for what the machine is like: a file that is absent or may not be read is `None`, a
program that hangs, floods its output or dies is a `Ran` that says so. Paths are strings, and
`Outside.path` is the path module of the machine behind the door (a Windows recording is read on Linux).
"""

from __future__ import annotations

import contextlib
import ntpath
import os
import posixpath
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType
from typing import IO, Literal, Protocol

from envdoctor.frozen import Record, value

__all__ = ["LiveOutside", "Memory", "Outside", "Ran", "System", "Watcher", "close_every_door"]

System = Literal["linux", "windows", "macos"]

OUTPUT_LIMIT = 1 << 20
"""Bytes kept of each output stream of a child; the rest is read and thrown away."""
LINE_LIMIT = 1 << 16
"""Bytes of a line that has not ended yet; a program that never ends its line does not fill the memory."""
STARTING_SECONDS = 1.0
"""How long the end waits for a child between its start and its place among the children."""
TEXT_LIMIT = 4 << 20
"""Bytes read of a file at most."""

TICK = 0.1
"""Seconds between two looks at a program that is followed."""
GRACE = 5.0
"""Seconds that a program has to end by itself after it was interrupted."""

if sys.platform == "win32":
    OWN_GROUP = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    OWN_GROUP = 0
WINDOWS_CPU_FEATURES = {"avx": 39, "avx2": 40}
"""The numbers that `IsProcessorFeaturePresent` knows them by (winnt.h, PF_AVX_INSTRUCTIONS_AVAILABLE ..)."""


@value
class Ran(Record):
    """How a program ended and what it said.

    `outcome` is "exited" when it ended by itself, also with an error or by a signal (then `exit_code` is
    negative on POSIX); "timed-out" when it was killed at its limit; "not-started" when it is missing or
    may not be executed, with the reason in `error`.
    """

    argv: tuple[str, ...]
    outcome: Literal["exited", "timed-out", "not-started"]
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    flooded: bool = False
    """More came than was kept."""
    error: str = ""


@value
class Memory(Record):
    """Bytes of memory; `commit_limit` is memory with swap or page files."""

    total: int
    available: int
    commit_limit: int


class Watcher(Protocol):
    """Who follows a program while it runs."""

    def started(self, pid: int) -> None:
        """The program runs, as this process and leader of its group."""

    def line(self, text: str) -> None:
        """It printed a line."""

    def enough(self, seconds: float) -> bool:
        """Asked several times a second: whether it is to be ended, after so many seconds."""


class Outside(Protocol):
    """What a probe may ask of a machine."""

    system: System
    environ: Mapping[str, str]
    cwd: str
    path: ModuleType

    @property
    def machine(self) -> str:
        """The hardware name that the operating system gives this process: "x86_64", "AMD64", "arm64"."""

    @property
    def is_root(self) -> bool:
        """Whether this process runs as root or administrator."""

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        stdin: str = "",
        hear: Callable[[str], None] | None = None,
    ) -> Ran:
        """Run a program to its end or its time limit in seconds; its whole process group ends with it.

        `env` is laid over this process's environment; a value of `None` removes the variable. `hear` is told
        each line of standard output when it comes, also those beyond what is kept, in a thread of its own.
        """

    def temporary_folder(self) -> AbstractContextManager[str]:
        """A new empty folder that is gone afterwards, also when the doctor is interrupted."""

    def read_text(self, path: str, limit: int = TEXT_LIMIT) -> str | None:
        """The text of a file, at most `limit` bytes of it; undecodable bytes are replaced."""

    def list_folder(self, path: str) -> tuple[str, ...] | None:
        """The sorted names in a folder."""

    def is_file(self, path: str) -> bool:
        """Whether the path is a file, links followed."""

    def is_folder(self, path: str) -> bool:
        """Whether the path is a folder, links followed."""

    def exists(self, path: str) -> bool:
        """Whether anything is there, device nodes included."""

    def size(self, path: str) -> int | None:
        """Bytes of a file, links followed."""

    def resolve(self, path: str) -> str:
        """The path with every link followed as far as possible."""

    def may(self, path: str, mode: Literal["read", "read-write", "execute", "write"]) -> bool:
        """Whether this user may use the path in this way."""

    def disk(self, path: str) -> tuple[int, int] | None:
        """Free and total bytes of the volume that holds the path or its nearest existing parent."""

    def memory(self) -> Memory | None:
        """The machine's memory, where the operating system tells."""

    def registry(self, key: str) -> Mapping[str, str] | None:
        r"""The values of a Windows registry key such as "HKLM\SOFTWARE\..."; `None`: no such key."""

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """The names of a registry key's sub-keys."""

    def stored(self, database: str, key: str) -> str | None:
        """The value under a key in an editor's state file (SQLite, table "ItemTable"); nothing is written."""

    def ancestors(self) -> tuple[tuple[str, ...], ...]:
        """The command lines of the processes that this one comes from, the nearest first."""

    def which(self, name: str) -> str | None:
        """The program that PATH finds, as an absolute path, links not followed."""

    def libc(self) -> str | None:
        """The C library as it names itself: "glibc 2.36"; `None`: it does not (musl, Windows, macOS)."""

    def cpu_features(self) -> tuple[str, ...] | None:
        """Windows: those of "avx" and "avx2" that processor and system allow; `None`: not asked elsewhere."""


def _system() -> System:
    if sys.platform == "win32":
        return "windows"
    return "macos" if sys.platform == "darwin" else "linux"


_DOORS: list[LiveOutside] = []


def close_every_door() -> None:
    """End every child of every `LiveOutside` of this process."""
    for door in _DOORS:
        door.close()


class LiveOutside:
    """The machine this process runs on."""

    def __init__(self, environ: Mapping[str, str] | None = None, cwd: str | None = None) -> None:
        self.system: System = _system()
        self.environ: Mapping[str, str] = dict(os.environ if environ is None else environ)
        self.path: ModuleType = ntpath if self.system == "windows" else posixpath
        self.cwd = cwd if cwd is not None else _working_folder()
        self._children: set[subprocess.Popen[bytes]] = set()
        self._folders: set[str] = set()
        self._lock = threading.RLock()  # a signal may come while this thread itself holds it
        self._starting = 0
        self._closed = False
        _DOORS.append(self)

    @property
    def machine(self) -> str:
        """The hardware name, asked of the operating system without starting a program."""
        if self.system == "windows":
            return self.environ.get("PROCESSOR_ARCHITEW6432") or self.environ.get(
                "PROCESSOR_ARCHITECTURE", ""
            )
        return os.uname().machine

    @property
    def is_root(self) -> bool:
        """See `Outside.is_root`."""
        if sys.platform == "win32":
            import ctypes

            return bool(ctypes.windll.shell32.IsUserAnAdmin())
        return os.geteuid() == 0

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
        stdin: str = "",
        hear: Callable[[str], None] | None = None,
    ) -> Ran:
        """See `Outside.run`."""
        started = time.monotonic()
        child = self._start(argv, env, cwd, bool(stdin), subprocess.PIPE)
        if isinstance(child, str):
            return Ran(tuple(argv), "not-started", error=child)
        with self._child(child):
            pipes = ((child.stdout, hear), (child.stderr, None))
            readers = [_Reader(stream, told) for stream, told in pipes if stream is not None]
            if stdin and child.stdin is not None:
                with contextlib.suppress(OSError):
                    child.stdin.write(stdin.encode())
                with contextlib.suppress(OSError):
                    child.stdin.close()
            timed_out = False
            try:
                child.wait(max(0.0, timeout - (time.monotonic() - started)))
            except subprocess.TimeoutExpired:
                timed_out = True
            _end_group(child)
            out, err = (reader.finish() for reader in readers)
        return Ran(
            tuple(argv),
            "timed-out" if timed_out else "exited",
            exit_code=None if timed_out else child.returncode,
            stdout=out,
            stderr=err,
            seconds=time.monotonic() - started,
            flooded=any(reader.flooded for reader in readers),
        )

    def follow(
        self,
        argv: Sequence[str],
        watcher: Watcher,
        *,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Ran:
        """Run a program and tell `watcher` each line of its output, errors among it, as it comes.

        The program is asked to end, and then made to, when the watcher has had enough ("timed-out"). All is
        told in the caller's thread. The output is the watcher's to keep: it is not in the result.
        """
        from envdoctor.following import Lines

        started = time.monotonic()
        child = self._start(argv, env, cwd, False, subprocess.STDOUT)
        if isinstance(child, str):
            return Ran(tuple(argv), "not-started", error=child)
        ended_by_us = False
        with self._child(child):
            assert child.stdout is not None
            lines = Lines(child.stdout)
            watcher.started(child.pid)
            while child.poll() is None:
                for line in lines.come(TICK):
                    watcher.line(line)
                if watcher.enough(time.monotonic() - started):
                    ended_by_us = True
                    _ask_to_end(child)
                    break
            _end_group(child)
            for line in lines.rest():
                watcher.line(line)
        code = None if ended_by_us else child.returncode
        seconds = time.monotonic() - started
        return Ran(tuple(argv), "timed-out" if ended_by_us else "exited", exit_code=code, seconds=seconds)

    def _start(
        self,
        argv: Sequence[str],
        env: Mapping[str, str | None] | None,
        cwd: str | None,
        speaks: bool,
        stderr: int,
    ) -> subprocess.Popen[bytes] | str:
        """The child in a process group of its own, or why it did not start."""
        environ = {k: v for k, v in {**self.environ, **(env or {})}.items() if v is not None}
        with self._lock:
            if self._closed:
                return "the doctor is stopping"
            self._starting += 1
        try:
            return subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE if speaks else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=stderr,
                env=environ,
                cwd=cwd,
                start_new_session=sys.platform != "win32",
                creationflags=OWN_GROUP,
            )
        except (OSError, ValueError) as error:
            with self._lock:
                self._starting -= 1
            return _reason(error)

    @contextlib.contextmanager
    def _child(self, child: subprocess.Popen[bytes]) -> Iterator[None]:
        with self._lock:
            self._children.add(child)
            self._starting -= 1
            closed = self._closed
        if closed:
            _end_group(child)
        try:
            yield
        finally:
            _end_group(child)
            with self._lock:
                self._children.discard(child)

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
        """End every child, those just being started too, start no other, and remove what was temporary."""
        with self._lock:
            self._closed = True
        deadline = time.monotonic() + STARTING_SECONDS
        while self._starting and time.monotonic() < deadline:
            time.sleep(0.01)
        self.end_children()
        for folder in list(self._folders):
            shutil.rmtree(folder, ignore_errors=True)

    def end_children(self) -> None:
        """End every child that still runs; others may follow."""
        with self._lock:
            children = list(self._children)
        for child in children:
            _end_group(child)

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
        import winreg

        try:
            opened = winreg.OpenKey(*_registry_place(key), 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
        except OSError:
            return None
        values: dict[str, str] = {}
        with opened:
            for index in range(winreg.QueryInfoKey(opened)[1]):
                name, value, _kind = winreg.EnumValue(opened, index)
                values[name] = value if isinstance(value, str) else repr(value)
        return values

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """See `Outside.registry_keys`."""
        if sys.platform != "win32":
            return ()
        import winreg

        try:
            opened = winreg.OpenKey(*_registry_place(key), 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)
        except OSError:
            return ()
        with opened:
            return tuple(winreg.EnumKey(opened, index) for index in range(winreg.QueryInfoKey(opened)[0]))

    def stored(self, database: str, key: str) -> str | None:
        """See `Outside.stored`."""
        if not os.path.isfile(database):
            return None
        try:
            import sqlite3

            # "immutable": neither locks nor a journal are made beside the editor's file.
            address = f"{Path(database).absolute().as_uri()}?mode=ro&immutable=1"
            with contextlib.closing(sqlite3.connect(address, uri=True, timeout=0.2)) as connection:
                row = connection.execute("SELECT value FROM ItemTable WHERE key = ?", (key,)).fetchone()
        except (ImportError, sqlite3.Error, ValueError):
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
        if self.system != "linux":
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


def _registry_place(key: str) -> tuple[int, str]:
    r"""The number of the root key (winreg.h) and the rest of "HKLM\\SOFTWARE\\..."."""
    root, _, rest = key.partition("\\")
    return {"HKCU": 0x80000001, "HKLM": 0x80000002}[root], rest


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # the folder was removed under the shell
        return ""


def _ask_to_end(child: subprocess.Popen[bytes]) -> None:
    """Interrupt the child as Ctrl-C would and give it a moment to clean up behind itself."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(GRACE)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End the child and whatever it started; a child that has ended may have left others behind."""
    if sys.platform == "win32":
        if child.poll() is None:
            import psutil

            with contextlib.suppress(psutil.Error):
                for each in psutil.Process(child.pid).children(recursive=True):
                    with contextlib.suppress(psutil.Error):
                        each.kill()
            with contextlib.suppress(OSError):
                child.kill()
    else:
        with contextlib.suppress(OSError):
            os.killpg(child.pid, signal.SIGKILL)
        if child.returncode is None:
            with contextlib.suppress(OSError):
                child.kill()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(2)


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


class _Reader:
    """Reads one stream of a child to its end in a thread and keeps a bounded part of it."""

    def __init__(self, stream: IO[bytes], hear: Callable[[str], None] | None = None) -> None:
        self.flooded = False
        self._kept = bytearray()
        self._hear = hear
        self._line = b""
        self._stream = stream
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(self._stream.fileno(), 1 << 16):
                room = OUTPUT_LIMIT - len(self._kept)
                if room > 0:
                    self._kept += chunk[:room]
                if len(chunk) > room:
                    self.flooded = True
                if self._hear is not None:
                    self._tell(chunk)

    def _tell(self, chunk: bytes) -> None:
        *lines, self._line = (self._line + chunk).split(b"\n")
        self._line = self._line[:LINE_LIMIT]
        for line in lines:
            if self._hear is not None and line:
                self._hear(line.decode("utf-8", "replace"))

    def finish(self) -> str:
        """The text so far; a grandchild that keeps the pipe open is not waited for."""
        self._thread.join(1.0)
        if not self._thread.is_alive():
            self._stream.close()
        return bytes(self._kept).decode("utf-8", "replace")
