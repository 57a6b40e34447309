"""The driver: absent, silent, too old, hidden by a container or by WSL."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import CudaDriver, Nvidia, NvidiaSmi, Nvml
from rulebook.case import Case
from rulebook.machines import (
    BLIND,
    CARD,
    CONTAINER,
    CPU_RAN,
    DRIVER,
    HEALTHY,
    LINUX,
    NO_GPU,
    NVML,
    VENV,
    cuinit,
)

CASES = (
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
            nvidia=replace(DRIVER, cards=(replace(CARD, driver=""),), module_loaded=False),
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
            nvidia=replace(DRIVER, library_version="550.90.07"),
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
