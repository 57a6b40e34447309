"""What a text says in the status names of NCCL, cuDNN and cuBLAS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import Finding, Severity
from envdoctor.rules.complaints.device import uncovered
from envdoctor.rules.complaints.heard import Heard

__all__ = ["RULES"]

_FOREIGN = re.compile(r"cuda|cudnn|cublas|nvidia", re.IGNORECASE)


def nccl(heard: Heard) -> Iterator[Finding]:
    """NCCL's system error in a container, and a build that has no NCCL."""
    machine = heard.machine
    if (
        "nccl-system" in heard
        and machine.in_container
        and not heard.any("nccl-network", "worker-bus-error", "nvml-mismatch", "cuda-35", "no-space")
    ):
        yield heard.finding("shm-small", "nccl-system", variant="nccl", mib="?")
    if "nccl-missing" in heard and machine.os != "windows" and machine.torch_variant == "cpu":
        yield heard.finding("torch-cpu-build", "nccl-missing", version=machine.torch_version or "?")


def libraries(heard: Heard) -> Iterator[Finding]:
    """Libraries of CUDA that do not start, or that are another copy than torch's."""
    if "cudnn-arch" in heard:
        yield uncovered(heard, False, ["cudnn-arch"])
    kinds = ("library-start", "cublas-copy")
    if not heard.any(*kinds):
        return
    path = heard.machine.facts.environment.variables.get("LD_LIBRARY_PATH", "")
    if _FOREIGN.search(path):
        yield heard.finding(
            "torch-missing-library", *kinds, variant="wrong-copy", subject=heard.subject(*kinds)
        )
    elif "library-start" in heard and "cuda-oom" not in heard:
        yield heard.finding("gpu-memory-full", "library-start", variant="start", severity=Severity.WARNING)


RULES = (nccl, libraries)
