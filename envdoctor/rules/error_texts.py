"""What the text of a failed import or a failed CUDA call says about its cause.

Each pattern quotes words that Python, the loaders of Linux, Windows and macOS, NumPy, torch or CUDA print
themselves. The first that matches wins, so the more specific stand above the more general.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from envdoctor.frozen import Record, value

__all__ = ["LONGEST", "Cause", "Sayings", "cuda_cause", "import_cause"]

LONGEST = 20_000
"""Letters of a text that are looked at."""


@value
class Cause(Record):
    """The finding code that a message stands for, with the wording variant and the names it mentions."""

    code: str
    variant: str = ""
    subject: str = ""


class Sayings:
    """A table of messages: pattern, code, variant. The first whose pattern is in a text names the cause."""

    def __init__(self, rows: Sequence[tuple[str, str, str]], flags: int = 0) -> None:
        self._rows, self._flags = rows, flags

    def cause(self, text: str) -> Cause | None:
        """The cause that the text names; `None`: none that this table knows."""
        for pattern, code, variant in self._compiled:
            hit = pattern.search(text[:LONGEST])
            if hit:
                return Cause(code, variant, hit.groupdict().get("subject") or "")
        return None

    @functools.cached_property
    def _compiled(self) -> list[tuple[re.Pattern[str], str, str]]:
        """Compiled once, and only in a run that has a text to ask about."""
        return [(re.compile(pattern, self._flags), code, variant) for pattern, code, variant in self._rows]


# The group named "subject", where there is one, is the library or module at fault.
_IMPORT = (
    # glibc and libstdc++ print the symbol version they lack
    (r"version [`'](?P<subject>(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+)' not found", "torch-glibc-too-old", ""),
    # Windows loader. 1455: page file too small; 193: not a valid Win32 application
    (r"WinError 1455\b", "memory-low", "pagefile"),
    (r"WinError 193\b", "torch-partial-install", "bitness"),
    (
        r"WinError (?:126|127|182)\b.*?(?P<subject>fbgemm\.dll|libomp140\S*\.dll)",
        "torch-missing-library",
        "omp140",
    ),
    (
        r"WinError (?:126|127|1114)\b.*?(?P<subject>c10\.dll|torch_python\.dll|torch_cpu\.dll|shm\.dll)",
        "torch-vcredist-missing",
        "",
    ),
    (r"Microsoft Visual C\+\+ Redistributable is not installed", "torch-vcredist-missing", ""),
    (r"WinError (?:126|127|182|1114)\b.*?(?P<subject>[\w.-]+\.dll)", "torch-missing-library", ""),
    (r"DLL load failed while importing (?P<subject>\w+)", "torch-missing-library", ""),
    # macOS: an image of the other architecture
    (r"incompatible architecture \(have [`'\"]?(?:x86_64|arm64)", "python-rosetta", "image"),
    (r"[Ii]llegal instruction|SIGILL|0xC000001D", "cpu-missing-instructions", ""),
    # A damaged file
    (
        r"file too short|invalid ELF header|ELF file.s phentsize|not a mach-o file|truncated mach-o",
        "torch-partial-install",
        "file",
    ),
    # The kernel would not map it: a limit on memory, or a mount from which nothing may run
    (
        r"(?P<subject>[\w./-]+\.so[\w.]*): failed to map segment.*?not permitted",
        "torch-import-failed",
        "map",
    ),
    (r"(?P<subject>[\w./-]+\.so[\w.]*): failed to map segment", "memory-low", "map"),
    # OpenMP loaded twice
    (r"OMP: Error #15", "env-mixed-conda-pip", "openmp"),
    # NumPy 1 / 2
    (
        r"compiled using NumPy 1\.x cannot be run in|_ARRAY_API not found|numpy\.dtype size changed"
        r"|numpy\.core\.multiarray failed to import",
        "torch-numpy-abi",
        "",
    ),
    # Companions register operators that the torch they were built for has
    (r"operator (?P<subject>torchvision::\w+) does not exist", "torch-companion-mismatch", ""),
    (r"Couldn't load custom C\+\+ ops", "torch-companion-mismatch", ""),
    # The dynamic loader of Linux and macOS
    (r"undefined symbol: (?P<subject>iJIT_\w+)", "torch-missing-library", "mkl"),
    (r"undefined symbol: (?P<subject>__nvJitLink\w+)", "torch-missing-library", "wrong-copy"),
    (
        r"(?P<subject>lib[\w+.-]*(?:cudnn|cublas|cusparse|nccl|nvJitLink|cudart|cufft|cusolver|nvrtc)[\w.-]*)"
        r": undefined symbol",
        "torch-missing-library",
        "wrong-copy",
    ),
    (
        r"(?P<subject>libgomp[\w.-]*): cannot allocate memory in static TLS block",
        "torch-missing-library",
        "tls",
    ),
    (r"(?P<subject>lib[\w+.-]+\.so[\w.]*): cannot open shared object file", "torch-missing-library", ""),
    (r"Library not loaded: \S*?(?P<subject>[\w+.-]+\.dylib)", "torch-missing-library", ""),
    (r"(?P<subject>lib(?:torch|c10|caffe2)[\w.-]*): undefined symbol", "torch-missing-library", "wrong-copy"),
    # Python's own words for files that are not all there
    (
        r"cannot import name '\w+' from partially initialized module '(?P<subject>[\w.]+)'",
        "torch-partial-install",
        "shadow",
    ),
    (r"No module named '(?P<subject>torch\.[\w.]+)'", "torch-partial-install", ""),
    (r"undefined symbol: (?P<subject>\w+)", "torch-missing-library", "wrong-copy"),
    (r"module '(?P<subject>torch[\w.]*)' has no attribute", "torch-partial-install", ""),
)

# What CUDA says when its first call fails: torch puts the runtime's own error text behind "Error NNN:".
_CUDA = (
    (r"no kernel image is available", "no-kernel", ""),
    (r"not compatible with the current PyTorch installation|no longer supports this GPU", "no-kernel", ""),
    (r"[Ee]rror 804\b|forward compatibility was attempted", "cuda-compat-shadow", ""),
    (r"[Ee]rror 803\b|system has unsupported display driver", "driver-library-mismatch", ""),
    (r"[Ee]rror 802\b|system not yet initialized", "fabric-manager-down", ""),
    (r"driver on your system is too old \(found version (?P<subject>\d+)\)", "driver-too-old", ""),
    (r"driver version is insufficient|[Ee]rror 35\b", "driver-too-old", ""),
    (r"Found no NVIDIA driver", "no-driver", ""),
    (r"No CUDA GPUs are available|no CUDA-capable device|[Ee]rror 100\b", "no-device", ""),
    (r"devices are busy or unavailable|[Ee]rror 46\b", "gpu-exclusive-mode", ""),
    (r"out of memory|[Ee]rror 2\b", "gpu-memory-full", ""),
    (r"GPU is lost|fallen off the bus|unspecified launch failure.*Xid", "gpu-fell-off-bus", ""),
    (r"uncorrectable ECC|[Ee]rror 214\b", "gpu-ecc-errors", ""),
    (r"unknown error|[Ee]rror (?:999|30)\b|Error \d+", "driver-init-failed", ""),
)


_IMPORTING, _CALLING = Sayings(_IMPORT, re.DOTALL), Sayings(_CUDA, re.DOTALL)


def import_cause(text: str) -> Cause | None:
    """The cause that the text of a failed import names; `None`: none of those known."""
    return _IMPORTING.cause(text)


def cuda_cause(text: str) -> Cause | None:
    """The cause that the text of a failed CUDA call names.

    Beside finding codes it knows three outcomes that other facts must explain: "no-kernel", "no-driver"
    and "no-device".
    """
    return _CALLING.cause(text)
