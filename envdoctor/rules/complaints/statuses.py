"""What a text says in the status names of NCCL, cuDNN and cuBLAS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Severity
from envdoctor.knowledge.early import newest_cuda
from envdoctor.machine import Machine
from envdoctor.rules.complaints.ages import told_cuda
from envdoctor.rules.complaints.coverage import uncovered
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.notions import has
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

_FOREIGN = re.compile(r"cuda|cudnn|cublas|nvidia", re.IGNORECASE)


def nccl(heard: Heard) -> Iterator[Finding]:
    """NCCL: its system error in a container, CUDA on a card of later days, another copy, a build without."""
    machine = heard.machine
    if (
        "nccl-system" in heard
        and machine.in_container
        and not heard.any("nccl-network", "worker-bus-error", "nvml-mismatch", "cuda-35", "no-space")
    ):
        yield heard.finding("shm-small", "nccl-system", variant="nccl", mib=UNKNOWN)
    if "nccl-cuda" in heard and _came_later(heard) and not heard.any("torch-capability", "no-kernel"):
        yield uncovered(heard, True, ["nccl-cuda"])
    if "nccl-copy" in heard:
        yield heard.finding("torch-missing-library", "nccl-copy", variant="wrong-copy", subject="NCCL")
    if "nccl-missing" in heard and _ought_to_have_nccl(machine):
        variant = "said" if machine.torch_version else "unnamed"
        yield heard.finding(
            "torch-cpu-build", "nccl-missing", variant=variant, version=machine.torch_version or UNKNOWN
        )


def _ought_to_have_nccl(machine: Machine) -> bool:
    """Whether a build for the GPU here would have NCCL: those of Linux do, but for Jetson's."""
    if machine.torch_variant == "cpu":
        return machine.os != "windows"
    unknown = machine.torch_variant is None and machine.torch_cuda is None and not machine.cuda_proven
    return unknown and machine.os == "linux" and bool(machine.gpus) and not machine.is_jetson


FIRST_CUDA = {7.0: (9, 0), 7.5: (10, 0), 8.0: (11, 0), 9.0: (11, 8), 10.0: (12, 8)}
"""From this capability on, the first CUDA whose cuBLAS and cuDNN know it (NVIDIA's release notes)."""


_ASKED = re.compile(
    r"(?:cudatoolkit|pytorch-cuda)[= ]{1,2}(\d{1,2}\.\d)"
    r"|/cu(\d{2,3})/torch-[\d.]+|\btorch==[\d.]+\+cu(\d{2,3})\b"
)


def _asked_cuda(heard: Heard) -> tuple[int, ...]:
    """The CUDA of the build that the shown commands install."""
    found = [each for command in heard.commands if (each := _ASKED.search(command))]
    if not found:
        return ()
    version, *labels = found[-1].groups()
    label = next((each for each in labels if each), "")
    return version_numbers(version or f"{label[:-1]}.{label[-1]}")[:2]


def _came_later(heard: Heard) -> bool:
    """Whether every GPU here came after the CUDA that torch was built with."""
    machine = heard.machine
    cuda = version_numbers(machine.torch_cuda)[:2] or newest_cuda(machine.torch_version or "")
    cuda = cuda or _asked_cuda(heard) or version_numbers(told_cuda(heard))[:2]
    capabilities = [float(each) for each in machine.capabilities if re.fullmatch(r"\d{1,2}\.\d", each)]
    if not cuda or not capabilities:
        return False
    first = [
        max((FIRST_CUDA[step] for step in FIRST_CUDA if step <= each), default=(0, 0))
        for each in capabilities
    ]
    return all(cuda < each for each in first)


_CUDA = re.compile(r"\bCUDA ?v?(\d{1,2}(?:\.\d)?)\b", re.IGNORECASE)


def _is_cured_by_newer(heard: Heard) -> bool:
    """Whether a build for a later CUDA helps, on a GPU that is not named."""
    machine = heard.machine
    mine = version_numbers(machine.torch_cuda)[:2] or newest_cuda(machine.torch_version or "")
    cures = "\n".join(each.text for each in heard.paste.told if has(each.text, "cured"))
    if not mine or machine.gpus:
        return False
    return any(version_numbers(each) > mine for each in _CUDA.findall(cures))


FIRST_OF_CUDNN = (5, 0)
"""The lowest compute capability that every cuDNN knows which torch was ever built with."""


def _is_known_to_cudnn(heard: Heard) -> bool:
    """Whether torch's own cuDNN has code for the GPUs, so that one which has none is another copy."""
    capabilities = [version_numbers(each) for each in heard.machine.capabilities]
    return bool(capabilities) and min(capabilities) >= FIRST_OF_CUDNN


def libraries(heard: Heard) -> Iterator[Finding]:
    """Libraries of CUDA that do not start, or that are another copy than torch's."""
    if "cudnn-arch" in heard and not _is_known_to_cudnn(heard):
        yield uncovered(heard, False, ["cudnn-arch"])
    elif "cudnn-arch" in heard:
        yield heard.finding("torch-missing-library", "cudnn-arch", variant="wrong-copy", subject="cuDNN")
    if heard.any("library-call", "library-start") and (_came_later(heard) or _is_cured_by_newer(heard)):
        yield uncovered(heard, True, ["library-call", "library-start"])
        return
    kinds = ("library-start", "cublas-copy")
    if not heard.any(*kinds) or "assertion" in heard:
        return
    path = heard.machine.facts.environment.variables.get("LD_LIBRARY_PATH", "")
    if _FOREIGN.search(path):
        yield heard.finding(
            "torch-missing-library", *kinds, variant="wrong-copy", subject=heard.subject(*kinds)
        )
    elif "library-start" in heard and "cuda-oom" not in heard:
        # Where torch reports the GPU as usable, what failed may as well be the code.
        sure = not heard.machine.cuda_proven
        severity = Severity.ERROR if sure else Severity.WARNING
        yield heard.finding("gpu-memory-full", "library-start", variant="start", severity=severity)


RULES = (nccl, libraries)
