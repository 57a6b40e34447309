"""What a text says about torch that does not load, and whose fault that is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding, Severity
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import COMPANION, extension_in, is_torch_path, wants_other_runtime

__all__ = ["RULES"]

_USER_SITE = re.compile(r"\.local[\\/]lib[\\/]python|Roaming[\\/]Python[\\/]", re.IGNORECASE)
_LIBRARIES = ("libtorch", "libc10", "libcaffe2", "libshm", "libcu", "libnccl", "libnv")
NOT_TORCHS = (
    "libgl.so",
    "libsm.so",
    "libxext",
    "libxrender",
    "libglib",
    "libgthread",
    "libsndfile",
    "libnvinfer",
    "libpython",
    "libnccl-",
    "libibverbs",
    "librdmacm",
    "libtensorrt",
)
"""Libraries that other packages need; torch never does."""
TORCHS = tuple(
    """
    cudart cublas cudnn cufft curand cusolver cusparse nccl nvrtc nvjitlink nvtoolsext cupti nvtx
    cufile cudss nvshmem libmkl libiomp libomp libgomp libopenblas libmpi libgfortran libcaffe2
    libshm libamdhip libhsa-runtime libmiopen librocblas libhipblas libhipsparse libhipfft
    librocm_smi librccl libroctx libroctracer libamd_comgr libsycl libur_loader libze_loader libccl
    libsvml libimf libirng libintlc libcusparselt libnuma libstdc++ libgcc_s
    """.split()  # noqa: SIM905 - a list of forty strings would hide the names among quotes
)
"""Parts of the names of libraries that torch itself loads."""


def linux_loader(heard: Heard) -> Iterator[Finding]:
    """The loader of glibc lacks a library, a symbol or a symbol version."""
    if "glibc-version" in heard:
        yield heard.finding(
            "torch-glibc-too-old", "glibc-version", have=heard.machine.facts.host.glibc or UNKNOWN
        )
    if heard.any("musl-relocating", "said-musl-refused"):
        yield heard.finding("platform-no-wheel", "musl-relocating", "said-musl-refused", variant="musl")
    loading = heard.all("library-missing", "undefined-symbol")
    if heard.machine.facts.environment.kind in ("conda", "venv", "virtualenv") or "said-env" in heard:
        strays = [each for each in loading if _USER_SITE.search(f"{each.subject} {each.text}")]
        if strays:
            yield heard.finding("env-user-site-shadow", more=heard.evidence(strays), names="torch")
    for complaint in heard.all("library-missing"):
        yield from _library(heard, complaint)
    for complaint in heard.all("undefined-symbol"):
        yield from _symbol(heard, complaint)
    for complaint in heard.all("undefined-symbol-bare"):
        if name := extension_in(complaint.subject):
            yield heard.finding("extension-mismatch", "undefined-symbol-bare", subject=name)
    for complaint in heard.all("cuda-symbol-version"):
        yield from _unversioned(heard, complaint)
    if "static-tls" in heard:
        yield heard.finding("torch-missing-library", "static-tls", variant="tls")
    kinds = [kind for kind in ("could-not-load", "cudnn-version", "nvrtc-builtins") if kind in heard]
    if kinds and "nvjitlink" not in heard:
        yield heard.finding("torch-missing-library", *kinds)
    if "elf-damaged" in heard:
        yield heard.finding("torch-partial-install", "elf-damaged", variant="file")
    if "map-segment" in heard:
        yield _unmapped(heard)
    if "exec-stack" in heard:
        yield from _stack(heard)


def _unmapped(heard: Heard) -> Finding:
    """A library that the kernel would not map: a limit on memory, or a mount from which nothing may run."""
    refused = any(
        re.search("not permitted|noexec", each.text, re.IGNORECASE) for each in heard.all("map-segment")
    )
    return heard.finding("torch-import-failed" if refused else "memory-low", "map-segment", variant="map")


def _stack(heard: Heard) -> Iterator[Finding]:
    """A library that wants an executable stack, or to write to its code: newer systems refuse both."""
    name = heard.subject("exec-stack")
    if owner := extension_in(name):
        yield heard.finding("extension-mismatch", "exec-stack", subject=owner)
    else:
        yield heard.finding("torch-import-failed", "exec-stack", variant="stack")


def _library(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    name = complaint.subject.rpartition("/")[2].lower()
    text = complaint.text.lower()
    if "dlerror" in text or text.startswith("reason: ") or name.startswith(NOT_TORCHS):
        return  # TensorFlow's remark on what it could use, or a library of OpenCV's
    owner = _owner(complaint) or wants_other_runtime(heard, complaint, name)
    if name.startswith("libcuda.so"):
        machine = heard.machine
        code = (
            "container-no-gpu"
            if machine.in_container
            else "wsl-driver"
            if machine.is_wsl
            else "driver-missing"
        )
        yield heard.finding(code, "library-missing", gpu=machine.gpu_name or "NVIDIA GPU")
    elif _is_companions(complaint, name):
        yield heard.finding("torch-companion-mismatch", "library-missing")
    elif owner or (name.startswith(("libtorch", "libc10")) and not is_torch_path(complaint.raised_in)):
        # torch finds its own libraries beside itself; only what was compiled against it looks for them.
        yield heard.finding("extension-mismatch", "library-missing", subject=owner or name)
    elif any(part in name for part in TORCHS) or is_torch_path(complaint.raised_in) or "torch" in text:
        yield heard.finding("torch-missing-library", "library-missing")


def _is_companions(complaint: Complaint, name: str) -> bool:
    """Whether torchvision or torchaudio is what lacks one of torch's libraries."""
    if name.startswith(("libtorchvision", "libtorchaudio")):
        return True
    ours = name.startswith(("libtorch", "libc10", "libcudart")) and not is_torch_path(complaint.raised_in)
    asked_by = complaint.raised_in or complaint.text.partition("cannot open")[0]
    return ours and COMPANION.search(asked_by) is not None


def _owner(complaint: Complaint) -> str:
    """The extension that wants the library; empty: torch itself, or nobody is named."""
    if complaint.raised_in and is_torch_path(complaint.raised_in):
        return ""
    return extension_in(complaint.raised_in) or extension_in(complaint.text.partition("cannot open")[0])


def _symbol(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    where, told, symbol = " ".join(complaint.subject.split()).rpartition("undefined symbol: ")
    if not told:
        where, symbol = symbol, ""  # glibc's other wording names the library that asks for the symbol
    where = where.rstrip(": ") if re.search(r"[./]", where) else ""
    file = where.rpartition("/")[2].lower()
    owner = extension_in(where) or extension_in(complaint.raised_in)
    if not where and not owner and symbol.startswith("_Z"):
        # The line is cut: the loader names the file before it.
        told = "\n".join(each.text for each in heard.paste.told)
        owner = extension_in(told)
        if not owner and re.search(r"\bimport(?:ing)? torch(?:vision|audio|text)\b", told):
            yield heard.finding("torch-companion-mismatch", "undefined-symbol")
            return
    if _OF_PYTHON.match(symbol) and re.search(r"(?<!\.local)/lib/python\d[^/]*/\w+-packages/torch/", where):
        python = heard.machine.python
        code = "python-too-new" if python is not None and python >= FIRST_WITHOUT else "python-too-old"
        yield heard.finding(code, "undefined-symbol", subject=symbol)
    elif not where and not owner and symbol.startswith(_OF_CUDA) and _imports_torch(heard):
        yield heard.finding("torch-missing-library", "undefined-symbol", variant="wrong-copy", subject=symbol)
    elif not where and not owner and _OF_DRIVER.match(symbol) and heard.machine.in_container:
        yield heard.finding("container-no-gpu", "undefined-symbol")
    elif symbol.startswith("iJIT_"):
        yield heard.finding("torch-missing-library", "undefined-symbol", variant="mkl", subject=symbol)
    elif symbol.startswith("mkl_") and file.startswith("libmkl"):
        yield heard.finding("torch-missing-library", "undefined-symbol", variant="wrong-copy", subject=file)
    elif "nvjitlink" in symbol.lower():
        yield heard.finding(
            "torch-missing-library", "undefined-symbol", "nvjitlink", variant="wrong-copy", subject=symbol
        )
    elif COMPANION.search(where or complaint.raised_in) or (
        ".so" not in where and not owner and _unfit_companion(heard)
    ):
        yield heard.finding("torch-companion-mismatch", "undefined-symbol")
    elif is_torch_path(where) or (file.startswith(_LIBRARIES) and not owner):
        yield heard.finding(
            "torch-missing-library", "undefined-symbol", variant="wrong-copy", subject=file or symbol
        )
    elif (
        ".cpython-" in file
        or "_cuda" in file
        or owner
        or symbol.startswith(
            (
                "_ZNK5torch",
                "_ZN3c10",
                "_ZN2at",
                "_ZN5torch",
                "_ZNK2at",
                "_ZNK3c10",
                "_ZTIN3c10",
                "THPVariableClass",
                "torch_library_",
                "torch_call_dispatcher",
                "aoti_torch_",
            )
        )
    ):
        yield heard.finding("extension-mismatch", "undefined-symbol", subject=owner or file or symbol)


_OF_PYTHON = re.compile(r"_?Py[A-Z]\w+")
"""The interpreter's own functions: torch was compiled for one that has them."""
FIRST_WITHOUT = (3, 12)
"""The Python from which on functions that extensions used are gone; an older one lacks them for its age."""


_OF_CUDA = (
    "nvtx",
    "cublas",
    "cusparse",
    "cudnn",
    "cufft",
    "curand",
    "cusolver",
    "nccl",
    "cuda",
    "nvrtc",
    "cupti",
)
"""How the functions of CUDA's libraries begin."""
_OF_DRIVER = re.compile(r"cu(?:Init|Device|Ctx|Mem|Module|Driver|Launch|Stream|Event)[A-Z]?")
"""Functions of the driver's own library (cuda.h), which a container has only where it is given a GPU."""


def _imports_torch(heard: Heard) -> bool:
    """Whether somebody says that it is torch itself that fails to load."""
    told = "\n".join(each.text for each in heard.paste.told)
    return re.search(r"\bimport(?:ing)? torch\b(?!\w)|\blib(?:torch|c10|caffe2)\w*\.so", told) is not None


def _unfit_companion(heard: Heard) -> bool:
    """Whether a torchvision or torchaudio is listed that was made for another torch."""
    machine = heard.machine
    if machine.torch_version is None:
        return False
    listed = [
        (name, each.version) for name in ("torchvision", "torchaudio") for each in machine.installed(name)
    ]
    fits = machine.tables.companion_fits
    return any(fits(name, version, machine.torch_version) is False for name, version in listed)


def _unversioned(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    """A library found another release of a second one than the one that it was linked with."""
    where = complaint.subject
    if owner := extension_in(where):
        yield heard.finding("extension-mismatch", "cuda-symbol-version", subject=owner)
    elif re.search(r"[\\/](?:torch|nvidia)[\\/]", where):
        file = where.rpartition("/")[2]
        yield heard.finding(
            "torch-missing-library", "cuda-symbol-version", variant="wrong-copy", subject=file
        )


def processor(heard: Heard) -> Iterator[Finding]:
    """An instruction that the CPU does not have."""
    text = heard.first("illegal-instruction")
    if text is not None and heard.machine.os == "macos" and _is_emulated(heard, text):
        yield heard.finding("python-rosetta", "illegal-instruction", variant="image")
    elif text is not None:
        yield heard.finding("cpu-missing-instructions", "illegal-instruction", variant="")
    elif any(_is_for_avx(heard, each) for each in heard.all("import-crash")):
        yield heard.finding("cpu-missing-instructions", "import-crash", variant="")


_WITHOUT_AVX = re.compile(
    r"\b(?:Celeron|Pentium|Atom|Core(?:\(TM\))? ?2|Phenom|Sempron|Athlon(?:\(tm\))? II|Turion)\b"
)
"""Processors that have no AVX: Intel's Pentium and Celeron up to 2020, AMD's up to 2011."""
_OF_AVX = re.compile(r"\bv[a-z]{2,9}(?:ps|pd|ss|sd|dqu|128)\b")
"""The names of AVX's instructions, as debuggers show them."""


def _is_for_avx(heard: Heard, crash: Complaint) -> bool:
    model = heard.machine.facts.host.cpu_model or ""
    return _WITHOUT_AVX.search(model) is not None or _OF_AVX.search(crash.text) is not None


def _is_emulated(heard: Heard, complaint: Complaint) -> bool:
    """Whether the instruction is one that Rosetta lacks: AVX in an x86-64 build on Apple silicon."""
    return bool(heard.machine.facts.host.apple_silicon) or "illegal hardware" in complaint.text.lower()


def clashes(heard: Heard) -> Iterator[Finding]:
    """Two OpenMP libraries, a broken MKL, a NumPy of the other ABI."""
    if heard.any("omp-15", "mkl-fatal", "mkl-threading"):
        variant = "openmp" if "omp-15" in heard else "mkl"
        yield heard.finding("env-mixed-conda-pip", "omp-15", "mkl-fatal", "mkl-threading", variant=variant)
    if "numpy-abi" in heard:
        numpy = next((each.version for each in heard.machine.installed("numpy")), "2")
        yield heard.finding("torch-numpy-abi", "numpy-abi", name="torch", numpy=numpy)


def companions(heard: Heard) -> Iterator[Finding]:
    """A torchvision or torchaudio made for another torch."""
    kinds = ["torchvision-nms", "torchvision-no-cuda", "torchaudio-mismatch", "companion-import"]
    demands = [
        each
        for each in heard.all("torch-requirement")
        if each.subject.lower().startswith(("torchvision", "torchaudio"))
    ]
    pinned = [
        each for each in heard.all("pip-conflict") if re.search(r"torch(?:vision|audio)\b", each.subject)
    ]
    if "companion-depends" in heard and heard.any("pip-conflict", "unsatisfiable", "poetry-unsolved"):
        yield heard.finding("torch-companion-mismatch", "companion-depends", "pip-conflict")
    elif heard.any(*kinds):
        yield heard.finding("torch-companion-mismatch", *kinds, "torch-requirement")
    elif pinned:
        yield heard.finding("torch-companion-mismatch", "pip-conflict")
    elif demands:
        # Of a text that shows nothing else, this is what somebody complains of.
        alone = heard.machine.facts.torch_import is None and ".dev" not in demands[0].subject
        alone = alone and all(each.kind == "torch-requirement" for each in heard.paste.complaints)
        severity = Severity.ERROR if alone else Severity.WARNING
        yield heard.finding("torch-companion-mismatch", "torch-requirement", severity=severity)


def damaged(heard: Heard) -> Iterator[Finding]:
    """Remains of a broken uninstall, parts that are not there."""
    undefined = [each for each in heard.all("torch-c-undefined") if is_torch_path(each.raised_in)]
    if "torch-file-missing" in heard:
        yield heard.finding("torch-partial-install", "torch-file-missing")
    elif undefined:
        yield heard.finding("torch-partial-install", more=heard.evidence(undefined))
    remains = [each for each in heard.all("invalid-distribution") if "orch" in each.subject.lower()]
    if remains or ("no-record" in heard and "torch" in heard.subject("no-record")):
        yield heard.finding(
            "torch-partial-install",
            "invalid-distribution",
            "no-record",
            variant="leftovers",
            names=", ".join(each.subject for each in remains) or "torch",
        )


RULES = (linux_loader, processor, clashes, companions, damaged)
