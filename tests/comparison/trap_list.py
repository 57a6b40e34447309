"""The traps: what is set up, and what a tool has to say, and must not say, to judge rightly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .standin_torch import broken, healthy

__all__ = ["TRAPS", "Trap"]

NOT_INSTALLED = r"torch(:|\s)\s*(is )?(not|NOT) installed|PyTorch Installation\W+\[X\] FAIL|PyTorch version: N/A|torch-missing\s"
TORCH_BLAMED = rf"^× .*torch|torch-\w+$|{NOT_INSTALLED}|PyTorch \w+ +│ \[X\]|✗ TORCH\d+|❌ .*torch"
NO_DRIVER = r"No NVIDIA Driver detected|nvidia-smi not found|no NVIDIA driver|driver.{0,20}not installed"


@dataclass(frozen=True)
class Trap:
    """One broken, or only odd, environment.

    `torch`: the files that stand in for torch; `None`: the real one, torch 2.13.0 for the CPU.
    `right`: a pattern that a right judgement shows. `wrong`: one that a false judgement shows; it counts more.
    `right` empty: nothing is wrong there, so whatever does not say `wrong` is right.
    `gpu`: NVIDIA's driver and one GPU are there, as libraries and an nvidia-smi that answer.
    """

    name: str
    torch: Mapping[str, str] | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    here: Mapping[str, str] = field(default_factory=dict)
    """Files in the folder in which the tool is started."""
    home: Mapping[str, str] = field(default_factory=dict)
    gpu: bool = False
    right: str = ""
    wrong: str = r"(?!)"


WINERROR = (
    "raise OSError('[WinError 126] The specified module could not be found. Error loading "
    '"C:\\\\Users\\\\x\\\\torch\\\\lib\\\\fbgemm.dll" or one of its dependencies.\')'
)
UNSUPPORTED = r"not supported|unsupported|does not (fit|support)|no kernels|incompatible|too (old|new) for|NOT compatible|lacks"

STILL_SEEN = r"4090|NVIDIA GPU Driver\W+\[OK\]"
"""GPU or driver is reported by another way, which is all that one can ask for."""

TRAPS = (
    Trap(
        "torch segfaults at import",
        broken("import os as _o; _o.kill(_o.getpid(), 11)"),
        right=r"segfault|segmentation|SIGSEGV|signal 11|import.{0,40}(fail|crash|die)|(crash|die|end)\w* .{0,40}import",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "torch calls sys.exit at import",
        broken("import sys as _s; _s.exit(0)"),
        right=r"import.{0,60}(fail|exit|end)|(exit|end)\w* .{0,40}import|SystemExit",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "torch ends the process at import (`os._exit`)",
        broken("import os as _o; _o._exit(0)"),
        right=r"import.{0,60}(fail|exit|end)|(exit|end)\w* .{0,40}import",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "torch hangs at import",
        broken("import time as _t; _t.sleep(3600)"),
        right=r"import.{0,60}(hang|time|not finish|answer|within)|timed? ?out",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "torch prints rubbish and an answer of its own at import",
        broken("print('{\"ok\": false}\\n' * 1000 + '\\x1b[2J\\x00')"),
        gpu=True,
        wrong=TORCH_BLAMED,
    ),
    Trap(
        "torch raises `WinError 126 ... fbgemm.dll`",
        broken(WINERROR),
        right=r"fbgemm|WinError 126",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "torch lacks libcudart.so.12",
        broken(
            "raise ImportError('libcudart.so.12: cannot open shared object file: No such file or directory')"
        ),
        right=r"libcudart",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "`torch.cuda.is_available()` raises",
        healthy(),
        environ={"STANDIN_FAULT": "available-raises"},
        gpu=True,
        right=r"fell over|availab\w+.{0,30}fail|fail\w* .{0,40}CUDA|init\w*.{0,30}fail",
        wrong=r"ARCHITECTURE MISMATCH|CPU-only wheel",
    ),
    Trap(
        "a module torch.py in the working folder",
        here={"torch.py": "raise SystemExit('lesson one')\n"},
        right=r"torch\.py|lesson one",
        wrong=NOT_INSTALLED,
    ),
    Trap(
        "nvidia-smi hangs",
        gpu=True,
        environ={"STANDIN_SMI": "hang"},
        right=r"4090|nvidia-smi.{0,60}(time|hang|answer|within|execution failed)|timed out",
    ),
    Trap(
        "nvidia-smi crashes",
        gpu=True,
        environ={"STANDIN_SMI": "crash"},
        right=r"4090|nvidia-smi.{0,60}(crash|fail|signal|returned an error)",
        wrong=NO_DRIVER,
    ),
    Trap(
        "nvidia-smi prints rubbish",
        gpu=True,
        environ={"STANDIN_SMI": "rubbish"},
        right=r"4090|nvidia-smi.{0,60}(unread|pars|unexpected|rubbish|fail)",
        wrong=rf"{NO_DRIVER}|No NVIDIA GPU detected",
    ),
    Trap(
        "nvidia-smi prints 70 MB",
        gpu=True,
        environ={"STANDIN_SMI": "flood"},
        right=r"4090|nvidia-smi.{0,60}(unread|pars|unexpected|fail)|NVIDIA GPU Driver\W+\[OK\]",
        wrong=NO_DRIVER,
    ),
    Trap(
        "the driver does not answer (nvidia-smi exit code 9, NVML 9)",
        gpu=True,
        environ={"STANDIN_SMI": "error", "STANDIN_NVML": "error:9", "STANDIN_CUINIT": "error:100"},
        right=r"not running|not loaded|not in control|communicat|can't talk|does not answer|nvidia-smi.{0,20}(failed|returned an error|no answer)",
        wrong=NO_DRIVER,
    ),
    Trap(
        "driver and library versions differ (NVML 18)",
        gpu=True,
        environ={"STANDIN_SMI": "mismatch", "STANDIN_NVML": "error:18", "STANDIN_CUINIT": "error:803"},
        right=r"mismatch|match the host|versions? differ|mid-update|reboot",
        wrong=NO_DRIVER,
    ),
    Trap("NVML hangs", gpu=True, environ={"STANDIN_NVML": "hang"}, right=STILL_SEEN),
    Trap("NVML crashes", gpu=True, environ={"STANDIN_NVML": "crash"}, right=STILL_SEEN),
    Trap(
        "`cuInit` hangs",
        gpu=True,
        environ={"STANDIN_CUINIT": "hang"},
        right=r"cuInit|did not (answer|finish)",
    ),
    Trap("`cuInit` crashes", gpu=True, environ={"STANDIN_CUINIT": "crash"}, right=r"cuInit|crash"),
    Trap(
        "a CPU build of torch beside a GPU",
        gpu=True,
        right=r"CPU[- ]only|CPU build|does not include CUDA|without CUDA|CUDA not available|not a CUDA build|cpu-build",
    ),
    Trap(
        "healthy: RTX 4090 (8.9), code up to sm_86",
        healthy(),
        gpu=True,
        environ={"STANDIN_ARCHS": "sm_50 sm_60 sm_70 sm_75 sm_80 sm_86"},
        wrong=rf"{TORCH_BLAMED}|{UNSUPPORTED}",
    ),
    Trap(
        "healthy: GTX 1080 (6.1), code for sm_60",
        healthy(),
        gpu=True,
        environ={
            "STANDIN_ARCHS": "sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90",
            "STANDIN_CAPABILITY": "6.1",
            "STANDIN_NAME": "NVIDIA GeForce GTX 1080",
        },
        wrong=rf"{TORCH_BLAMED}|{UNSUPPORTED}",
    ),
    Trap(
        "healthy: driver 535 (CUDA 12.2) with a CUDA 12.6 build",
        healthy(),
        gpu=True,
        environ={"STANDIN_DRIVER": "535.129.03", "STANDIN_CUDA": "12020"},
        wrong=r"driver.{0,40}(too old|outdated|upgrade|update)|(upgrade|update).{0,30}driver|^× |exceeds",
    ),
    Trap(
        "RTX 5090 (12.0), code up to sm_90",
        healthy("2.5.1+cu121"),
        gpu=True,
        environ={
            "STANDIN_FAULT": "no-kernel:0",
            "STANDIN_CAPABILITY": "12.0",
            "STANDIN_NAME": "NVIDIA GeForce RTX 5090",
            "STANDIN_DRIVER": "580.65.06",
            "STANDIN_CUDA": "13000",
        },
        right=r"no (code|kernel|compiled)|sm_120.{0,60}(not|missing)|12\.0.{0,60}\b(not|no)\b|operation failed|ARCHITECTURE MISMATCH",
    ),
    Trap(
        "healthy: a mirror of PyPI is configured",
        environ={"PIP_INDEX_URL": "https://pypi.tuna.tsinghua.edu.cn/simple"},
        wrong=r"tuna.{0,80}(wrong|error|fail|not recommended)|(non-default|custom|unofficial) index|[×!] .{0,60}(mirror|index)",
    ),
    Trap(
        "torchvision for another torch is installed",
        {
            **healthy(),
            "torchvision-0.20.1.dist-info/METADATA": (
                "Metadata-Version: 2.1\nName: torchvision\nVersion: 0.20.1\nRequires-Dist: torch==2.5.1\n"
            ),
            "torchvision-0.20.1.dist-info/INSTALLER": "pip\n",
            "torchvision-0.20.1.dist-info/RECORD": "torchvision/__init__.py,,\n",
            "torchvision/__init__.py": "__version__ = '0.20.1'\n",
        },
        gpu=True,
        right=r"torchvision.{0,80}(2\.5\.1|mismatch|made for|requires|needs|built for)",
    ),
    Trap("a terminal whose encoding is GBK", environ={"PYTHONIOENCODING": "gbk"}),
    Trap("a terminal whose encoding is ASCII", environ={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}),
    Trap(
        "credentials of a proxy and an index, for a report in public",
        environ={
            "HTTPS_PROXY": "http://zhang:s3cret@127.0.0.1:9",
            "PIP_INDEX_URL": "https://zhang:hunter2@pypi.example.org/simple",
        },
        wrong=r"s3cret|hunter2",
    ),
)
