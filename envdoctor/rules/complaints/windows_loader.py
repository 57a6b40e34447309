"""What a text says about DLLs that Windows could not load, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.whose import COMPANION, extension_in, is_torch_path
from envdoctor.rules.libraries import is_of_cuda

__all__ = ["RULES"]

_PACKAGE = re.compile(r"(?:site|dist)-packages[\\/]+([A-Za-z]\w*)")
RUNTIME_DLLS = (
    "c10.dll",
    "torch_python.dll",
    "torch_cpu.dll",
    "shm.dll",
    "_c.",
    "torch.dll",
    "asmjit.dll",
    "uv.dll",
)
"""What torch loads first: where one of these fails, Microsoft's run-time is what it lacks."""


def windows_loader(heard: Heard) -> Iterator[Finding]:
    """Windows could not load a DLL."""
    if "winerror-1455" in heard:
        yield heard.finding("memory-low", "winerror-1455", variant="pagefile")
        return
    if "winerror-193" in heard:
        if "linux-library" not in heard:
            yield heard.finding("torch-partial-install", "winerror-193", variant="bitness")
        return
    if "windows-too-old" in heard:
        yield heard.finding("os-too-old", "windows-too-old")
        return
    if "vcredist" in heard:
        yield heard.finding("torch-vcredist-missing", "vcredist")
        return
    if companion := [each for each in heard.all("library-not-loaded") if COMPANION.search(each.subject)]:
        yield heard.finding("torch-companion-mismatch", more=heard.evidence(companion))
        return
    if heard.any("winerror-dll", "dll-import") and _is_before_activation(heard):
        yield heard.finding("vscode-interpreter-mismatch", "winerror-dll", "dll-import")
        return
    if _is_for_cuda(heard):
        name = extension_in(_told_and_said(heard))
        yield heard.finding("extension-mismatch", "winerror-dll", "dll-import", subject=name or UNKNOWN)
        return
    for complaint in heard.all("winerror-dll") or heard.all("dll-or-dependency"):
        if (
            "plan on using image functionality" in complaint.text
            or "image python extension" in complaint.text.lower()
        ):
            if _IMAGE.search(complaint.text) and not heard.machine.cuda_proven:
                yield heard.finding("torch-companion-mismatch", complaint.kind)
            continue
        yield from _dll(heard, complaint)
    numbered = any("winerror" in each.text.lower() for each in heard.all("winerror-dll"))
    if "dll-import" in heard and not numbered and "no-ssl-module" not in heard:
        yield from _pyd(heard)


_DLL = re.compile(r"[\w.-]+\.dll", re.IGNORECASE)


def _is_for_cuda(heard: Heard) -> bool:
    """Whether something asks a build for AMD's or Intel's GPUs for CUDA's DLLs."""
    other = (heard.machine.torch_variant or "").startswith(("rocm", "xpu"))
    named = _DLL.findall(_told_and_said(heard)) if other and heard.any("winerror-dll", "dll-import") else ()
    return any(map(is_of_cuda, named))


def _told_and_said(heard: Heard) -> str:
    return "\n".join([heard.words, *(each.text for each in heard.paste.told)])


_TAG = re.compile(r"\.cp(\d)(\d{1,2})-win")
"""The Python for which a module was compiled, as its file's name has it."""
_SITE_TORCH = re.compile(r"[\\/]torch[\\/]", re.IGNORECASE)


def entry_points(heard: Heard) -> Iterator[Finding]:
    """A DLL that asks another for what that one does not have: one of the two is of another version."""
    if "entry-point" not in heard:
        return
    path = heard.subject("entry-point")
    package = _PACKAGE.search(path)
    if COMPANION.search(path) or (not path and _is_image(heard)):
        yield heard.finding("torch-companion-mismatch", "entry-point", "winerror-dll")
    elif package is not None and package[1] != "torch":
        yield heard.finding("extension-mismatch", "entry-point", subject=extension_in(path) or package[1])
    elif not path and (name := extension_in(heard.words) or _told_extension(heard)):
        yield heard.finding("extension-mismatch", "entry-point", subject=name)
    elif _SITE_TORCH.search(path) or re.search(r"(?:torch|c10|cu(?:dnn|blas|dart|fft))\w*\.dll$", path):
        yield heard.finding("torch-missing-library", "entry-point", variant="wrong-copy")


def _is_before_activation(heard: Heard) -> bool:
    """Whether an editor is said to run code in an environment of conda's that it has not activated."""
    return any(has(each.text, "editor") and re.search(r"\bactivat", each.text) for each in heard.paste.told)


def _told_extension(heard: Heard) -> str:
    return extension_in("\n".join(each.text for each in heard.paste.told))


_IMAGE = re.compile(r"Failed to load image Python extension: '?\[WinError 127\]")
"""torchvision's own warning; with this number, its part was made for another torch."""


def _is_image(heard: Heard) -> bool:
    return any(_IMAGE.search(each.text) for each in heard.all("winerror-dll"))


_OTHER_VERSION = re.compile(
    r"WinError 182|cannot run %1|\bordinal \d|无法运行 ?%1|kann %1 nicht ausf|ne peut pas exécuter"
    r"|no puede ejecutar|não pode executar|impossibile eseguire %1|не может запустить",
    re.IGNORECASE,
)
"""ERROR_INVALID_ORDINAL: a DLL of the right name, of another version than the one that was meant."""


def _dll(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    text = f"{complaint.subject} {complaint.text}".lower()
    tag, python = _TAG.search(text), heard.machine.python
    if tag and python and python != (int(tag[1]), int(tag[2])):
        made = f"Python {tag[1]}.{tag[2]}"
        yield heard.finding(
            "env-pip-mismatch", complaint.kind, pip=made, python=heard.machine.python_key or UNKNOWN
        )
    elif "fbgemm" in text or "libomp140" in text:
        yield heard.finding("torch-missing-library", complaint.kind, variant="omp140", subject="fbgemm.dll")
    elif COMPANION.search(complaint.subject or complaint.raised_in):
        yield heard.finding("torch-companion-mismatch", complaint.kind)
    elif _OTHER_VERSION.search(complaint.text) and ("torch" in text or is_torch_path(complaint.raised_in)):
        yield heard.finding("torch-missing-library", complaint.kind, variant="wrong-copy")
    elif not is_torch_path(complaint.subject) and (name := extension_in(complaint.subject)):
        yield heard.finding("extension-mismatch", complaint.kind, subject=name)
    elif "frozen-app" in heard and "1114" not in text and is_torch_path(complaint.subject):
        yield heard.finding("torch-missing-library", complaint.kind)
    elif any(name in text for name in RUNTIME_DLLS) or ("1114" in text and "torch" in text):
        yield heard.finding("torch-vcredist-missing", complaint.kind)
    elif "torchvision" in text or "torchaudio" in text:
        yield heard.finding("torch-companion-mismatch", complaint.kind)
    elif re.search(r"torch[\\/]+lib|cudnn|cublas|caffe2|nvfuser|torch_cuda|cufft|libiomp5md", text):
        yield heard.finding("torch-missing-library", complaint.kind)
    elif name := extension_in(text) or extension_in(complaint.raised_in):
        yield heard.finding("extension-mismatch", complaint.kind, subject=name)
    elif "torch" in text or is_torch_path(complaint.raised_in):
        yield heard.finding("torch-vcredist-missing", complaint.kind)


def _pyd(heard: Heard) -> Iterator[Finding]:
    complaint = heard.all("dll-import")[0]
    name = complaint.subject
    if name in ("_ssl", "_hashlib"):
        yield heard.finding("tls-failed", "dll-import", variant="no-ssl")
    elif name == "_C" and complaint.raised_in and not is_torch_path(complaint.raised_in):
        package = _PACKAGE.search(complaint.raised_in)
        if COMPANION.search(complaint.raised_in):
            yield heard.finding("torch-companion-mismatch", "dll-import")
        elif package is not None:
            yield heard.finding("extension-mismatch", "dll-import", subject=package[1])
    elif not name and (COMPANION.search(complaint.raised_in) or "vision-c-import" in heard):
        yield heard.finding("torch-companion-mismatch", "dll-import")
    elif name == "_C" and not complaint.raised_in and ("said-extension" in heard or _told_extension(heard)):
        told = heard.subject("said-extension") or _told_extension(heard)
        yield heard.finding("extension-mismatch", "dll-import", subject=told or UNKNOWN)
    elif (not name or (name == "_C" and not complaint.raised_in)) and "extension-import" in heard:
        yield heard.finding("extension-mismatch", "dll-import", "extension-import")
    elif _OTHER_VERSION.search(complaint.text) and _torchs(complaint):
        yield heard.finding(
            "torch-missing-library", "dll-import", variant="wrong-copy", subject="MKL, OpenMP"
        )
    elif name in ("_C", "_ctypes", "torch") or (not name and _torchs(complaint)):
        yield heard.finding("torch-vcredist-missing", "dll-import")
    elif name in ("_multiarray_umath", "multiarray", "mkl", "_mklinit"):
        yield heard.finding("env-mixed-conda-pip", "dll-import")
    elif name.startswith(("torchvision", "torchaudio")):
        yield heard.finding("torch-companion-mismatch", "dll-import")
    elif (
        found := (_OPS.fullmatch(name) and (extension_in(heard.words) or name))
        or extension_in(name)
        or extension_in(complaint.raised_in)
        or ("_ext" in name and name)
    ):
        yield heard.finding("extension-mismatch", "dll-import", subject=found)


_OPS = re.compile(
    r"_fused|_qattn\w*|_ext|_kernels?|\w+_(?:cuda|kernels?|plugin)|_(?:raymarching|gridencoder|freqencoder|shencoder)"
)
"""Compiled parts of extensions, by the names under which SageAttention, MMCV and StyleGAN import them."""


def _torchs(complaint: Complaint) -> bool:
    return is_torch_path(complaint.raised_in) or "torch" in complaint.text.lower() or not complaint.raised_in


RULES = (windows_loader, entry_points)
