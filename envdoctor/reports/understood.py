"""What is known about a machine as a short table: a label and a value a row."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.machine import Gpu, Machine
from envdoctor.messages import Catalogue

__all__ = ["understood"]

_NAMES = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}


def understood(machine: Machine, words: Catalogue) -> tuple[tuple[str, str], ...]:
    """The facts that decide most verdicts, those that are known, each as label and value."""
    return tuple((words.text(f"fact.{key}"), value) for key, value in _rows(machine, words) if value)


def _rows(machine: Machine, words: Catalogue) -> Iterator[tuple[str, str | None]]:
    facts = machine.facts
    yield "system", facts.host.os_name or _NAMES.get(machine.os or "")
    # A paste that names only its system is read as one of the usual kind; that was not understood from it.
    told = facts.paste is None or facts.interpreter.platform or machine.arch != "x86_64"
    yield "arch", machine.arch if told else None
    yield "glibc", facts.host.glibc
    yield "python", facts.interpreter.version
    yield "interpreter", facts.interpreter.executable
    yield "torch", machine.torch_version
    yield "variant", machine.torch_variant
    ran = facts.torch_import
    if ran is not None:
        # A version that somebody names does not show that torch can be imported; what torch answers does.
        shown = facts.paste is None or ran.outcome != "imported" or ran.cuda_available is not None
        if shown and ran.outcome not in ("absent", "unreadable"):
            yield "imports", words.text(f"fact.imports.{ran.outcome}")
        if ran.cuda_available is not None:
            yield "cuda-available", words.text("fact.yes" if ran.cuda_available else "fact.no")
        yield "error", ran.error or ran.cuda_error
    yield "driver", _driver(machine)
    for gpu in machine.gpus:
        yield "gpu", _gpu(gpu, words)
    for other in facts.other_gpus or ():
        yield "gpu", other.name
    for name in ("torchvision", "torchaudio", "numpy"):
        copies = machine.installed(name)
        yield "package", f"{name} {copies[0].version}" if copies else None


def _driver(machine: Machine) -> str | None:
    if machine.driver is None:
        return None
    return f"{machine.driver} (CUDA {machine.driver_cuda})" if machine.driver_cuda else machine.driver


def _gpu(gpu: Gpu, words: Catalogue) -> str | None:
    if gpu.name is None:
        return None
    told: dict[str, str] = {"name": gpu.name}
    if gpu.memory_total:
        told["memory"] = f"{gpu.memory_total / 2**30:.0f}"
    if gpu.capability:
        told["capability"] = gpu.capability
    return words.text(".".join(("fact.gpu", *told)), **told)
