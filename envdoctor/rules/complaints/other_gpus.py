"""What a text says about GPUs of AMD, Intel and Apple, and what that means on the machine it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import OtherGpu
from envdoctor.findings import UNKNOWN, Finding, Remedy, Severity, words
from envdoctor.knowledge.other_gpus import OtherGpuChip, chip_of, wanted_build
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import extension_of
from envdoctor.rules.remedies import packages, unset_variable
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

_GFX = re.compile(r"\bgfx[0-9a-f]{3,5}\b")
_OLDER = re.compile(r"U?HD Graphics|Iris")
AMD_DRIVER = ("amd-module", "amd-node-missing", "hsa-no-agent")
AMD_CRASH = ("segfault", "amd-fault", "amd-unsupported")
OVERRIDE = "HSA_OVERRIDE_GFX_VERSION"
AMD_DEVICES = "--device=/dev/kfd --device=/dev/dri --group-add video"
INTEL_DEVICES = "--device=/dev/dri --group-add render"


def amd_driver(heard: Heard) -> Iterator[Finding]:
    """AMD's kernel driver is not there, or its device node is not in this container."""
    machine = heard.machine
    if machine.gpus or machine.cuda_proven:
        return
    if not heard.any(*AMD_DRIVER, "hip-no-device") and not _is_blind_in_wsl(heard):
        return  # monitors ask every machine for AMD's tools too
    blocked = heard.any("device-denied", "render-group") and not heard.any("amd-module", "amd-node-missing")
    if blocked or (heard.any("rocblas-arch", "hip-invalid-function") and not heard.any(*AMD_DRIVER)):
        return
    refused = heard.subject("amd-node-missing") == "custom device"
    kinds = [*AMD_DRIVER, "hip-no-device"]
    if machine.is_wsl:
        remedy = Remedy(words("remedy.wsl-amd"))
        yield heard.finding("wsl-driver", *kinds, variant="amd", remedies=[remedy])
    elif machine.in_container and not refused:
        remedy = Remedy(words("remedy.container", options=AMD_DEVICES))
        yield heard.finding("container-no-gpu", *kinds, variant="amd", remedies=[remedy])
    elif heard.any(*AMD_DRIVER):
        commands = (("sudo", "modprobe", "amdgpu"), ("sudo", "dmesg"))
        remedy = Remedy(words("remedy.modprobe-amd"), commands)
        yield heard.finding("driver-not-running", *kinds, variant="amd", remedies=[remedy])
    else:
        remedy = Remedy(words("remedy.rocminfo"), (("rocminfo",),))
        yield heard.finding("driver-init-failed", "hip-no-device", variant="hip", remedies=[remedy])


def _is_blind_in_wsl(heard: Heard) -> bool:
    """A ROCm build that sees no GPU of AMD under WSL."""
    machine = heard.machine
    ran = machine.facts.torch_import
    blind = (ran is not None and ran.cuda_available is False) or heard.any(
        "cuda-unavailable", "said-no-gpu-found"
    )
    return blind and machine.is_wsl and (machine.torch_variant or "").startswith("rocm")


def amd_coverage(heard: Heard) -> Iterator[Finding]:
    """A ROCm build, or ROCm's own libraries, without code for the AMD GPU."""
    kinds = ["hip-invalid-function", "rocblas-arch"]
    machine = heard.machine
    gfx, chip, name = _amd_gpu(heard)
    builds = machine.tables.rocm_builds_for(gfx) if gfx else ()
    if not heard.any(*kinds) and heard.any(*AMD_CRASH) and gfx and not machine.gpus:
        # ROCm ends in a crash, rather than in an error, where there is no code for the card.
        if taken_for := _taken_for(heard, gfx, builds):
            remedies = unset_variable(machine, OVERRIDE)
            yield heard.finding(
                "gpu-unsupported",
                *AMD_CRASH,
                "hsa-override",
                variant="override",
                gpu=name,
                gfx=gfx,
                other=taken_for,
                remedies=remedies,
            )
            return
        kinds = list(AMD_CRASH) if not _carries(heard, gfx, builds) else []
    if not heard.any(*kinds):
        return
    owner = extension_of(heard, "hip-invalid-function") if "no-kernel" in heard else ""
    if owner and gfx in machine.tables.rocm_archs(machine.torch_variant or ""):
        yield heard.finding("extension-mismatch", *kinds, variant="no-kernel", subject=owner)
    elif gfx and not builds:
        yield _amd_unsupported(heard, kinds, name, gfx, chip)
    else:
        code = "gpu-too-old-for-build" if _is_dropped(machine, builds) else "gpu-too-new-for-build"
        yield heard.finding(code, *kinds, "hsa-override", variant="amd", gpu=name, gfx=gfx or "gfx?")


def amd_kernels(heard: Heard) -> Iterator[Finding]:
    """A build whose kernels come in a package of their own for each GPU, and none that fits."""
    if "hip-invalid-image" not in heard:
        return
    gfx, _, name = _amd_gpu(heard)
    archs = heard.machine.tables.rocm_archs(heard.machine.torch_variant or "")
    if gfx and archs and gfx not in archs:
        yield heard.finding("gpu-too-new-for-build", "hip-invalid-image", variant="amd", gpu=name, gfx=gfx)
    else:
        gfx = gfx or "gfx..."
        remedy = packages(heard.machine, "remedy.amd-device", "install", f"torch[device-{gfx}]")
        yield heard.finding(
            "torch-partial-install", "hip-invalid-image", variant="amd", gfx=gfx, remedies=[remedy]
        )


def _taken_for(heard: Heard, gfx: str, builds: tuple[str, ...]) -> str:
    """What ROCm takes the GPU for, where a variable tells it another chip; empty: its own, or one like it.

    One of the same generation is how a chip without code of its own is made to work; where builds have
    code for the chip itself, it is a fault.
    """
    value = heard.machine.facts.environment.variables.get(OVERRIDE) or heard.subject("hsa-override")
    found = re.fullmatch(r"(\d{1,2})\.(\d)\.(\d)", value.strip("\"' "))
    if found is None:
        return ""
    said = f"gfx{found[1]}{found[2]}{found[3]}"
    return said if said[:-2] != gfx[:-2] or (builds and said != gfx) else ""


def _carries(heard: Heard, gfx: str, builds: tuple[str, ...]) -> bool:
    """Whether this build has code for the GPU; of a build that is not known, whether any has."""
    machine = heard.machine
    ran = machine.facts.torch_import
    if ran is not None and gfx in (ran.arch_list or ()):
        return True
    rocm = heard.subject("said-rocm")
    told = machine.torch_variant or f"rocm{rocm}"
    archs = machine.tables.rocm_archs(told)
    return gfx in archs if archs else bool(builds)


def _amd_gpu(heard: Heard) -> tuple[str, OtherGpuChip | None, str]:
    """The gfx name, the chip and the name of the AMD GPU that the text is about; empty where not told."""
    lines = heard.all("rocblas-arch", "amd-unsupported")
    said = _GFX.search(" ".join(f"{each.subject} {each.text}" for each in lines))
    cards = [gpu for gpu in heard.machine.facts.other_gpus or () if gpu.vendor == "amd"]
    for gpu in sorted(cards, key=lambda each: bool(each.integrated)):
        chip = chip_of(gpu)
        gfx = gpu.gfx or (said.group() if said else None) or (chip.gfx if chip else None) or ""
        return gfx, chip, (gpu.name or gfx).removesuffix(f" ({gfx})")  # the sentences name it beside the card
    return (said.group() if said else ""), None, (said.group() if said else "AMD GPU")


def _amd_unsupported(
    heard: Heard, kinds: list[str], name: str, gfx: str, chip: OtherGpuChip | None
) -> Finding:
    if chip is None or chip.hsa_override is None:
        return heard.finding("gpu-unsupported", *kinds, variant="amd", gpu=name, gfx=gfx)
    variable = f"HSA_OVERRIDE_GFX_VERSION={chip.hsa_override}"
    remedy = Remedy(words("remedy.hsa-override"), (("export", variable),))
    return heard.finding("gpu-unsupported", *kinds, variant="amd", gpu=name, gfx=gfx, remedies=[remedy])


def _is_dropped(machine: Machine, builds: tuple[str, ...]) -> bool:
    """Whether only older builds than this one carry code for the GPU."""
    mine = version_numbers((machine.torch_variant or "").removeprefix("rocm"))
    newest = version_numbers(builds[-1].removeprefix("rocm")) if builds else ()
    return bool(mine and newest) and newest < mine


def intel(heard: Heard) -> Iterator[Finding]:
    """A build for Intel's GPUs that finds none, and Intel's extension beside another torch."""
    machine = heard.machine
    variant = machine.torch_variant or ""
    ran = machine.facts.torch_import
    if ran is not None and ran.xpu_available:
        return
    unseen = "xpu-unavailable" in heard and variant.startswith("xpu")
    if ("xpu-none" in heard or unseen) and not variant.startswith("rocm"):
        yield from _no_xpu(heard, variant)
    elif "xpu-left-out" in heard and len(machine.facts.other_gpus or ()) == len(_left_out(machine)):
        name = heard.subject("xpu-left-out")
        yield heard.finding("gpu-unsupported", "xpu-left-out", variant="intel", gpu=name)
    elif "xpu-call" in heard and (cards := _left_out(machine)):
        yield heard.finding("gpu-unsupported", "xpu-call", variant="intel", gpu=cards[0].name or "Intel GPU")
    elif "xpu-lost" in heard:
        yield heard.finding("driver-init-failed", "xpu-lost", variant="xpu", remedies=_xpu_driver())
    if "ipex-torch" in heard:
        needless = machine.cuda_proven or bool(machine.gpus)
        yield heard.finding(
            "extension-mismatch",
            "ipex-torch",
            severity=Severity.WARNING if needless else Severity.ERROR,
            subject="intel_extension_for_pytorch",
        )


def _no_xpu(heard: Heard, variant: str) -> Iterator[Finding]:
    machine = heard.machine
    cards = [gpu for gpu in machine.facts.other_gpus or () if gpu.vendor == "intel"]
    name = cards[0].name if cards and cards[0].name else "Intel GPU"
    if variant.startswith(("cpu", "cu")) and not machine.gpus:
        yield heard.finding(
            "gpu-wrong-backend",
            "xpu-none",
            "xpu-unavailable",
            variant="intel",
            gpu=name,
            torch=machine.torch_version or UNKNOWN,
        )
    elif _left_out(machine):
        yield heard.finding("gpu-unsupported", "xpu-none", "xpu-unavailable", variant="intel", gpu=name)
    elif machine.in_container:
        remedy = Remedy(words("remedy.container", options=INTEL_DEVICES))
        yield heard.finding(
            "container-no-gpu", "xpu-none", "xpu-unavailable", variant="intel", remedies=[remedy]
        )
    elif machine.is_wsl:
        yield heard.finding(
            "wsl-driver", "xpu-none", "xpu-unavailable", variant="intel", remedies=_xpu_driver()
        )
    else:
        yield heard.finding(
            "driver-init-failed", "xpu-none", "xpu-unavailable", variant="xpu", remedies=_xpu_driver()
        )


def _left_out(machine: Machine) -> list[OtherGpu]:
    """Intel's GPUs, where all of them are older ones that torch's XPU build leaves out."""
    cards = [gpu for gpu in machine.facts.other_gpus or () if gpu.vendor == "intel"]
    older = [
        gpu
        for gpu in cards
        if not wanted_build(gpu, "linux") and (chip_of(gpu) is not None or _OLDER.search(gpu.name or ""))
    ]
    return older if len(older) == len(cards) else []


def _xpu_driver() -> list[Remedy]:
    return [Remedy(words("remedy.intel-driver"), (("sycl-ls",),))]


def apple(heard: Heard) -> Iterator[Finding]:
    """A torch on a Mac that knows nothing of Metal."""
    machine = heard.machine
    if machine.os not in (None, "macos"):
        return
    asked = [each for each in heard.all("mps-device-unknown") if each.subject == "mps"]
    if "mps-not-built" in heard or asked:
        yield heard.finding(
            "gpu-wrong-backend",
            "mps-not-built",
            more=heard.evidence(asked),
            variant="apple-build",
            gpu=machine.gpu_name or "Apple GPU",
            torch=machine.torch_version or UNKNOWN,
        )


def memory(heard: Heard) -> Iterator[Finding]:
    """The memory of a GPU that is not NVIDIA's is taken."""
    if "other-oom" in heard:
        remedy = Remedy(words("remedy.memory-other"))
        yield heard.finding("gpu-memory-full", "other-oom", variant="other", remedies=[remedy])


RULES = (amd_driver, amd_coverage, amd_kernels, intel, apple, memory)
