"""The proof that an install worked: torch imported where it will be used, the planned build, a kernel run."""

from __future__ import annotations

from dataclasses import dataclass

from envdoctor.execution.steps import Expected
from envdoctor.facts import TorchImport
from envdoctor.findings import UNKNOWN, Words, words
from envdoctor.outside import LiveOutside

__all__ = ["LIMIT", "Proof", "verify"]

LIMIT = 240.0
"""Seconds for the first import: nothing of it is in any cache yet."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What torch did, and what is wrong with that; `problem` is `None` where all is as planned."""

    torch: TorchImport
    problem: Words | None = None


def verify(
    outside: LiveOutside, python: str, expected: Expected, *, limit: float = LIMIT, train: bool = True
) -> Proof:
    """Import torch in the environment and compare with the plan; `train` a small network too."""
    from envdoctor.probes.torch_import import probe_torch_import

    torch = probe_torch_import(outside, (python,), limit).value
    problem = judge(torch, expected)
    if problem is None and train:
        from envdoctor.execution.training import trains

        problem = trains(outside, python, device="auto" if expected.device else "cpu")
    return Proof(torch, problem)


def judge(torch: TorchImport, expected: Expected) -> Words | None:
    """The first thing that is not as expected."""
    if torch.outcome != "imported":
        error = torch.error or ""
        return words(f"run.verify.{torch.outcome}", error=error, phase=torch.phase or "import")
    return _build(torch, expected) or _companions(torch, expected) or _device(torch, expected)


def _build(torch: TorchImport, expected: Expected) -> Words | None:
    found = torch.version or UNKNOWN
    if expected.torch is not None and found.partition("+")[0] != expected.torch.partition("+")[0]:
        return words("run.verify.version", found=found, wanted=expected.torch, path=torch.path or UNKNOWN)
    if expected.variant is not None and not _is_variant(torch, expected.variant):
        return words(
            "run.verify.variant",
            found=_variant_words(torch),
            wanted=expected.variant,
            path=torch.path or UNKNOWN,
        )
    return None


def _is_variant(torch: TorchImport, variant: str) -> bool:
    if variant == "cpu":
        return not torch.cuda and not torch.hip and not torch.xpu_built
    if variant.startswith("cu") and variant[2:].isdigit():
        return torch.cuda == f"{variant[2:-1]}.{variant[-1]}"
    if variant.startswith("rocm"):
        return bool(torch.hip)
    return bool(torch.xpu_built) if variant.startswith("xpu") else True


def _variant_words(torch: TorchImport) -> str:
    if torch.cuda:
        return f"CUDA {torch.cuda}"
    if torch.hip:
        return f"ROCm {torch.hip}"
    return "XPU" if torch.xpu_built else "CPU"


def _companions(torch: TorchImport, expected: Expected) -> Words | None:
    for name, wanted in expected.packages.items():
        if name in torch.companion_errors:
            return words("run.verify.companion", name=name, error=torch.companion_errors[name])
        found = torch.companions.get(name)
        if found is not None and not _same_version(found, wanted):
            return words("run.verify.companion-version", name=name, found=found, wanted=wanted)
    return None


def _same_version(found: str, wanted: str) -> bool:
    """Whether the versions agree, and their labels where both have one."""
    (ours, _, label), (theirs, _, other) = found.partition("+"), wanted.partition("+")
    return ours == theirs and (not label or not other or label == other)


def _device(torch: TorchImport, expected: Expected) -> Words | None:
    if not expected.device:
        return None
    if not torch.devices:
        return words("run.verify.no-device", error=torch.cuda_error or "")
    for device in torch.devices:
        if device.kernel is not None and not device.kernel.ok:
            return words("run.verify.kernel", device=device.name, error=device.kernel.error or "")
    return None
