"""Real folders: a project, environments, settings as editors and Jupyter write them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from envdoctor.facts import Editors, Environment, Facts, Interpreter
from envdoctor.findings import Finding
from envdoctor.machine import Machine
from envdoctor.outside import LiveOutside
from envdoctor.probes.editors import probe_editors
from envdoctor.rules.editors import RULES


class Workplace:
    """A home folder, a project in it, and environments beside it, all real files."""

    def __init__(self, root: Path) -> None:
        self.home = root / "home"
        self.project = self.home / "project"
        self.project.mkdir(parents=True)
        self.environ = {"HOME": str(self.home), "PATH": "/usr/bin:/bin"}
        self.mine = self.environment("mine")
        self.other = self.environment("other")

    def environment(self, name: str) -> Path:
        """The interpreter of a new environment; a link, as in a venv."""
        python = self.home / "envs" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.symlink_to("/bin/sh")
        (python.parents[1] / "pyvenv.cfg").write_text("home = /usr/bin\n")
        return python

    def write(self, path: str, text: str) -> Path:
        """A file below the home folder."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def settings(self, text: str) -> None:
        """The folder's settings of VS Code."""
        self.write("project/.vscode/settings.json", text)

    def selected(self, folder: Path, python: str) -> Path:
        """What "Select Interpreter" of VS Code leaves behind, in a database like the editor's own."""
        file = self.home / ".config" / "Code" / "User" / "globalStorage" / "state.vscdb"
        file.parent.mkdir(parents=True, exist_ok=True)
        row = json.dumps({f"WORKSPACE_FOLDER_INTERPRETER_PATH_{folder}": python})
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS ItemTable (key TEXT UNIQUE, value BLOB)")
            database.execute("INSERT OR REPLACE INTO ItemTable VALUES ('ms-python.python', ?)", (row,))
        return file

    def kernel(self, place: str, name: str, program: str, language: str = "python") -> Path:
        """A kernel as `ipykernel install` registers it."""
        argv = [program, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": f"Python ({name})", "language": language}
        return self.write(f"{place}/kernels/{name}/kernel.json", json.dumps(spec))

    def notebook(self, name: str, kernel: str) -> None:
        """A notebook with one cell that quotes another kernel, saved with `kernel`."""
        cell = {"cell_type": "code", "source": ['{"kernelspec": {"name": "quoted"}}'], "outputs": []}
        metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": kernel}}
        self.write(f"project/{name}", json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4}))

    def read(self, cwd: Path | None = None) -> Editors:
        """What the probe sees; the patient is the environment "mine"."""
        outside = LiveOutside(self.environ, str(cwd or self.project))
        return probe_editors(outside, self._interpreter()).value

    def judge(self, **environment: object) -> list[Finding]:
        """The findings about what the probe sees."""
        where = Environment(kind="venv", name="mine", found_by="VIRTUAL_ENV", active=True, has_pip=True)
        facts = Facts(
            interpreter=self._interpreter(),
            environment=replace(where, **environment),  # type: ignore[arg-type]
            editors=self.read(),
        )
        return [finding for rule in RULES for finding in rule(Machine(facts))]

    def _interpreter(self) -> Interpreter:
        return Interpreter(executable=str(self.mine), version="3.12.9", prefix=str(self.mine.parents[1]))


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A new home folder; Jupyter's system folders of the real machine are out of sight."""
    monkeypatch.setattr("envdoctor.probes.kernels._SYSTEM", {"linux": (), "macos": (), "windows": ()})
    return Workplace(tmp_path)


@pytest.fixture
def codes() -> Callable[[list[Finding]], list[tuple[str, str]]]:
    """Code and wording of each finding."""
    return lambda findings: [(finding.code, finding.variant) for finding in findings]
