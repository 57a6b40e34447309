"""Which interpreter VS Code and PyCharm use in a folder, read from the files that they write."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from envdoctor.facts import Interpreter
from envdoctor.findings import Finding, Severity
from envdoctor.messages import catalogue
from envdoctor.outside import LiveOutside
from envdoctor.probes.editors import probe_editors

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

Codes = Callable[[list[Finding]], list[tuple[str, str]]]


def test_nothing_is_said_where_nothing_is_set(workplace: Any) -> None:
    assert workplace.read().choices == ()
    assert workplace.judge() == []


@pytest.mark.parametrize(
    "settings",
    [
        '{"python.defaultInterpreterPath": "{other}"}',
        '{"python.pythonPath": "{other}"}',
        '{"python.defaultInterpreterPath": "{other-folder}"}',
        '{"python.defaultInterpreterPath": "${workspaceFolder}/../envs/other/bin/python"}',
        '{"python.defaultInterpreterPath": "~/envs/other"}',
        '{"python.defaultInterpreterPath": "${userHome}/envs/other"}',
        '{"python.defaultInterpreterPath": "${env:HOME}/envs/other"}',
        '{"python.defaultInterpreterPath": "../envs/other/bin/python"}',
        '// ours\n{\n /* "python.pythonPath": "{mine}", */\n "a": "http://b", // c\n'
        ' "python.defaultInterpreterPath": "{other}",\n}\n',
    ],
)
def test_a_setting_that_names_another_environment(workplace: Any, codes: Codes, settings: str) -> None:
    text = settings.replace("{other-folder}", str(workplace.other.parents[1]))
    text = text.replace("{other}", str(workplace.other)).replace("{mine}", str(workplace.mine))
    workplace.settings(text)
    (choice,) = workplace.read().choices
    assert (choice.executable, choice.exists, choice.is_patient) == (str(workplace.other), True, False)
    assert codes(workplace.judge()) == [("vscode-interpreter-mismatch", "editor")]


@pytest.mark.parametrize(
    "settings",
    [
        '{"python.defaultInterpreterPath": "{mine}"}',
        '{"python.defaultInterpreterPath": "${workspaceFolder}/../envs/mine"}',
        '{"python.defaultInterpreterPath": "python"}',
        '{"python.defaultInterpreterPath": ""}',
        '{"python.defaultInterpreterPath": 3}',
        '{"python.defaultInterpreterPath": "${command:choose}/python"}',
        '{"editor.fontSize": 14}',
        "{not json",
        "",
    ],
)
def test_near_misses_of_a_setting(workplace: Any, settings: str) -> None:
    workplace.settings(settings.replace("{mine}", str(workplace.mine)))
    assert workplace.judge() == []


def test_a_setting_that_reaches_the_patient_through_a_link(workplace: Any) -> None:
    (workplace.home / "current").symlink_to(workplace.mine.parents[1])
    workplace.settings('{"python.defaultInterpreterPath": "~/current/bin/python"}')
    assert workplace.read().choices[0].is_patient is True
    assert workplace.judge() == []


def test_an_interpreter_that_is_gone(workplace: Any, codes: Codes) -> None:
    workplace.settings('{"python.defaultInterpreterPath": "${workspaceFolder}/.venv/bin/python"}')
    findings = workplace.judge()
    assert codes(findings) == [("vscode-interpreter-mismatch", "editor-gone")]
    assert findings[0].severity is Severity.WARNING


def test_what_was_selected_by_hand_outlives_the_setting(workplace: Any, codes: Codes) -> None:
    workplace.settings(f'{{"python.defaultInterpreterPath": "{workplace.other}"}}')
    state = workplace.selected(workplace.project, str(workplace.mine))
    before = {path: path.stat().st_mtime_ns for path in state.parent.iterdir()}
    (choice,) = workplace.read().choices
    assert choice.is_patient is True and "Select Interpreter" in choice.origin
    assert workplace.judge() == []
    assert {path: path.stat().st_mtime_ns for path in state.parent.iterdir()} == before, "nothing is written"
    workplace.selected(workplace.project, str(workplace.other))
    assert codes(workplace.judge()) == [("vscode-interpreter-mismatch", "editor")]


def test_what_was_selected_for_another_folder_says_nothing(workplace: Any) -> None:
    workplace.selected(workplace.home / "elsewhere", str(workplace.other))
    assert workplace.read().choices == ()


def test_a_broken_state_file_is_passed_over(workplace: Any) -> None:
    workplace.write(".config/Code/User/globalStorage/state.vscdb", "this is no database")
    assert workplace.read().choices == ()


def test_a_folder_below_the_one_that_has_the_settings(workplace: Any) -> None:
    workplace.settings(f'{{"python.defaultInterpreterPath": "{workplace.other}"}}')
    inner = workplace.project / "src" / "deep"
    inner.mkdir(parents=True)
    assert [choice.is_patient for choice in workplace.read(inner).choices] == [False]


def test_an_environment_that_was_named_may_be_any(workplace: Any) -> None:
    workplace.settings(f'{{"python.defaultInterpreterPath": "{workplace.other}"}}')
    for found_by in ("option", "doctor", "notebook", None):
        assert workplace.judge(found_by=found_by) == []


def pycharm(workplace: Any, home: str, name: str = "Python 3.12 (dl)") -> None:
    workplace.write(
        "project/.idea/misc.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<project version="4">\n'
        '  <component name="Black"><option name="sdkName" value="Python 3.9" /></component>\n'
        f'  <component name="ProjectRootManager" version="2" project-jdk-name="{name}"'
        ' project-jdk-type="Python SDK" />\n</project>\n',
    )
    workplace.write(
        ".config/JetBrains/PyCharm2026.2/options/jdk.table.xml",
        '<application><component name="ProjectJdkTable">\n'
        '  <jdk version="2"><name value="21" /><type value="JavaSDK" /><homePath value="/jdk" /></jdk>\n'
        '  <jdk version="2"><name value="Python 3.12 (dl)" /><type value="Python SDK" />'
        f'<version value="Python 3.12.9" /><homePath value="{home}" /></jdk>\n</component></application>\n',
    )


def test_pycharm_s_interpreter(workplace: Any, codes: Codes) -> None:
    pycharm(workplace, "$USER_HOME$/envs/other/bin/python")
    (choice,) = workplace.read().choices
    assert (choice.editor, choice.executable) == ("pycharm", str(workplace.other))
    assert codes(workplace.judge()) == [("vscode-interpreter-mismatch", "editor")]
    pycharm(workplace, str(workplace.mine))
    assert workplace.judge() == []


def test_pycharm_names_an_interpreter_of_another_machine(workplace: Any) -> None:
    pycharm(workplace, str(workplace.other), name="Python 3.11 (a colleague's)")
    (choice,) = workplace.read().choices
    assert choice.executable is None
    assert workplace.judge() == []


def test_windows_paths_compare_without_case(machine_of: Callable[..., RecordedOutside]) -> None:
    state = r"C:\Users\li\AppData\Roaming\Code\User\globalStorage\state.vscdb"
    chosen = {r"WORKSPACE_FOLDER_INTERPRETER_PATH_c:\work\net": r"c:\envs\DL\Scripts\python.exe"}
    outside = machine_of(
        system="windows",
        cwd=r"C:\work\net",
        environ={"USERPROFILE": r"C:\Users\li", "APPDATA": r"C:\Users\li\AppData\Roaming"},
        files={
            r"C:\work\net\.git\config": "",
            r"C:\envs\dl\pyvenv.cfg": "",
            r"C:\envs\dl\Scripts\python.exe": "",
        },
        stored={state: {"ms-python.python": json.dumps(chosen)}},
    )
    reading = probe_editors(outside, Interpreter(prefix=r"C:\envs\dl"))
    assert [choice.is_patient for choice in reading.value.choices] == [True]


def test_every_sentence_of_the_findings_is_filled(workplace: Any) -> None:
    workplace.settings(f'{{"python.defaultInterpreterPath": "{workplace.other}"}}')
    for language in ("en", "zh"):
        words = catalogue(language)
        (finding,) = workplace.judge()
        told = [words.title(finding), words.detail(finding), *map(words.say, finding.evidence)]
        told += [words.say(remedy.summary) for remedy in finding.remedies]
        assert all("{" not in sentence and sentence for sentence in told)
        assert any(str(workplace.other) in sentence for sentence in told)


def test_the_state_of_a_database_without_the_table(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    file = tmp_path / "empty.vscdb"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE Other (key TEXT)")
    assert LiveOutside({}, str(tmp_path)).stored(str(file), "ms-python.python") is None
    assert LiveOutside({}, str(tmp_path)).stored(str(tmp_path / "none"), "x") is None
