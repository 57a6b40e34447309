"""What a shell would run as `python` and `pip`, and into which interpreter that pip installs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.probes.interpreter_files import is_store_stub, on_path, prefix_of, pyenv_target
from envdoctor.reason import Reason, reason

__all__ = ["OnShell", "installers", "shell_pip", "shell_python"]

HEAD = 512
"""Bytes of a script that are read for its first lines."""


@value
class OnShell(Record):
    """A program as PATH gives it, and the prefix of the interpreter it belongs to."""

    program: str | None = None
    prefix: str | None = None
    reason: Reason | None = None
    """Why the prefix is not known although there is a program."""
    origin: str = ""


def shell_python(outside: Outside, skip: Sequence[str]) -> OnShell:
    """The `python` of a shell; where there is none, its `python3`."""
    for name in ("python", "python3"):
        for found in on_path(outside, name, skip):
            if is_store_stub(outside, found):
                continue
            prefix = prefix_of(outside, found)
            program = outside.resolve(pyenv_target(outside, found, "python") or found)
            return OnShell(program, prefix, None if prefix else reason("leads-nowhere", path=found), found)
    return OnShell()


def shell_pip(outside: Outside, skip: Sequence[str]) -> OnShell:
    """The `pip` of a shell; where there is none, its `pip3`."""
    for name in ("pip", "pip3"):
        for found in on_path(outside, name, skip):
            if is_store_stub(outside, outside.path.join(outside.path.dirname(found), "python.exe")):
                continue
            real = pyenv_target(outside, found, name) or found
            prefix, why = _pip_prefix(outside, real, skip)
            return OnShell(real, prefix, why, f"{found}: #!" if prefix else "")
    return OnShell()


def _pip_prefix(outside: Outside, pip: str, skip: Sequence[str]) -> tuple[str | None, Reason | None]:
    """The prefix `pip` installs into, from its script's first lines, and else why that is not known."""
    path = outside.path
    folder = path.dirname(pip)
    if outside.system == "windows":
        prefix = path.dirname(folder) if path.basename(folder).lower() == "scripts" else folder
        places = [path.join(prefix, "python.exe"), path.join(prefix, "Scripts", "python.exe")]
        if any(outside.is_file(place) for place in places):
            return str(prefix), None
        return None, reason("whose-pip", path=pip)
    if path.basename(folder) == "shims":
        return None, reason("shim", path=pip)
    python = _python_of_script(outside, pip, skip)
    if python is None:
        return None, reason("whose-pip", path=pip)
    if not outside.exists(python):
        return None, reason("pip-of-gone", path=pip, python=python)
    prefix = prefix_of(outside, python)
    return prefix, None if prefix else reason("leads-nowhere", path=python)


def _python_of_script(outside: Outside, script: str, skip: Sequence[str]) -> str | None:
    """The interpreter that a script starts with."""
    path = outside.path
    lines = (outside.read_text(script, HEAD) or "").splitlines()
    if not lines or not lines[0].startswith("#!"):
        return None
    words = lines[0][2:].split()
    program = path.basename(words[0]) if words else ""
    if program in ("sh", "bash", "dash") and len(lines) > 1:
        # For long paths installers write a script that is shell and Python at once.
        return _python_of_exec(outside, script, lines[1])
    if program == "env":
        named = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
        found = next(on_path(outside, named, skip), None) if named else None
        return pyenv_target(outside, found, "python") or found if found else None
    if "python" in program or "pypy" in program:
        whole = lines[0][2:].strip()
        return whole if outside.exists(whole) else words[0]
    return None


def _python_of_exec(outside: Outside, script: str, line: str) -> str | None:
    if not line.startswith("'''exec'"):
        return None
    beside = re.search(r"""\$\(dirname .*?\)"?['"/]*/['"]*(?P<name>[\w.]+)""", line)
    if beside is not None:  # made to be moved: its Python lies in the script's own folder
        return str(outside.path.join(outside.path.dirname(outside.resolve(script)), beside["name"]))
    named = re.match(r"""'''exec'\s+(?:"([^"]+)"|'([^']+)'|(\S+))""", line)
    return next((each for each in named.groups() if each), None) if named else None


def installers(outside: Outside, conda_root: str | None) -> dict[str, str]:
    """The installers on PATH; conda and mamba also where only their shell function is known."""
    tools = {}
    for name in ("uv", "conda", "mamba", "micromamba", "pixi", "poetry", "pip"):
        found = outside.which(name)
        if found is not None:
            tools[name] = found
    for variable in ("CONDA_EXE", "MAMBA_EXE"):
        program = outside.environ.get(variable)
        if program and outside.is_file(program):
            tools.setdefault(outside.path.splitext(outside.path.basename(program))[0].lower(), program)
    if "conda" not in tools and conda_root is not None:
        shapes = ("Scripts", "conda.exe") if outside.system == "windows" else ("bin", "conda")
        program = outside.path.join(conda_root, *shapes)
        if outside.is_file(program):
            tools["conda"] = program
    return tools
