"""The patient as a place: its kind, who made it, and what a shell would run in its stead."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from envdoctor.facts import Environment, Interpreter
from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.probes.conda_config import conda_settings
from envdoctor.probes.interpreter import pyvenv_settings
from envdoctor.probes.locate import Patient
from envdoctor.probes.paths import is_within, same_place
from envdoctor.probes.pip_config import overridden_settings, pip_settings
from envdoctor.probes.reading import Reading
from envdoctor.probes.shell import installers, shell_pip, shell_python
from envdoctor.probes.uv_config import uv_settings
from envdoctor.probes.variables import shown_variables
from envdoctor.reason import Reason, reason

__all__ = ["probe_environment"]

Kind = Literal["venv", "virtualenv", "conda", "system", "pyenv", "windows-store", "standalone"]
Manager = Literal["uv", "poetry", "pipenv", "pixi", "conda", "hatch"]
_NAMED = ("venv", "virtualenv", "conda", "pyenv")


@value
class _Conda(Record):
    """Where a conda environment stands among the others of its installation."""

    base: bool
    root: str | None


def probe_environment(outside: Outside, patient: Patient, interpreter: Interpreter) -> Reading[Environment]:
    """What kind of place the patient is, and whether a shell's `python` and `pip` are its own."""
    prefix = interpreter.prefix or patient.prefix_hint
    settings = pyvenv_settings(outside, prefix) if prefix else {}
    conda = _conda(outside, prefix) if prefix and not settings else None
    kind = _kind(outside, prefix, interpreter, settings, conda)
    python = shell_python(outside, patient.not_on_path)
    pip = shell_pip(outside, patient.not_on_path)
    active = _active(outside, patient, prefix, kind, python.prefix)
    root = conda.root if conda is not None else None
    value = Environment(
        kind=kind,
        manager=_manager(outside, prefix, settings, conda, active),
        name=_name(outside, prefix, settings, conda) if prefix and kind in _NAMED else None,
        prefix=prefix,
        conda_base=conda.base if conda is not None else None,
        conda_root=root,
        found_by=patient.found_by,
        active=active,
        system_site_packages=_truth(settings.get("include-system-site-packages")) if settings else None,
        externally_managed=_externally_managed(outside, interpreter, settings),
        has_pip=_has_pip(outside, interpreter),
        shell_python=python.program,
        shell_python_prefix=_as_ours(outside, python.prefix, prefix),
        shell_pip=pip.program,
        shell_pip_prefix=_as_ours(outside, pip.prefix, prefix),
        tools=installers(outside, root),
        variables=shown_variables(outside.environ),
        pyvenv_home_missing=patient.broken if patient.broken or settings else None,
    )
    value, unknown = _configured(outside, value)
    sources = {}
    if prefix is None:
        unknown["prefix"] = unknown["kind"] = reason("no-prefix")
    elif settings or conda is not None:
        sources["kind"] = outside.path.join(prefix, "pyvenv.cfg" if settings else "conda-meta")
    for name, found in (("shell_python_prefix", python), ("shell_pip_prefix", pip)):
        if found.reason is not None:
            unknown[name] = found.reason
        elif found.origin:
            sources[name] = found.origin
    base = interpreter.base_prefix or prefix
    if base and base != prefix:
        sources["prefix"] = f"{patient.executable} → {base}"
    return Reading(value, sources, unknown)


def _configured(outside: Outside, value: Environment) -> tuple[Environment, dict[str, Reason]]:
    """With what pip, uv and conda are told to do here, and why that could not be learned."""
    pip, pip_trouble = pip_settings(outside, value.prefix)
    uv, uv_trouble = uv_settings(outside)
    troubles = {"pip_settings": pip_trouble, "uv_settings": uv_trouble}
    value = replace(
        value,
        pip_settings=pip,
        pip_overridden=overridden_settings(outside, value.prefix),
        uv_settings=uv,
        conda_settings=conda_settings(outside, value.prefix, value.conda_root),
    )
    return value, {name: reason("told", text=text) for name, text in troubles.items() if text}


def _as_ours(outside: Outside, theirs: str | None, ours: str | None) -> str | None:
    """A prefix written as the interpreter writes its own where both are the same place."""
    return ours if theirs and ours and same_place(outside, theirs, ours) else theirs


def _truth(text: str | None) -> bool | None:
    return None if text is None else text.strip().lower() == "true"


def _kind(
    outside: Outside,
    prefix: str | None,
    interpreter: Interpreter,
    settings: dict[str, str],
    conda: _Conda | None,
) -> Kind | None:
    if prefix is None:
        return None
    if settings:
        return "virtualenv" if "virtualenv" in settings else "venv"
    if conda is not None:
        return "conda"
    if interpreter.prefix and interpreter.base_prefix and interpreter.prefix != interpreter.base_prefix:
        return "virtualenv"  # before version 20 virtualenv wrote no pyvenv.cfg
    where = f"{prefix}\n{interpreter.executable or ''}".replace("\\", "/").lower()
    if outside.system == "windows" and ("windowsapps" in where or "pythonsoftwarefoundation." in where):
        return "windows-store"
    pyenv = outside.environ.get("PYENV_ROOT")
    under_root = pyenv is not None and is_within(outside, prefix, outside.path.join(pyenv, "versions"))
    if under_root or re.search(r"/\.?pyenv(-win)?(/pyenv-win)?/versions/", where):
        return "pyenv"
    return "system" if _belongs_to_system(outside, prefix) else "standalone"


def _belongs_to_system(outside: Outside, prefix: str) -> bool:
    if outside.system == "windows":
        return False
    if outside.system == "linux":
        return prefix == "/usr" or prefix.startswith(
            ("/home/linuxbrew/.linuxbrew", "/gnu/store", "/nix/store")
        )
    apples = ("/System/", "/Library/Developer/CommandLineTools", "/Applications/Xcode")
    return prefix.startswith((*apples, "/opt/homebrew", "/usr/local/Cellar", "/usr/local/opt", "/opt/local"))


def _conda(outside: Outside, prefix: str) -> _Conda | None:
    """How the environment belongs to a conda installation, from its folders; conda itself is not asked."""
    path = outside.path
    meta = path.join(prefix, "conda-meta")
    if not outside.is_folder(meta):
        return None
    if ".pixi" in re.split(r"[\\/]", prefix):
        return _Conda(False, None)
    parent = path.dirname(prefix)
    above = path.dirname(parent)
    if path.basename(parent) == "envs" and outside.is_folder(path.join(above, "conda-meta")):
        return _Conda(False, str(above))
    own = {name: outside.is_folder(path.join(prefix, name)) for name in ("condabin", "pkgs", "envs")}
    if own["condabin"] or (own["pkgs"] and own["envs"]):
        return _Conda(True, prefix)
    return _Conda(False, _conda_root(outside, meta, above if path.basename(parent) == "envs" else None))


def _conda_root(outside: Outside, meta: str, likely: str | None) -> str | None:
    path = outside.path
    history = outside.read_text(path.join(meta, "history"), 65536) or ""
    # "# cmd: /opt/conda/bin/conda create -n dl": the program that made the environment lies in the root.
    said = re.search(
        r"^# cmd: (.+?)[\\/](?:bin|Scripts|condabin|Library[\\/]bin)[\\/]\S*?conda", history, re.MULTILINE
    )
    candidates = [said[1]] if said else []
    for name in ("CONDA_EXE", "MAMBA_EXE"):
        if outside.environ.get(name):
            candidates.append(path.dirname(path.dirname(outside.environ[name])))
    candidates += [outside.environ[name] for name in ("MAMBA_ROOT_PREFIX",) if outside.environ.get(name)]
    candidates += [likely] if likely else []
    return next((each for each in candidates if outside.is_folder(each)), None)


def _name(outside: Outside, prefix: str, settings: dict[str, str], conda: _Conda | None) -> str:
    if conda is not None and conda.base:
        return "base"
    prompt = settings.get("prompt", "").strip("'\"").strip()
    if prompt.startswith("(") and prompt.endswith(")"):
        prompt = prompt[1:-1].strip()
    return prompt or outside.path.basename(prefix.rstrip("/\\")) or prefix


def _manager(
    outside: Outside, prefix: str | None, settings: dict[str, str], conda: _Conda | None, active: bool
) -> Manager | None:
    if prefix is None:
        return None
    path, environ = outside.path, outside.environ
    where = prefix.replace("\\", "/").lower()
    if "/.pixi/envs/" in where:
        return "pixi"
    if conda is not None:
        return "conda"
    if not settings:
        return None
    if "pypoetry/" in where and "/virtualenvs/" in where:
        return "poetry"
    if "/hatch/env/" in where:
        return "hatch"
    if active and environ.get("POETRY_ACTIVE"):
        return "poetry"
    if active and environ.get("PIPENV_ACTIVE"):
        return "pipenv"
    if active and environ.get("HATCH_ENV_ACTIVE"):
        return "hatch"
    if "uv" in settings:
        return "uv"
    project = path.dirname(prefix)
    # pipenv notes in an environment of its own folder which project it was made for.
    noted = (outside.read_text(path.join(prefix, ".project"), 4096) or "").strip()
    for place in (project, noted):
        if place and outside.is_file(path.join(place, "Pipfile")):
            return "pipenv"
    return "poetry" if outside.is_file(path.join(project, "poetry.lock")) else None


def _active(
    outside: Outside, patient: Patient, prefix: str | None, kind: Kind | None, shell: str | None
) -> bool:
    if patient.found_by in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        return True
    if prefix is None:
        return patient.found_by == "PATH"
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        place = outside.environ.get(name)
        if place and same_place(outside, place, prefix):
            return True
    return patient.found_by == "PATH" or (shell is not None and same_place(outside, shell, prefix))


def _externally_managed(outside: Outside, interpreter: Interpreter, settings: dict[str, str]) -> bool | None:
    """Whether pip refuses to install here; a virtual environment is never managed by its base's owner."""
    if settings:
        return False
    if interpreter.stdlib is None:
        return None
    return outside.is_file(outside.path.join(interpreter.stdlib, "EXTERNALLY-MANAGED"))


def _has_pip(outside: Outside, interpreter: Interpreter) -> bool | None:
    folders = list(interpreter.site_packages)
    if not folders:
        return None
    if interpreter.user_site and interpreter.user_site_enabled:
        folders.append(interpreter.user_site)
    return any(outside.is_file(outside.path.join(folder, "pip", "__init__.py")) for folder in folders)
