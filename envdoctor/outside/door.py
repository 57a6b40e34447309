"""What may be asked of a machine, and the values that it answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import ModuleType
from typing import Literal, Protocol

from envdoctor.frozen import Record, value

__all__ = ["TEXT_LIMIT", "Memory", "Outside", "Ran", "System", "Watcher"]

System = Literal["linux", "windows", "macos"]

TEXT_LIMIT = 4 << 20
"""Bytes read of a file at most."""


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
