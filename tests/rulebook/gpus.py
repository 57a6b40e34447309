"""The GPUs, and the builds that do not fit them."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import Facts, Nvidia, Nvml, OtherGpu, Packages, TorchFiles
from envdoctor.findings import Severity
from rulebook.case import Case
from rulebook.machines import (
    BLIND,
    CPU_RAN,
    CU118,
    DRIVER,
    HEALTHY,
    NO_GPU,
    NOT_RUN,
    NVML,
    ORIN,
    RTX4090,
    SITE,
    VENV,
    card,
    cuinit,
    kernel,
)


def _other(vendor: str, name: str, build: str, **variables: str) -> Facts:
    """A machine with one GPU of another maker, and torch's build for it, which sees none."""
    return replace(
        NO_GPU,
        other_gpus=(OtherGpu(vendor=vendor, name=name, integrated=False),),
        packages=Packages(distributions=(), torch=TorchFiles(path=f"{SITE}/torch", version=f"2.8.0+{build}")),
        torch_import=replace(CPU_RAN, version=f"2.8.0+{build}"),
        environment=replace(VENV, variables=variables),
    )


def jetson(torch: str, cuda: str | None, l4t: str = "36.4.7", python: str = "3.10.12") -> Facts:
    """A Jetson on which torch sees no GPU; its own stands on no bus, and it has no NVML."""
    return replace(
        NO_GPU,
        host=replace(ORIN, l4t=l4t),
        interpreter=replace(NO_GPU.interpreter, version=python, machine="aarch64"),
        nvidia=Nvidia(cards=()),
        nvml=Nvml(state="library-missing"),
        packages=Packages(distributions=(), torch=TorchFiles(path=f"{SITE}/torch", version=torch, cuda=cuda)),
        torch_import=replace(CPU_RAN, version=torch, cuda=cuda),
    )


CASES = (
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
        "gpu-hidden",
        _other("amd", "AMD Radeon RX 7900 XTX", "rocm6.4", ROCR_VISIBLE_DEVICES="1"),
        _other("amd", "AMD Radeon RX 7900 XTX", "rocm6.4", ROCR_VISIBLE_DEVICES="0"),
    ),
    Case(
        "gpu-hidden",
        _other("intel", "Intel Arc A770", "xpu", ONEAPI_DEVICE_SELECTOR="opencl:gpu"),
        _other("intel", "Intel Arc A770", "xpu", ONEAPI_DEVICE_SELECTOR="level_zero:0"),
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
    # PyTorch's wheel for servers on a Jetson of JetPack 6; the same on one whose Linux runs it.
    Case("gpu-wrong-backend", jetson("2.11.0+cu130", "13.0"), jetson("2.13.0+cu130", "13.0", l4t="39.2.0")),
    # NVIDIA's wheel for JetPack 5 on JetPack 6; the one for JetPack 6.
    Case(
        "gpu-wrong-backend",
        jetson("2.1.0a0+41361538.nv23.06", "11.4"),
        jetson("2.5.0a0+872d972e41.nv24.08", "12.6"),
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
)
