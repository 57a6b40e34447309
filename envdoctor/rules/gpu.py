"""Rules about the GPUs themselves: present, visible, free, healthy, and covered by the build's code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import NvmlGpu, OtherGpu
from envdoctor.findings import Finding, Remedy, Words, words
from envdoctor.knowledge.early import early_archs
from envdoctor.machine import Gpu, Machine, version_numbers
from envdoctor.rules import remedies
from envdoctor.rules.build import error, info, ok, said, warning
from envdoctor.rules.driver import container_blind
from envdoctor.rules.import_errors import cuda_cause

__all__ = ["RULES", "code_of_build", "outdated"]

NVML_GPU_IS_LOST = 15
XID_FELL_OFF_BUS = 79
NEARLY_FULL = 0.95
SUPPORT_YEARS = 3
"""How far back "a build of the last years" reaches."""


def _managed(machine: Machine) -> tuple[NvmlGpu, ...]:
    facts = machine.facts
    return (
        (facts.nvml.gpus if facts.nvml else None)
        or (facts.nvidia_smi.gpus if facts.nvidia_smi else None)
        or ()
    )


def absent(machine: Machine) -> Iterator[Finding]:
    """No GPU that torch could use: information, not a fault."""
    if machine.os == "macos" or machine.has_nvidia or container_blind(machine) or machine.is_wsl:
        return
    if machine.has_nvidia is False and not machine.other_usable:
        others = ", ".join(gpu.name or gpu.vendor for gpu in machine.facts.other_gpus or ())
        evidence = [words("evidence.plain", text=others)] if others else []
        smi, nvml = machine.facts.nvidia_smi, machine.facts.nvml
        if smi is not None and smi.path and smi.state not in ("ok", "absent"):
            # Somebody expected a card here: its driver was installed.
            told = smi.error or (nvml.message if nvml is not None else None)
            evidence.append(said("nvidia-smi", told or smi.path))
            yield info("gpu-absent", evidence, variant="driver-only")
            return
        yield info("gpu-absent", evidence, variant="integrated" if others else "", names=others)


def lost(machine: Machine) -> Iterator[Finding]:
    """A GPU that stopped answering."""
    facts = machine.facts
    evidence: list[Words] = [
        said(f"GPU {gpu.index}", gpu.error)
        for gpu in _managed(machine)
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
    if not machine.gpus or machine.cuda_proven:
        return
    value = variables.get("CUDA_VISIBLE_DEVICES")
    if value is None:
        return
    first = value.split(",")[0].strip()
    count = len(machine.gpus)
    outside = first.isdigit() and int(first) >= count
    if value.strip() in ("", "-1", "none", "NoDevFiles") or outside or first.startswith("-"):
        unset = (
            ("set", "CUDA_VISIBLE_DEVICES=") if machine.os == "windows" else ("unset", "CUDA_VISIBLE_DEVICES")
        )
        yield error(
            "gpu-hidden",
            [words("evidence.variable", name="CUDA_VISIBLE_DEVICES", value=value or '""')],
            [Remedy(words("remedy.unset-visible"), (unset,))],
            name="CUDA_VISIBLE_DEVICES",
            value=value,
            count=count,
        )


def permission(machine: Machine) -> Iterator[Finding]:
    """Device nodes that this user may not open."""
    facts = machine.facts
    nodes = facts.nvidia.unreadable_nodes
    works = machine.cuda_proven or (facts.cuda_driver is not None and facts.cuda_driver.state == "ok")
    if nodes and not works:
        yield error(
            "gpu-no-permission",
            [words("evidence.node", path=node) for node in nodes[:4]],
            [Remedy(words("remedy.video-group"), (("sudo", "usermod", "-aG", "video,render", "$USER"),))],
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
            [Remedy(words("remedy.video-group"), (("sudo", "usermod", "-aG", "video,render", "$USER"),))],
            "kfd",
            nodes="/dev/kfd",
        )


def state(machine: Machine) -> Iterator[Finding]:
    """Memory, compute mode, MIG and ECC of each GPU."""
    kernel = _kernel_errors(machine)
    for gpu in _managed(machine):
        where = f"GPU {gpu.index}"
        if gpu.memory_used and gpu.memory_total and gpu.memory_used / gpu.memory_total > NEARLY_FULL:
            make = error if "gpu-memory-full" in kernel else warning
            held = [
                words("evidence.process", pid=p.pid, name=p.name or "?", mib=(p.memory or 0) >> 20)
                for p in gpu.processes[:4]
            ]
            yield make(
                "gpu-memory-full",
                [
                    words(
                        "evidence.memory",
                        where=where,
                        used=gpu.memory_used >> 20,
                        total=gpu.memory_total >> 20,
                    ),
                    *held,
                ],
                [Remedy(words("remedy.memory-full"), (("nvidia-smi",),))],
                index=gpu.index,
            )
        if gpu.compute_mode in ("exclusive-process", "exclusive-thread", "prohibited"):
            blocked = gpu.compute_mode == "prohibited" or "gpu-exclusive-mode" in kernel
            make = error if blocked and not machine.cuda_proven else warning
            if blocked or gpu.processes:
                yield make(
                    "gpu-exclusive-mode",
                    [words("evidence.mode", where=where, mode=gpu.compute_mode)],
                    [
                        Remedy(
                            words("remedy.compute-mode"),
                            (("sudo", "nvidia-smi", "-i", str(gpu.index), "-c", "DEFAULT"),),
                        )
                    ],
                    index=gpu.index,
                    mode=gpu.compute_mode,
                )
        if gpu.mig:
            ran = machine.facts.torch_import
            # In pasted text the table may be cut before its instances; only a failure makes it a fault.
            seen = machine.facts.paste is not None and not (ran is not None and ran.cuda_available is False)
            if gpu.mig_instances or machine.cuda_proven or seen:
                yield info(
                    "gpu-mig",
                    [words("evidence.mig", where=where, count=len(gpu.mig_instances))],
                    variant="on",
                    index=gpu.index,
                    count=len(gpu.mig_instances),
                )
            else:
                yield error(
                    "gpu-mig",
                    [words("evidence.mig", where=where, count=0)],
                    [
                        Remedy(
                            words("remedy.mig"), (("sudo", "nvidia-smi", "-i", str(gpu.index), "-mig", "0"),)
                        )
                    ],
                    index=gpu.index,
                )
        if gpu.ecc_uncorrected:
            yield warning(
                "gpu-ecc-errors",
                [words("evidence.ecc", where=where, count=gpu.ecc_uncorrected)],
                [Remedy(words("remedy.ecc"), (("nvidia-smi", "-q", "-d", "ECC"),))],
                index=gpu.index,
                count=gpu.ecc_uncorrected,
            )


def _kernel_errors(machine: Machine) -> dict[str, str]:
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
    for code, text in _kernel_errors(machine).items():
        if code in codes and (ran is None or not machine.cuda_proven):
            yield error(
                code,
                [said("torch", text)],
                index=0,
                mode="?",
                state="?",
                library="libcuda.so.1",
                module="?",
                count=1,
            )
    for device in ran.devices if ran else ():
        if device.kernel is not None and not device.kernel.ok:
            cause = cuda_cause(device.kernel.error or "")
            if cause is None:
                yield error(
                    "driver-init-failed",
                    [said(device.name, device.kernel.error or "?")],
                    [Remedy(words("remedy.init"))],
                    "wrong-result",
                    code="?",
                    gpu=device.name,
                )


def coverage(machine: Machine) -> Iterator[Finding]:
    """Does the build carry code for each GPU's compute capability?"""
    ran = machine.facts.torch_import
    # In a pasted report "CUDA available: True" is all; that a kernel ran is not shown.
    proven = machine.cuda_proven and machine.facts.paste is None
    if machine.torch_cuda is None or machine.torch_version is None or proven:
        return
    sass, ptx, source = code_of_build(machine)
    if not sass and not ptx:
        return
    for gpu in machine.gpus:
        if gpu.capability is None or machine.tables.coverage(gpu.capability, sass, ptx) != "none":
            continue
        if outdated(machine, gpu):
            continue
        newest = max((*sass, *ptx), key=version_numbers)
        too_new = version_numbers(gpu.capability) > version_numbers(newest)
        code = "gpu-too-new-for-build" if too_new else "gpu-too-old-for-build"
        evidence = [
            words(
                "evidence.capability",
                gpu=gpu.name or "GPU",
                capability=gpu.capability,
                source=gpu.capability_from or "?",
            ),
            words("evidence.archs", version=machine.torch_version, archs=" ".join(sass), source=source),
        ]
        if "no-kernel" in _kernel_errors(machine):
            evidence.append(said("torch", _kernel_errors(machine)["no-kernel"]))
        yield error(
            code,
            evidence,
            remedies.torch(machine, "remedy.build-for-gpu"),
            gpu=gpu.name or "GPU",
            capability=gpu.capability,
            torch=machine.torch_version,
        )
        return
    if ran is not None and "no-kernel" in _kernel_errors(machine):
        gpu = machine.gpus[0] if machine.gpus else Gpu()
        capability = gpu.capability or "?"
        oldest = min(sass, key=version_numbers)
        old = gpu.capability is not None and version_numbers(gpu.capability) < version_numbers(oldest)
        yield error(
            "gpu-too-old-for-build" if old else "gpu-too-new-for-build",
            [said("torch", _kernel_errors(machine)["no-kernel"])],
            remedies.torch(machine, "remedy.build-for-gpu"),
            gpu=gpu.name or "GPU",
            capability=capability,
            torch=machine.torch_version,
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
    early = early_archs(machine.torch_version, machine.torch_variant)
    return (*early, "the tables") if early is not None else ((), (), "")


def _capabilities(archs: tuple[str, ...], prefix: str) -> tuple[str, ...]:
    digits = [arch[len(prefix) :].rstrip("af") for arch in archs if arch.startswith(prefix)]
    return tuple(f"{each[:-1]}.{each[-1]}" for each in digits if each.isdigit() and len(each) > 1)


def outdated(machine: Machine, gpu: Gpu) -> bool:
    """Whether no published build of the last years has code for this GPU."""
    if gpu.capability is None:
        return False
    platform = machine.platform or "linux_x86_64"
    earliest = machine.today.replace(year=machine.today.year - SUPPORT_YEARS, day=1)
    for release in machine.tables.releases:
        if release.released < earliest:
            continue
        for variant in release.official_variants.get(platform, ()):
            row = machine.tables.archs(release.version, variant, platform)
            if row is not None and machine.tables.coverage(gpu.capability, row.sass, row.ptx) != "none":
                return False
    return True


def unsupported(machine: Machine) -> Iterator[Finding]:
    """Cards that PyTorch has left behind for good."""
    if machine.cuda_proven or not machine.gpus or machine.torch_variant in ("xpu",):
        return
    ran = machine.facts.torch_import
    if machine.facts.paste is not None and not (ran is not None and ran.cuda_available is False):
        return  # a report of its time: the card was in use, and nothing in it says that it failed
    old = [gpu for gpu in machine.gpus if outdated(machine, gpu)]
    if len(old) < len(machine.gpus) or any(gpu.capability is None for gpu in machine.gpus):
        return
    gpu = old[0]
    yield error(
        "gpu-unsupported",
        [
            words(
                "evidence.capability",
                gpu=gpu.name or "GPU",
                capability=gpu.capability or "?",
                source=gpu.capability_from or "?",
            )
        ],
        remedies.torch(machine, "remedy.cpu-build"),
        gpu=gpu.name or "GPU",
        capability=gpu.capability or "?",
    )


def backend(machine: Machine) -> Iterator[Finding]:
    """A build for another maker's GPU."""
    if machine.torch_version is None or machine.os == "macos":
        return
    variant, ran = machine.torch_variant or "", machine.facts.torch_import
    if ran is not None and (ran.cuda_available or ran.xpu_available):
        return
    torch = words("evidence.torch", version=machine.torch_version, variant=variant or "?")
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


def summary(machine: Machine) -> Iterator[Finding]:
    """The GPUs that are there, for the list of what is fine."""
    if machine.gpus and machine.driver is not None:
        gpu = machine.gpus[0]
        if gpu.memory_total is None:
            yield ok("gpu-ok-name", name=gpu.name or "NVIDIA GPU", capability=gpu.capability or "?")
            return
        memory = f"{gpu.memory_total / 2**30:.0f}"
        yield ok(
            "gpu-ok",
            name=gpu.name or "NVIDIA GPU",
            count=len(machine.gpus),
            memory=memory,
            capability=gpu.capability or "?",
        )


RULES = (absent, lost, hidden, permission, state, failed_kernels, coverage, unsupported, backend, summary)
