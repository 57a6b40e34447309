"""From a failed check to a finding: whose fault it is, as far as the words of the failure tell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from envdoctor.findings import UNKNOWN, Finding, Severity, Value, Words, words
from envdoctor.outside import Ran
from envdoctor.rules.error_texts import LONGEST, Sayings, cuda_cause
from envdoctor.rules.evidence import said
from envdoctor.smoke.options import TOGETHER
from envdoctor.smoke.result import Check
from envdoctor.smoke.transcript import Transcript
from envdoctor.smoke.verdict import exit_code, how_it_ended

__all__ = ["CUDA_OUTCOMES", "finding_of"]

# The texts are of torch, cuDNN, NCCL, DataLoader and the compilers that torch.compile starts; the specific
# stand above the general.
_WORDS = (
    (r"no kernel image is available|not compiled with .* for this GPU", "no-kernel", ""),
    (r"shared memory \(shm\)|unable to (?:write to|resize|open shared memory)", "shm-small", "smoke"),
    (r"torch_.*No space left on device|killed by signal: Bus error", "shm-small", "smoke"),
    (r"DataLoader worker|DataLoader timed out", "torch-loader-failed", ""),
    (r"(?:CUDA|HIP|XPU|MPS backend) out of memory|CUDA error: out of memory", "gpu-memory-full", "smoke"),
    (r"CUBLAS_STATUS_ALLOC_FAILED", "gpu-memory-full", "smoke"),
    (r"DefaultCPUAllocator|not enough memory|MemoryError|Cannot allocate memory", "memory-low", "smoke"),
    (r"cuDNN version incompatibility|Could not load library libcudnn", "torch-missing-library", "cudnn"),
    (r"Unable to load any of \{libcudnn|libcudnn\S*: cannot open", "torch-missing-library", "cudnn"),
    (r"CUDNN_STATUS|cuDNN error", "cudnn-failed", ""),
    (r"NCCL error|nccl(?:Unhandled|System|Internal|Invalid|Remote)", "nccl-failed", ""),
    (
        r"No CUDA compiler|C\+\+ compiler|InvalidCxxCompiler|Failed to find C compiler",
        "compiler-missing",
        "smoke",
    ),
    (r"(?:g\+\+|cl(?:\.exe)?)['\"]?: (?:command )?not found|cl is not found", "compiler-missing", "smoke"),
    (r"(?:Python|omp)\.h.*(?:No such|not found)", "compiler-missing", "smoke"),
    (r"Cannot find a working triton|TritonMissing", "compiler-missing", "smoke"),
)
_SAYINGS = Sayings(_WORDS)
CUDA_OUTCOMES = ("no-kernel", "no-driver", "no-device")
"""Causes that only other facts can name: `check` is asked."""
_OF_THE_GPU = (
    "gpu-ecc-errors",
    "gpu-exclusive-mode",
    "gpu-fell-off-bus",
    "driver-init-failed",
    "gpu-memory-full",
)
"""Causes that the words of a CUDA error name well enough."""

_TOGETHER = tuple(name for name in TOGETHER if name != "training")
_FRAMES = ("File ", "Thread ", "Current thread", "Stack (", "Extension modules", "<no Python frame>")
"""How the lines begin in which Python tells where it was when it crashed."""
_CODES = {
    **dict.fromkeys(_TOGETHER, "nccl-failed"),
    "training": "torch-training-failed",
    "loader": "torch-loader-failed",
    "compile": "torch-compile-failed",
}


def finding_of(check: Check, transcript: Transcript, ran: Ran, device: str | None) -> Finding:
    """What the failed check stands for. Its code is one of `CUDA_OUTCOMES` where only `check` can tell."""
    spoken = transcript.checks.get(check.name)
    values: dict[str, Value] = {"check": check.name, "device": device or UNKNOWN}
    ended = how_it_ended(transcript, ran) or "left"
    if spoken is None:
        return _of_end(ended, ran, values)
    if check.detail.key == "smoke.raised":
        line = str(check.detail.values.get("error") or "")
        return _of_error(check, f"{line}\n{spoken.trace}", line, values)
    return _error(_CODES.get(check.name, "torch-wrong-numbers"), values, [check.detail])


def _of_end(ended: str, ran: Ran, values: Mapping[str, Value]) -> Finding:
    evidence = _last_words(ran)
    values = {
        **values,
        "code": exit_code(ran),
        "seconds": f"{ran.seconds:.0f}",
    }
    if ended == "killed":
        return _error("memory-low", values, evidence, "smoke-killed")
    if ended == "timed-out":
        code = "nccl-failed" if values["check"] in _TOGETHER else "torch-run-failed"
        return _error(code, values, evidence, "timed-out")
    known = _SAYINGS.cause(ran.stderr[-LONGEST:])
    if ended == "crashed" and known is not None:
        return _error(known.code, values, evidence, known.variant)
    return _error("torch-run-failed", values, evidence, ended)


def _of_error(check: Check, text: str, line: str, values: Mapping[str, Value]) -> Finding:
    evidence = [said(check.name, line)]
    known = _SAYINGS.cause(text)
    if known is not None:
        return _error(known.code, values, evidence, known.variant)
    cuda = cuda_cause(text) if re.search(r"CUDA|cuda|HIP", line) else None
    if cuda is not None and cuda.code in CUDA_OUTCOMES:
        return _error(cuda.code, values, evidence)
    if cuda is not None and cuda.code in _OF_THE_GPU:
        return _error(cuda.code, values, evidence, "smoke")
    return _error(_CODES.get(check.name, "torch-run-failed"), values, evidence)


def _error(code: str, values: Mapping[str, Value], evidence: Sequence[Words], variant: str = "") -> Finding:
    return Finding(code, Severity.ERROR, values, tuple(evidence), variant=variant)


def _last_words(ran: Ran) -> list[Words]:
    lines = [line.strip() for line in ran.stderr.splitlines() if line.strip()]
    frame = next((line for line in lines if line.startswith("File ") and "envdoctor" not in line), None)
    shown = [line for line in lines if not line.startswith(_FRAMES)][-2:]
    evidence = [said("stderr", " / ".join(shown))] if shown else []
    return [*evidence, *([words("evidence.plain", text=frame)] if frame else [])]
