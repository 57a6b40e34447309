"""Machines as facts: a healthy one, and ways in which it can differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from envdoctor.facts import (
    CudaDriver,
    CudaKernel,
    Distribution,
    Environment,
    Facts,
    Host,
    Interpreter,
    Nvidia,
    Nvml,
    NvmlGpu,
    Packages,
    PciCard,
    TorchDevice,
    TorchFiles,
    TorchImport,
)

TODAY = date(2026, 11, 24)
SITE = "/envs/dl/lib/python3.12/site-packages"

PYTHON = Interpreter(
    executable="/envs/dl/bin/python",
    version="3.12.9",
    implementation="cpython",
    bits=64,
    free_threaded=False,
    machine="x86_64",
    prefix="/envs/dl",
    base_prefix="/usr",
    site_packages=(SITE,),
    ssl="OpenSSL 3.0.15",
)
LINUX = Host(
    os="linux",
    os_name="Ubuntu 22.04.5 LTS",
    os_version="22.04",
    arch="x86_64",
    glibc="2.35",
    cpu_features=("avx", "avx2"),
)
ORIN = Host(
    os="linux",
    os_name="Ubuntu 22.04.5 LTS",
    os_version="22.04",
    kernel="5.15.148-tegra",
    arch="aarch64",
    glibc="2.35",
    cpu_model="NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super",
    l4t="36.4.7",
)
WINDOWS = Host(
    os="windows",
    os_name="Windows 11",
    os_version="10.0.22631",
    arch="x86_64",
    cpu_features=("avx", "avx2"),
    vc_runtime="14.44",
)
VENV = Environment(
    kind="venv",
    name="dl",
    prefix="/envs/dl",
    found_by="VIRTUAL_ENV",
    active=True,
    has_pip=True,
    shell_pip="/envs/dl/bin/pip",
    shell_pip_prefix="/envs/dl",
    tools={"pip": "/envs/dl/bin/pip"},
)
CARD = PciCard(vendor="nvidia", device_id="2684", address="0000:01:00.0", driver="nvidia")
RTX4090 = NvmlGpu(
    index=0,
    name="NVIDIA GeForce RTX 4090",
    pci="00000000:01:00.0",
    compute_capability="8.9",
    memory_total=24 << 30,
    memory_used=1 << 30,
)
DRIVER = Nvidia(
    cards=(CARD,),
    driver_version="550.54.14",
    module_loaded=True,
    packages=("libcuda.so.1=/usr/lib/libcuda.so.1",),
    device_nodes=("/dev/nvidia0", "/dev/nvidiactl"),
    library_version="550.54.14",
)
NVML = Nvml(state="ok", driver_version="550.54.14", cuda_version="12.4", gpus=(RTX4090,))
CUDA = CudaDriver(
    state="ok",
    code=0,
    library="/usr/lib/libcuda.so.1",
    library_version="550.54.14",
    cuda_version="12.4",
    device_count=1,
)
TORCH = Distribution(name="torch", version="2.6.0+cu124", location=SITE, installer="pip")
VISION = Distribution(name="torchvision", version="0.21.0+cu124", location=SITE, installer="pip")
FILES = TorchFiles(path=f"{SITE}/torch", version="2.6.0+cu124", cuda="12.4")
PACKAGES = Packages(distributions=(TORCH, VISION), torch=FILES)
RAN = TorchImport(
    outcome="imported",
    version="2.6.0+cu124",
    cuda="12.4",
    path=f"{SITE}/torch",
    arch_list=("sm_50", "sm_60", "sm_70", "sm_75", "sm_80", "sm_86", "sm_90"),
    cuda_available=True,
    device_count=1,
    devices=(
        TorchDevice(index=0, name="NVIDIA GeForce RTX 4090", capability="8.9", kernel=CudaKernel(ok=True)),
    ),
)
HEALTHY = Facts(
    host=LINUX,
    interpreter=PYTHON,
    environment=VENV,
    packages=PACKAGES,
    torch_import=RAN,
    nvidia=DRIVER,
    nvml=NVML,
    cuda_driver=CUDA,
    other_gpus=(),
)
NOT_RUN = replace(HEALTHY, torch_import=None)
NO_TORCH = replace(HEALTHY, packages=Packages(distributions=()), torch_import=TorchImport(outcome="absent"))
CPU_FILES = Packages(
    distributions=(replace(TORCH, version="2.6.0"),),
    torch=TorchFiles(path=f"{SITE}/torch", version="2.6.0+cpu"),
)
CPU_RAN = TorchImport(outcome="imported", version="2.6.0+cpu", cuda_available=False, device_count=0)
NO_GPU = replace(
    HEALTHY,
    nvidia=Nvidia(cards=()),
    nvml=Nvml(state="library-missing"),
    cuda_driver=None,
    packages=CPU_FILES,
    torch_import=CPU_RAN,
)
BLIND = replace(RAN, cuda_available=False, device_count=0, devices=())


def failing(text: str, **more: object) -> Facts:
    """The healthy machine, but `import torch` raised this."""
    return replace(
        HEALTHY, torch_import=TorchImport(outcome="raised", error_type="ImportError", error=text, **more)
    )  # type: ignore[arg-type]


def on_windows(text: str, **host: object) -> Facts:
    """The same on Windows."""
    return replace(failing(text), host=replace(WINDOWS, **host))  # type: ignore[arg-type]


def python(**changes: object) -> Facts:
    """A machine without torch whose interpreter differs."""
    return replace(NO_TORCH, interpreter=replace(PYTHON, **changes))  # type: ignore[arg-type]


def card(device_id: str, name: str, capability: str, **changes: object) -> Facts:
    """The healthy machine with another GPU; nothing has run on it."""
    gpu = replace(RTX4090, name=name, compute_capability=capability)
    return replace(
        NOT_RUN,
        nvidia=replace(DRIVER, cards=(replace(CARD, device_id=device_id),)),
        nvml=replace(NVML, gpus=(gpu,)),
        **changes,
    )  # type: ignore[arg-type]


def cuinit(code: int, **changes: object) -> Facts:
    """cuInit answers with this code, and torch sees no GPU."""
    return replace(
        HEALTHY,
        torch_import=BLIND,
        cuda_driver=CudaDriver(state="error", code=code, message="stand-in", library="/usr/lib/libcuda.so.1"),
        **changes,
    )  # type: ignore[arg-type]


def kernel(error: str) -> TorchImport:
    """torch sees the GPU, but a kernel fails."""
    return replace(RAN, devices=(replace(RAN.devices[0], kernel=CudaKernel(ok=False, error=error)),))


CONTAINER = replace(LINUX, container="docker")
CU118 = TorchFiles(path=f"{SITE}/torch", version="2.6.0+cu118", cuda="11.8")
