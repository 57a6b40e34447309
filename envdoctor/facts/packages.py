"""What is installed in the patient, in its files and as it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from envdoctor.facts.gpus import TorchDevice
from envdoctor.frozen import Record, record

__all__ = [
    "CondaPackage",
    "Distribution",
    "Packages",
    "Shadow",
    "TorchFiles",
    "TorchImport",
]


@record
class Distribution(Record):
    """One installed distribution of torch's family, read from its metadata."""

    name: str
    """Normalised: "torch", "nvidia-cublas-cu12"."""
    version: str
    location: str
    installer: str | None = None
    site: Literal["environment", "base", "user", "pythonpath"] = "environment"
    direct_url: str | None = None
    missing_files: int | None = None
    """Files that RECORD lists and the disk lacks; `None`: not checked."""
    missing_sample: tuple[str, ...] = ()
    short_files: int | None = None
    """Libraries that hold fewer bytes than RECORD states; `None`: not compared (conda changes its own)."""
    short_sample: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    """Requires-Dist lines that name a member of torch's family or NumPy."""


@record
class CondaPackage(Record):
    """One row of `conda-meta`."""

    name: str
    version: str
    build: str
    channel: str | None = None


@record
class Shadow(Record):
    """Something that Python would import, or the loader would load, instead of the real thing."""

    name: str
    """The module or library: "torch", "json", "libcudnn.so.9"."""
    path: str
    by: Literal["working-folder", "pythonpath", "user-site", "library-path"]


@record
class TorchFiles(Record):
    """torch as it lies on disk where the interpreter would find it, read without importing it."""

    path: str | None = None
    version: str | None = None
    """From torch/version.py, with the local label: "2.14.1+cu126"."""
    cuda: str | None = None
    hip: str | None = None
    xpu: str | None = None
    debug: bool | None = None
    git_version: str | None = None
    libraries: tuple[str, ...] = ()
    """Names of the shared libraries in torch/lib."""
    source_tree: bool | None = None


@record
class Packages(Record):
    """What is installed in the patient, from files only."""

    distributions: tuple[Distribution, ...] | None = None
    """torch's family (torch, torchvision, torchaudio, numpy, triton, nvidia-*, compiled extensions);
    `None`: the folders could not be read. A name that stands twice is a duplicate."""
    conda: tuple[CondaPackage, ...] = ()
    leftovers: tuple[str, ...] = ()
    """Remains of a broken uninstall: "~orch", "~orch-2.5.1.dist-info"."""
    unfinished_run: str | None = None
    """What a run of `install --run` that was cut off was to install: "torch 2.14.1+cpu"."""
    torch: TorchFiles | None = None
    """`None`: no torch folder where the interpreter would look."""
    shadows: tuple[Shadow, ...] = ()


@record
class TorchImport(Record):
    """What `import torch` did in a child of the patient's interpreter."""

    outcome: Literal["imported", "raised", "crashed", "exited", "timed-out", "absent", "unreadable"]
    seconds: float | None = None
    error_type: str | None = None
    error: str | None = None
    """The last line of the exception, or the last lines of stderr after a crash."""
    traceback: tuple[str, ...] = ()
    exit_code: int | None = None
    """Negative: the signal that ended the child."""
    output: str | None = None
    """What torch printed while it was imported, bounded."""
    warnings: tuple[str, ...] = ()
    path: str | None = None
    version: str | None = None
    cuda: str | None = None
    hip: str | None = None
    arch_list: tuple[str, ...] | None = None
    """`torch.cuda.get_arch_list()`: "sm_80", "compute_120", "gfx1100"."""
    cuda_available: bool | None = None
    cuda_error: str | None = None
    """The message of the first CUDA call that failed."""
    device_count: int | None = None
    devices: tuple[TorchDevice, ...] = ()
    cudnn: str | None = None
    cudnn_error: str | None = None
    nccl: str | None = None
    mps_built: bool | None = None
    mps_available: bool | None = None
    xpu_built: bool | None = None
    xpu_available: bool | None = None
    phase: str | None = None
    """The step under way when the child ended early: "import", "cuda", "kernel:0", "torchvision"."""
    numpy_version: str | None = None
    numpy_bridge_error: str | None = None
    """Why `torch.from_numpy` fails; empty or `None`: it works or was not tried."""
    companions: Mapping[str, str] = field(default_factory=dict)
    """Version of each companion that was imported after torch: "torchvision" → "0.29.1+cu126"."""
    companion_errors: Mapping[str, str] = field(default_factory=dict)
