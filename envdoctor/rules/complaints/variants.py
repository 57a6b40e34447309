"""What a text says about a build that is for the CPU, or for another maker's GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Words, words
from envdoctor.knowledge.other_gpus import amd_may_serve, computes
from envdoctor.rules.complaints.ages import is_behind
from envdoctor.rules.complaints.elsewhere import is_made_elsewhere
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.evidence import conda_row
from envdoctor.rules.levels import info
from envdoctor.rules.support import outdated
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

BLIND = (
    "torch-cpu-only",
    "cuda-unavailable",
    "torch-no-driver",
    "no-cuda-gpus",
    "cuda-100",
    "deserialize-cuda",
    "no-xpu-build",
    "xpu-unavailable",
    "engine-no-device",
)


def backend(heard: Heard) -> Iterator[Finding]:
    """Only a GPU of AMD or Intel, and a build that can't use it."""
    machine = heard.machine
    ran = machine.facts.torch_import
    variant = machine.torch_variant or ""
    shown = variant.startswith("cu") and any(not gpu.integrated for gpu in machine.facts.other_gpus or ())
    reported = ran is not None and ran.cuda_available
    blind = (
        heard.any(*BLIND, "said-other-build", "computes-on-cpu", "cuda-35")
        or (shown and not reported)
        or (ran is not None and ran.cuda_available is False)
    )
    if machine.gpus and variant.startswith("xpu") and blind:
        yield heard.finding(
            "gpu-wrong-backend",
            *BLIND,
            variant="",
            gpu=machine.gpu_name or UNKNOWN,
            torch=machine.torch_version or UNKNOWN,
        )
    if machine.gpus or machine.os == "macos" or not blind:
        return
    if variant.startswith(("rocm", "xpu")):
        return
    if heard.any("no-xpu-build", "xpu-unavailable") and not machine.facts.other_gpus:
        yield heard.finding(
            "gpu-wrong-backend",
            "no-xpu-build",
            "xpu-unavailable",
            variant="intel",
            gpu="Intel GPU",
            torch=machine.torch_version or UNKNOWN,
        )
        return
    usable = [gpu for gpu in machine.facts.other_gpus or () if computes(gpu)]
    if usable:
        yield heard.finding(
            "gpu-wrong-backend",
            *BLIND,
            variant="amd-windows" if amd_may_serve(usable[0], machine.os) else usable[0].vendor,
            more=[words("evidence.gpu", name=usable[0].name or usable[0].vendor)],
            gpu=usable[0].name or usable[0].vendor,
            torch=machine.torch_version or UNKNOWN,
        )


def apple(heard: Heard) -> Iterator[Finding]:
    """Something asks for CUDA on a Mac, which no build of torch has had since Apple's own GPUs."""
    machine = heard.machine
    asked = "said-mac-cuda" in heard and machine.torch_version is None
    if machine.os == "macos" and ("torch-cpu-only" in heard or asked) and machine.arch != "x86_64":
        yield heard.finding(
            "gpu-wrong-backend",
            "torch-cpu-only",
            "said-mac-cuda",
            variant="apple-code",
            gpu=machine.gpu_name or "Apple GPU",
            torch=machine.torch_version or UNKNOWN,
        )


def absent(heard: Heard) -> Iterator[Finding]:
    """No GPU that torch could use: an old integrated one, or a virtual machine's."""
    machine = heard.machine
    others = machine.facts.other_gpus or ()
    if machine.gpus or machine.os == "macos" or machine.driver is not None or is_made_elsewhere(heard):
        return
    none_usable = bool(others) and all(gpu.integrated or gpu.vendor == "other" for gpu in others)
    if none_usable or heard.any("said-no-gpu", "said-virtual-machine"):
        names = ", ".join(gpu.name or gpu.vendor for gpu in others)
        yield info(
            "gpu-absent",
            heard.evidence(heard.all("said-no-gpu", "said-virtual-machine")),
            variant="integrated" if names else "",
            names=names,
        )


def cpu_only(heard: Heard) -> Iterator[Finding]:
    """A torch that was built without CUDA, by its own word or by its version."""
    machine = heard.machine
    if (
        machine.os == "macos"
        or (machine.torch_variant or "").startswith("xpu")  # asked for CUDA, which it never has
        or (machine.facts.other_gpus and not machine.gpus)
        or (heard.any("said-no-gpu", "said-virtual-machine") and not machine.gpus)
    ):
        return
    unseen = _is_blind(heard) or ("said-gpu-unseen" in heard and machine.os == "windows")
    plain = machine.torch_variant == "cpu" or (machine.torch_version is None and "said-cpu-build" in heard)
    if "torch-cpu-only" in heard and machine.torch_cuda is None:
        variant = "said" if machine.torch_version else "unnamed"
        yield heard.finding(
            "torch-cpu-build", "torch-cpu-only", variant=variant, version=machine.torch_version or UNKNOWN
        )
    elif evidence := _replaced(heard):
        yield heard.finding("torch-cpu-build", more=evidence, variant="unnamed")
    elif "computes-on-cpu" in heard and _is_left_idle(heard) and not is_behind(heard):
        yield heard.finding(
            "torch-cpu-build", "computes-on-cpu", variant="idle", gpu=machine.gpu_name or "NVIDIA GPU"
        )
    elif "half-refused" in heard and _is_left_idle(heard) and _computes_in_half(heard):
        yield heard.finding(
            "torch-cpu-build", "half-refused", variant="idle", gpu=machine.gpu_name or "NVIDIA GPU"
        )
    elif plain and _wants_gpu(heard):
        if mirror := [each for each in heard.all("said-cpu-build") if has(each.text, "named-mirror")]:
            yield heard.finding(
                "mirror-lacks-cuda-build", more=heard.evidence(mirror), torch=UNKNOWN, listed="-"
            )
        yield heard.finding(
            "torch-cpu-build",
            "cuda-unavailable",
            "deserialize-cuda",
            "said-wants-gpu",
            "said-cpu-build",
            "computes-on-cpu",
            "xformers-mismatch",
            version=machine.torch_version or UNKNOWN,
        )
    elif _asks_for_cpu(heard) and unseen and machine.gpus and machine.torch_variant is None:
        yield heard.finding("torch-cpu-build", "cuda-unavailable", variant="unnamed")
    elif (
        "said-cured-by-cuda" in heard
        and (unseen or heard.any("said-no-gpu-found", "said-gpu-unseen", "computes-on-cpu"))
        and machine.torch_variant is None
    ):
        yield heard.finding(
            "torch-cpu-build", "cuda-unavailable", "computes-on-cpu", "said-cured-by-cuda", variant="unnamed"
        )
    elif _is_unused_on_windows(heard):
        yield heard.finding(
            "torch-cpu-build", "cuda-unavailable", variant="idle", gpu=machine.gpu_name or "NVIDIA GPU"
        )


def _replaced(heard: Heard) -> list[Words]:
    """The lines in which a CUDA build gives way to one for the CPU; none where CUDA ran after all."""
    machine = heard.machine
    ran = machine.facts.torch_import
    reported = ran is not None and ran.cuda_available is not None and machine.torch_cuda is not None
    if machine.cuda_proven or reported:
        return []
    if told := heard.all("said-cuda-replaced"):
        return heard.evidence(told)
    installed = heard.all("installed-torch")
    plain = [each for each in installed if "+cu" not in each.subject]
    if "uninstalled-cuda" in heard and plain and len(plain) == len(installed) and machine.os == "windows":
        return heard.evidence([*heard.all("uninstalled-cuda"), *plain])
    kept = [each for each in heard.all("already-torch") if "+cu" not in each.subject]
    if kept and machine.os == "windows" and _is_blind(heard) and _asks_for_cuda(heard):
        return heard.evidence(kept)
    return []


def _is_blind(heard: Heard) -> bool:
    """Whether torch itself runs and sees no GPU."""
    ran = heard.machine.facts.torch_import
    return (ran is not None and ran.cuda_available is False) or heard.any(
        "cuda-unavailable", "deserialize-cuda"
    )


def _asks_for_cuda(heard: Heard) -> bool:
    return any(re.search(r"pytorch-cuda|cudatoolkit|/cu\d{2,3}\b|\+cu\d", each) for each in heard.commands)


def _asks_for_cpu(heard: Heard) -> bool:
    return any(re.search(r"\bcpuonly\b|/whl/cpu\b|\+cpu\b", each) for each in heard.commands)


def _is_unused_on_windows(heard: Heard) -> bool:
    """Whether a torch of which nothing else is known sees no GPU: PyPI's for Windows is the CPU's."""
    machine = heard.machine
    if machine.os not in (None, "windows") or machine.torch_variant is not None:
        return False
    hidden = heard.any(*(set(BLIND) - {"cuda-unavailable", "deserialize-cuda"})) or (
        "CUDA_VISIBLE_DEVICES" in machine.facts.environment.variables
    )
    hidden = hidden or any(has(each.text, "other-build") for each in heard.paste.told)
    hidden = hidden or machine.in_container or heard.any("said-no-gres", "said-no-gpus-flag")
    alone = not hidden and _is_blind(heard) and _is_left_idle(heard)
    return alone and not (machine.gpus and all(outdated(machine, gpu) for gpu in machine.gpus))


def _computes_in_half(heard: Heard) -> bool:
    """Whether the NVIDIA cards here compute in the type that was refused: then none of them was asked."""
    least = (8, 0) if re.search("bfloat16|bf16", heard.subject("half-refused")) else (7, 0)
    capabilities = [version_numbers(each) for each in heard.machine.capabilities]
    return bool(capabilities) and all(each >= least for each in capabilities)


def _is_left_idle(heard: Heard) -> bool:
    """Whether a program computes on the CPU beside an NVIDIA card, unasked, and nothing else says why."""
    machine = heard.machine
    asked = any(re.search(r"--device[ =]cpu|--cpu\b", each) for each in heard.commands)
    return machine.has_nvidia is True and not asked and machine.torch_cuda is None and not machine.cuda_proven


def _wants_gpu(heard: Heard) -> bool:
    """Whether something shows that the CPU build is not what was wanted here."""
    machine = heard.machine
    kinds = (*BLIND, "said-wants-gpu", "said-cpu-build", "said-toolkit")
    if heard.any(*kinds):
        return True
    if _asks_for_cuda(heard) or "xformers-mismatch" in heard:
        return True
    if heard.any("computes-on-cpu", "said-no-gpu-found") and machine.gpus:
        return True
    ran = machine.facts.torch_import
    plainly = machine.os == "windows" and ran is not None and ran.cuda_available is False
    return plainly and any(re.search(r"\binstall\b(?!.*cpu).*torch", each) for each in heard.commands)


def companions(heard: Heard) -> Iterator[Finding]:
    """A torch for CUDA beside a torchvision for the CPU."""
    if "said-vision-cpu" in heard and heard.machine.torch_variant != "cpu":
        yield heard.finding(
            "torch-companion-mismatch", "said-vision-cpu", name="torchvision", version=UNKNOWN, torch=UNKNOWN
        )
        return
    builds = {each.name: each.build for each in heard.machine.facts.packages.conda}
    torch = builds.get("pytorch", "")
    for name in ("torchvision", "torchaudio"):
        build = builds.get(name, "")
        if ("cuda" in torch or "gpu" in torch) and "cpu" in build:
            yield heard.finding("torch-companion-mismatch", name=name, version=build, torch=torch)
            return


def duplicates(heard: Heard) -> Iterator[Finding]:
    """Two torches of different versions, from conda and pip or from two channels of conda."""
    machine = heard.machine
    names = ("pytorch", "pytorch-nightly", "pytorch-cpu")
    conda = [each for each in machine.facts.packages.conda if each.name in names]
    pip = machine.installed("torch")
    versions = {each.version.partition("+")[0] for each in conda}
    versions |= {each.version.partition("+")[0] for each in pip}
    exported = "conda env export" in heard.paste.formats
    if not conda or len(versions) < 2 or machine.cuda_proven or exported:
        return
    lines = [conda_row(e) for e in conda]
    lines += [words("evidence.distribution", name="torch", version=e.version, path=e.location) for e in pip]
    yield heard.finding("env-duplicate-torch", more=lines, variant="versions", count=len(versions))


RULES = (backend, apple, absent, cpu_only, companions, duplicates)
