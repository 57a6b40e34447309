"""The tools of the comparison, each in an environment of its own, with a torch that can be exchanged.

What a tool says is read as a person reads it: the whole of what it prints.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PEERS", "Peer", "Said", "Site", "ask", "built", "version"]

TORCH = ("torch==2.13.0", "numpy")
PATIENCE = 100.0
"""Seconds after which a tool counts as hanging. The longest limit of envdoctor's own is 60, for torch's import."""


@dataclass(frozen=True)
class Peer:
    """One tool.

    `project` is its name on the package index; `None`: it comes with Python, torch or this folder. `argv` starts
    it with an environment's interpreter. `complete` stands in what it prints once it got to its end.
    """

    name: str
    project: str | None
    argv: Callable[[Path], list[str]]
    complete: str


def _script(name: str, *arguments: str) -> Callable[[Path], list[str]]:
    return lambda python: [str(python.with_name(name)), *arguments]


PEERS = (
    Peer(
        "envdoctor",
        None,
        lambda python: [sys.executable, "-m", "envdoctor", "check", "--python", str(python)],
        r"free disk",
    ),
    Peer("env-doctor", "env-doctor", _script("env-doctor", "check"), r"SYSTEM LINKING"),
    Peer("cuda-doctor", "cuda-doctor", _script("cuda-doctor", "diagnose"), r"^Summary"),
    Peer("mlenvdoctor", "mlenvdoctor", _script("mlenvdoctor", "diagnose"), r"Passed: \d"),
    Peer(
        "collect_env",
        None,
        lambda python: [str(python), "-m", "torch.utils.collect_env"],
        r"Versions of relevant libraries",
    ),
    Peer("pip check", None, lambda python: [str(python), "-m", "pip", "check"], r"."),
)


@dataclass(frozen=True)
class Said:
    """How a tool ended and what it said. `ended` is empty where it got to its end in good order."""

    ended: str
    text: str


class Site:
    """The packages of one environment: another torch can stand in the place of the real one."""

    def __init__(self, python: Path) -> None:
        self.python = python
        self.folder = next((python.parent.parent / "lib").glob("python*/site-packages"))
        self._aside = python.parent.parent / "aside"

    @contextlib.contextmanager
    def holding(self, files: dict[str, str] | None) -> Iterator[None]:
        """Instead of the real torch these files, until the end; `None`: the real one stays."""
        if files is None:
            yield
            return
        self._aside.mkdir(exist_ok=True)
        real = [each for each in self.folder.iterdir() if re.match(r"torch(-|$)", each.name)]
        for each in real:
            each.rename(self._aside / each.name)
        try:
            for name, text in files.items():
                path = self.folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            self._give_collect_env(files)
            yield
        finally:
            for top in {name.partition("/")[0] for name in files}:
                shutil.rmtree(self.folder / top, ignore_errors=True)
            for each in self._aside.iterdir():
                each.rename(self.folder / each.name)

    def _give_collect_env(self, files: dict[str, str]) -> None:
        """The real collect_env, which is a part of torch, stands in the exchanged one too."""
        script = self._aside / "torch" / "utils" / "collect_env.py"
        if script.exists() and any(name.startswith("torch/") for name in files):
            utils = self.folder / "torch" / "utils"
            utils.mkdir(exist_ok=True)
            (utils / "__init__.py").write_text("")
            shutil.copy(script, utils)


def built(folder: Path, peer: Peer) -> Site | str:
    """The environment of a tool, made if it is not there yet; a sentence where the tool can't be installed."""
    home = folder / peer.name.replace(" ", "-")
    python = home / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    wanted = [*TORCH, *([peer.project] if peer.project else [])]
    quiet = ["-q", "--disable-pip-version-check"]
    ran = subprocess.run(
        [str(python), "-m", "pip", "install", *quiet, *wanted], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        return f"{peer.name} can't be installed: {ran.stderr.strip().splitlines()[-1]}"
    return Site(python)


def version(peer: Peer, site: Site) -> str:
    """The version of what was installed; empty for what has none of its own."""
    if peer.project is None:
        return ""
    code = f"from importlib.metadata import version; print(version({peer.project!r}))"
    return subprocess.run(
        [str(site.python), "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def ask(peer: Peer, site: Site, environ: dict[str, str], cwd: Path, patience: float = PATIENCE) -> Said:
    """What the tool says of its environment, with these variables laid over the usual ones."""
    env = {
        key: value
        for key, value in os.environ.items()
        if not re.match(r"(PIP|UV|CONDA|PYTHON|CUDA|NVIDIA|LD_)_?|VIRTUAL_ENV$|.*_proxy$", key, re.I)
    }
    env |= {
        "NO_COLOR": "1",
        "COLUMNS": "200",
        "PYTHONIOENCODING": "utf-8",
        "PATH": "/usr/bin:/bin",
        **environ,
    }
    with tempfile.TemporaryFile() as output:
        started = subprocess.Popen(
            peer.argv(site.python),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
        )
        try:
            code: int | None = started.wait(patience)
        except subprocess.TimeoutExpired:
            code = None
        left = _end_group(started.pid)
        started.wait()
        output.seek(0)
        text = output.read().decode(env["PYTHONIOENCODING"], "replace")
    ended = _ended(peer, code, text)
    return Said(ended or ("leaves processes behind" if left else ""), text)


def _end_group(leader: int) -> bool:
    """Whether the group still had a process; none is left afterwards."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _ended(peer: Peer, code: int | None, text: str) -> str:
    if code is None:
        return "hangs"
    if code < 0:
        return f"dies ({signal.Signals(-code).name})"
    last = text.strip().splitlines()[-1] if text.strip() else ""
    if "Traceback (most recent call last)" in text and re.match(r"\w*(Error|Exception|Exit)\b", last):
        return f"traceback ({last.partition(':')[0]})"
    if not re.search(peer.complete, text, re.M):
        return f"ends in the middle, exit code {code}"
    return ""
