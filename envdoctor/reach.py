"""How the patient is reached from a shell: its interpreter, its conda, its usual platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.knowledge import Platform
    from envdoctor.machine import Machine

__all__ = ["CONDA_TORCH", "conda_program", "conda_torch", "executable", "python_command", "usual_platform"]

CONDA_TORCH = ("pytorch", "pytorch-gpu", "pytorch-cpu", "pytorch-cuda", "pytorch-nightly", "libtorch")
"""The conda packages that bring torch; one of them left behind would bring it back, or break it."""
CONDA_COMPANIONS = ("torchvision", "torchaudio")
_PROGRAMS = ("conda", "mamba", "micromamba")


def python_command(machine: Machine) -> str:
    """What to type to reach the patient's interpreter: "python" where that is the one a shell runs."""
    environment = machine.facts.environment
    program = machine.facts.interpreter.executable
    if environment.active or program is None:
        return "python"
    # Outside an active environment "python" may not exist (Debian has only python3), except on Windows.
    if (
        machine.os == "windows"
        and environment.shell_python is not None
        and environment.shell_python_prefix == machine.facts.interpreter.prefix
    ):
        return "python"
    return program


def executable(machine: Machine) -> str:
    """The interpreter's own path, for tools that do not look at what is active."""
    return machine.facts.interpreter.executable or "python"


def conda_program(machine: Machine) -> str | None:
    """conda, mamba or micromamba, whichever is there; `None`: none was found."""
    tools = machine.facts.environment.tools
    found = next((name for name in _PROGRAMS if name in tools), None)
    return found or ("conda" if machine.facts.environment.kind == "conda" else None)


def conda_torch(machine: Machine) -> tuple[str, ...]:
    """The conda packages of torch and its companions that are installed."""
    names = [each.name for each in machine.facts.packages.conda]
    found = [name for name in names if name in CONDA_TORCH]
    return tuple(found + [name for name in names if found and name in CONDA_COMPANIONS])


def usual_platform(machine: Machine) -> Platform | None:
    """The platform that a right interpreter would have here: a 32-bit or emulated one is left behind."""
    if machine.os == "macos" and machine.facts.host.apple_silicon:
        return "macos_arm64"
    if machine.platform is None and machine.os == "windows":
        return "windows_amd64"
    return machine.platform or ("linux_x86_64" if machine.os == "linux" else None)
