"""The environment that a plan makes first, and the commands that make it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from envdoctor.errors import UsageError
from envdoctor.findings import Words, words
from envdoctor.frozen import Record, record
from envdoctor.reach import conda_program

if TYPE_CHECKING:
    from envdoctor.machine import Machine
    from envdoctor.planner.asked import Asked, Tool

__all__ = ["NewEnvironment", "isolation", "needs_venv", "new_environment"]

CONDA_NAMES = ("dl", "torch", "dl2", "dl3", "dl4")
WITHOUT_VENV = ("Debian", "Ubuntu", "Mint", "Pop!_OS", "Kali", "Raspbian")
"""Parts of the names of systems whose Python has venv in a package of its own."""
FOLDERS = (".venv", ".venv-torch", ".venv-torch2", ".venv-torch3")


@record
class NewEnvironment(Record):
    """An environment that does not exist yet.

    `place` is the name of a conda environment, or the path of any other. `start` is how the interpreter
    that makes a venv is started; empty where the tool brings its own.
    """

    kind: Literal["venv", "uv", "conda"]
    place: str
    python: str
    program: str
    windows: bool
    start: tuple[str, ...] = ()
    channel: str | None = None
    """conda: the address of the channel, where a mirror was asked for."""
    shell: str = ""
    """The name of the shell that it is activated in, where it is none of the usual: "fish", "csh", "msys"."""

    @property
    def is_path(self) -> bool:
        """Whether it is reached by its path, not by a name."""
        return self.kind != "conda" or any(each in self.place for each in "/\\")

    def folder(self, conda_root: str | None) -> str:
        """The folder that it will be, as far as is known; a relative one is below the working folder."""
        if self.is_path:
            return self.place
        return f"{conda_root}/envs/{self.place}" if conda_root else f"~/.conda/envs/{self.place}"

    def make(self) -> tuple[str, ...]:
        """The call that makes it."""
        if self.kind == "venv":
            return (*self.start, "-m", "venv", self.place)
        if self.kind == "uv":
            # pip in it, so that a later `pip install` does not reach into another environment.
            return ("uv", "venv", "--seed", "--python", self.python, self.place)
        channel = ("--override-channels", "-c", self.channel) if self.channel else ()
        # conda brings no pip of its own from Python 3.14 on; without it base's pip would answer.
        return (self.program, "create", "-y", *self.named, *channel, f"python={self.python}", "pip")

    def activate(self) -> tuple[str, ...]:
        """What a person types to work in it."""
        if self.kind == "conda":
            return (self.program, "activate", self.place)
        place = self.place.rstrip("/\\")
        if self.shell == "msys":  # Git's bash on Windows, which takes a backslash for a quote
            return (".", place.replace("\\", "/") + "/Scripts/activate")
        if self.windows:
            return (place.replace("/", "\\") + "\\Scripts\\activate",)
        if self.shell:
            return ("source", f"{place}/bin/activate.{self.shell}")
        return (".", f"{place}/bin/activate")

    def interpreter(self) -> tuple[str, ...]:
        """How a program starts its interpreter without activating anything."""
        if self.kind == "conda":
            stream = ("--no-capture-output",) if self.program == "conda" else ()
            return (self.program, "run", *self.named, *stream, "python")
        if self.windows:
            return (self.place.replace("/", "\\").rstrip("\\") + "\\Scripts\\python.exe",)
        return (self.place.rstrip("/") + "/bin/python",)

    @property
    def named(self) -> tuple[str, str]:
        """Conda's option that names it."""
        return ("-p", self.place) if self.is_path else ("-n", self.place)


def isolation(machine: Machine) -> Words | None:
    """Why torch should not go into the patient itself; `None`: it may."""
    environment = machine.facts.environment
    if environment.pyvenv_home_missing:
        return words("install.env-broken")
    if environment.externally_managed:
        return words("install.env-managed")
    if machine.in_container:
        return None  # the container is the environment
    if environment.conda_base:
        return words("install.env-base")
    return words("install.env-system") if environment.kind == "system" else None


def needs_venv(machine: Machine, new: NewEnvironment) -> Words | None:
    """What the command that makes the environment needs where the system's own Python comes without venv."""
    name = machine.facts.host.os_name or ""
    if new.kind != "venv" or machine.os != "linux" or not any(each in name for each in WITHOUT_VENV):
        return None
    if new.python.endswith("t"):
        return None  # these systems package no free-threaded Python
    own = machine.facts.environment.kind == "system" and new.start == (machine.facts.interpreter.executable,)
    return words("install.needs-venv", python=new.python) if own else None


def new_environment(
    machine: Machine,
    asked: Asked,
    tool: Tool,
    python: str,
    channel: str | None,
    exists: Callable[[str], bool],
) -> NewEnvironment:
    """The environment to make for this tool, under the name that was asked for or a free one."""
    program = conda_program(machine)
    windows = machine.os == "windows"
    kind: Literal["venv", "uv", "conda"] = "venv"
    if tool == "conda" or (
        tool == "pip" and asked.tool != "uv" and program is not None and _conda_suits(machine)
    ):
        kind = "conda"
    elif tool == "uv":
        kind = "uv"
    root = machine.facts.environment.conda_root
    return NewEnvironment(
        kind=kind,
        place=_place(asked.environment, kind, root, exists),
        python=python,
        program=(program or "conda") if kind == "conda" else kind,
        windows=windows,
        start=_start(machine, python) if kind == "venv" else (),
        channel=channel if kind == "conda" else None,
        shell=_shell(machine, windows=windows),
    )


def _shell(machine: Machine, *, windows: bool) -> str:
    """The shell that needs words of its own, by what it or the login leaves in the environment."""
    variables = machine.facts.environment.variables
    if windows:
        return "msys" if "MSYSTEM" in variables else ""
    name = variables.get("SHELL", "").rpartition("/")[2]
    return {"fish": "fish", "csh": "csh", "tcsh": "csh"}.get(name, "")


def _conda_suits(machine: Machine) -> bool:
    """Conda makes the environment where the patient is conda's, or where it has to bring the Python."""
    return machine.facts.environment.kind == "conda" or "conda" in machine.facts.environment.tools


def _place(wanted: str | None, kind: str, root: str | None, exists: Callable[[str], bool]) -> str:
    """The name that was asked for, else the first usual one that is free.

    Raises:
        UsageError: what was asked for exists; conda would delete it, venv would mix the old with the new.

    """

    def taken(name: str) -> bool:
        if kind != "conda" or any(each in name for each in "/\\"):
            return exists(name)
        return any(exists(f"{place}/envs/{name}") for place in (root, "~/.conda") if place)

    if wanted is not None:
        if taken(wanted):
            raise UsageError(f"--env {wanted}: it exists already; to install into it, give it as --python")
        return wanted
    names = CONDA_NAMES if kind == "conda" else FOLDERS
    return next((name for name in names if not taken(name)), names[-1] + "-new")


def _start(machine: Machine, python: str) -> tuple[str, ...]:
    """How the interpreter that a venv is made from is started."""
    interpreter = machine.facts.interpreter
    if (
        machine.python_key == python
        and interpreter.executable
        and not machine.facts.environment.pyvenv_home_missing
    ):
        return (interpreter.executable,)
    if machine.os == "windows":
        return ("py", f"-{python}")
    return (f"python{python}",)
