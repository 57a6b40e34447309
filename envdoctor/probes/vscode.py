"""Which interpreter VS Code, and the editors made from it, would use in a folder.

The Python extension takes what was selected by hand for the folder, then the folder's settings, then the same
two for the workspace file that holds the folder, and last what is set for the machine or for the user.

Where the Python Environments extension is in use, that one decides: first by the manager that settings name
for the folder (`python-envs.pythonProjects`, else `python-envs.defaultEnvManager`), then by the interpreter
that they name, and last by what it keeps itself (`vscode_store`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from envdoctor.facts import EditorChoice
from envdoctor.frozen import Record, value
from envdoctor.late import late
from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object
from envdoctor.probes.paths import same_path
from envdoctor.probes.user_folders import home_folder, settings_folder
from envdoctor.probes.vscode_store import Kept, kept_for

__all__ = ["vscode_choices"]

_SETTINGS = ("python.defaultInterpreterPath", "python.pythonPath")
_EDITORS = (
    "Code",
    "Code - Insiders",
    "Code - OSS",
    "VSCodium",
    "VSCodium - Insiders",
    "Cursor",
    "Windsurf",
    "Trae",
    "Trae CN",
)
"""The folders, below the system's place for configurations, that each keeps "User/settings.json" in."""
_FLATPAKS = (("com.visualstudio.code", "Code"), ("com.vscodium.codium", "VSCodium"))
_SERVERS = (
    (".vscode-server", "data"),
    (".vscode-server-insiders", "data"),
    (".vscode-remote", "data"),
    (".cursor-server", "data"),
    (".vscodium-server", "data"),
    (".windsurf-server", "data"),
    (".local", "share", "code-server"),
)
"""Where the part of an editor that runs on a remote machine, in WSL or in a container keeps its data."""
_FOLDER_CHOICE = "WORKSPACE_FOLDER_INTERPRETER_PATH_"
_WORKSPACE_CHOICE = "WORKSPACE_INTERPRETER_PATH_"
"""The Python extension keeps what "Python: Select Interpreter" chose under these and the path."""
_WSL_CLIENT = "wsl_"
"""Stands before both where the editor's window is on Windows and the folder in WSL."""
_WINDOWS_USERS = "/mnt/c/Users"
_MOST = 16
"""Workspace files, and users of Windows, that are looked at."""
_FILE_LIMIT = 1 << 18
_STRINGS_AND_COMMENTS = late(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TRAILING_COMMA = late(r'("(?:\\.|[^"\\])*")|,(?=\s*[}\]])', re.DOTALL)


@value
class _Workspace(Record):
    """A *.code-workspace file that holds the folder."""

    file: str
    folders: Mapping[str, str]
    """By their names: the folders as absolute paths."""
    settings: Mapping[str, object]


def vscode_choices(outside: Outside, folder: str) -> Iterator[EditorChoice]:
    """What is chosen for this folder, the strongest first; nothing is said where nothing is."""
    user_folders = tuple(_user_folders(outside))
    workspaces = list(_workspaces(outside, folder))
    kept = kept_for(outside, folder, [each.file for each in workspaces], user_folders)
    if kept is not None:
        layers = list(_layers(outside, folder, workspaces, user_folders))
        if _first(layers, "python.useEnvironmentsExtension") is not False:
            yield from _by_environments(outside, folder, layers, kept)
            return
    states = [(_state(outside, user), prefix) for user, prefix in user_folders]
    yield from _selected(outside, folder, states, _FOLDER_CHOICE + folder)
    file = outside.path.join(folder, ".vscode", "settings.json")
    yield from _set(outside, folder, file, _settings(outside, file))
    for workspace in workspaces:
        yield from _selected(outside, folder, states, _WORKSPACE_CHOICE + workspace.file)
        yield from _set(outside, folder, workspace.file, workspace.settings, workspace.folders)
    # What holds for every folder is worth a word only where the editor is seen to be used in this one.
    if workspaces or outside.is_folder(outside.path.dirname(file)) or _runs_here(outside):
        for place in (*_machine_settings(outside), *_user_settings(outside, user_folders)):
            yield from _set(outside, folder, place, _settings(outside, place))


def _layers(
    outside: Outside,
    folder: str,
    workspaces: list[_Workspace],
    user_folders: tuple[tuple[str, str], ...],
) -> Iterator[_Workspace]:
    """The settings that hold in the folder, the strongest first."""
    file = str(outside.path.join(folder, ".vscode", "settings.json"))
    yield _Workspace(file, {}, _settings(outside, file))
    yield from workspaces
    for place in (*_machine_settings(outside), *_user_settings(outside, user_folders)):
        yield _Workspace(place, {}, _settings(outside, place))


def _first(layers: list[_Workspace], name: str) -> object:
    return next((each.settings[name] for each in layers if name in each.settings), None)


def _by_environments(
    outside: Outside, folder: str, layers: list[_Workspace], kept: Kept
) -> Iterator[EditorChoice]:
    """What the Python Environments extension uses, the strongest first."""
    manager = _project_manager(outside, folder, layers) or _first(layers, "python-envs.defaultEnvManager")
    kinds = (str(manager).rpartition(":")[2],) if manager else ("venv", "system")
    if not manager:
        for each in layers:
            yield from _set(outside, folder, each.file, each.settings, each.folders)
    for kind in kinds:
        if chosen := kept.chosen.get(kind):
            origin = f"{kept.state}: Python Environments ({kind})"
            yield EditorChoice(editor="vscode", value=chosen, origin=origin, executable=chosen)


def _project_manager(outside: Outside, folder: str, layers: list[_Workspace]) -> str | None:
    """The manager that "pythonProjects" names for this very folder."""
    rows = _first(layers, "python-envs.pythonProjects")
    for row in rows if isinstance(rows, list) else ():
        path, manager = (row.get("path"), row.get("envManager")) if isinstance(row, dict) else (None, None)
        if isinstance(path, str) and isinstance(manager, str) and manager:
            if same_path(outside, str(outside.path.join(folder, path)), folder):
                return manager
    return None


def _runs_here(outside: Outside) -> bool:
    """Whether this is a terminal of the editor's own."""
    return outside.environ.get("TERM_PROGRAM") == "vscode" or "VSCODE_PID" in outside.environ


def _user_folders(outside: Outside) -> Iterator[tuple[str, str]]:
    """Each editor's "User" folder, with what its state puts before a key that is about this system."""
    path, environ, home = outside.path, outside.environ, home_folder(outside)
    if environ.get("VSCODE_PORTABLE"):
        yield str(path.join(environ["VSCODE_PORTABLE"], "user-data", "User")), ""
    base = settings_folder(outside)
    for name in _EDITORS if base is not None else ():
        yield str(path.join(base, name, "User")), ""
    if outside.system != "linux":
        return
    for application, name in _FLATPAKS if home else ():
        yield str(path.join(home, ".var", "app", application, "config", name, "User")), ""
    if environ.get("WSL_DISTRO_NAME"):
        for user in (outside.list_folder(_WINDOWS_USERS) or ())[:_MOST]:
            for name in ("Code", "Cursor"):
                yield f"{_WINDOWS_USERS}/{user}/AppData/Roaming/{name}/User", _WSL_CLIENT


def _state(outside: Outside, user: str) -> str:
    return str(outside.path.join(user, "globalStorage", "state.vscdb"))


def _machine_settings(outside: Outside) -> Iterator[str]:
    """What is set on this machine for windows that are elsewhere."""
    home = home_folder(outside)
    for parts in _SERVERS if home else ():
        yield str(outside.path.join(home, *parts, "Machine", "settings.json"))


def _user_settings(outside: Outside, folders: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for user, prefix in folders:
        if not prefix:  # a path of Windows's means nothing in WSL
            yield str(outside.path.join(user, "settings.json"))
    home = home_folder(outside)
    if home:
        yield str(outside.path.join(home, ".local", "share", "code-server", "User", "settings.json"))


def _selected(
    outside: Outside, folder: str, states: list[tuple[str, str]], wanted: str
) -> Iterator[EditorChoice]:
    """What was selected by hand; it outlives a setting, which only decides before that."""
    for state, prefix in states:
        stored = outside.stored(state, "ms-python.python")
        chosen = _of_key(stored, prefix + wanted, any_case=outside.system != "linux")
        if chosen:
            python = str(outside.path.normpath(outside.path.join(folder, chosen)))
            origin = f"{state}: Python: Select Interpreter"
            yield EditorChoice(editor="vscode", value=chosen, origin=origin, executable=python)


def _of_key(stored: str | None, wanted: str, *, any_case: bool) -> str | None:
    for key, chosen in json_object(stored).items():
        fits = key.lower() == wanted.lower() if any_case else key == wanted
        if fits and isinstance(chosen, str) and _is_path(chosen):
            return chosen
    return None


def _set(
    outside: Outside,
    folder: str,
    file: str,
    settings: Mapping[str, object],
    folders: Mapping[str, str] | None = None,
) -> Iterator[EditorChoice]:
    for name in _SETTINGS:
        written = settings.get(name)
        if isinstance(written, str) and _is_path(written) and not _foreign(outside, written):
            python = _expanded(outside, written.strip(), folder, folders or {})
            yield EditorChoice(editor="vscode", value=written, origin=f"{file}: {name}", executable=python)


def _is_path(written: str) -> bool:
    """Whether a setting names a place; "python" alone is the default and chooses nothing."""
    return bool(written.strip()) and ("/" in written or "\\" in written or "${" in written)


def _foreign(outside: Outside, written: str) -> bool:
    """Whether it is a path of another system: settings are shared in repositories, and passed over there."""
    if outside.system == "windows":
        return written.lstrip().startswith("/")
    return bool(re.match(r"\s*(?:[A-Za-z]:[\\/]|\\\\)", written)) or "\\Scripts\\" in written


def _settings(outside: Outside, file: str) -> dict[str, object]:
    return _jsonc(outside.read_text(file, _FILE_LIMIT))


def _workspaces(outside: Outside, folder: str) -> Iterator[_Workspace]:
    """The workspace files in this folder and the one above it that hold this folder."""
    path = outside.path
    for place in dict.fromkeys((folder, path.dirname(folder))):
        names = [name for name in outside.list_folder(place) or () if name.endswith(".code-workspace")]
        for name in names[:_MOST]:
            file = str(path.join(place, name))
            told = _settings(outside, file)
            folders = dict(_folders_of(outside, told, place))
            settings = told.get("settings")
            if isinstance(settings, dict) and any(
                same_path(outside, each, folder) for each in folders.values()
            ):
                yield _Workspace(file, folders, settings)


def _folders_of(outside: Outside, told: Mapping[str, object], place: str) -> Iterator[tuple[str, str]]:
    rows = told.get("folders")
    for row in rows if isinstance(rows, list) else ():
        written = row.get("path") if isinstance(row, dict) else None
        if isinstance(written, str):
            whole = str(outside.path.normpath(outside.path.join(place, written)))
            name = row.get("name")
            yield name if isinstance(name, str) else outside.path.basename(whole), whole


def _jsonc(text: str | None) -> dict[str, object]:
    """A settings file: JSON with comments and trailing commas; empty where it is no such thing."""
    if not text:
        return {}
    bare = _STRINGS_AND_COMMENTS.sub(lambda found: found[1] or " ", text.lstrip("\ufeff"))
    bare = _TRAILING_COMMA.sub(lambda found: found[1] or "", bare)
    return json_object(bare)


def _expanded(outside: Outside, written: str, folder: str, folders: Mapping[str, str]) -> str | None:
    """The path that a setting means; `None`: it has a variable that only the editor knows."""
    home = home_folder(outside) or ""
    known = {
        "workspaceFolder": folder,
        "workspaceRoot": folder,
        "workspaceFolderBasename": outside.path.basename(folder),
        "userHome": home,
        "pathSeparator": outside.path.sep,
        "/": outside.path.sep,
        **{f"workspaceFolder:{name}": place for name, place in folders.items()},
    }

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("env:"):
            return outside.environ.get(name[4:], str(found[0]))
        return str(known.get(name, found[0]))

    text = re.sub(r"\$\{([^}]+)\}", filled, written)
    if "${" in text:
        return None
    if home and (text == "~" or text.startswith(("~/", "~\\"))):
        text = home + text[1:]
    return str(outside.path.normpath(outside.path.join(folder, text)))
