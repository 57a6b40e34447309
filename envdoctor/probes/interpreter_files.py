"""Where interpreters lie: in an environment's folder, on PATH, behind pyenv's shims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from envdoctor.outside import Outside

__all__ = [
    "interpreter_in",
    "is_store_stub",
    "on_path",
    "prefix_of",
    "pyenv_target",
]


def interpreter_in(outside: Outside, folder: str, *, bare: bool = False) -> str | None:
    """The interpreter of the environment in `folder`; with `bare`, also one in the folder itself."""
    path = outside.path
    if outside.system == "windows":
        shapes = [("Scripts", "python.exe"), ("python.exe",), ("bin", "python.exe"), ("Scripts", "pypy3.exe")]
    else:
        shapes = [("bin", "python"), ("bin", "python3"), ("bin", "pypy3")]
        if bare:
            shapes += [("python",), ("python3",)]
    for parts in shapes:
        found = path.join(folder, *parts)
        if outside.is_file(found) and outside.may(found, "execute"):
            return str(found)
    return None


def on_path(outside: Outside, name: str, skip: Sequence[str] = ()) -> Iterator[str]:
    """The programs of this name in the order of PATH, without those that lie in the folders `skip`."""
    path, environ = outside.path, outside.environ
    windows = outside.system == "windows"
    value = environ.get("PATH") or (environ.get("Path", "") if windows else "")
    names = [name]
    if windows and not path.splitext(name)[1]:
        names = [name + ending.lower() for ending in (".exe", ".bat", ".cmd", ".com")]
    seen = set()
    for folder in value.split(path.pathsep):
        place = folder.strip('"')
        if not place or place in seen or any(path.normcase(place) == path.normcase(each) for each in skip):
            continue
        seen.add(place)
        place = path.join(outside.cwd, place)
        for each in names:
            found = path.join(place, each)
            # Not is_file: the Store's execution aliases are links that can't be followed.
            if (
                outside.exists(found) and not outside.is_folder(found) if windows else outside.is_file(found)
            ) and outside.may(found, "execute"):
                yield str(found)


def is_store_stub(outside: Outside, python: str) -> bool:
    """Whether this is Windows's alias that only opens the Store: no Python from the Store is installed.

    Alias and stub are both empty files; an installed Python leaves a folder of its own beside them.
    """
    folder = outside.path.dirname(python)
    if outside.system != "windows" or outside.path.basename(folder).lower() != "windowsapps":
        return False
    names = outside.list_folder(folder)
    return names is not None and not any(name.startswith("PythonSoftwareFoundation.") for name in names)


def pyenv_target(outside: Outside, shim: str, program: str) -> str | None:
    """What pyenv's shim runs, found without running it; `None`: no shim, or only pyenv can tell."""
    path = outside.path
    folder = path.dirname(shim)
    root = path.dirname(folder)
    if path.basename(folder) != "shims" or not outside.is_folder(path.join(root, "versions")):
        return None
    chosen = outside.environ.get("PYENV_VERSION") or _pyenv_file(outside, root)
    names = [name for name in re.split(r"[:\s]+", chosen) if name]
    if not names or names[0] == "system":
        return None
    place = path.join(root, "versions", names[0])
    shapes = (
        [("bin", program)]
        if outside.system != "windows"
        else [(program + ".exe",), ("Scripts", program + ".exe")]
    )
    for parts in shapes:
        found = path.join(place, *parts)
        if outside.is_file(found):
            return str(found)
    return None


def _pyenv_file(outside: Outside, root: str) -> str:
    path = outside.path
    folder = outside.cwd
    for _ in range(40):
        text = outside.read_text(path.join(folder, ".python-version"), 1024) if folder else None
        if text and text.strip():
            return text
        parent = path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return outside.read_text(path.join(root, "version"), 1024) or ""


def prefix_of(outside: Outside, python: str) -> str | None:
    """The prefix that this interpreter would call its own, judging by where it lies."""
    path = outside.path
    if path.basename(path.dirname(python)) == "shims":
        real = pyenv_target(outside, python, "python")
        return prefix_of(outside, real) if real is not None else None
    if "windowsapps" in python.lower() and outside.system == "windows":
        return None  # an alias says nothing about the place it leads to
    for candidate in (python, outside.resolve(python)):
        folder = path.dirname(candidate)
        prefix = path.dirname(folder) if path.basename(folder).lower() in ("bin", "scripts") else folder
        inside = any(outside.exists(path.join(prefix, mark)) for mark in ("pyvenv.cfg", "conda-meta"))
        if inside:
            return str(prefix)
    resolved = outside.resolve(python)
    folder = path.dirname(resolved)
    if path.basename(folder).lower() in ("bin", "scripts"):
        return str(path.dirname(folder))
    return folder if outside.system == "windows" else None
