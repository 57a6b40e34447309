"""Rules about the GPUs themselves: present, visible, free and healthy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import NvmlGpu
from envdoctor.findings import UNKNOWN, Finding, Remedy, Words, words
from envdoctor.knowledge.other_gpus import amd_may_serve, is_integrated
from envdoctor.machine import Machine
from envdoctor.rules.driver import NVML_GPU_IS_LOST, container_blind
from envdoctor.rules.error_texts import cuda_cause
from envdoctor.rules.evidence import said
from envdoctor.rules.levels import error, info, ok, warning
from envdoctor.rules.remedies import unset_variable

__all__ = ["RULES", "kernel_errors"]

XID_FELL_OFF_BUS = 79
NEARLY_FULL = 0.95


def absent(machine: Machine) -> Iterator[Finding]:
    """No GPU that torch could use: information, not a fault."""
    if machine.os == "macos" and machine.gpus:
        evidence = [words("evidence.gpu", name=machine.gpu_name or "NVIDIA GPU")]
        yield info("gpu-absent", evidence, variant="macos", names=machine.gpu_name or "NVIDIA GPU")
        return
    if machine.os == "macos" or machine.has_nvidia or container_blind(machine) or machine.is_wsl:
        return
    if machine.has_nvidia is False and not machine.other_usable:
        gpus = machine.facts.other_gpus or ()
        others = ", ".join(gpu.name or gpu.vendor for gpu in gpus)
        evidence = [words("evidence.plain", text=others)] if others else []
        smi, nvml = machine.facts.nvidia_smi, machine.facts.nvml
        if smi is not None and smi.path and smi.state not in ("ok", "absent"):
            # Somebody expected a card here: its driver was installed.
            told = smi.error or (nvml.message if nvml is not None else None)
            evidence.append(said("nvidia-smi", told or smi.path))
            yield info("gpu-absent", evidence, variant="driver-only")
            return
        yield info("gpu-absent", evidence, variant=_no_use(machine), names=others)


def _no_use(machine: Machine) -> str:
    """Why no build uses the GPUs of other makers, as a variant; empty: there are none."""
    others = machine.facts.other_gpus or ()
    if any(amd_may_serve(gpu, machine.os) for gpu in others):
        return "amd-windows"
    if not others:
        return ""
    return "integrated" if all(map(is_integrated, others)) else "unpublished"


def lost(machine: Machine) -> Iterator[Finding]:
    """A GPU that stopped answering."""
    facts = machine.facts
    evidence: list[Words] = [
        said(f"GPU {gpu.index}", gpu.error)
        for gpu in machine.managed
        if gpu.error and "lost" in gpu.error.lower()
    ]
    if facts.nvml is not None and facts.nvml.code == NVML_GPU_IS_LOST:
        evidence.append(said("NVML", facts.nvml.message or "GPU is lost"))
    if facts.nvidia_smi is not None and "gpu is lost" in (facts.nvidia_smi.error or "").lower():
        evidence.append(said("nvidia-smi", facts.nvidia_smi.error or ""))
    if XID_FELL_OFF_BUS in facts.nvidia.xids and not machine.cuda_proven:
        evidence.append(words("evidence.xid", number=XID_FELL_OFF_BUS))
    if evidence:
        yield error("gpu-fell-off-bus", evidence, [Remedy(words("remedy.fell-off-bus"))])


def hidden(machine: Machine) -> Iterator[Finding]:
    """A variable that hides every GPU."""
    variables = machine.facts.environment.variables
    names, count = _hiding(machine)
    for name in names:
        value = variables.get(name)
        if value is None or not _hides_every_gpu(name, value, count):
            continue
        if value[:1].isdigit() and not machine.gpus and _may_name_fewer(machine):
            continue
        yield error(
            "gpu-hidden",
            [words("evidence.variable", name=name, value=value or '""')],
            unset_variable(machine, name),
            name=name,
            value=value,
            count=count,
        )
        return


def _hiding(machine: Machine) -> tuple[tuple[str, ...], int]:
    """The variables that can hide the GPUs that this torch is for, and how many it could see without them."""
    if machine.cuda_proven:
        return (), 0
    if machine.gpus:
        return ("CUDA_VISIBLE_DEVICES",), len(machine.gpus)
    ran, variant = machine.facts.torch_import, machine.torch_variant or ""
    for vendor, build, names in (
        ("amd", "rocm", ("HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES")),
        ("intel", "xpu", ("ONEAPI_DEVICE_SELECTOR", "ZE_AFFINITY_MASK")),
    ):
        mine = [gpu for gpu in machine.facts.other_gpus or () if gpu.vendor == vendor]
        if mine and variant.startswith(build) and not (ran is not None and ran.xpu_available):
            return names, len(mine)
    return (), 0


def _hides_every_gpu(name: str, value: str, count: int) -> bool:
    """Whether no GPU is left to a process with this value."""
    first = value.partition(",")[0].strip()
    if name == "ONEAPI_DEVICE_SELECTOR":
        # Torch goes through Level Zero: whatever else is chosen leaves it none.
        return re.search(r"(?:^|;)\s*(?:(?:level_zero|\*):(?:gpu|\*|\d)|!)", value, re.IGNORECASE) is None
    if name == "ZE_AFFINITY_MASK":
        number = first.partition(".")[0]
        return number.isdigit() and int(number) >= count
    outside = first.isdigit() and int(first) >= count
    return value.strip() in ("", "-1", "none", "NoDevFiles") or outside or first.startswith("-")


def _may_name_fewer(machine: Machine) -> bool:
    """Whether there may be more cards than are known: a pasted text names those that matter to its writer."""
    ran = machine.facts.torch_import
    return machine.facts.paste is not None and not (ran is not None and ran.cuda_available is False)


_JOIN_GROUPS = Remedy(words("remedy.video-group"), (("sudo", "usermod", "-aG", "video,render", "$USER"),))


def permission(machine: Machine) -> Iterator[Finding]:
    """Device nodes that this user may not open."""
    facts = machine.facts
    nodes = facts.nvidia.unreadable_nodes
    works = machine.cuda_proven or (facts.cuda_driver is not None and facts.cuda_driver.state == "ok")
    if nodes and not works:
        yield error(
            "gpu-no-permission",
            [words("evidence.node", path=node) for node in nodes[:4]],
            [_JOIN_GROUPS],
            nodes=", ".join(nodes[:4]),
        )
    amd = [
        gpu
        for gpu in facts.other_gpus or ()
        if gpu.vendor == "amd" and not gpu.integrated and gpu.usable_nodes is False
    ]
    if amd and not machine.has_nvidia and (machine.torch_variant or "").startswith("rocm"):
        yield error(
            "gpu-no-permission",
            [words("evidence.node", path="/dev/kfd")],
            [_JOIN_GROUPS],
            "kfd",
            nodes="/dev/kfd",
        )


def memory(machine: Machine) -> Iterator[Finding]:
    """Memory of a GPU that others hold: an error where a kernel already failed for want of it."""
    make = error if "gpu-memory-full" in kernel_errors(machine) else warning
    for gpu in machine.managed:
        if not (gpu.memory_used and gpu.memory_total and gpu.memory_used / gpu.memory_total > NEARLY_FULL):
            continue
        used, total = gpu.memory_used >> 20, gpu.memory_total >> 20
        held = [
            words("evidence.process", pid=p.pid, name=p.name or UNKNOWN, mib=(p.memory or 0) >> 20)
            for p in gpu.processes[:4]
        ]
        yield make(
            "gpu-memory-full",
            [words("evidence.memory", where=_where(gpu), used=used, total=total), *held],
            [Remedy(words("remedy.memory-full"), (("nvidia-smi",),))],
            index=gpu.index,
        )


def exclusive(machine: Machine) -> Iterator[Finding]:
    """A compute mode that lets in one process, or none."""
    refused = "gpu-exclusive-mode" in kernel_errors(machine)
    for gpu in machine.managed:
        if gpu.compute_mode not in ("exclusive-process", "exclusive-thread", "prohibited"):
            continue
        blocked = gpu.compute_mode == "prohibited" or refused
        make = error if blocked and not machine.cuda_proven else warning
        if blocked or gpu.processes:
            default = ("sudo", "nvidia-smi", "-i", str(gpu.index), "-c", "DEFAULT")
            yield make(
                "gpu-exclusive-mode",
                [words("evidence.mode", where=_where(gpu), mode=gpu.compute_mode)],
                [Remedy(words("remedy.compute-mode"), (default,))],
                index=gpu.index,
                mode=gpu.compute_mode,
            )


def partitioned(machine: Machine) -> Iterator[Finding]:
    """MIG is on: worth knowing where there are instances, an error where there are none to compute on."""
    ran = machine.facts.torch_import
    # In pasted text the table may be cut before its instances; only a failure makes it a fault.
    seen = machine.facts.paste is not None and not (ran is not None and ran.cuda_available is False)
    for gpu in machine.managed:
        if not gpu.mig:
            continue
        count = len(gpu.mig_instances)
        evidence = [words("evidence.mig", where=_where(gpu), count=count)]
        if count or machine.cuda_proven or seen:
            yield info("gpu-mig", evidence, variant="on", index=gpu.index, count=count)
        else:
            off = ("sudo", "nvidia-smi", "-i", str(gpu.index), "-mig", "0")
            yield error("gpu-mig", evidence, [Remedy(words("remedy.mig"), (off,))], index=gpu.index)


def memory_errors(machine: Machine) -> Iterator[Finding]:
    """Memory that failed in a way its error correction could not mend."""
    for gpu in machine.managed:
        if gpu.ecc_uncorrected:
            yield warning(
                "gpu-ecc-errors",
                [words("evidence.ecc", where=_where(gpu), count=gpu.ecc_uncorrected)],
                [Remedy(words("remedy.ecc"), (("nvidia-smi", "-q", "-d", "ECC"),))],
                index=gpu.index,
                count=gpu.ecc_uncorrected,
            )


def _where(gpu: NvmlGpu) -> str:
    return f"GPU {gpu.index}"


def kernel_errors(machine: Machine) -> dict[str, str]:
    """What torch's kernels raised on the GPUs, by the code of what the message means."""
    ran = machine.facts.torch_import
    if ran is None:
        return {}
    texts = [device.kernel.error for device in ran.devices if device.kernel and device.kernel.error]
    texts += [ran.cuda_error] if ran.cuda_error else []
    found: dict[str, str] = {}
    for text in texts:
        cause = cuda_cause(text)
        if cause is not None:
            found.setdefault(cause.code, text)
    return found


def failed_kernels(machine: Machine) -> Iterator[Finding]:
    """A small kernel that failed or computed something wrong."""
    ran = machine.facts.torch_import
    codes = (
        "gpu-exclusive-mode",
        "gpu-memory-full",
        "gpu-fell-off-bus",
        "gpu-ecc-errors",
        "fabric-manager-down",
        "driver-library-mismatch",
        "cuda-compat-shadow",
    )
    for code, text in kernel_errors(machine).items():
        if code in codes and (ran is None or not machine.cuda_proven):
            # The message tells none of what the wordings of these codes have places for.
            yield error(
                code,
                [said("torch", text)],
                index=0,
                mode=UNKNOWN,
                state=UNKNOWN,
                library="libcuda.so.1",
                module=UNKNOWN,
                count=1,
            )
    for device in ran.devices if ran else ():
        if device.kernel is not None and not device.kernel.ok:
            cause = cuda_cause(device.kernel.error or "")
            if cause is None:
                yield error(
                    "driver-init-failed",
                    [said(device.name, device.kernel.error or UNKNOWN)],
                    [Remedy(words("remedy.init"))],
                    "wrong-result",
                    code=UNKNOWN,
                    gpu=device.name,
                )


def summary(machine: Machine) -> Iterator[Finding]:
    """The GPUs that are there, for the list of what is fine."""
    if machine.gpus and machine.driver is not None:
        gpu = machine.gpus[0]
        if gpu.memory_total is None:
            yield ok("gpu-ok-name", name=gpu.name or "NVIDIA GPU", capability=gpu.capability or UNKNOWN)
            return
        memory = f"{gpu.memory_total / 2**30:.0f}"
        yield ok(
            "gpu-ok",
            name=gpu.name or "NVIDIA GPU",
            count=len(machine.gpus),
            memory=memory,
            capability=gpu.capability or UNKNOWN,
        )


RULES = (
    absent,
    lost,
    hidden,
    permission,
    memory,
    exclusive,
    partitioned,
    memory_errors,
    failed_kernels,
    summary,
)
