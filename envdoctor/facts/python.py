"""The patient: its interpreter, its environment, and the editors and notebooks that choose it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Literal

from envdoctor.frozen import Record, record

__all__ = [
    "EditorChoice",
    "Editors",
    "Environment",
    "Interpreter",
    "JupyterKernel",
    "Setting",
    "pip_line",
    "pip_lines",
]


@record
class Interpreter(Record):
    """The patient's Python, as it describes itself when started isolated (`-I`)."""

    executable: str | None = None
    version: str | None = None
    """"3.12.9", with the pre-release tail where there is one: "3.15.0rc1"."""
    implementation: str | None = None
    """"cpython", "pypy", "graalpy"."""
    bits: int | None = None
    free_threaded: bool | None = None
    machine: str | None = None
    """What the interpreter was built for: "x86_64", "aarch64", "x86"; not the host's under emulation."""
    platform: str | None = None
    """`sysconfig.get_platform()`: "linux-x86_64", "win-amd64", "macosx-14.0-arm64"."""
    soabi: str | None = None
    wheel_tags: tuple[str, ...] = ()
    """The most specific tags first, at most a handful: "cp312-cp312-manylinux_2_36_x86_64"."""
    rosetta: bool | None = None
    prefix: str | None = None
    base_prefix: str | None = None
    site_packages: tuple[str, ...] = ()
    user_site: str | None = None
    user_site_enabled: bool | None = None
    stdlib: str | None = None
    encodings: Mapping[str, str] = field(default_factory=dict)
    """"filesystem", "preferred", "stdout", "utf8_mode" ("0" or "1")."""
    ssl: str | None = None
    """OpenSSL's version line; empty: the interpreter has no `ssl` module."""
    libc: str | None = None


@record
class Setting(Record):
    """One effective line of a configuration, with the file or variable it stands in."""

    name: str
    value: str
    origin: str

    @property
    def is_on(self) -> bool:
        """Whether it switches on what it names, in one of the words that pip and uv take for yes."""
        return self.value.strip().lower() in ("1", "true", "yes", "on", "t", "y")


_STRONGER = ("", "global", "install", ":env:")
"""The sections that `pip install` reads; the later replaces a line of the earlier, whatever the file.

Of what somebody pasted the section may not be known."""


def pip_lines(settings: Iterable[Setting], option: str) -> tuple[Setting, ...]:
    """The lines of one option in pip's configuration that `pip install` reads, the one it goes by last."""
    told = (each for each in settings if each.name.rpartition(".")[2] == option)
    read = [each for each in told if each.name.rpartition(".")[0] in _STRONGER]
    return tuple(sorted(read, key=lambda each: _STRONGER.index(each.name.rpartition(".")[0])))


def pip_line(settings: Iterable[Setting], option: str) -> Setting | None:
    """The line of one option that `pip install` goes by; `None`: there is none."""
    return next(reversed(pip_lines(settings, option)), None)


@record
class Environment(Record):
    """The patient as a place: what kind it is, who made it and what a shell would run in it."""

    kind: Literal["venv", "virtualenv", "conda", "system", "pyenv", "windows-store", "standalone"] | None = (
        None
    )
    """"standalone": an unpacked interpreter of its own (python.org, uv's managed Pythons, embedded)."""
    manager: Literal["uv", "poetry", "pipenv", "pixi", "conda", "hatch"] | None = None
    name: str | None = None
    prefix: str | None = None
    conda_base: bool | None = None
    conda_root: str | None = None
    found_by: str | None = None
    """How the patient was chosen: "option", "notebook", "VIRTUAL_ENV", "CONDA_PREFIX", "project", "PATH",
    "doctor"."""
    active: bool | None = None
    system_site_packages: bool | None = None
    externally_managed: bool | None = None
    has_pip: bool | None = None
    shell_python: str | None = None
    """The `python` a shell would run now, links followed."""
    shell_python_prefix: str | None = None
    shell_pip: str | None = None
    shell_pip_prefix: str | None = None
    shell_pip_python: str | None = None
    """"3.8": the Python that the shell's `pip` says it installs for."""
    """The prefix of the interpreter that the shell's `pip` installs into."""
    tools: Mapping[str, str] = field(default_factory=dict)
    """Installers on PATH: "uv", "conda", "mamba", "micromamba", "pip" → their path."""
    pip_settings: tuple[Setting, ...] = ()
    pip_overridden: tuple[Setting, ...] = ()
    """Lines of pip's configuration that a stronger one of the same name replaced with another value."""
    uv_settings: tuple[Setting, ...] = ()
    """Which indexes uv asks: "index-url", "index", "pip.torch-backend"; a later line is stronger."""
    conda_settings: tuple[Setting, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Only variables on the allow-list (CUDA_VISIBLE_DEVICES, PYTHONPATH ...), credentials cut."""
    pyvenv_home_missing: bool | None = None
    """A venv whose base interpreter is gone."""


@record
class EditorChoice(Record):
    """The interpreter that an editor uses in this folder, where one was chosen."""

    editor: Literal["vscode", "pycharm"]
    value: str
    """As it was written: "${workspaceFolder}/.venv", "Python 3.12 (dl)"."""
    origin: str
    """The file, and the setting in it."""
    executable: str | None = None
    """`None`: what is written can't be followed."""
    exists: bool | None = None
    is_patient: bool | None = None
    """Whether it belongs to the patient's environment."""


@record
class JupyterKernel(Record):
    """One Python kernel that Jupyter offers."""

    name: str
    display_name: str | None = None
    path: str
    """Its kernel.json."""
    scope: Literal["environment", "user", "system", "JUPYTER_PATH"]
    executable: str | None = None
    """What it starts; `None`: the Python that Jupyter itself runs in."""
    exists: bool | None = None
    is_patient: bool | None = None
    notebooks: tuple[str, ...] = ()
    """Notebooks of the working folder that ask for a kernel of this name and would get this one."""


@record
class Editors(Record):
    """What editors and notebooks would run here."""

    choices: tuple[EditorChoice, ...] = ()
    kernels: tuple[JupyterKernel, ...] = ()
