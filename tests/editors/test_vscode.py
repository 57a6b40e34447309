"""What VS Code is told beyond a folder's own settings: workspace files, the user's and the machine's settings, WSL."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from envdoctor.facts import EditorChoice, Interpreter
from envdoctor.probes.editors import probe_editors

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

NAME = "python.defaultInterpreterPath"


def workspace(
    workplace: Any, settings: dict[str, str], *folders: dict[str, str], place: str = "project"
) -> str:
    """A workspace file in the project, or beside it."""
    told = {"folders": list(folders) or [{"path": "."}], "settings": settings}
    return str(workplace.write(f"{place}/net.code-workspace", f"// ours\n{json.dumps(told)}"))


def only(workplace: Any) -> EditorChoice:
    (choice,) = workplace.read().choices
    assert isinstance(choice, EditorChoice)
    return choice


def test_a_workspace_file_in_the_folder(workplace: Any) -> None:
    file = workspace(workplace, {NAME: "${workspaceFolder}/../envs/other/bin/python"})
    choice = only(workplace)
    assert (choice.executable, choice.is_patient) == (str(workplace.other), False)
    assert choice.origin == f"{file}: {NAME}"
    assert [each.code for each in workplace.judge()] == ["vscode-interpreter-mismatch"]


def test_a_workspace_file_beside_the_folders_it_holds(workplace: Any) -> None:
    (workplace.home / "models").mkdir()
    named = {"path": "project"}, {"path": "models", "name": "m"}
    workspace(workplace, {NAME: "${workspaceFolder:m}/../envs/other"}, *named, place=".")
    assert only(workplace).executable == str(workplace.other)


def test_a_workspace_file_that_holds_other_folders_says_nothing(workplace: Any) -> None:
    (workplace.home / "models").mkdir()
    workspace(workplace, {NAME: str(workplace.other)}, {"path": "models"}, place=".")
    assert workplace.read().choices == ()


def test_the_folder_s_own_settings_are_stronger_than_the_workspace_s(workplace: Any) -> None:
    workspace(workplace, {NAME: str(workplace.other)})
    workplace.settings(json.dumps({NAME: str(workplace.mine)}))
    assert only(workplace).is_patient is True


def test_what_was_selected_for_a_workspace_is_stronger_than_its_settings(workplace: Any) -> None:
    file = workspace(workplace, {NAME: str(workplace.other)})
    state = workplace.home / ".config/VSCodium/User/globalStorage/state.vscdb"
    state.parent.mkdir(parents=True)
    row = json.dumps({f"WORKSPACE_INTERPRETER_PATH_{file}": str(workplace.mine)})
    with closing(sqlite3.connect(state)) as database, database:
        database.execute("CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)")
        database.execute("INSERT INTO ItemTable VALUES ('ms-python.python', ?)", (row,))
    assert only(workplace).is_patient is True
    assert workplace.judge() == []


@pytest.mark.parametrize(
    "file",
    [
        ".config/Code/User/settings.json",
        ".config/VSCodium/User/settings.json",
        ".config/Cursor/User/settings.json",
        ".var/app/com.visualstudio.code/config/Code/User/settings.json",
        ".vscode-server/data/Machine/settings.json",
        ".cursor-server/data/Machine/settings.json",
        ".local/share/code-server/User/settings.json",
    ],
)
def test_what_holds_for_every_folder_counts_where_the_editor_is_used(workplace: Any, file: str) -> None:
    workplace.write(file, json.dumps({NAME: str(workplace.other)}))
    assert workplace.read().choices == (), "nothing shows that this folder is ever opened there"
    workplace.settings('{"editor.fontSize": 14}')
    assert only(workplace).executable == str(workplace.other)
    workplace.settings(json.dumps({NAME: str(workplace.mine)}))
    assert only(workplace).is_patient is True, "the folder's own is stronger"


def test_the_editor_s_own_terminal_shows_that_it_is_used(workplace: Any) -> None:
    workplace.write(".config/Code/User/settings.json", json.dumps({NAME: str(workplace.other)}))
    workplace.environ["TERM_PROGRAM"] = "vscode"
    assert only(workplace).is_patient is False


def test_the_machine_s_settings_are_stronger_than_the_user_s(workplace: Any) -> None:
    workplace.settings("{}")
    workplace.write(".config/Code/User/settings.json", json.dumps({NAME: str(workplace.other)}))
    workplace.write(".vscode-server/data/Machine/settings.json", json.dumps({NAME: str(workplace.mine)}))
    assert only(workplace).is_patient is True


def test_a_path_of_another_system_in_shared_settings_is_passed_over(workplace: Any) -> None:
    for written in (r"C:\\envs\\dl\\python.exe", r"${workspaceFolder}\\.venv\\Scripts\\python.exe"):
        workplace.settings(f'{{"{NAME}": "{written}"}}')
        assert workplace.read().choices == ()


WINDOWS = {"USERPROFILE": r"C:\Users\li", "APPDATA": r"C:\Users\li\AppData\Roaming"}


def test_the_user_s_settings_on_windows(machine_of: Callable[..., RecordedOutside]) -> None:
    outside = machine_of(
        system="windows",
        cwd=r"D:\net",
        environ=WINDOWS,
        files={
            r"D:\net\.git\config": "",
            r"D:\net\.vscode\extensions.json": "{}",
            r"C:\Users\li\AppData\Roaming\Code\User\settings.json": json.dumps(
                {NAME: r"${userHome}\miniconda3\python.exe"}
            ),
            r"C:\Users\li\miniconda3\python.exe": "",
            r"C:\Users\li\miniconda3\conda-meta\history": "",
        },
    )
    (choice,) = probe_editors(outside, Interpreter(prefix=r"D:\envs\dl")).value.choices
    assert (choice.executable, choice.is_patient) == (r"C:\Users\li\miniconda3\python.exe", False)


def test_the_user_s_settings_on_a_mac(machine_of: Callable[..., RecordedOutside]) -> None:
    outside = machine_of(
        system="macos",
        cwd="/Users/li/net",
        environ={"HOME": "/Users/li", "TERM_PROGRAM": "vscode"},
        files={
            "/Users/li/Library/Application Support/Cursor/User/settings.json": json.dumps(
                {NAME: "~/envs/other/bin/python"}
            ),
            "/Users/li/envs/other/bin/python": "",
            "/Users/li/envs/other/pyvenv.cfg": "",
        },
    )
    (choice,) = probe_editors(outside, Interpreter(prefix="/Users/li/envs/dl")).value.choices
    assert (choice.executable, choice.is_patient) == ("/Users/li/envs/other/bin/python", False)


def test_what_the_windows_side_of_wsl_selected(machine_of: Callable[..., RecordedOutside]) -> None:
    state = "/mnt/c/Users/li/AppData/Roaming/Code/User/globalStorage/state.vscdb"
    chosen = {
        "wsl_WORKSPACE_FOLDER_INTERPRETER_PATH_/home/li/net": "/home/li/envs/other/bin/python",
        "WORKSPACE_FOLDER_INTERPRETER_PATH_/home/li/net": "/home/li/envs/dl/bin/python",
    }
    outside = machine_of(
        system="linux",
        cwd="/home/li/net",
        environ={"HOME": "/home/li", "WSL_DISTRO_NAME": "Ubuntu"},
        files={
            "/mnt/c/Users/li/.bashrc": "",
            "/home/li/envs/other/bin/python": "",
            "/home/li/envs/other/pyvenv.cfg": "",
        },
        stored={state: {"ms-python.python": json.dumps(chosen)}},
    )
    (choice,) = probe_editors(outside, Interpreter(prefix="/home/li/envs/dl")).value.choices
    assert (choice.executable, choice.is_patient) == ("/home/li/envs/other/bin/python", False)
