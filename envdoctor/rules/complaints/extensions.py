"""What a text says about extensions, compilers and Triton on top of a torch that is there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding, Remedy, Severity
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import builds_apart, extension_in
from envdoctor.rules.remedies import packages
from envdoctor.versions import version_numbers

__all__ = ["RULES"]


def isolation(heard: Heard) -> Iterator[Finding]:
    """A build in an environment of its own has no torch to build against."""
    if "build-wants-torch" in heard or builds_apart(heard):
        yield heard.finding("extension-build-isolation", "no-torch", "build-isolation", "build-wants-torch")


def toolkit(heard: Heard) -> Iterator[Finding]:
    """The compiler of the toolkit does not go with torch's CUDA, the host's compiler, or the GPU."""
    machine = heard.machine
    if heard.any("detected-cuda", "nvcc-arch", "nvcc-host") or _builds_with_another(heard):
        yield heard.finding(
            "toolkit-mismatch",
            "detected-cuda",
            "nvcc-arch",
            "nvcc-host",
            toolkit=heard.subject("detected-cuda") or machine.facts.toolkit.version or UNKNOWN,
            cuda=machine.torch_cuda or UNKNOWN,
        )


def _builds_with_another(heard: Heard) -> bool:
    """Whether something is compiled, and fails, with a toolkit of another major version than torch's CUDA."""
    machine = heard.machine
    mine = version_numbers(machine.facts.toolkit.version)
    torch = version_numbers(machine.torch_cuda)
    failed = heard.any("said-build-fails", "wheel-build-failed", "cuda-check")
    return failed and bool(mine and torch) and (mine[0] != torch[0] or "cuda-check" in heard)


def compiler(heard: Heard) -> Iterator[Finding]:
    """Nothing to compile with."""
    machine = heard.machine
    kinds = ["msvc", "no-compiler", "cuda-home", "ninja-missing"]
    if "triton-missing" in heard and "triton-optional" not in heard and not heard.any(*kinds):
        yield heard.finding("compiler-missing", "triton-missing", variant="triton", remedies=_triton(heard))
    if "triton-tools" in heard and not heard.any(*kinds):
        severity = Severity.WARNING if machine.cuda_proven else Severity.ERROR
        yield heard.finding("compiler-missing", "triton-tools", severity=severity)
    if not heard.any(*kinds, "triton-tools") and any(
        _is_for_tools(heard, e) for e in heard.all("compile-failed")
    ):
        yield heard.finding("compiler-missing", "compile-failed")
    if heard.any(*kinds) and "detected-cuda" not in heard:
        needed = heard.any("msvc", "no-compiler", "ninja-missing") or "cuda-home" in heard
        yield heard.finding("compiler-missing", *kinds, severity=Severity.ERROR if needed else Severity.INFO)


def _is_for_tools(heard: Heard, failure: Complaint) -> bool:
    """Whether a compiler that is there failed for what it works with, rather than for the code it was given.

    Triton compiles one small file of its own. Inductor's code is as good as Inductor; where it is MSVC that
    fails, headers or libraries are missing: a packed Python has none.
    """
    return "CppCompileError" not in failure.text or heard.machine.os == "windows"


UNBUILT = ("detected-cuda", "nvcc-arch", "nvcc-host", "msvc", "no-compiler", "cuda-home", "ninja-missing")
"""Why an op was not built; DeepSpeed's half-made optimizer says that it lacks it when it is let go."""
_FOLLOWS = re.compile(r"'ds_opt_|cannot import name")
"""What is said where something was not built, whatever for."""


def _is_nccls(heard: Heard) -> bool:
    """Whether the missing symbol is CUDA's answer to NCCL, on a GPU that the whole build does not know."""
    kinds = ("xformers-mismatch", "extension-ops", "mmcv-version", "triton-too-old")
    missing = [each for each in heard.all("extension-no-gpu") if "named symbol" in each.text.lower()]
    alone = len(missing) == len(heard.all("extension-no-gpu")) and not heard.any(*kinds)
    return alone and bool(missing) and heard.any("torch-capability", "nccl-cuda")


def unseen(heard: Heard) -> Iterator[Finding]:
    """cpp_extension asks torch for the GPUs to compile for, and torch sees none."""
    machine = heard.machine
    if "said-virtual-machine" in heard and not machine.gpus:
        return  # a machine without a GPU, which is told as that
    if "no-arch-list" in heard and machine.torch_variant in (None, "cpu") and machine.os == "windows":
        yield heard.finding("torch-cpu-build", "no-arch-list", variant="unnamed")  # as PyPI's for Windows are
    elif "no-arch-list" in heard:
        code = "container-no-gpu" if machine.in_container else "driver-init-failed"
        yield heard.finding(code, "no-arch-list", code=UNKNOWN, gpu=machine.gpu_name or "GPU")


def _triton(heard: Heard) -> list[Remedy]:
    name = "triton-windows" if heard.machine.os == "windows" else "triton"
    return [packages(heard.machine, "remedy.triton", "install", name)]


def demands(heard: Heard) -> Iterator[Finding]:
    """A compiled package that was made for another torch than the one beside it, as pip says."""
    said = heard.all("extension-requirement")
    if said and all(each.subject.startswith("torchtext") for each in said):
        severity = Severity.WARNING if heard.machine.cuda_proven else Severity.ERROR
        yield heard.finding("torch-companion-mismatch", "extension-requirement", severity=severity)
    elif said:
        yield heard.finding(
            "extension-mismatch",
            "extension-requirement",
            severity=Severity.WARNING if heard.machine.cuda_proven else Severity.ERROR,
            subject=heard.subject("extension-requirement").partition(" ")[0],
        )


def libraries(heard: Heard) -> Iterator[Finding]:
    """A library beside torch that is of another version than the one it was built with."""
    if "torch-wants" in heard:
        wanted = heard.subject("torch-wants")
        yield heard.finding(
            "torch-missing-library",
            "torch-wants",
            severity=Severity.WARNING,
            variant="requirement",
            subject=wanted.partition("==")[0],
            remedies=[packages(heard.machine, "remedy.as-torch-wants", "install", wanted)],
        )


FIRST_WITH_HEADERS = (1, 0)
"""The first torch that brings the headers of its C++ interface, by which extensions are compiled since."""


def sources(heard: Heard) -> Iterator[Finding]:
    """The source of an extension that was written for another torch than the one at hand."""
    older = (0,) < version_numbers(heard.machine.torch_version) < FIRST_WITH_HEADERS
    refused = "header-refused" in heard and "nvcc-host" not in heard
    if "extension-source" in heard or refused or (older and "torch-header" in heard):
        kinds = ("extension-source", "torch-header", "header-refused")
        yield heard.finding("extension-mismatch", *kinds, variant="source")


def mismatch(heard: Heard) -> Iterator[Finding]:
    """A compiled package that was made for another torch, for another GPU, or without CUDA."""
    kinds = [
        "xformers-mismatch",
        "extension-no-gpu",
        "extension-ops",
        "extension-made-for",
        "mmcv-version",
        "mmcv-no-cuda",
        "ptx-version",
        "triton-too-old",
    ]
    if heard.machine.os == "windows":
        kinds.insert(0, "bitsandbytes-linux")  # it looks for Linux's libraries
    if heard.machine.facts.torch_import is not None:
        kinds.remove("mmcv-no-cuda")  # a line of a report on a machine whose trouble may be another

    if heard.machine.os == "macos" and "quantization-gpu" in heard:
        yield heard.finding("extension-mismatch", "quantization-gpu", variant="mac", subject="bitsandbytes")
        return
    said = [each for each in heard.all(*kinds) if not (heard.any(*UNBUILT) and _FOLLOWS.search(each.text))]
    if said and "cuda-500" not in heard and not _is_nccls(heard):
        lines = " ".join(each.text for each in said)
        weak = not heard.any(*kinds[:-1])
        triton = weak or re.search(r"'(?:CompiledKernel|JITFunction)'|'launch_e", lines)
        name = extension_in(lines) or heard.subject(*kinds) or ("Triton" if triton else UNKNOWN)
        weak = weak and not re.search("error", lines, re.IGNORECASE)
        # bitsandbytes says so on every Mac, where it has nothing else to be built for.
        usual = heard.machine.os == "macos" and all(each.kind == "extension-no-gpu" for each in said)
        severity = Severity.WARNING if weak or usual else Severity.ERROR
        yield heard.finding("extension-mismatch", *kinds, subject=name, severity=severity)


OF_TORCH = frozenset(
    """
    _c10d_functional _c10d_functional_autograd _caffe2 _dtensor _native _quantized aten c10d c10d_functional
    debugprims export inductor inductor_prims mkl mkldnn mkldnn_prepacked onednn prim prims profiler
    quantization quantized rngprims sparse static_runtime symm_mem
    """.split()  # noqa: SIM905 - a list of thirty strings would hide the names among quotes
)
"""Namespaces of operators that torch registers itself, read from torch 2.13's dispatcher."""


def registered(heard: Heard) -> Iterator[Finding]:
    """Operators that are registered again: a second copy of their library was loaded."""
    for complaint in heard.all("registered-twice"):
        namespace = complaint.subject
        if namespace in OF_TORCH:
            yield heard.finding("env-duplicate-torch", "registered-twice", variant="registered")
        elif namespace.startswith(("torchvision", "torchaudio", "torchtext")):
            yield heard.finding("torch-companion-mismatch", "registered-twice")
        else:
            yield heard.finding("extension-mismatch", "registered-twice", subject=namespace or UNKNOWN)


ASSEMBLED_FOR = 12
"""The major CUDA of the assembler that Triton brings along; drivers of an older one refuse its code."""


def images(heard: Heard) -> Iterator[Finding]:
    """Triton's kernels can't be loaded: the driver is older than the CUDA of Triton's assembler."""
    if "triton-image" not in heard:
        return
    machine = heard.machine
    able = version_numbers(machine.driver_cuda)
    if able and able[0] >= ASSEMBLED_FOR:
        yield heard.finding("extension-mismatch", "triton-image", subject="Triton")
    else:
        yield heard.finding("driver-too-old", "triton-image", driver=machine.driver or UNKNOWN)


RULES = (isolation, toolkit, compiler, unseen, demands, libraries, sources, mismatch, registered, images)
