"""What helps where the loader misses a library of torch, or takes another copy of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from envdoctor.findings import Remedy, words
from envdoctor.rules import remedies

if TYPE_CHECKING:
    from envdoctor.facts import Shadow
    from envdoctor.machine import Machine

__all__ = ["is_of_cuda", "library_remedies", "stray"]

LAST_MKL = "mkl<2024.1"
"""MKL 2024.1 dropped the symbols iJIT_*, which older builds of torch ask for."""


def stray(machine: Machine) -> list[Shadow]:
    """The copies of torch's libraries that the library path puts in front of torch's own."""
    return [each for each in machine.facts.packages.shadows if each.by == "library-path"]


def library_remedies(machine: Machine, variant: str) -> list[Remedy]:
    """The remedies for a library that is missing or wrong, by the variant of the finding."""
    if variant == "mkl":
        return [_older_mkl(machine)]
    if variant == "wrong-copy" and (stray(machine) or machine.facts.paste is not None):
        name = "DYLD_LIBRARY_PATH" if machine.os == "macos" else "LD_LIBRARY_PATH"
        unset = Remedy(words("remedy.unset-library-path", name=name), (("unset", name),))
        return [unset] if stray(machine) else [unset, *_anew(machine, "remedy.reinstall")]
    # The release in use is at fault: another one, not the same again.
    key = "remedy.torch" if variant == "omp140" else "remedy.reinstall"
    return list(_anew(machine, key))


_OF_CUDA = re.compile(
    r"c10_cuda|torch_cuda|cudart|cudnn|cublas|cufft|curand|cusolver|cusparse|cupti|nccl|nvrtc|nvjitlink"
    r"|nvToolsExt|cudss|cufile|nvshmem",
    re.IGNORECASE,
)


def is_of_cuda(name: str) -> bool:
    """Whether a library is one that only CUDA builds of torch load, by its name or path."""
    return _OF_CUDA.search(name) is not None


def _anew(machine: Machine, key: str) -> tuple[Remedy, ...]:
    """Torch installed anew; a build for CUDA where a report names a library that only such a build loads."""
    paste = machine.facts.paste
    cuda = paste is not None and any(is_of_cuda(each.subject) for each in paste.complaints)
    return remedies.torch(machine, key, "nvidia" if cuda else None)


def _older_mkl(machine: Machine) -> Remedy:
    tools = machine.facts.environment.tools
    conda = next((name for name in ("conda", "mamba", "micromamba") if name in tools), None)
    if conda is not None and machine.facts.environment.kind == "conda":
        return Remedy(words("remedy.mkl"), ((conda, "install", LAST_MKL),))
    return remedies.packages(machine, "remedy.mkl", "install", LAST_MKL)
