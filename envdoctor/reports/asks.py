"""What to ask the person for whose report was pasted: the one or two commands that would settle the doubt."""

from __future__ import annotations

from envdoctor.machine import Machine

__all__ = ["asks"]

COLLECT_ENV = ("python", "-m", "torch.utils.collect_env")
NVIDIA_SMI = ("nvidia-smi",)
JETSON_LINUX = ("cat", "/etc/nv_tegra_release")
WHOSE_PIP = ("pip", "--version")
WHICH_PYTHON = ("python", "-c", "import sys; print(sys.executable)")
IMPORT_TORCH = ("python", "-c", "import torch; print(torch.__version__, torch.__file__)")
MOST = 2

_WHERE_TORCH_IS = (
    "torch-missing",
    "env-pip-mismatch",
    "vscode-interpreter-mismatch",
    "jupyter-kernel-mismatch",
)


_TOLD_WHOLE = frozenset(
    {"disk-low", "memory-low", "shm-small", "tls-failed", "proxy-broken", "mirror-unreachable", "mirror-dead"}
    | {
        "download-corrupt",
        "env-not-isolated",
        "extension-build-isolation",
        "fabric-manager-down",
        "python-32bit",
    }
    | {"pip-config-conflict", "gpu-fell-off-bus", "torch-pin-unavailable", "platform-no-wheel"}
)
"""Root causes whose message says all that there is to know, and whose remedy asks for no build."""


def asks(machine: Machine, primary: str | None) -> tuple[tuple[str, ...], ...]:
    """The commands, at most two, whose output would make the verdict sure; empty where nothing is open."""
    wanted: list[tuple[str, ...]] = []
    if primary in _TOLD_WHOLE:
        return ()
    if primary in _WHERE_TORCH_IS:
        wanted += [WHICH_PYTHON, WHOSE_PIP]
    else:
        wanted += _about_torch(machine)
        wanted += _about_the_driver(machine)
    return tuple(wanted[:MOST])


def _about_torch(machine: Machine) -> list[tuple[str, ...]]:
    if machine.torch_version is None or machine.python is None or machine.os is None:
        # Where torch does not import, collect_env fails too, and its error is then what is wanted.
        return [COLLECT_ENV]
    if machine.torch_imports is None and machine.torch_variant is None:
        return [IMPORT_TORCH]
    return []


def _about_the_driver(machine: Machine) -> list[tuple[str, ...]]:
    if machine.os == "macos" or machine.cuda_proven or machine.has_nvidia is False:
        return []
    if machine.is_jetson:  # the release of its Linux tells the driver, and old boards have no nvidia-smi
        return [] if machine.facts.host.l4t else [JETSON_LINUX]
    if machine.driver is not None and machine.gpus:
        return []
    others = machine.facts.other_gpus
    return [] if others and not machine.has_nvidia else [NVIDIA_SMI]
