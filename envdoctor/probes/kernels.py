"""Which Jupyter kernels are installed, which Python each starts, and whether one of them started us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from envdoctor.facts import JupyterKernel
from envdoctor.late import late
from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object

__all__ = ["installed_kernels", "running_kernel"]

Scope = Literal["environment", "user", "system", "JUPYTER_PATH"]

_NOTEBOOK_VARIABLES = ("JPY_PARENT_PID", "JPY_SESSION_NAME")
"""Jupyter's own launcher sets one of them; ipykernel sets MPLBACKEND for any launcher, VS Code's too."""
_INLINE_BACKENDS = ("module://matplotlib_inline", "module://ipykernel")
_KERNEL = late(r"ipykernel(?:_launcher)?\b")
_BARE = late(r"(?:python(?:\d+(?:\.\d+)?)?|\{sys\.executable\})(?:\.exe)?", re.IGNORECASE)
"""Jupyter puts the Python that it runs in itself in place of such a name."""
_PYTHON = late(r"(?:python|pypy)[\w.-]*", re.IGNORECASE)
"""How a program is called that is an interpreter and no launcher of one: "uv", "conda", "env", "bash"."""
_KERNEL_NAME = late(r'"kernelspec"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"\\]+)"')
MOST_NOTEBOOKS = 20
_UNIX = ("/usr/local/share/jupyter", "/usr/share/jupyter")
_SYSTEM = {"linux": _UNIX, "macos": _UNIX, "windows": ("%PROGRAMDATA%\\jupyter",)}


def running_kernel(outside: Outside) -> str | None:
    """The interpreter of the notebook kernel that this process was started from (`!envdoctor check`)."""
    environ = outside.environ
    inline = environ.get("MPLBACKEND", "").startswith(_INLINE_BACKENDS)
    if not inline and not any(environ.get(name) for name in _NOTEBOOK_VARIABLES):
        return None
    for argv in outside.ancestors():
        if any(_KERNEL.search(word) for word in argv[1:4]):
            return argv[0] if outside.path.isabs(argv[0]) and outside.exists(argv[0]) else None
    return None


def installed_kernels(outside: Outside, prefix: str | None) -> tuple[JupyterKernel, ...]:
    """Every Python kernel in the order in which Jupyter, run in `prefix`, looks for them."""
    found: list[JupyterKernel] = []
    for folder, scope in _folders(outside, prefix):
        for name in outside.list_folder(folder) or ():
            spec = _spec(outside, outside.path.join(folder, name, "kernel.json"), name, scope)
            if spec is not None:
                found.append(spec)
    wanted = _asked_for(outside) if found else {}
    # Of several kernels with one name Jupyter takes the first, so that is the one its notebooks get.
    return tuple(replace(spec, notebooks=wanted.pop(spec.name.lower(), ())) for spec in found)


def _folders(outside: Outside, prefix: str | None) -> Iterator[tuple[str, Scope]]:
    path, environ = outside.path, outside.environ
    for each in environ.get("JUPYTER_PATH", "").split(path.pathsep):
        if each:
            yield path.join(each, "kernels"), "JUPYTER_PATH"
    # An environment's own kernels come before the user's since jupyter_core 5 (virtual environments, conda).
    if prefix:
        yield path.join(prefix, "share", "jupyter", "kernels"), "environment"
    user = _user_folder(outside)
    if user:
        yield path.join(user, "kernels"), "user"
    for place in _SYSTEM[outside.system]:
        shared = place.replace("%PROGRAMDATA%", environ.get("PROGRAMDATA", "C:\\ProgramData"))
        if prefix is None or not path.normpath(shared).startswith(path.join(prefix, "share", "")):
            yield path.join(shared, "kernels"), "system"


def _user_folder(outside: Outside) -> str | None:
    path, environ = outside.path, outside.environ
    if environ.get("JUPYTER_DATA_DIR"):
        return environ["JUPYTER_DATA_DIR"]
    if outside.system == "windows":
        return str(path.join(environ["APPDATA"], "jupyter")) if environ.get("APPDATA") else None
    home = environ.get("HOME")
    if not home:
        return None
    if outside.system == "macos":
        return str(path.join(home, "Library", "Jupyter"))
    return str(path.join(environ.get("XDG_DATA_HOME") or path.join(home, ".local", "share"), "jupyter"))


def _spec(outside: Outside, file: str, name: str, scope: Scope) -> JupyterKernel | None:
    told = json_object(outside.read_text(file, 1 << 16))
    if str(told.get("language", "")).lower() != "python":
        return None
    argv = told.get("argv")
    program = argv[0] if isinstance(argv, list) and argv and isinstance(argv[0], str) else ""
    shown = told.get("display_name")
    called = re.split(r"[\\/]", program)[-1]
    own = bool(_BARE.fullmatch(program)) or not _PYTHON.fullmatch(called)
    return JupyterKernel(
        name=name,
        display_name=shown if isinstance(shown, str) else None,
        path=file,
        scope=scope,
        executable=None if own else program,
        exists=None if own else outside.exists(program),
    )


def _asked_for(outside: Outside) -> dict[str, tuple[str, ...]]:
    """The kernel's name, in small letters, that each notebook of the working folder was saved with."""
    wanted: dict[str, tuple[str, ...]] = {}
    names = [name for name in outside.list_folder(outside.cwd) or () if name.endswith(".ipynb")]
    for name in names[:MOST_NOTEBOOKS]:
        text = outside.read_text(outside.path.join(outside.cwd, name)) or ""
        found = _KERNEL_NAME.findall(text)
        if found:
            key = found[-1].lower()  # the notebook's own metadata stand after its cells
            wanted[key] = (*wanted.get(key, ()), name)
    return wanted
