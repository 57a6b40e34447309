"""Each finding code that a live machine can raise: facts that raise it, and a near miss that does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from envdoctor.facts import (
    CondaPackage,
    CudaDriver,
    CudaKernel,
    CudaToolkit,
    Distribution,
    Environment,
    Facts,
    Host,
    Interpreter,
    Nvidia,
    NvidiaSmi,
    Nvml,
    NvmlGpu,
    OtherGpu,
    Packages,
    PciCard,
    Shadow,
    TorchDevice,
    TorchFiles,
    TorchImport,
    Volume,
)
from envdoctor.findings import Severity
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.reason import reason
from envdoctor.rules import judge, primary
from envdoctor.rules.causes import EARLIEST_FIRST, EXPLAINS

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


@dataclass(frozen=True)
class Case:
    """Facts that raise the code, and facts that look alike but must not raise it as an error or warning."""

    code: str
    broken: Facts
    near: Facts
    severity: Severity = Severity.ERROR
    first: bool = True


CASES = (
    Case("python-too-old", python(version="2.7.18", implementation="cpython"), python(version="3.10.4")),
    Case(
        "python-too-old",
        python(version="3.5.2"),
        replace(HEALTHY, interpreter=replace(PYTHON, version="3.6.9")),
    ),
    Case("python-too-new", python(version="3.16.0"), python(version="3.13.1")),
    Case("python-32bit", python(bits=32), python(bits=64)),
    Case("python-not-cpython", python(implementation="pypy"), python(implementation="cpython")),
    Case(
        "python-free-threaded",
        python(version="3.12.1", free_threaded=True),
        python(version="3.14.0", free_threaded=True),
    ),
    Case(
        "python-rosetta",
        replace(
            NO_TORCH,
            host=Host(os="macos", os_version="14.5", arch="aarch64", apple_silicon=True),
            interpreter=replace(PYTHON, rosetta=True),
        ),
        replace(
            NO_TORCH,
            host=Host(os="macos", os_version="14.5", arch="aarch64", apple_silicon=True),
            interpreter=replace(PYTHON, machine="arm64"),
        ),
    ),
    Case(
        "python-broken",
        replace(
            HEALTHY,
            interpreter=Interpreter(executable="/x/python"),
            torch_import=None,
            unknown={"interpreter.version": reason("no-start.timed-out", seconds=15)},
        ),
        HEALTHY,
    ),
    Case("env-broken", replace(HEALTHY, environment=replace(VENV, pyvenv_home_missing=True)), HEALTHY),
    Case("platform-no-wheel", replace(NO_TORCH, host=replace(LINUX, glibc=None, musl="1.2.4")), NO_TORCH),
    Case(
        "platform-no-wheel",
        replace(
            NO_TORCH, host=replace(LINUX, arch="riscv64"), interpreter=replace(PYTHON, machine="riscv64")
        ),
        NO_TORCH,
    ),
    Case("tls-failed", replace(HEALTHY, interpreter=replace(PYTHON, ssl="")), HEALTHY),
    Case(
        "env-not-isolated",
        replace(HEALTHY, environment=replace(VENV, kind="conda", conda_base=True)),
        replace(HEALTHY, host=CONTAINER, environment=replace(VENV, kind="conda", conda_base=True)),
        Severity.WARNING,
        False,
    ),
    Case(
        "env-not-isolated",
        replace(HEALTHY, environment=replace(VENV, kind="system", externally_managed=True)),
        HEALTHY,
        Severity.WARNING,
        False,
    ),
    Case(
        "env-pip-mismatch",
        replace(
            NO_TORCH, environment=replace(VENV, shell_pip="/opt/conda/bin/pip", shell_pip_prefix="/opt/conda")
        ),
        replace(NO_TORCH, environment=replace(VENV, found_by="option", shell_pip_prefix="/opt/conda")),
    ),
    Case(
        "env-user-site-shadow",
        replace(
            failing("undefined symbol: _ZN3c10"),
            packages=replace(PACKAGES, distributions=(replace(TORCH, site="user"),)),
        ),
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(
                    TORCH,
                    VISION,
                    Distribution(name="triton", version="3.2.0", location="/home/a/.local", site="user"),
                ),
            ),
        ),
    ),
    Case(
        "env-pythonpath-shadow",
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES, shadows=(Shadow(name="torch", path="/home/ann/torch.py", by="working-folder"),)
            ),
        ),
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                shadows=(Shadow(name="libcudnn.so.9", path="/usr/lib/libcudnn.so.9", by="library-path"),),
            ),
        ),
    ),
    Case(
        "env-duplicate-torch",
        replace(
            failing("cannot import name 'Tensor'"),
            packages=replace(PACKAGES, distributions=(TORCH, replace(TORCH, version="2.5.1"))),
        ),
        HEALTHY,
    ),
    Case(
        "env-mixed-conda-pip",
        failing("OMP: Error #15: Initializing libiomp5md.dll, but found libiomp5md.dll already initialized."),
        replace(
            HEALTHY,
            packages=replace(PACKAGES, conda=(CondaPackage(name="mkl", version="2024.0", build="h0"),)),
        ),
    ),
    Case(
        "env-path-non-ascii",
        replace(
            failing("cannot open"),
            host=WINDOWS,
            interpreter=replace(PYTHON, prefix="C:\\Users\\张三\\envs\\dl"),
        ),
        replace(failing("cannot open"), interpreter=replace(PYTHON, prefix="/home/张三/envs/dl")),
    ),
    Case("torch-missing", NO_TORCH, NOT_RUN),
    Case("torch-cpu-build", replace(HEALTHY, packages=CPU_FILES, torch_import=CPU_RAN), NO_GPU),
    Case("torch-import-failed", failing("something nobody has seen before"), HEALTHY),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11, error="")),
        HEALTHY,
    ),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="timed-out", seconds=60.0)),
        HEALTHY,
    ),
    Case(
        "torch-import-failed",
        replace(HEALTHY, torch_import=TorchImport(outcome="exited", exit_code=0)),
        HEALTHY,
    ),
    Case(
        "torch-missing-library",
        failing("libcudnn.so.9: cannot open shared object file: No such file or directory"),
        failing("something else"),
    ),
    Case(
        "torch-missing-library",
        failing(
            '[WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\fbgemm.dll" or one of its dependencies.'
        ),
        failing(
            '[WinError 126] The specified module could not be found. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'
        ),
    ),
    Case(
        "torch-vcredist-missing",
        failing(
            '[WinError 1114] A dynamic link library (DLL) initialization routine failed. Error loading "C:\\x\\torch\\lib\\c10.dll" or one of its dependencies.'
        ),
        failing('[WinError 1455] The paging file is too small. Error loading "C:\\x\\torch\\lib\\c10.dll"'),
    ),
    Case(
        "memory-low",
        failing("[WinError 1455] The paging file is too small for this operation to complete."),
        failing("[WinError 126] c10.dll"),
    ),
    Case(
        "torch-glibc-too-old",
        failing("/lib64/libm.so.6: version `GLIBC_2.27' not found (required by libtorch_cpu.so)"),
        failing("libm.so.6: cannot open shared object file"),
    ),
    Case(
        "torch-partial-install",
        replace(
            NOT_RUN,
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, missing_files=7, missing_sample=("torch/lib/libc10.so",)),),
            ),
        ),
        NOT_RUN,
    ),
    Case(
        "torch-partial-install",
        replace(
            failing("an error of no known kind"),
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, short_files=1, short_sample=("torch/lib/libtorch_cpu.so",)),),
            ),
        ),
        replace(  # stripped to save space, and it works
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(replace(TORCH, short_files=1, short_sample=("torch/lib/libtorch_cpu.so",)),),
            ),
        ),
    ),
    Case(
        "torch-partial-install",
        replace(NOT_RUN, packages=replace(PACKAGES, unfinished_run="torch 2.14.1+cpu")),
        NOT_RUN,
    ),
    Case(
        "torch-partial-install",
        failing("/x/libtorch_cpu.so: file too short"),
        failing("libfoo.so.1: cannot open shared object file"),
    ),
    Case(
        "torch-partial-install",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-7, phase="import")),
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11, phase="import")),
    ),
    Case(
        "torch-companion-mismatch",
        replace(
            HEALTHY,
            packages=replace(PACKAGES, distributions=(TORCH, replace(VISION, version="0.19.0+cu124"))),
            torch_import=None,
        ),
        NOT_RUN,
    ),
    Case(
        "torch-companion-mismatch",
        replace(
            HEALTHY,
            torch_import=replace(
                RAN,
                companion_errors={"torchvision": "RuntimeError: operator torchvision::nms does not exist"},
            ),
        ),
        HEALTHY,
    ),
    Case(
        "torch-numpy-abi",
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(TORCH, VISION, Distribution(name="numpy", version="2.1.0", location=SITE)),
            ),
            torch_import=replace(RAN, numpy_bridge_error="Failed to initialize NumPy: _ARRAY_API not found"),
        ),
        replace(
            HEALTHY,
            packages=replace(
                PACKAGES,
                distributions=(TORCH, VISION, Distribution(name="numpy", version="2.1.0", location=SITE)),
            ),
        ),
    ),
    Case(
        "cpu-missing-instructions",
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-4)),
        replace(HEALTHY, torch_import=TorchImport(outcome="crashed", exit_code=-11)),
    ),
    Case(
        "driver-missing",
        replace(
            NO_GPU,
            nvidia=Nvidia(cards=(replace(CARD, driver="nouveau"),), module_loaded=False, nouveau_loaded=True),
        ),
        NO_GPU,
    ),
    Case(
        "driver-not-running",
        replace(
            HEALTHY,
            torch_import=BLIND,
            nvidia=replace(DRIVER, module_loaded=False),
            cuda_driver=None,
            nvml=Nvml(state="error", code=9, message="Driver Not Loaded"),
        ),
        HEALTHY,
    ),
    Case(
        "driver-too-old",
        replace(
            HEALTHY,
            torch_import=BLIND,
            cuda_driver=None,
            nvidia=replace(DRIVER, driver_version="470.57.02"),
            nvml=replace(NVML, driver_version="470.57.02", cuda_version="11.4"),
        ),
        replace(
            HEALTHY,
            nvidia=replace(DRIVER, driver_version="535.129.03"),
            torch_import=None,
            nvml=replace(NVML, driver_version="535.129.03", cuda_version="12.2"),
        ),
    ),
    Case(
        "driver-too-new",
        replace(
            NO_GPU,
            nvidia=replace(
                DRIVER, cards=(replace(CARD, device_id="128b", driver=""),), driver_version="535.129.03"
            ),
            nvml=Nvml(state="ok", driver_version="535.129.03", gpus=()),
        ),
        replace(
            NO_GPU,
            nvidia=replace(DRIVER, cards=(replace(CARD, device_id="1b06"),), driver_version="535.129.03"),
            nvml=Nvml(state="ok", driver_version="535.129.03", gpus=()),
        ),
    ),
    Case(
        "driver-library-mismatch",
        replace(
            HEALTHY,
            torch_import=BLIND,
            nvml=Nvml(state="error", code=18, message="Driver/library version mismatch"),
            cuda_driver=CudaDriver(state="error", code=803),
        ),
        HEALTHY,
    ),
    Case("cuda-compat-shadow", cuinit(804), cuinit(100)),
    Case(
        "cuda-compat-shadow",
        replace(
            HEALTHY,
            torch_import=BLIND,
            cuda_driver=CudaDriver(
                state="error", code=803, library="/usr/local/cuda-12.8/compat/libcuda.so.1"
            ),
        ),
        replace(
            HEALTHY,
            torch_import=BLIND,
            cuda_driver=CudaDriver(state="error", code=803, library="/usr/lib/libcuda.so.1"),
        ),
    ),
    Case("fabric-manager-down", cuinit(802), cuinit(100)),
    Case("driver-init-failed", cuinit(999), cuinit(0)),
    Case(
        "driver-init-failed",
        replace(HEALTHY, torch_import=replace(BLIND, cuda_available=None, cuda_error="it fell over")),
        replace(NO_GPU, torch_import=replace(CPU_RAN, cuda_error="it fell over")),
    ),
    Case("driver-init-failed", replace(HEALTHY, torch_import=BLIND), replace(NO_GPU, torch_import=CPU_RAN)),
    Case(
        "driver-init-failed",
        replace(HEALTHY, torch_import=replace(BLIND, cuda_error="No CUDA GPUs are available")),
        replace(
            HEALTHY,
            torch_import=replace(BLIND, cuda_error="No CUDA GPUs are available"),
            environment=replace(VENV, variables={"CUDA_VISIBLE_DEVICES": "-1"}),
        ),
    ),
    Case(
        "driver-init-failed",
        replace(HEALTHY, torch_import=BLIND, cuda_driver=CudaDriver(state="crashed", exit_code=-11)),
        HEALTHY,
    ),
    Case(
        "container-no-gpu",
        replace(
            HEALTHY,
            host=CONTAINER,
            torch_import=BLIND,
            cuda_driver=None,
            nvml=Nvml(state="library-missing"),
            nvidia=Nvidia(cards=(CARD,)),
        ),
        replace(NO_GPU, host=CONTAINER),
    ),
    Case(
        "wsl-driver",
        replace(
            HEALTHY,
            host=replace(LINUX, wsl=2),
            torch_import=BLIND,
            nvml=Nvml(state="library-missing"),
            cuda_driver=None,
            nvidia=Nvidia(dxg=False),
        ),
        replace(
            HEALTHY,
            host=replace(LINUX, wsl=2),
            nvidia=Nvidia(dxg=True, wsl_libcuda="/usr/lib/wsl/lib/libcuda.so.1"),
        ),
    ),
    Case(
        "gpu-hidden",
        replace(
            HEALTHY, torch_import=BLIND, environment=replace(VENV, variables={"CUDA_VISIBLE_DEVICES": "2"})
        ),
        replace(HEALTHY, environment=replace(VENV, variables={"CUDA_VISIBLE_DEVICES": "0"})),
    ),
    Case(
        "gpu-hidden",
        replace(
            HEALTHY, torch_import=BLIND, environment=replace(VENV, variables={"CUDA_VISIBLE_DEVICES": "-1"})
        ),
        replace(NO_GPU, environment=replace(VENV, variables={"CUDA_VISIBLE_DEVICES": "-1"})),
    ),
    Case(
        "gpu-no-permission",
        replace(cuinit(999), nvidia=replace(DRIVER, unreadable_nodes=("/dev/nvidiactl",))),
        replace(HEALTHY, nvidia=replace(DRIVER, unreadable_nodes=("/dev/nvidia1",))),
    ),
    Case(
        "gpu-memory-full",
        replace(
            HEALTHY,
            torch_import=kernel("CUDA out of memory. Tried to allocate 2.00 MiB"),
            nvml=replace(NVML, gpus=(replace(RTX4090, memory_used=(24 << 30) - 1000),)),
        ),
        HEALTHY,
    ),
    Case(
        "gpu-memory-full",
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, memory_used=(24 << 30) - 1000),))),
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, memory_used=12 << 30),))),
        Severity.WARNING,
        False,
    ),
    Case(
        "gpu-exclusive-mode",
        replace(
            HEALTHY,
            torch_import=kernel("CUDA error: all CUDA-capable devices are busy or unavailable"),
            nvml=replace(NVML, gpus=(replace(RTX4090, compute_mode="exclusive-process"),)),
        ),
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, compute_mode="exclusive-process"),))),
    ),
    Case(
        "gpu-mig",
        replace(HEALTHY, torch_import=BLIND, nvml=replace(NVML, gpus=(replace(RTX4090, mig=True),))),
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, mig=False),))),
    ),
    Case(
        "gpu-fell-off-bus",
        replace(HEALTHY, torch_import=BLIND, nvml=Nvml(state="error", code=15, message="GPU is lost")),
        HEALTHY,
    ),
    Case(
        "gpu-ecc-errors",
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, ecc_uncorrected=3),))),
        replace(HEALTHY, nvml=replace(NVML, gpus=(replace(RTX4090, ecc_uncorrected=0),))),
        Severity.WARNING,
        False,
    ),
    Case(
        "gpu-wrong-backend",
        replace(
            NO_GPU,
            other_gpus=(OtherGpu(vendor="amd", name="Radeon RX 7900 XTX", gfx="gfx1100", integrated=False),),
        ),
        replace(NO_GPU, other_gpus=(OtherGpu(vendor="intel", name="UHD Graphics 630", integrated=True),)),
    ),
    Case(
        "gpu-wrong-backend",
        replace(
            NO_GPU,
            other_gpus=(OtherGpu(vendor="amd", name="Radeon RX 9070 XT", gfx="gfx1201", integrated=False),),
        ),
        # A card that no published ROCm build has code for: the CPU build is the right one.
        replace(
            NO_GPU, other_gpus=(OtherGpu(vendor="amd", name="Radeon RX 580", gfx="gfx803", integrated=False),)
        ),
    ),
    Case("gpu-too-new-for-build", card("2b85", "NVIDIA GeForce RTX 5090", "12.0"), NOT_RUN),
    Case(
        "gpu-too-old-for-build",
        card(
            "1b06",
            "NVIDIA GeForce GTX 1080 Ti",
            "6.1",
            packages=Packages(
                distributions=(), torch=TorchFiles(path=f"{SITE}/torch", version="2.14.1+cu130", cuda="13.0")
            ),
        ),
        card("1b06", "NVIDIA GeForce GTX 1080 Ti", "6.1", packages=Packages(distributions=(), torch=CU118)),
    ),
    Case(
        "gpu-too-old-for-build",
        replace(
            HEALTHY,
            torch_import=replace(
                kernel("CUDA error: no kernel image is available for execution on the device"),
                arch_list=("sm_90",),
            ),
        ),
        HEALTHY,
    ),
    Case("gpu-unsupported", card("1004", "NVIDIA GeForce GTX 780", "3.5"), NOT_RUN),
    Case(
        "disk-low",
        replace(
            HEALTHY,
            host=replace(
                LINUX, volumes=(Volume(role="temporary", path="/tmp", free=50_000_000, total=10**9),)
            ),
        ),
        replace(
            HEALTHY,
            host=replace(
                LINUX, volumes=(Volume(role="temporary", path="/tmp", free=50 * 10**9, total=10**11),)
            ),
        ),
        Severity.WARNING,
        False,
    ),
    Case(
        "shm-small",
        replace(HEALTHY, host=replace(CONTAINER, shm_total=64 << 20)),
        replace(HEALTHY, host=replace(LINUX, shm_total=64 << 20)),
        Severity.WARNING,
        False,
    ),
    Case(
        "os-too-old",
        replace(
            NO_TORCH,
            host=Host(
                os="macos", os_name="macOS 12.7", os_version="12.7", arch="aarch64", apple_silicon=True
            ),
            interpreter=replace(PYTHON, machine="arm64"),
            nvidia=Nvidia(cards=()),
            nvml=None,
        ),
        replace(
            NO_TORCH,
            host=Host(
                os="macos", os_name="macOS 15.1", os_version="15.1", arch="aarch64", apple_silicon=True
            ),
            interpreter=replace(PYTHON, machine="arm64"),
            nvidia=Nvidia(cards=()),
            nvml=None,
        ),
        Severity.WARNING,
        False,
    ),
    Case(
        "driver-not-running",
        replace(
            HEALTHY,
            torch_import=BLIND,
            cuda_driver=None,
            nvml=Nvml(state="library-missing"),
            nvidia_smi=NvidiaSmi(
                path="/usr/bin/nvidia-smi",
                state="error",
                error="NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
            ),
            nvidia=replace(DRIVER, module_loaded=False),
        ),
        HEALTHY,
    ),
)


def findings(facts: Facts) -> dict[str, Severity]:
    return {each.code: each.severity for each in judge(Machine(facts, today=TODAY))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_code_is_raised(case: Case) -> None:
    found = judge(Machine(case.broken, today=TODAY))
    levels = {each.code: each.severity for each in found}
    assert levels.get(case.code) is case.severity, levels
    if case.first:
        assert primary(found) == case.code, levels
        assert found[0].code == case.code


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_near_miss_does_not_raise_it(case: Case) -> None:
    assert findings(case.near).get(case.code) not in (Severity.ERROR, Severity.WARNING)


def test_a_healthy_machine_has_nothing_wrong() -> None:
    wrong = {
        code: level
        for code, level in findings(HEALTHY).items()
        if level in (Severity.ERROR, Severity.WARNING)
    }
    assert wrong == {}


def test_a_machine_without_gpu_and_a_cpu_build_has_nothing_wrong() -> None:
    levels = findings(NO_GPU)
    assert Severity.ERROR not in levels.values()
    assert levels["gpu-absent"] is Severity.INFO


def test_tools_of_nvidia_without_a_card_are_told_of() -> None:
    smi = NvidiaSmi(path="/usr/bin/nvidia-smi", state="error", exit_code=9, error="couldn't communicate")
    (absent,) = (
        each
        for each in judge(Machine(replace(NO_GPU, nvidia_smi=smi), today=TODAY))
        if each.code == "gpu-absent"
    )
    assert absent.severity is Severity.INFO
    assert "no NVIDIA card shows" in catalogue("en").title(absent)


def test_what_ran_outranks_the_driver_table() -> None:
    old = replace(
        HEALTHY,
        nvidia=replace(DRIVER, driver_version="470.57.02"),
        nvml=replace(NVML, driver_version="470.57.02"),
    )
    assert "driver-too-old" not in findings(old)


def test_a_driver_of_the_same_major_version_is_healthy() -> None:
    facts = replace(
        NOT_RUN,
        nvidia=replace(DRIVER, driver_version="535.129.03"),
        nvml=replace(NVML, driver_version="535.129.03", cuda_version="12.2"),
        packages=Packages(
            distributions=(), torch=TorchFiles(path=f"{SITE}/torch", version="2.14.1+cu126", cuda="12.6")
        ),
    )
    levels = findings(facts)
    assert Severity.ERROR not in levels.values()
    assert levels["driver-minor-compatibility"] is Severity.INFO


@pytest.mark.parametrize(
    ("capability", "archs"), [("8.9", ("sm_80", "sm_86")), ("6.1", ("sm_60", "sm_70")), ("10.3", ("sm_100",))]
)
def test_machine_code_of_the_same_major_version_runs(capability: str, archs: tuple[str, ...]) -> None:
    ran = replace(BLIND, arch_list=archs)
    facts = replace(
        HEALTHY, torch_import=ran, nvml=replace(NVML, gpus=(replace(RTX4090, compute_capability=capability),))
    )
    levels = findings(facts)
    assert "gpu-too-old-for-build" not in levels
    assert "gpu-too-new-for-build" not in levels


def test_a_toolkit_of_another_version_is_irrelevant() -> None:
    facts = replace(HEALTHY, toolkit=CudaToolkit(version="11.8", nvcc="/usr/local/cuda/bin/nvcc"))
    assert findings(facts)["toolkit-mismatch"] is Severity.INFO


def test_consequences_are_folded_under_their_cause() -> None:
    facts = replace(
        HEALTHY,
        torch_import=BLIND,
        nvml=Nvml(state="error", code=18, message="Driver/library version mismatch"),
        cuda_driver=CudaDriver(state="error", code=803),
        packages=CPU_FILES,
    )
    found = judge(Machine(facts, today=TODAY))
    assert primary(found) == "driver-library-mismatch"


def test_old_tables_say_so() -> None:
    found = {each.code for each in judge(Machine(HEALTHY, today=date(2027, 6, 1)))}
    assert "knowledge-stale" in found
    assert "knowledge-stale" not in findings(HEALTHY)


def test_every_cause_names_codes_that_have_a_rank() -> None:
    ranked = set(EARLIEST_FIRST)
    assert len(EARLIEST_FIRST) == len(ranked)
    assert set(EXPLAINS) <= ranked
    assert {code for effects in EXPLAINS.values() for code in effects} <= ranked


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_every_finding_is_put_into_words(case: Case) -> None:
    said = catalogue("en")
    for finding in judge(Machine(case.broken, today=TODAY)):
        texts = [said.title(finding), said.detail(finding)]
        texts += [said.say(each) for each in finding.evidence]
        texts += [said.say(remedy.summary) for remedy in finding.remedies]
        assert said.title(finding) != finding.code, f"{finding.words_key} has no title"
        for text in texts:
            assert "{" not in text, f"{finding.words_key}: a placeholder was left in {text!r}"
        for words in (*finding.evidence, *(remedy.summary for remedy in finding.remedies)):
            assert words.key in said.sentences, f"{words.key} is not in the catalogue"


def test_where_pip_is_refused_the_remedy_makes_an_environment_first() -> None:
    facts = replace(
        NO_TORCH, host=CONTAINER, environment=replace(VENV, kind="system", externally_managed=True)
    )
    missing = next(each for each in judge(Machine(facts, today=TODAY)) if each.code == "torch-missing")
    first = missing.remedies[0].commands[0]
    assert "venv" in first
    assert any("torch==" in word for word in missing.remedies[0].commands[-1])


def test_an_environment_is_made_with_the_python_that_is_there_while_it_suits() -> None:
    def makes(version: str) -> tuple[str, ...]:
        python = replace(PYTHON, executable="/usr/bin/python3", version=version)
        system = replace(VENV, kind="system", externally_managed=True)
        facts = replace(NO_TORCH, interpreter=python, environment=system)
        return next(
            each.remedies[0].commands[0]
            for each in judge(Machine(facts, today=TODAY))
            if each.code == "torch-missing"
        )

    assert makes("3.11.2") == ("/usr/bin/python3", "-m", "venv", ".venv")
    assert makes("3.9.2")[0] == "python3.14", "with 3.9 there is an older torch only"


def test_a_kernel_that_is_missing_from_a_build_of_ptx_alone() -> None:
    lost = "CUDA error: no kernel image is available for execution on the device"
    facts = replace(HEALTHY, torch_import=replace(kernel(lost), arch_list=("compute_80",)))
    assert [(each.code, each.severity) for each in judge(Machine(facts))][:1] == [
        ("gpu-too-new-for-build", Severity.ERROR)
    ]
