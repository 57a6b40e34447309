"""The command line of one user on one patient, with and without a terminal."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.execution.conftest import user, wait_for, whole_torch

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals of this kind")

if TYPE_CHECKING:
    from replicas import Replicas


class Doctor:
    """The command line of one user on one patient."""

    def __init__(self, replicas: Replicas, patient: Path, home: Path) -> None:
        self.replicas, self.patient, self.home = replicas, patient, home
        self.environ = user(
            HOME=str(home),
            NO_COLOR="1",
            PYTHONIOENCODING="utf-8",
            COLUMNS="100",
            PIP_RETRIES="0",
            LANG="C.UTF-8",
        )
        self.environ.pop("XDG_STATE_HOME", None)
        self.hold("2.14.1+cpu")

    def hold(self, version: str) -> None:
        """Have the index serve a torch that imports, trains and calls itself so."""
        self.replicas.hold("torch", {"torch/__init__.py": whole_torch(version)})

    def argv(self, *more: str, env: str | None = None) -> list[str]:
        url = self.replicas.url
        places = [
            "--mirror",
            f"{url}/default.index/simple",
            "--wheels",
            f"{url}/download.pytorch.org/whl/cpu/",
        ]
        chosen = ["--torch", "2.14.1", "--backend", "cpu", "--with", "pip", *places]
        where = ["--env", env] if env else []
        python = ["--python", str(self.patient)]
        return [
            sys.executable,
            "-m",
            "envdoctor",
            "install",
            "torch",
            *python,
            *where,
            *chosen,
            "--run",
            *more,
        ]

    def run(self, *more: str, env: str | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*more, env=env),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**self.environ, **environ},
            cwd=self.home,
            timeout=240,
        )

    def check(self) -> Any:
        argv = [sys.executable, "-m", "envdoctor", "check", "--quick", "--format", "json"]
        argv += ["--python", str(self.patient)]
        ran = subprocess.run(argv, capture_output=True, text=True, env=self.environ, timeout=240)
        return json.loads(ran.stdout)

    def start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.argv(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            env=self.environ,
            cwd=self.home,
        )


class Terminal:
    """The same in a pseudo-terminal, as the leader of its own session."""

    def __init__(self, doctor: Doctor, *more: str) -> None:
        self.text = ""
        pid, self._fd = pty.fork()
        if pid == 0:  # pragma: no cover - the child
            os.chdir(doctor.home)
            argv = doctor.argv(*more)
            os.execve(argv[0], argv, doctor.environ)
        self._pid = pid

    def until(self, what: str, seconds: float = 120.0) -> str:
        """Read until something is shown; everything so far."""
        end = time.monotonic() + seconds
        while not re.search(what, self.text):
            assert time.monotonic() < end, f"{what!r} never came:\n{self.text}"
            if not self._read(0.2) and not self._alive():
                break
        assert re.search(what, self.text), self.text
        return self.text

    def close(self) -> None:
        """Close the window."""
        os.close(self._fd)
        wait_for(lambda: not self._alive(), 120)

    def type(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def ended(self) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + 180
        while self._read(1.0) or self._alive():
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
        os.close(self._fd)
        return os.waitstatus_to_exitcode(self._status)

    def _alive(self) -> bool:
        done, status = os.waitpid(self._pid, os.WNOHANG) if not hasattr(self, "_status") else (1, 0)
        if done and not hasattr(self, "_status"):
            self._status = status
        return not done

    def _read(self, seconds: float) -> bool:
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            read = os.read(self._fd, 65536)
        except OSError:
            return False
        self.text += read.decode("utf-8", "replace")
        return bool(read)


def installers_of(patient: Path) -> list[str]:
    found = [" ".join(each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"])]
    return [each for each in found if "-m pip" in each and str(patient) in each]
