"""What VS Code's Python Environments extension (ms-python.vscode-python-envs) keeps for a folder.

The editor has a folder below "User/workspaceStorage" for every folder and workspace that was opened:
"workspace.json" names it, "state.vscdb" holds what extensions keep for it. This extension keeps one map for
each kind of environment there, from the folder to what was chosen: an interpreter, or for conda its folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object
from envdoctor.probes.paths import same_path

__all__ = ["KINDS", "Kept", "kept_for"]

EXTENSION = "ms-python.vscode-python-envs"
KINDS = ("venv", "system", "conda", "pyenv", "poetry", "pipenv")
"""The kinds of environments, as settings name their managers behind "ms-python.python:"."""
_MOST = 400
"""Folders of the editor's storage that are looked at; more were opened than anybody works in."""
_FILE_LIMIT = 1 << 14


@value
class Kept(Record):
    """What was chosen for a folder, by kind, and the file that says so."""

    state: str
    chosen: Mapping[str, str]
    """From "venv" and the like to the interpreter."""


def kept_for(
    outside: Outside, folder: str, workspaces: Iterable[str], users: Iterable[tuple[str, str]]
) -> Kept | None:
    """What the extension keeps for this folder; `None`: it was never used here, or two states contradict.

    `workspaces` are the workspace files that hold it. `users` are each editor's "User" folder; what stands
    beside one is empty but where it is Windows's own, seen from WSL.

    """
    places = (folder, *workspaces)
    found = [kept for user, remote in users for kept in _states(outside, folder, places, user, bool(remote))]
    if not found or any(dict(each.chosen) != dict(found[0].chosen) for each in found):
        return None
    return found[0]


def _states(
    outside: Outside, folder: str, places: tuple[str, ...], user: str, remote: bool
) -> Iterator[Kept]:
    storage = str(outside.path.join(user, "workspaceStorage"))
    for name in (outside.list_folder(storage) or ())[:_MOST]:
        about = outside.read_text(str(outside.path.join(storage, name, "workspace.json")), _FILE_LIMIT)
        opened = _opened(outside, about, remote) if about else None
        if opened is None or not any(same_path(outside, opened, place) for place in places):
            continue
        state = str(outside.path.join(storage, name, "state.vscdb"))
        chosen = _chosen(outside, outside.stored(state, EXTENSION), folder)
        if chosen is not None:
            yield Kept(state, chosen)


def _opened(outside: Outside, about: str, remote: bool) -> str | None:
    """The folder or workspace file that a "workspace.json" names, as a path of this system."""
    told = json_object(about)
    address = told.get("folder") or told.get("workspace") or told.get("configuration")
    if not isinstance(address, str):
        return None
    scheme, _, rest = address.partition("://")
    authority, slash, path = rest.partition("/")
    wanted = scheme == "vscode-remote" and authority.lower().startswith("wsl") if remote else scheme == "file"
    if not wanted or not slash:
        return None
    from urllib.parse import unquote

    path = unquote(f"/{path}")
    if outside.system == "windows":
        path = f"//{authority}{path}" if authority else path.lstrip("/")
    return str(outside.path.normpath(path))


def _chosen(outside: Outside, stored: str | None, folder: str) -> dict[str, str] | None:
    """By kind, the interpreter chosen for the folder; `None`: the extension has kept nothing at all."""
    told = json_object(stored or "")
    if not any(key.startswith(f"{EXTENSION}:") for key in told):
        return None
    chosen = {}
    for kind in KINDS:
        rows = told.get(f"{EXTENSION}:{kind}:WORKSPACE_SELECTED")
        for place, path in rows.items() if isinstance(rows, dict) else ():
            if isinstance(path, str) and path.strip() and same_path(outside, place, folder):
                chosen[kind] = _interpreter(outside, path, kind)
    return chosen


def _interpreter(outside: Outside, path: str, kind: str) -> str:
    """The interpreter itself, where an environment's folder was kept."""
    join, windows = outside.path.join, outside.system == "windows"
    name = outside.path.basename(path).lower()
    if name.startswith(("python", "pypy")) and not outside.is_folder(path):
        return str(outside.path.normpath(path))
    if windows:
        parts = ("python.exe",) if kind == "conda" else ("Scripts", "python.exe")
    else:
        parts = ("bin", "python")
    return str(outside.path.normpath(join(path, *parts)))
