"""Which interpreter is the patient: the named one, the notebook's, the active one, else what a shell runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from envdoctor.errors import PatientNotFoundError
from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.probes.interpreter_files import interpreter_in, is_store_stub, on_path, pyenv_target
from envdoctor.probes.kernels import running_kernel
from envdoctor.probes.paths import same_place
from envdoctor.probes.user_folders import home_folder

__all__ = ["Patient", "locate", "project_folders"]


@value
class Patient(Record):
    """An interpreter that was chosen for examination, and why it was chosen."""

    argv: tuple[str, ...]
    executable: str
    found_by: Literal["option", "notebook", "VIRTUAL_ENV", "CONDA_PREFIX", "project", "PATH", "doctor"]
    prefix_hint: str | None = None
    """The environment's folder, as far as the way it was found tells."""
    broken: bool = False
    """An active virtual environment whose base interpreter is gone."""
    not_on_path: tuple[str, ...] = ()
    """Folders that stand on PATH only because the doctor's own launcher put them there."""


def locate(outside: Outside, python: str | None, own: str) -> Patient:
    """The interpreter to examine; `python` is the user's choice, `own` the doctor's interpreter.

    Raises:
        PatientNotFoundError: `python` names no interpreter; the message names the path and a way out.

    """
    if python is not None:
        return _chosen(outside, python)
    launcher = _launcher_folders(outside, own)
    kernel = running_kernel(outside)
    if kernel is not None:
        return Patient((kernel,), kernel, "notebook", _prefix_hint(outside, kernel), not_on_path=launcher)
    active = _active(outside, launcher)
    if active is not None:
        return active
    project = _project(outside, launcher)
    if project is not None:
        return project
    for name in ("python", "python3", "py") if outside.system == "windows" else ("python", "python3"):
        for found in on_path(outside, name, launcher):
            if is_store_stub(outside, found):
                continue
            real = pyenv_target(outside, found, "python") or found
            return Patient((real,), real, "PATH", _prefix_hint(outside, real), not_on_path=launcher)
    return Patient((own,), own, "doctor", _prefix_hint(outside, own), not_on_path=launcher)


def _chosen(outside: Outside, python: str) -> Patient:
    path = outside.path
    given = python.strip()
    if not given:
        raise PatientNotFoundError("--python is empty; name an interpreter or the folder of an environment")
    full = _absolute(outside, given)
    if outside.is_folder(full):
        return _chosen_folder(outside, full)
    if outside.system == "windows" and not outside.exists(full) and outside.is_file(full + ".exe"):
        full += ".exe"
    if not outside.exists(full):
        named = next(on_path(outside, given), None) if path.basename(given) == given else None
        if named is None:
            raise PatientNotFoundError(_why_missing(outside, full))
        full = named
    if not outside.is_file(full) and outside.system != "windows":
        raise PatientNotFoundError(f"--python {full}: this is no file; name a Python interpreter")
    if not outside.may(full, "execute"):
        raise PatientNotFoundError(
            f"--python {full}: you may not execute this file; name a Python interpreter, such as the one "
            "that `which python` shows"
        )
    broken = _home_gone(outside, _prefix_hint(outside, full))
    if broken:
        raise PatientNotFoundError(_why_broken(full, broken))
    full = pyenv_target(outside, full, "python") or full
    return Patient((full,), full, "option", _prefix_hint(outside, full))


def _chosen_folder(outside: Outside, folder: str) -> Patient:
    found = interpreter_in(outside, folder, bare=True)
    if found is not None:
        gone = _home_gone(outside, folder)
        if gone:
            raise PatientNotFoundError(_why_broken(found, gone))
        hint = folder if found.startswith(outside.path.join(folder, "")) else None
        if outside.path.dirname(found) == folder and outside.system != "windows":
            hint = _prefix_hint(outside, found)
        return Patient((found,), found, "option", hint)
    dangling = _dangling(outside, folder)
    if dangling is not None:
        raise PatientNotFoundError(_why_broken(dangling, outside.resolve(dangling)))
    for inner in (".venv", "venv", "env"):
        if interpreter_in(outside, outside.path.join(folder, inner)) is not None:
            inside = outside.path.join(folder, inner)
            raise PatientNotFoundError(
                f"--python {folder}: this folder is no environment, but one lies in it: --python {inside}"
            )
    if outside.is_folder(outside.path.join(folder, "conda-meta")):
        raise PatientNotFoundError(
            f"--python {folder}: this conda environment has no Python in it; install one, or name another"
        )
    raise PatientNotFoundError(
        f"--python {folder}: there is no Python interpreter in this folder; name an interpreter or the "
        "folder of an environment"
    )


def _why_missing(outside: Outside, full: str) -> str:
    names = outside.list_folder(outside.path.dirname(full)) or ()
    if outside.path.basename(full) in names:
        return _why_broken(full, outside.resolve(full))
    return (
        f"--python {full}: there is no such file or folder; name an interpreter or the folder "
        "of an environment"
    )


def _why_broken(python: str, target: str) -> str:
    return (
        f"--python {python}: the interpreter that this environment was made from is gone ({target}); "
        "make the environment again"
    )


def _active(outside: Outside, launcher: tuple[str, ...]) -> Patient | None:
    environ, path = outside.environ, outside.path
    virtual = _usable(outside, environ.get("VIRTUAL_ENV"))
    conda = _usable(outside, environ.get("CONDA_PREFIX"))
    if conda is None and environ.get("PIXI_PROJECT_ROOT"):
        name = environ.get("PIXI_ENVIRONMENT_NAME") or "default"
        conda = _usable(outside, path.join(environ["PIXI_PROJECT_ROOT"], ".pixi", "envs", name))
    choices: list[tuple[Literal["VIRTUAL_ENV", "CONDA_PREFIX"], str]] = []
    if virtual is not None:
        choices.append(("VIRTUAL_ENV", virtual))
    if conda is not None:
        choices.append(("CONDA_PREFIX", conda))
    if virtual is not None and conda is not None:
        # Both are set after one was activated inside the other; PATH tells which came last.
        first = next(on_path(outside, "python", launcher), None)
        if first is not None and first == interpreter_in(outside, conda):
            choices.reverse()
    for found_by, folder in choices:
        python = interpreter_in(outside, folder)
        if python is not None:
            broken = _home_gone(outside, folder) is not None
            return Patient((python,), python, found_by, folder, broken, launcher)
        if found_by == "VIRTUAL_ENV":
            gone = _dangling(outside, folder) or path.join(folder, *_usual(outside))
            if _dangling(outside, folder) or outside.is_file(path.join(folder, "pyvenv.cfg")):
                return Patient((gone,), gone, found_by, folder, broken=True, not_on_path=launcher)
    return None


def _usable(outside: Outside, folder: str | None) -> str | None:
    """The folder of an active environment without a trailing slash; `None`: the variable is stale."""
    if not folder:
        return None
    folder = folder.rstrip("/\\") or folder
    return folder if outside.is_folder(folder) else None


def _usual(outside: Outside) -> tuple[str, str]:
    return ("Scripts", "python.exe") if outside.system == "windows" else ("bin", "python")


def _project(outside: Outside, launcher: tuple[str, ...]) -> Patient | None:
    path = outside.path
    for folder in project_folders(outside):
        for parts in ((".venv",), (".pixi", "envs", "default")):
            place = path.join(folder, *parts)
            python = interpreter_in(outside, place)
            if python is None or _home_gone(outside, place):
                continue
            return Patient((python,), python, "project", place, not_on_path=launcher)
    return None


def project_folders(outside: Outside) -> Iterator[str]:
    """The working folder and its parents: all of them below the home folder, else up to the project's root.

    Outside the home folder other users may own the parents (/tmp/.venv), and what lies there is run.
    """
    path = outside.path
    home = home_folder(outside)
    folders = list(_upwards(outside, outside.cwd))
    if home and any(same_place(outside, each, home) for each in folders[1:]):
        for folder in folders:
            if same_place(outside, folder, home):
                return
            yield folder
        return
    marks = (".git", "pyproject.toml", "pixi.toml", "uv.lock")
    roots = [i for i, f in enumerate(folders) if any(outside.exists(path.join(f, mark)) for mark in marks)]
    yield from folders[: (roots[0] if roots else 0) + 1]


def _upwards(outside: Outside, folder: str) -> Iterator[str]:
    for _ in range(40):
        if not folder:
            return
        yield folder
        parent = outside.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _launcher_folders(outside: Outside, own: str) -> tuple[str, ...]:
    """The doctor's own folder where it is a tool's private environment (uvx, uv tool, pipx)."""
    path = outside.path
    folder = path.dirname(own)
    prefix = _prefix_hint(outside, own)
    if prefix is None:
        return ()
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if outside.environ.get(name) and same_place(outside, outside.environ[name], prefix):
            return ()
    parts = prefix.replace("\\", "/").split("/")
    private = any(
        outside.is_file(path.join(prefix, mark)) for mark in ("uv-receipt.toml", "pipx_metadata.json")
    )
    cached = "uv" in parts and any(
        part.startswith(("archive-v", "environments-v", "builds-v")) for part in parts
    )
    return (folder,) if private or cached else ()


def _absolute(outside: Outside, given: str) -> str:
    path = outside.path
    home = home_folder(outside)
    if home and (given == "~" or given.startswith(("~/", "~\\"))):
        given = home + given[1:]
    # A link in the middle makes "a/../b" another place than "b", so such a path stays as it is.
    full = path.join(outside.cwd, given)
    return full if ".." in full else str(path.normpath(full))


def _prefix_hint(outside: Outside, python: str) -> str | None:
    """The folder an interpreter's files lie in, judging by its path."""
    path = outside.path
    folder = path.dirname(python)
    if path.basename(folder).lower() in ("bin", "scripts"):
        return str(path.dirname(folder))
    return folder if outside.system == "windows" and folder else None


def _home_gone(outside: Outside, prefix: str | None) -> str | None:
    """The missing `home` of a venv. Windows only: elsewhere the interpreter is a link, which tells."""
    if prefix is None or outside.system != "windows":
        return None
    text = outside.read_text(outside.path.join(prefix, "pyvenv.cfg"), 16384) or ""
    homes = (
        line.partition("=")[2].strip() for line in text.splitlines() if line.split("=")[0].strip() == "home"
    )
    home = next(homes, "")
    return home if home and not outside.exists(home) else None


def _dangling(outside: Outside, folder: str) -> str | None:
    """A `python` in the environment's folder that is listed but leads nowhere."""
    path = outside.path
    for sub in ("bin", "Scripts"):
        place = path.join(folder, sub)
        names: Iterable[str] = outside.list_folder(place) or ()
        for name in names:
            if name.startswith("python") and not outside.exists(path.join(place, name)):
                return str(path.join(place, "python" if "python" in names else name))
    return None
