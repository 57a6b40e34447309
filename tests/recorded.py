"""A recorded machine behind the door: what `Outside` answers comes from a JSON file, on any system.

The recording's keys, all optional but "system":

    note        where the recording comes from
    system      "linux", "windows", "macos"
    machine     the hardware name, as `uname -m` or PROCESSOR_ARCHITECTURE gives it
    cwd, environ, is_root, libc, cpu_features
    files       path → text; the folders above each file are there too
    folders     path → names, for folders that hold something no probe opens
    nodes       paths that exist and are neither file nor folder: devices, sockets
    links       path → target
    forbidden   paths (and what is under them) that this user may not open
    disk        path → [free, total]; a path is on the volume with the longest fitting name
    memory      {"total", "available", "commit_limit"}
    registry    key → {name: value}
    stored      path of an editor's state file → {key: value}
    ancestors   the command lines of the processes above, the nearest first
    commands    [{"argv" | "starts_with" | "argv0", "outcome", "exit_code", "stdout", "stderr", "seconds", "error"}]
    scripts     name ("interpreter", "torch_import", "cuda_driver", "nvml") → what NAME.py answers, or
                {"answer": .., "parts": [..], and the keys of a command but its argv};
                "NAME@PROGRAM" holds for one interpreter

Windows paths, registry keys and variable names compare without regard to case and to the kind of slash.
"""

from __future__ import annotations

import json
import ntpath
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, Literal

from envdoctor.outside import TEXT_LIMIT, Memory, Ran, System

MISSING = "No such file or directory"


class RecordedOutside:
    """See `envdoctor.outside.Outside`; `ran` keeps every command that was asked for."""

    def __init__(self, recording: Mapping[str, Any]) -> None:
        self.recording = recording
        self.system: System = recording["system"]
        self.machine: str = recording.get("machine", "x86_64")
        self.is_root: bool = recording.get("is_root", False)
        self.path: ModuleType = ntpath if self.system == "windows" else posixpath
        self.cwd: str = recording.get("cwd", "C:\\" if self.system == "windows" else "/")
        environ: dict[str, str] = dict(recording.get("environ", {}))
        if self.system == "windows":
            # Python gives every variable an upper-case name there.
            environ = {name.upper(): value for name, value in environ.items()}
        self.environ: Mapping[str, str] = environ
        self.ran: list[tuple[str, ...]] = []
        self._links = {self._key(path): target for path, target in recording.get("links", {}).items()}
        self._nodes = {self._key(path) for path in recording.get("nodes", ())}
        self._forbidden = tuple(self._key(path) for path in recording.get("forbidden", ()))
        self._files: dict[str, str] = {}
        self._folders: dict[str, dict[str, str]] = {}
        for path, text in recording.get("files", {}).items():
            self._files[self._key(path)] = text
            self._list_upwards(path)
        for path in (*recording.get("links", {}), *recording.get("nodes", ())):
            self._list_upwards(path)
        for path, names in recording.get("folders", {}).items():
            self._list_upwards(path)
            self._folders.setdefault(self._key(path), {}).update({self._fold(name): name for name in names})
        self._registry = {_registry_key(key): values for key, values in recording.get("registry", {}).items()}

    def _fold(self, name: str) -> str:
        return name.lower() if self.system == "windows" else name

    def _key(self, path: str) -> str:
        return self._fold(self.path.normpath(path)) if path else ""

    def _list_upwards(self, path: str) -> None:
        for each in self._upwards(self.path.normpath(path)):
            parent, name = self.path.split(each)
            if name:
                self._folders.setdefault(self._key(parent), {})[self._fold(name)] = name

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout: float,
        env: Mapping[str, str | None] | None = None,
        cwd: str | None = None,
    ) -> Ran:
        """See `Outside.run`."""
        asked = tuple(argv)
        self.ran.append(asked)
        script = self._script(asked)
        if script is not None:
            return script
        for command in self.recording.get("commands", ()):
            if self._fits(command, asked):
                return _ran(asked, command)
        return Ran(asked, "not-started", error=MISSING)

    def _fits(self, command: Mapping[str, Any], argv: tuple[str, ...]) -> bool:
        program = self._key(argv[0])
        if "argv" in command:
            wanted = command["argv"]
            return program == self._key(wanted[0]) and list(argv[1:]) == wanted[1:]
        if "starts_with" in command:
            wanted = command["starts_with"]
            return program == self._key(wanted[0]) and list(argv[1 : len(wanted)]) == wanted[1:]
        return self._fold(command["argv0"]) in (program, self.path.basename(program))

    def _script(self, argv: tuple[str, ...]) -> Ran | None:
        scripts: Mapping[str, Any] = self.recording.get("scripts", {})
        for position, argument in enumerate(argv[:-1]):
            if not argument.endswith(".py"):
                continue
            # The doctor's own child "nvml_child.py" goes by the name of its subject.
            name, token = ntpath.basename(argument)[:-3].removesuffix("_child"), argv[position + 1]
            said = scripts.get(f"{name}@{argv[0]}", scripts.get(name))
            if said is None:
                return None
            if "answer" not in said and "parts" not in said:
                said = {"answer": said}
            lines = [f"{token}:part {json.dumps(part)}" for part in said.get("parts", ())]
            if said.get("answer") is not None:
                lines.append(f"{token}:done {json.dumps(said['answer'])}")
            stdout = said.get("stdout", "") + "".join(f"{line}\n" for line in lines)
            return _ran(argv, {**said, "stdout": stdout})
        return None

    def resolve(self, path: str) -> str:
        """See `Outside.resolve`."""
        path = self.path.normpath(path)
        for _ in range(40):
            link = next((each for each in self._upwards(path) if self._key(each) in self._links), None)
            if link is None:
                break
            target = self.path.join(self.path.dirname(link), self._links[self._key(link)])
            path = self.path.normpath(target + path[len(link) :])
        return path

    def _upwards(self, path: str) -> Iterator[str]:
        yield path
        while (parent := self.path.dirname(path)) != path:
            yield parent
            path = parent

    def _real(self, path: str) -> str | None:
        """The key of the path, links followed; `None`: the user may not go there."""
        key = self._key(self.resolve(path)) if path else ""
        for each in self._forbidden:
            if key == each or key.startswith(each + self.path.sep):
                return None
        return key

    def read_text(self, path: str, limit: int = TEXT_LIMIT) -> str | None:
        """See `Outside.read_text`."""
        text = self._files.get(self._real(path) or "")
        return text[:limit] if text is not None else None

    def list_folder(self, path: str) -> tuple[str, ...] | None:
        """See `Outside.list_folder`."""
        real = self._real(path)
        names = self._folders.get(real) if real is not None else None
        return tuple(sorted(names.values())) if names is not None else None

    def size(self, path: str) -> int | None:
        """See `Outside.size`; of a file that no probe opens nothing is known."""
        text = self._files.get(self._real(path) or "")
        return len(text.encode()) if text is not None else None

    def is_file(self, path: str) -> bool:
        """See `Outside.is_file`."""
        return self._key(self.resolve(path)) in self._files

    def is_folder(self, path: str) -> bool:
        """See `Outside.is_folder`."""
        return self._key(self.resolve(path)) in self._folders

    def exists(self, path: str) -> bool:
        """See `Outside.exists`."""
        return (
            self.is_file(path)
            or self.is_folder(path)
            or self._key(self.resolve(path)) in self._nodes
            or self._named(path)
        )

    def _named(self, path: str) -> bool:
        # A name that a folder lists is there, though nothing more is known of it.
        real = self.resolve(path)
        names = self._folders.get(self._key(self.path.dirname(real)), {})
        return self._fold(self.path.basename(real)) in names and self._key(real) not in self._links

    def may(self, path: str, mode: Literal["read", "read-write", "execute", "write"]) -> bool:
        """See `Outside.may`."""
        return self.exists(path) and self._real(path) is not None

    def disk(self, path: str) -> tuple[int, int] | None:
        """See `Outside.disk`."""
        volumes: Mapping[str, list[int]] = self.recording.get("disk", {})
        key = self._key(path).rstrip(self.path.sep) + self.path.sep
        fitting = [v for v in volumes if key.startswith(self._key(v).rstrip(self.path.sep) + self.path.sep)]
        if not fitting:
            return None
        free, total = volumes[max(fitting, key=len)]
        return free, total

    def memory(self) -> Memory | None:
        """See `Outside.memory`."""
        told = self.recording.get("memory")
        return Memory(**told) if told else None

    def registry(self, key: str) -> Mapping[str, str] | None:
        """See `Outside.registry`."""
        wanted = _registry_key(key)
        if wanted in self._registry:
            return dict(self._registry[wanted])
        return {} if any(each.startswith(wanted + "\\") for each in self._registry) else None

    def registry_keys(self, key: str) -> tuple[str, ...]:
        """See `Outside.registry_keys`."""
        depth = key.rstrip("\\").count("\\") + 1
        found: dict[str, str] = {}
        for each in self.recording.get("registry", {}):
            if _registry_key(each).startswith(_registry_key(key) + "\\"):
                name = each.split("\\")[depth]
                found.setdefault(name.lower(), name)
        return tuple(sorted(found.values()))

    def stored(self, database: str, key: str) -> str | None:
        """See `Outside.stored`."""
        tables = {self._key(path): rows for path, rows in self.recording.get("stored", {}).items()}
        value: str | None = tables.get(self._key(database), {}).get(key)
        return value

    def ancestors(self) -> tuple[tuple[str, ...], ...]:
        """See `Outside.ancestors`."""
        return tuple(tuple(argv) for argv in self.recording.get("ancestors", ()))

    def which(self, name: str) -> str | None:
        """See `Outside.which`."""
        windows = self.system == "windows"
        endings = ["", *self.environ.get("PATHEXT", ".COM;.EXE;.BAT;.CMD").split(";")] if windows else [""]
        for folder in self.environ.get("PATH", "").split(";" if windows else ":"):
            for ending in endings:
                path = str(self.path.join(folder, name + ending.lower()))
                if folder and self.is_file(path) and self._real(path) is not None:
                    return path
        return None

    def libc(self) -> str | None:
        """See `Outside.libc`."""
        libc: str | None = self.recording.get("libc")
        return libc

    def cpu_features(self) -> tuple[str, ...] | None:
        """See `Outside.cpu_features`."""
        features = self.recording.get("cpu_features")
        return tuple(features) if features is not None else None


def _registry_key(key: str) -> str:
    return key.replace("/", "\\").rstrip("\\").lower()


def _ran(argv: tuple[str, ...], told: Mapping[str, Any]) -> Ran:
    outcome = told.get("outcome", "exited")
    return Ran(
        argv,
        outcome,
        exit_code=told.get("exit_code", 0) if outcome == "exited" else None,
        stdout=told.get("stdout", ""),
        stderr=told.get("stderr", ""),
        seconds=told.get("seconds", 0.0),
        error=told.get("error", MISSING if outcome == "not-started" else ""),
    )
