"""The store of VS Code's Python Environments extension, in files and databases laid out as the editor does it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from recorded import RecordedOutside

from envdoctor.facts import EditorChoice, Interpreter
from envdoctor.outside import LiveOutside
from envdoctor.probes.editors import probe_editors

EXTENSION = "ms-python.vscode-python-envs"


@pytest.fixture
def keep(workplace: Any) -> Callable[..., Path]:
    """Writes what the extension keeps for the project; each kind with the path that was chosen."""

    def write(
        folder: Path | None = None, storage: str = "a1b2", about: str = "folder", **chosen: str
    ) -> Path:
        place = folder or workplace.project
        root = workplace.home / ".config/Code/User/workspaceStorage" / storage
        root.mkdir(parents=True)
        (root / "workspace.json").write_text(json.dumps({about: place.as_uri()}), encoding="utf-8")
        kept: dict[str, object] = {f"{EXTENSION}:conda:CONDA_PATH": "/opt/conda/bin/conda"}
        for kind, path in chosen.items():
            kept[f"{EXTENSION}:{kind}:WORKSPACE_SELECTED"] = {str(workplace.project): path}
        with closing(sqlite3.connect(root / "state.vscdb")) as database, database:
            database.execute("CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB)")
            database.execute("INSERT INTO ItemTable VALUES (?, ?)", (EXTENSION, json.dumps(kept)))
        return root

    return write


def choices(workplace: Any) -> list[str | None]:
    return [choice.executable for choice in workplace.read().choices]


def test_what_was_chosen_for_the_folder_is_found(workplace: Any, keep: Callable[..., Path]) -> None:
    other = workplace.other
    state = keep(venv=str(other)) / "state.vscdb"
    (choice,) = workplace.read().choices
    assert (choice.executable, choice.is_patient) == (str(other), False)
    assert choice.origin == f"{state}: Python Environments (venv)"
    assert [(each.code, each.variant) for each in workplace.judge()] == [
        ("vscode-interpreter-mismatch", "editor")
    ]


def test_the_patient_itself_is_no_mismatch(workplace: Any, keep: Callable[..., Path]) -> None:
    keep(venv=str(workplace.mine))
    assert [choice.is_patient for choice in workplace.read().choices] == [True]
    assert workplace.judge() == []


def test_of_conda_the_environment_is_kept_and_its_python_is_meant(
    workplace: Any, keep: Callable[..., Path]
) -> None:
    other = workplace.other
    keep(conda=str(other.parents[1]))
    workplace.settings('{"python-envs.defaultEnvManager": "ms-python.python:conda"}')
    assert choices(workplace) == [str(other)]


def test_the_manager_of_the_project_is_stronger_than_the_default(
    workplace: Any, keep: Callable[..., Path]
) -> None:
    venv, conda = workplace.environment("one"), workplace.environment("two")
    keep(venv=str(venv), conda=str(conda.parents[1]))
    projects = [
        {"path": "sub", "envManager": "ms-python.python:conda"},
        {"path": ".", "envManager": "ms-python.python:venv", "packageManager": "ms-python.python:pip"},
    ]
    named = {
        "python-envs.pythonProjects": projects,
        "python-envs.defaultEnvManager": "ms-python.python:conda",
    }
    workplace.settings(json.dumps(named))
    assert choices(workplace) == [str(venv)]
    workplace.settings(json.dumps({**named, "python-envs.pythonProjects": projects[:1]}))
    assert choices(workplace) == [str(conda)], "a project below the folder says nothing of it"


def test_an_interpreter_in_settings_is_stronger_than_what_is_kept_without_a_manager(
    workplace: Any, keep: Callable[..., Path]
) -> None:
    one, two = workplace.environment("one"), workplace.environment("two")
    keep(venv=str(two))
    workplace.settings(json.dumps({"python.defaultInterpreterPath": str(one)}))
    assert choices(workplace)[0] == str(one)
    workplace.settings(
        json.dumps(
            {
                "python.defaultInterpreterPath": str(one),
                "python-envs.defaultEnvManager": "ms-python.python:venv",
            }
        )
    )
    assert choices(workplace) == [str(two)]


def test_a_manager_that_keeps_nothing_here_says_nothing(workplace: Any, keep: Callable[..., Path]) -> None:
    keep(venv=str(workplace.other))
    workplace.settings('{"python-envs.defaultEnvManager": "ms-python.python:poetry"}')
    assert choices(workplace) == []


def test_switched_off_the_python_extension_s_own_choice_counts(
    workplace: Any, keep: Callable[..., Path]
) -> None:
    old, new = workplace.environment("old"), workplace.environment("new")
    keep(venv=str(new))
    workplace.selected(workplace.project, str(old))
    assert choices(workplace) == [str(new)], "where it is in use, the older choice is history"
    workplace.settings('{"python.useEnvironmentsExtension": false}')
    assert choices(workplace) == [str(old)]


def test_another_folder_s_store_says_nothing(workplace: Any, keep: Callable[..., Path]) -> None:
    keep(folder=workplace.home / "elsewhere", venv=str(workplace.other))
    assert choices(workplace) == []


def test_two_states_that_contradict_say_nothing(workplace: Any, keep: Callable[..., Path]) -> None:
    keep(venv=str(workplace.environment("one")))
    keep(storage="c3d4", venv=str(workplace.environment("two")))
    assert choices(workplace) == []


@pytest.mark.parametrize("about", ["{", "[]", '{"folder": 7}', '{"folder": "vscode-remote://ssh/x"}', ""])
def test_what_is_no_store_is_passed_over(workplace: Any, keep: Callable[..., Path], about: str) -> None:
    root = keep(venv=str(workplace.other))
    (root / "workspace.json").write_text(about, encoding="utf-8")
    assert choices(workplace) == []


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_broken_database_is_passed_over(workplace: Any, keep: Callable[..., Path], content: bytes) -> None:
    (keep(venv="/x/bin/python") / "state.vscdb").write_bytes(content)
    assert choices(workplace) == []


def test_more_than_the_editor_ever_keeps_is_not_read(workplace: Any, keep: Callable[..., Path]) -> None:
    root = keep()
    with closing(sqlite3.connect(root / "state.vscdb")) as database, database:
        database.execute("UPDATE ItemTable SET value = ?", ("x" * (5 << 20),))
    assert LiveOutside().stored(str(root / "state.vscdb"), EXTENSION) is None


def test_nothing_is_left_beside_the_editor_s_database(workplace: Any, keep: Callable[..., Path]) -> None:
    root = keep(venv=str(workplace.other))
    before = {file.name: file.read_bytes() for file in root.iterdir()}
    workplace.read()
    assert {file.name: file.read_bytes() for file in root.iterdir()} == before


def _only(outside: RecordedOutside, prefix: str) -> EditorChoice:
    (choice,) = probe_editors(outside, Interpreter(prefix=prefix)).value.choices
    return choice


def test_on_windows_drives_are_escaped_and_lower_case(machine_of: Callable[..., RecordedOutside]) -> None:
    storage = r"C:\Users\li\AppData\Roaming\Code\User\workspaceStorage\a1"
    kept = {
        f"{EXTENSION}:conda:WORKSPACE_SELECTED": {"c:\\Users\\li\\net": r"C:\Users\li\miniconda3\envs\other"}
    }
    outside = machine_of(
        system="windows",
        cwd=r"C:\Users\li\net",
        environ={"USERPROFILE": r"C:\Users\li", "APPDATA": r"C:\Users\li\AppData\Roaming"},
        files={
            storage + r"\workspace.json": '{"folder": "file:///c%3A/Users/li/net"}',
            r"C:\Users\li\net\.vscode\settings.json": '{"python-envs.defaultEnvManager": "ms-python.python:conda"}',
            r"C:\Users\li\miniconda3\envs\other\python.exe": "",
            r"C:\Users\li\miniconda3\envs\other\conda-meta\history": "",
        },
        stored={storage + r"\state.vscdb": {EXTENSION: json.dumps(kept)}},
    )
    choice = _only(outside, r"C:\Users\li\envs\dl")
    assert choice.executable == r"C:\Users\li\miniconda3\envs\other\python.exe"
    assert choice.is_patient is False


def test_a_folder_in_wsl_whose_window_is_on_windows(machine_of: Callable[..., RecordedOutside]) -> None:
    storage = "/mnt/c/Users/li/AppData/Roaming/Code/User/workspaceStorage/a1"
    kept = {f"{EXTENSION}:venv:WORKSPACE_SELECTED": {"/home/li/net": "/home/li/envs/other/bin/python"}}
    outside = machine_of(
        system="linux",
        cwd="/home/li/net",
        environ={"HOME": "/home/li", "WSL_DISTRO_NAME": "Ubuntu"},
        files={
            f"{storage}/workspace.json": '{"folder": "vscode-remote://wsl%2Bubuntu/home/li/net"}',
            "/home/li/envs/other/bin/python": "",
            "/home/li/envs/other/pyvenv.cfg": "",
        },
        stored={f"{storage}/state.vscdb": {EXTENSION: json.dumps(kept)}},
    )
    choice = _only(outside, "/home/li/envs/dl")
    assert (choice.executable, choice.is_patient) == ("/home/li/envs/other/bin/python", False)
