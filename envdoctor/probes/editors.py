"""Which interpreter VS Code and PyCharm use in this folder, and which kernels notebooks would run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from envdoctor.facts import EditorChoice, Editors, Interpreter
from envdoctor.late import late
from envdoctor.outside import Outside
from envdoctor.probes.interpreter_files import interpreter_in, prefix_of
from envdoctor.probes.kernels import installed_kernels
from envdoctor.probes.locate import project_folders
from envdoctor.probes.paths import same_place
from envdoctor.probes.reading import Reading
from envdoctor.probes.user_folders import home_folder, settings_folder
from envdoctor.probes.vscode import vscode_choices

__all__ = ["probe_editors"]

_PROJECT_JDK = late(r'<component name="ProjectRootManager"[^>]*\bproject-jdk-name="([^"]+)"')
_JDK = late(
    r'<name value="(?P<name>[^"]+)"\s*/>\s*<type value="Python SDK"\s*/>.*?<homePath value="(?P<home>[^"]+)"',
    re.DOTALL,
)


def probe_editors(outside: Outside, interpreter: Interpreter) -> Reading[Editors]:
    """The interpreters that editors and notebooks would run here, and whether each is the patient's."""
    found: list[EditorChoice] = []
    for choose in (vscode_choices, _pycharm):
        choice = next((each for folder in project_folders(outside) for each in choose(outside, folder)), None)
        if choice is not None:
            found.append(_compared(outside, choice, interpreter))
    kernels = tuple(
        replace(kernel, is_patient=_is_patient(outside, kernel.executable, interpreter))
        for kernel in installed_kernels(outside, interpreter.prefix)
    )
    sources = {"choices": ", ".join(choice.origin for choice in found)} if found else {}
    return Reading(Editors(choices=tuple(found), kernels=kernels), sources)


def _compared(outside: Outside, choice: EditorChoice, interpreter: Interpreter) -> EditorChoice:
    if choice.executable is None:
        return choice
    python = choice.executable
    if outside.is_folder(python):
        python = interpreter_in(outside, python) or python
    exists = outside.exists(python) and not outside.is_folder(python)
    mine = _is_patient(outside, python, interpreter) if exists else None
    return replace(choice, executable=python, exists=exists, is_patient=mine)


def _is_patient(outside: Outside, python: str | None, interpreter: Interpreter) -> bool | None:
    if python is None or not outside.exists(python) or interpreter.prefix is None:
        return None
    prefix = prefix_of(outside, python)
    return same_place(outside, prefix, interpreter.prefix) if prefix is not None else None


def _pycharm(outside: Outside, folder: str) -> Iterator[EditorChoice]:
    """The project names an interpreter; where it lies, the IDE's own table of interpreters tells."""
    file = outside.path.join(folder, ".idea", "misc.xml")
    named = _PROJECT_JDK.search(outside.read_text(file, 1 << 18) or "")
    if named is None:
        return
    name = _unescaped(named[1])
    python = next((home for known, home in _jdks(outside) if known == name), None)
    yield EditorChoice(editor="pycharm", value=name, origin=file, executable=python)


def _jdks(outside: Outside) -> Iterator[tuple[str, str]]:
    path, home, base = outside.path, home_folder(outside) or "", settings_folder(outside)
    root = path.join(base, "JetBrains") if base else ""
    # The newest version first: its name sorts last.
    for version in reversed(outside.list_folder(root) or ()) if root else ():
        table = outside.read_text(path.join(root, version, "options", "jdk.table.xml")) or ""
        for found in _JDK.finditer(table):
            place = _unescaped(found["home"]).replace("$USER_HOME$", home)
            yield _unescaped(found["name"]), str(path.normpath(place))


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)
