"""Machines, texts and smoke checks for the wordings that none of the other cases happens to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rulebook import machines as codes

from envdoctor.facts import (
    CudaDriver,
    EditorChoice,
    Editors,
    Facts,
    GpuProcess,
    MigInstance,
    MirrorAnswer,
    ProbeOutcome,
    TorchImport,
)
from envdoctor.findings import Value, Words
from envdoctor.messages import catalogue
from envdoctor.smoke.result import Check, SmokeResult, Status

__all__ = ["PROBES", "SAMPLES", "TEXTS", "checks", "every_check", "rare"]

TEXTS: tuple[tuple[str, str], ...] = (
    (
        "a wheel by another name",
        "$ pip install 'torch-2.6.0 (1).whl'\n"
        "ERROR: torch-2.6.0.whl is not a supported wheel on this platform.\n",
    ),
    (
        "only PyTorch's index, asked for another package",
        "$ pip install torch accelerate --index-url https://download.pytorch.org/whl/cu126\n"
        "ERROR: Could not find a version that satisfies the requirement accelerate (from versions: none)\n",
    ),
    (
        "Intel in WSL",
        "OS: Ubuntu 24.04 on WSL2\nKernel: 5.15.153.1-microsoft-standard-WSL2\nPyTorch version: 2.8.0+xpu\n"
        "GPU: Intel(R) Arc(TM) A770 Graphics\nRuntimeError: No XPU devices are available.\n",
    ),
    (
        "a ROCm that dropped the GPU",
        "PyTorch version: 2.20.0+rocm9.0\nGPU: AMD Radeon VII (gfx906)\n"
        "RuntimeError: HIP error: invalid device function\n",
    ),
    (
        "a container with a driver of its own",
        "OS: Ubuntu 22.04 (inside a docker container)\n$ nvidia-smi\n"
        "Failed to initialize NVML: Driver/library version mismatch\n",
    ),
    (
        "a CUDA build for a Mac",
        "OS: macOS 15.2\nModel name: Apple M2\n$ pip3 install torch --index-url https://download.pytorch.org/whl/cu121\n"
        "Looking in indexes: https://download.pytorch.org/whl/cu121\n"
        "ERROR: Could not find a version that satisfies the requirement torch (from versions: none)\n",
    ),
    (
        "one of the indexes is gone",
        "Python version: 3.9\n$ cat pip.conf\n[global]\nindex-url = https://pypi.tuna.tsinghua.edu.cn/simple\n"
        "extra-index-url = http://pypi.douban.com/simple/\n$ pip install torch\n"
        "ERROR: Could not find a version that satisfies the requirement torch (from versions: none)\n",
    ),
    (
        "uv and two indexes",
        "$ uv pip install torch --index-url https://download.pytorch.org/whl/cu128"
        " --extra-index-url https://index.example/simple\nPyTorch version: 2.8.0+cpu\n"
        "AssertionError: Torch not compiled with CUDA enabled\n",
    ),
    (
        "Debian's old card",
        "OS: Debian GNU/Linux 12\nGPU 0: GeForce GT 540M\nNvidia driver version: 390.157\n"
        "RuntimeError: The NVIDIA driver on your system is too old (found version 9010).\n",
    ),
    (
        "a system before all wheels",
        "OS: CentOS release 6.7 (Final)\nLibc version: glibc-2.12\nPython version: 3.6\nPyTorch version: 0.3.1\n"
        "CUDA used to build PyTorch: 8.0\n"
        "ImportError: /lib64/libc.so.6: version `GLIBC_2.17' not found (required by torch/_C.so)\n",
    ),
    ("NVML's silence alone", "UserWarning: Can't initialize NVML\n"),
    ("CUDA's first number alone", "RuntimeError: CUDA error: initialization error\n"),
    (
        "a Windows too old for GPUs in WSL",
        "Microsoft Windows [Version 10.0.19042.1052]\nUbuntu 20.04 in WSL 2\nIs CUDA available: False\n"
        "PyTorch version: 1.7.1\n",
    ),
    ("no GPU for this process", "RuntimeError: No CUDA GPUs are available\n"),
)
"""Pasted texts: a name, and what was pasted."""


PROBES = (
    ProbeOutcome(name="nvml", outcome="timed-out", seconds=10.0),
    ProbeOutcome(name="host", outcome="failed", seconds=0.1, detail="ValueError: 7"),
    ProbeOutcome(name="cuda_driver", outcome="skipped"),
)
"""What a probe may come to, beside an answer."""


def rare(network: Any) -> Iterator[tuple[str, Facts]]:
    """Each with a name; `network` is the module of the network rules' tests."""
    yield from _imports()
    yield from _gpus()
    yield from _sources(network)
    chosen = EditorChoice(editor="pycharm", value="dl", origin=".idea/misc.xml: project-jdk-name")
    runs = replace(chosen, executable="/net/.venv/bin/python", exists=True, is_patient=False)
    yield "PyCharm runs another Python", replace(codes.HEALTHY, editors=Editors(choices=(runs,)))
    shared = replace(codes.TORCH, site="user")
    outside = codes.on_windows("DLL load failed while importing _C: it failed.")
    yield (
        "a user site on Windows",
        replace(outside, packages=replace(codes.PACKAGES, distributions=(shared,))),
    )


def _imports() -> Iterator[tuple[str, Facts]]:
    healthy: Facts = codes.HEALTHY
    yield "killed", replace(healthy, torch_import=TorchImport(outcome="crashed", exit_code=-9))
    said = TorchImport(outcome="crashed", exit_code=-6, error="terminate called without an active exception")
    yield "aborted", replace(healthy, torch_import=said)
    yield "left", replace(healthy, torch_import=replace(said, outcome="exited", exit_code=1))
    yield (
        "torch hides itself",
        codes.failing(
            "cannot import name 'Tensor' from partially initialized module 'torch._tensor' (a circular import)"
        ),
    )
    slow = TorchImport(outcome="timed-out", seconds=60.0)
    yield "slow on Windows", replace(healthy, host=codes.WINDOWS, torch_import=slow)


def _gpus() -> Iterator[tuple[str, Facts]]:
    healthy: Facts = codes.HEALTHY
    shared = replace(codes.RTX4090, mig=True, mig_instances=(MigInstance(name="MIG 1g.5gb"),))
    yield "MIG is in use", replace(healthy, nvml=replace(codes.NVML, gpus=(shared,)))
    held = (GpuProcess(pid=4321, memory=23 << 30, name="python"),)
    full = replace(codes.RTX4090, memory_used=(24 << 30) - 1000, processes=held)
    yield "somebody holds the memory", replace(healthy, nvml=replace(codes.NVML, gpus=(full,)))
    fallen = replace(codes.DRIVER, xids=(79,))
    yield "Xid 79", replace(healthy, torch_import=codes.BLIND, nvidia=fallen)
    stray = "/usr/local/cuda/compat/libcuda.so.1"
    compat = CudaDriver(state="error", code=804, library=stray, library_version="550.54.14")
    blind = replace(healthy, torch_import=codes.BLIND, cuda_driver=compat)
    yield "cuda-compat in a container", replace(blind, host=codes.CONTAINER)


def _sources(network: Any) -> Iterator[tuple[str, Facts]]:
    pip = network.configured(network.HEALTHY, ("global.index-url", network.TUNA))
    for outcome in ("refused", "no-such-host", "no-connection", "not-found", "cut", "failed"):
        answer = MirrorAnswer(mirror="tuna", serves="pypi", url=network.TUNA, outcome=outcome)
        fine = MirrorAnswer(
            mirror="bfsu", serves="pypi", url="https://mirrors.bfsu.edu.cn/pypi/web/simple", outcome="ok"
        )
        yield f"asked: {outcome}", replace(pip, mirrors=(answer, fine))
    gone = ("global.index-url", "https://pypi.doubanio.com/simple")
    yield "a dead mirror in a variable", network.configured(network.HEALTHY, gone, origin="PIP_INDEX_URL")


SAMPLES: dict[str, Value] = {
    "measured": "1.3e-07", "bound": "3e-06", "count": 256, "size": 512, "row": 3, "column": 7, "found": 12,
    "wanted": 13, "mib": 64, "wrong": 2, "steps": 240, "step": 17, "floor": 0.0311, "loss": "nan", "rate": 0.05,
    "quarter": 4, "needed": 160, "gap": "2e-06", "workers": 2, "got": 250, "distinct": 249, "dtype": "bfloat16",
    "device": "cuda:0", "library": "cuDNN 9.10", "version": "2.14.1+cu126", "where": "layer 2", "error": "it fell",
    "name": "TF32", "fp32": "70", "tf32": "140", "bf16": "300", "copy": "900", "share": "91 %", "reached": "9",
    "published": "80", "speedup": "12", "world": 4, "first": "2.14.1", "other": 2, "backend": "nccl", "speed": "20",
    "slowest": 3, "factor": "1.07", "path": "~/torch.py", "seconds": 180, "code": -11, "axis": 1,
}  # fmt: skip
"""What fills the sentences of checks, one value a name."""


def checks(status: Status) -> tuple[Check, ...]:
    """Every sentence that a check can end with in this status, each as a check of its own."""
    made = []
    for key in catalogue("en").sentences:
        family, name, *rest = key.split(".")
        if family == "smoke" and rest[:1] == [status] and f"smoke.name.{name}" in catalogue("en").sentences:
            numbers = {"measured": 1.3e-7, "bound": 3e-6, "seconds": 0.25, "rank": 1}
            made.append(Check(name=name, status=status, detail=Words(key, SAMPLES), **numbers))
    return tuple(made)


def every_check() -> Iterator[tuple[str, SmokeResult]]:
    """Runs that show every sentence of every check once, by how the checks ended."""
    for status in ("passed", "failed", "warning", "not-claimed"):
        facts = {
            "torch": "2.14.1+cu126",
            "python": "3.12.9",
            "device_name": "GPU",
            "noise_floor": 0.0311,
            "loss_bound": 0.0393,
        }
        yield (
            status,
            SmokeResult(
                verdict="failed" if status == "failed" else "passed",
                device="cuda:0",
                checks=checks(status),
                losses=tuple(1.0 / (1 + step) + 0.03 for step in range(240)),
                facts=facts,
                seconds=4.5,
            ),
        )
