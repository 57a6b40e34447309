"""What the planner needs to know of a machine, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from envdoctor.frozen import Record, record

if TYPE_CHECKING:
    from envdoctor.facts import Os
    from envdoctor.knowledge import Platform
    from envdoctor.knowledge.jetson import JetsonRelease
    from envdoctor.machine import Machine

__all__ = ["SERVER_BOARDS", "Accelerator", "Target"]

Accelerator = Literal["nvidia", "amd", "intel", "apple"]


@record
class Target(Record):
    """A machine and interpreter to find a build for.

    `python` is as the tables write it ("3.12", "3.13t"), `python_version` whole ("3.14.1"), where it is
    known. `obstacle` is the key of the sentence that says why no wheel at all fits. `accelerator` is whose
    build is wanted; `None`: no GPU that a build can use. `gpus` are the NVIDIA GPUs with their compute
    capability where it is known, `capabilities` the known ones, lowest first, each once.
    """

    platform: Platform | None
    python: str | None
    python_version: str | None = None
    obstacle: str | None = None
    os: Os | None = None
    arch: str | None = None
    glibc: str | None = None
    macos: str | None = None
    driver: str | None = None
    driver_missing: bool = False
    """Whether it was seen that there is none, beside a driver that is only not known."""
    driver_system: Literal["linux", "windows"] = "linux"
    driver_cuda: str | None = None
    accelerator: Accelerator | None = None
    gpus: tuple[tuple[str | None, str | None], ...] = ()
    capabilities: tuple[str, ...] = ()
    gfx: tuple[str, ...] = ()
    other_gpu: str | None = None
    """Name of the AMD or Intel GPU, whether or not a build can use it."""
    amd_on_windows: bool = False
    """Whether AMD's own builds for Windows may use a GPU, which no build of PyTorch's does."""
    gpu_untold: bool = False
    """Whether the machine is made up without a word of its GPU."""
    is_wsl: bool = False
    in_container: bool = False
    jetson: tuple[JetsonRelease, ...] = ()
    """The releases of Jetson Linux that the board may run; empty: no board, or the usual wheels serve it."""

    @classmethod
    def of(cls, machine: Machine) -> Target:
        """The target that a machine is."""
        facts = machine.facts
        accelerator, name, gfx = _other_gpu(machine)
        # Who pastes a CUDA build and does not say which GPU it is for wants a CUDA build again.
        untold = facts.paste is not None and machine.has_nvidia is None
        cuda_build = untold and (machine.torch_variant or "").startswith("cu")
        # A driver alone shows a GPU only where nothing shows that there is none.
        driven = machine.driver is not None and machine.has_nvidia is None
        if machine.has_nvidia or driven or (cuda_build and accelerator is None):
            accelerator = "nvidia"
        elif machine.os == "macos":
            accelerator = "apple"
        obstacle, jetson = _obstacle(machine), _jetson(machine)
        return cls(
            platform=machine.platform if obstacle is None else None,
            python=machine.python_key or _own_python(jetson),
            python_version=facts.interpreter.version,
            obstacle=obstacle,
            os=machine.os,
            arch=machine.arch,
            glibc=facts.host.glibc,
            macos=facts.host.os_version if machine.os == "macos" else None,
            driver=machine.driver,
            driver_missing=machine.driver_state == "missing",
            driver_system=machine.driver_system,
            driver_cuda=machine.driver_cuda,
            accelerator=accelerator,
            gpus=tuple((gpu.name, gpu.capability) for gpu in machine.gpus),
            capabilities=machine.capabilities,
            gfx=gfx,
            other_gpu=name,
            amd_on_windows=_amd_on_windows(machine),
            gpu_untold=machine.assumes("os") and not machine.assumes("gpu") and machine.has_nvidia is None,
            is_wsl=machine.is_wsl,
            in_container=machine.in_container,
            jetson=jetson,
        )


SERVER_BOARDS = ("10.1", "11.0")
"""Boards (Thor) that the usual wheels for Linux on Arm have code for; their driver comes with JetPack too."""


def _jetson(machine: Machine) -> tuple[JetsonRelease, ...]:
    """What Jetson Linux may run here, where that and not the usual wheels decides."""
    if set(machine.capabilities) & set(SERVER_BOARDS):
        return ()
    rows = machine.jetson
    known = machine.capabilities or not all(set(row.boards) & set(SERVER_BOARDS) for row in rows)
    return rows if known else ()


def _own_python(rows: tuple[JetsonRelease, ...]) -> str | None:
    """The Python that a board came with, for who does not say which is in use."""
    pythons = {row.python for row in rows}
    return pythons.pop() if len(pythons) == 1 else None


def _obstacle(machine: Machine) -> str | None:
    """Why no wheel of any release fits this interpreter; `None`: nothing known stands against it."""
    host, interpreter = machine.facts.host, machine.facts.interpreter
    if machine.os == "linux" and host.musl is not None and host.glibc is None:
        return "plan.musl"
    if interpreter.implementation not in (None, "cpython"):
        return "plan.not-cpython"
    return "plan.32bit" if interpreter.bits == 32 else None


def _amd_on_windows(machine: Machine) -> bool:
    if machine.os != "windows" or not machine.facts.other_gpus:
        return False
    from envdoctor.knowledge.other_gpus import amd_may_serve

    return any(amd_may_serve(gpu, machine.os) for gpu in machine.facts.other_gpus)


def _other_gpu(machine: Machine) -> tuple[Accelerator | None, str | None, tuple[str, ...]]:
    """Whose build the AMD and Intel GPUs want, the name of the one that wants it, the gfx names of those.

    Where no build can use any of them, the name of one that stands on a card of its own.
    """
    makers: dict[str, Accelerator] = {"rocm": "amd", "xpu": "intel"}
    usable = [(makers[build], gpu) for gpu, build in machine.other_usable if build in makers]
    if not usable:
        cards = (
            gpu for gpu in machine.facts.other_gpus or () if not gpu.integrated and gpu.vendor != "apple"
        )
        return None, next((gpu.name for gpu in cards), None), ()
    accelerator = min((maker for maker, _ in usable), key=("amd", "intel").index)
    first = next(gpu for maker, gpu in usable if maker == accelerator)
    gfx = tuple(gpu.gfx for maker, gpu in usable if maker == "amd" and gpu.gfx)
    return accelerator, first.name, gfx
