"""GPUs and what drives them: the bus, the driver, its tools, CUDA."""

from __future__ import annotations

from typing import Literal

from envdoctor.frozen import Record, record

__all__ = [
    "CudaDriver",
    "CudaKernel",
    "CudaToolkit",
    "GpuProcess",
    "MigInstance",
    "Nvidia",
    "NvidiaSmi",
    "Nvml",
    "NvmlGpu",
    "OtherGpu",
    "PciCard",
    "TorchDevice",
]


@record
class PciCard(Record):
    """A display or 3D controller on the PCI bus (or what stands for it under WSL and on Windows)."""

    vendor: Literal["nvidia", "amd", "intel", "other"]
    device_id: str | None = None
    address: str | None = None
    name: str | None = None
    driver: str | None = None
    """The kernel driver in control: "nvidia", "nouveau", "vfio-pci", "amdgpu"; empty: none."""
    device_class: str | None = None


@record
class Nvidia(Record):
    """NVIDIA hardware and driver as the operating system shows them, without NVIDIA's own libraries."""

    cards: tuple[PciCard, ...] | None = None
    """`None`: the bus could not be read (a container without sysfs, WSL)."""
    driver_version: str | None = None
    """Of the kernel module (Linux) or the registry (Windows)."""
    module_loaded: bool | None = None
    module_flavour: Literal["open", "proprietary"] | None = None
    nouveau_loaded: bool | None = None
    packages: tuple[str, ...] = ()
    """User-space driver files found: "libcuda.so.1", "libnvidia-ml.so.1" → their paths."""
    library_version: str | None = None
    """Version in the file name that libcuda.so.1 leads to: "550.54.14"."""
    device_nodes: tuple[str, ...] = ()
    unreadable_nodes: tuple[str, ...] = ()
    """/dev/nvidia* nodes that exist and that this user may not open for reading and writing."""
    nvswitch: bool | None = None
    fabric_manager: Literal["running", "stopped", "absent"] | None = None
    dxg: bool | None = None
    """WSL: /dev/dxg exists."""
    wsl_libcuda: str | None = None
    linux_driver_in_wsl: bool | None = None
    xids: tuple[int, ...] = ()
    """Xid numbers in the kernel log, where it may be read."""


@record
class GpuProcess(Record):
    """A process that holds memory on a GPU."""

    pid: int
    memory: int | None = None
    name: str | None = None


@record
class MigInstance(Record):
    """One usable MIG device."""

    name: str
    memory_total: int | None = None


@record
class NvmlGpu(Record):
    """One GPU as NVIDIA's management library (or nvidia-smi's table) shows it."""

    index: int
    name: str | None = None
    uuid: str | None = None
    pci: str | None = None
    compute_capability: str | None = None
    memory_total: int | None = None
    memory_used: int | None = None
    processes: tuple[GpuProcess, ...] = ()
    compute_mode: Literal["default", "exclusive-process", "exclusive-thread", "prohibited"] | None = None
    mig: bool | None = None
    mig_instances: tuple[MigInstance, ...] = ()
    ecc_uncorrected: int | None = None
    driver_model: Literal["WDDM", "TCC", "MCDM"] | None = None
    error: str | None = None
    """"GPU is lost", or why its details can't be read."""


@record
class Nvml(Record):
    """What libnvidia-ml.so.1 / nvml.dll answered."""

    state: Literal["ok", "library-missing", "error", "crashed", "timed-out", "unreadable"]
    code: int | None = None
    """NVML's return code where the state is "error": 9 driver not loaded, 18 version mismatch."""
    message: str | None = None
    library: str | None = None
    driver_version: str | None = None
    cuda_version: str | None = None
    """The newest CUDA the driver implements: "12.4"."""
    library_version: str | None = None
    gpus: tuple[NvmlGpu, ...] | None = None
    fabric_state: str | None = None


@record
class NvidiaSmi(Record):
    """What nvidia-smi said."""

    path: str | None = None
    on_path: bool | None = None
    state: Literal["ok", "absent", "error", "crashed", "timed-out", "unreadable"] | None = None
    exit_code: int | None = None
    error: str | None = None
    driver_version: str | None = None
    cuda_version: str | None = None
    gpus: tuple[NvmlGpu, ...] | None = None


@record
class CudaKernel(Record):
    """One small kernel run on one device, its result checked."""

    ok: bool
    error: str | None = None


@record
class TorchDevice(Record):
    """One accelerator as torch sees it."""

    index: int
    name: str
    kind: Literal["cuda", "xpu", "mps"] = "cuda"
    capability: str | None = None
    memory_total: int | None = None
    kernel: CudaKernel | None = None


@record
class CudaDriver(Record):
    """`cuInit` in a child of the patient: its own result code and the library that was really loaded."""

    state: Literal["ok", "library-missing", "error", "crashed", "timed-out", "unreadable"]
    code: int | None = None
    """CUresult: 100 no device, 802 not ready, 803 version mismatch, 804 compatibility, 999 unknown."""
    message: str | None = None
    library: str | None = None
    library_version: str | None = None
    cuda_version: str | None = None
    device_count: int | None = None
    devices: tuple[TorchDevice, ...] = ()
    exit_code: int | None = None


@record
class OtherGpu(Record):
    """A GPU that is not NVIDIA's."""

    vendor: Literal["amd", "intel", "apple", "other"]
    name: str | None = None
    pci_id: str | None = None
    gfx: str | None = None
    """AMD's architecture name: "gfx1100"."""
    integrated: bool | None = None
    driver: str | None = None
    usable_nodes: bool | None = None
    """Linux: /dev/kfd (AMD) or a render node (Intel) may be opened by this user."""


@record
class CudaToolkit(Record):
    """A CUDA toolkit on this machine; PyTorch does not need one."""

    nvcc: str | None = None
    version: str | None = None
    cuda_home: str | None = None
    compiler: str | None = None
    """A host C++ compiler on PATH."""
