"""Rules about build and GPU together: whether this torch is for this maker's GPUs and holds code for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from envdoctor.facts import OtherGpu
from envdoctor.findings import UNKNOWN, Finding, Words, words
from envdoctor.knowledge.capabilities import EMBEDDED
from envdoctor.knowledge.early import early_archs, early_codes
from envdoctor.machine import Gpu, Machine
from envdoctor.rules import remedies
from envdoctor.rules.evidence import said
from envdoctor.rules.gpu import kernel_errors
from envdoctor.rules.levels import error
from envdoctor.rules.support import last_code, outdated, without_code
from envdoctor.versions import version_numbers

__all__ = ["RULES", "code_of_build", "codes_of_release", "is_newer"]


def coverage(machine: Machine) -> Iterator[Finding]:
    """Does the build carry code for each GPU's compute capability?"""
    # In a pasted report "CUDA available: True" is all; that a kernel ran is not shown.
    proven = machine.cuda_proven and machine.facts.paste is None
    if machine.torch_cuda is None or machine.torch_version is None or proven:
        return
    sass, ptx, source = code_of_build(machine)
    if not sass and not ptx:
        return
    refused = [said("torch", text) for code, text in kernel_errors(machine).items() if code == "no-kernel"]
    gpu = next((each for each in machine.gpus if _lacks_code(machine, each, sass, ptx)), None)
    if gpu is not None:
        archs = words("evidence.archs", version=machine.torch_version, archs=" ".join(sass), source=source)
        yield _uncovered(machine, gpu, (*sass, *ptx), [_capability(gpu), archs, *refused])
    elif refused:
        yield _uncovered(machine, machine.gpus[0] if machine.gpus else Gpu(), (*sass, *ptx), refused)


def any_build(machine: Machine) -> Iterator[Finding]:
    """A report that names a release and not its build, where none of its builds has code for the GPU."""
    ran = machine.facts.torch_import
    if machine.facts.paste is None or machine.is_jetson:
        return
    if ran is not None and (ran.arch_list or ran.cuda_available is False):
        return  # its own word is heard elsewhere; one that sees no GPU may be a CPU build
    builds = codes_of_release(machine)
    for gpu in machine.gpus:
        if builds and all(_lacks_code(machine, gpu, sass, ptx) for _, sass, ptx in builds):
            newest, sass, ptx = builds[-1]
            archs = words("evidence.archs", version=newest, archs=" ".join(sass), source="the tables")
            yield _uncovered(machine, gpu, (*sass, *ptx), [_capability(gpu), archs])
            return


def codes_of_release(machine: Machine) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each CUDA build of a release whose build is not named: its version, machine code and PTX."""
    torch = machine.torch_version
    if torch is None or machine.torch_variant is not None or not re.fullmatch(r"\d+\.\d+(?:\.\d+)?", torch):
        return []
    torch = torch if torch.count(".") == 2 else f"{torch}.0"
    platform = machine.platform or "linux_x86_64"
    release = machine.tables.release(torch)
    if release is None:
        return [(f"{torch}+{variant}", sass, ptx) for variant, sass, ptx in early_codes(torch, platform)]
    variants = [each for each in release.official_variants.get(platform, ()) if each.startswith("cu")]
    rows = [machine.tables.archs(release.version, each, platform) for each in variants]
    return [(f"{torch}+{row.variant}", row.sass, row.ptx) for row in rows if row is not None]


def _lacks_code(machine: Machine, gpu: Gpu, sass: tuple[str, ...], ptx: tuple[str, ...]) -> bool:
    """Whether the build can't run on the GPU and another build of today could."""
    if gpu.capability is None or machine.tables.coverage(gpu.capability, sass, ptx) != "none":
        return False
    return not outdated(machine, gpu)


def _uncovered(machine: Machine, gpu: Gpu, code: tuple[str, ...], evidence: list[Words]) -> Finding:
    """The GPU is older than all code of the build, or newer than some of it."""
    old = gpu.capability is not None and not is_newer(version_numbers(gpu.capability), code)
    return error(
        "gpu-too-old-for-build" if old else "gpu-too-new-for-build",
        evidence,
        remedies.torch(machine, "remedy.build-for-gpu"),
        gpu=gpu.name or "GPU",
        capability=gpu.capability or UNKNOWN,
        torch=machine.torch_version or UNKNOWN,
    )


ADDED_LATER = (10, 0)
"""From this capability on chips were added between those that builds had code for (10.3, 11.0)."""


def is_newer(capability: tuple[int, ...], code: Iterable[str]) -> bool:
    """Whether a GPU that no code of a build reaches is newer than the build, rather than dropped from it.

    A gap below `ADDED_LATER` is one that was left when older chips were dropped (6.1 between 5.0 and 7.0),
    but for the embedded chips, which desktop builds never had.
    """
    known = sorted(version_numbers(each)[:2] for each in code)
    if not known or capability > known[-1] or capability in known:
        return True
    embedded = ".".join(map(str, capability)) in EMBEDDED
    return capability > known[0] and (capability >= ADDED_LATER or embedded)


def _capability(gpu: Gpu) -> Words:
    return words(
        "evidence.capability",
        gpu=gpu.name or "GPU",
        capability=gpu.capability or UNKNOWN,
        source=gpu.capability_from or UNKNOWN,
    )


def code_of_build(machine: Machine) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Machine code and PTX of this torch, as capabilities, and where they were read; empty: not known."""
    ran = machine.facts.torch_import
    if ran is not None and ran.arch_list:
        return (_capabilities(ran.arch_list, "sm_"), _capabilities(ran.arch_list, "compute_"), "torch")
    if machine.torch_version is None or machine.torch_variant is None:
        return (), (), ""
    if re.match(r"\d+\.\d+\.\d+a\d", machine.torch_version):
        return (), (), ""  # built from source, for whatever GPUs its builder named
    platform = machine.platform or "linux_x86_64"  # what a CUDA build carries differs little between systems
    row = machine.tables.archs(machine.torch_version, machine.torch_variant, platform)
    if row is not None:
        return row.sass, row.ptx, "the tables"
    early = early_archs(machine.torch_version, machine.torch_variant, platform, _package(machine))
    return (*early, "the tables") if early is not None else ((), (), "")


def _package(machine: Machine) -> Literal["wheel", "conda"] | None:
    """Whether this torch came as a wheel or from conda; `None`: nothing tells."""
    if "+" in (machine.torch_version or ""):
        return "wheel"  # conda's versions carry no label
    made = any(each.name in ("pytorch", "pytorch-cpu") for each in machine.facts.packages.conda)
    return "conda" if made else None


def _capabilities(archs: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    digits = [arch[len(prefix) :].rstrip("af") for arch in archs if arch.startswith(prefix)]
    return tuple(f"{each[:-1]}.{each[-1]}" for each in digits if each.isdigit() and len(each) > 1)


def unsupported(machine: Machine) -> Iterator[Finding]:
    """Cards that PyTorch has left behind for good."""
    if machine.cuda_proven or not machine.gpus or machine.torch_variant == "xpu" or machine.os == "macos":
        return
    ran = machine.facts.torch_import
    if machine.facts.paste is not None and not (ran is not None and ran.cuda_available is False):
        return  # a report of its time: the card was in use, and nothing in it says that it failed
    if machine.is_jetson:
        return  # NVIDIA publishes builds of its own for these boards
    old = [gpu for gpu in machine.gpus if outdated(machine, gpu)]
    if len(old) < len(machine.gpus):
        return
    gpu = old[0]
    yield error(
        "gpu-unsupported",
        [_capability(gpu), *last_code(machine, gpu)],
        without_code(machine, gpu),
        gpu=gpu.name or "GPU",
        capability=gpu.capability or UNKNOWN,
    )


def backend(machine: Machine) -> Iterator[Finding]:
    """A build for another maker's GPU."""
    if machine.torch_version is None or machine.os == "macos":
        return
    variant, ran = machine.torch_variant or "", machine.facts.torch_import
    if ran is not None and (ran.cuda_available or ran.xpu_available):
        return
    torch = words("evidence.torch", version=machine.torch_version, variant=variant or UNKNOWN)
    if variant.startswith("rocm") and machine.has_nvidia and not _usable(machine, "amd"):
        yield error(
            "gpu-wrong-backend",
            [torch, words("evidence.gpu", name=machine.gpu_name or "NVIDIA GPU")],
            remedies.torch(machine),
            "rocm",
            gpu=machine.gpu_name or "NVIDIA GPU",
            torch=machine.torch_version,
        )
    if machine.has_nvidia is not False or not (variant.startswith("cu") or variant == "cpu"):
        return
    for vendor in ("amd", "intel"):
        gpu = _usable(machine, vendor)
        if gpu is not None:
            yield error(
                "gpu-wrong-backend",
                [torch, words("evidence.gpu", name=gpu.name or vendor)],
                remedies.torch(machine),
                vendor,
                gpu=gpu.name or vendor,
                torch=machine.torch_version,
            )
            return


def _usable(machine: Machine, vendor: str) -> OtherGpu | None:
    return next((gpu for gpu, _ in machine.other_usable if gpu.vendor == vendor), None)


RULES = (coverage, any_build, unsupported, backend)
