"""Machines for the wordings that no case of the rules' own tests shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from rulebook import machines as codes

from envdoctor.assume import assume
from envdoctor.facts import (
    CondaPackage,
    CudaDriver,
    Distribution,
    EditorChoice,
    Editors,
    Environment,
    Facts,
    Host,
    JupyterKernel,
    MirrorAnswer,
    Nvidia,
    NvidiaSmi,
    Nvml,
    OtherGpu,
    Packages,
    PciCard,
    Shadow,
    TorchFiles,
    TorchImport,
    Volume,
)
from envdoctor.reason import reason

__all__ = ["more"]


def more(network: Any) -> Iterator[tuple[str, Facts]]:
    yield from _drivers()
    yield from _places(network)
    yield from _installations()
    yield from _assumed()


def _assumed() -> Iterator[tuple[str, Facts]]:
    """What only `--assume` puts together."""
    for assumptions in (
        ("gpu=GTX 1080", "driver=590.44.01"),
        ("gpu=GT 710", "gpu=RTX 3060", "driver=535.104"),
        ("os=macos", "gpu=RTX 4090"),
        ("os=windows", "torch=2.14.1+rocm7.2"),
        ("python=3.8", "torch=2.14.1+cpu"),
        ("python=3.13", "torch=2.0.0"),
        ("python=3.13t", "torch=2.0.0"),
        ("glibc=2.12", "torch=2.14.1+cpu"),
    ):
        yield f"assumed: {', '.join(assumptions)}", assume(codes.NO_GPU, assumptions)


def _drivers() -> Iterator[tuple[str, Facts]]:
    healthy: Facts = codes.HEALTHY
    dead = Nvml(state="error", code=9, message="Driver Not Loaded")
    silent = replace(codes.NOT_RUN, nvml=dead, cuda_driver=None)
    for holder in ("nouveau", "vfio-pci"):
        cards = (replace(codes.CARD, driver=holder),)
        yield f"held by {holder}", replace(silent, nvidia=replace(codes.DRIVER, cards=cards))
    windows = Nvidia(cards=(PciCard(vendor="nvidia", device_id="2882", driver=""),))
    on_windows = replace(silent, host=codes.WINDOWS, nvidia=windows, nvml=Nvml(state="library-missing"))
    yield "no driver on Windows", on_windows
    installed = replace(windows, driver_version="551.86", packages=("nvcuda.dll=C:\\nvcuda.dll",))
    yield "driver stopped on Windows", replace(on_windows, nvidia=installed, nvml=dead)
    bare = Nvidia(cards=(replace(codes.CARD, driver=""),))
    yield "no driver at all", replace(silent, nvidia=bare, nvml=Nvml(state="library-missing"))
    yield (
        "nvml absent",
        replace(
            silent, nvml=Nvml(state="library-missing"), nvidia=replace(codes.DRIVER, module_loaded=False)
        ),
    )
    yield (
        "cuInit hangs",
        replace(healthy, torch_import=codes.BLIND, cuda_driver=CudaDriver(state="timed-out")),
    )
    yield "a kernel is wrong", replace(healthy, torch_import=codes.kernel("7 of 64 numbers are wrong"))
    yield "library mismatch in a container", replace(codes.cuinit(803), host=codes.CONTAINER)
    yield (
        "minor compatibility",
        replace(codes.card("2684", "NVIDIA GeForce RTX 4090", "8.9"), packages=_torch("2.14.1+cu126")),
    )
    smi = NvidiaSmi(path="/usr/bin/nvidia-smi", state="error", exit_code=9, error="No devices were found")
    yield "driver without a card", replace(codes.NO_GPU, nvidia_smi=smi)
    yield "no GPU", codes.NO_GPU
    yield (
        "old integrated GPU",
        replace(
            codes.NO_GPU,
            other_gpus=(OtherGpu(vendor="intel", name="Intel UHD Graphics 620", integrated=True),),
        ),
    )
    apple = replace(
        codes.NO_TORCH,
        host=Host(os="macos", os_name="macOS 13.6", os_version="13.6", arch="aarch64", apple_silicon=True),
    )
    apple = replace(
        apple,
        interpreter=replace(codes.PYTHON, machine="arm64"),
        other_gpus=(OtherGpu(vendor="apple", name="Apple M2"),),
        nvidia=Nvidia(),
        nvml=None,
        cuda_driver=None,
    )
    ran = TorchImport(outcome="imported", version="2.6.0", mps_built=True, mps_available=False)
    yield "macOS without MPS", replace(apple, packages=_torch("2.6.0", cuda=None), torch_import=ran)
    wsl = replace(codes.LINUX, wsl=2, kernel="5.15.153.1-microsoft-standard-WSL2")
    no_gpu = replace(
        healthy,
        host=wsl,
        torch_import=codes.BLIND,
        nvml=None,
        cuda_driver=CudaDriver(state="library-missing"),
    )
    lost = Nvidia(dxg=True)
    yield (
        "WSL without libcuda",
        replace(
            no_gpu,
            nvidia=lost,
            unknown={"nvidia.wsl_libcuda": reason("absent", path="/usr/lib/wsl/lib/libcuda.so.1")},
        ),
    )
    both = Nvidia(
        dxg=True,
        wsl_libcuda="/usr/lib/wsl/lib/libcuda.so.1",
        linux_driver_in_wsl=True,
        library_version="535.129.03",
    )
    yield "a Linux driver in WSL", replace(no_gpu, nvidia=both)


def _torch(version: str, cuda: str | None = "12.6") -> Packages:
    copy = replace(codes.TORCH, version=version)
    return Packages(
        distributions=(copy,), torch=TorchFiles(path=f"{codes.SITE}/torch", version=version, cuda=cuda)
    )


def _places(network: Any) -> Iterator[tuple[str, Facts]]:
    healthy: Facts = codes.HEALTHY
    tuna = network.TUNA
    yield "pip's mirror", network.configured(network.HEALTHY, ("global.index-url", tuna))
    uv = replace(
        network.HEALTHY.environment, uv_settings=network.settings(("index-url", tuna), origin="uv.toml")
    )
    yield "uv's mirror", replace(network.HEALTHY, environment=uv)
    yield "the mirror has CPU builds only", network.configured(network.LAPTOP, ("global.index-url", tuna))
    must = ("global.require-virtualenv", "true")
    outside = replace(
        network.configured(network.HEALTHY, must),
        environment=replace(
            network.configured(network.HEALTHY, must).environment,
            kind="system",
            name=None,
            prefix="C:\\Python312",
        ),
    )
    yield "pip wants an environment", outside
    for state in ("timed-out", "lists-nothing", "tls", "proxy"):
        answer = MirrorAnswer(mirror="tuna", serves="pypi", url=tuna, outcome=state)
        yield (
            f"measured: {state}",
            replace(network.configured(network.HEALTHY, ("global.index-url", tuna)), mirrors=(answer,)),
        )
    chosen = EditorChoice(
        editor="vscode",
        value="${workspaceFolder}/.venv",
        origin="/net/.vscode/settings.json: python.defaultInterpreterPath",
        executable="/net/.venv/bin/python",
        exists=True,
        is_patient=False,
    )
    yield "VS Code runs another Python", replace(healthy, editors=Editors(choices=(chosen,)))
    yield (
        "VS Code's Python is gone",
        replace(healthy, editors=Editors(choices=(replace(chosen, exists=False, is_patient=None),))),
    )
    kernel = JupyterKernel(
        name="dl",
        display_name="Python (dl)",
        path="/home/ann/.local/share/jupyter/kernels/dl/kernel.json",
        executable="/opt/conda/bin/python",
        exists=True,
        is_patient=False,
        scope="user",
        notebooks=("train.ipynb",),
    )
    yield "a kernel runs another Python", replace(healthy, editors=Editors(kernels=(kernel,)))
    yield (
        "a kernel's Python is gone",
        replace(healthy, editors=Editors(kernels=(replace(kernel, exists=False, is_patient=None),))),
    )
    for by in ("working-folder", "pythonpath"):
        shadow = Shadow(name="torch", path="/home/ann/net/torch.py", by=by)
        yield (
            f"a shadow by {by}",
            replace(healthy, packages=replace(healthy.packages, shadows=(shadow,)), torch_import=None),
        )
    home = replace(codes.VENV, variables={"PYTHONHOME": "/opt/python3.8"})
    lost = TorchImport(outcome="crashed", error="ModuleNotFoundError: No module named 'encodings'")
    yield "PYTHONHOME", replace(healthy, environment=home, torch_import=lost)
    system = Environment(kind="system", prefix="/usr", found_by="PATH", has_pip=True, externally_managed=True)
    yield (
        "the system's Python",
        replace(
            codes.NO_TORCH,
            environment=system,
            interpreter=replace(codes.PYTHON, executable="/usr/bin/python3", prefix="/usr"),
        ),
    )
    yield (
        "conda's base",
        replace(codes.NO_TORCH, environment=replace(codes.VENV, kind="conda", name="base", conda_base=True)),
    )


def _installations() -> Iterator[tuple[str, Facts]]:
    healthy: Facts = codes.HEALTHY
    both = replace(
        codes.PACKAGES, conda=(CondaPackage(name="pytorch", version="2.5.1", build="py3.12_cuda12.4"),)
    )
    yield "torch of conda and of pip", replace(healthy, packages=both)
    numpy = (CondaPackage(name="numpy", version="1.26.4", build="py312h0"),)
    twice = (
        *codes.PACKAGES.distributions,
        Distribution(name="numpy", version="2.1.0", location=codes.SITE, installer="pip"),
    )
    yield (
        "numpy of conda and of pip",
        replace(healthy, packages=replace(codes.PACKAGES, distributions=twice, conda=numpy)),
    )
    unread = replace(codes.NOT_RUN, torch_import=None)
    yield "no folder", replace(unread, packages=Packages(distributions=(codes.TORCH,)))
    yield (
        "no version",
        replace(unread, packages=Packages(distributions=(), torch=TorchFiles(path=f"{codes.SITE}/torch"))),
    )
    yield (
        "leftovers",
        replace(healthy, packages=replace(codes.PACKAGES, leftovers=("~orch", "~orch-2.5.1.dist-info"))),
    )
    plain = (replace(codes.TORCH, version="2.6.0+cu124"), replace(codes.VISION, version="0.21.0"))
    yield (
        "a companion of the CPU",
        replace(healthy, host=codes.WINDOWS, packages=replace(codes.PACKAGES, distributions=plain)),
    )
    hidden = replace(
        codes.NOT_RUN,
        packages=codes.CPU_FILES,
        torch_import=codes.CPU_RAN,
        nvidia=Nvidia(),
        nvml=None,
        cuda_driver=None,
        other_gpus=None,
        unknown={"nvidia.cards": reason("unreadable", path="/sys/bus/pci/devices")},
    )
    yield "a CPU build, and nothing known of the GPU", hidden
    yield (
        "an old system",
        replace(
            codes.NO_TORCH, host=replace(codes.LINUX, os_name="CentOS Linux 7", os_version="7", glibc="2.17")
        ),
    )
    yield (
        "no AVX seen",
        replace(codes.NO_TORCH, host=replace(codes.LINUX, cpu_features=(), cpu_model="QEMU Virtual CPU")),
    )
    yield (
        "Windows on Arm",
        replace(
            codes.NO_TORCH,
            host=replace(codes.WINDOWS, arch="aarch64"),
            interpreter=replace(codes.PYTHON, machine="arm64"),
        ),
    )
    yield (
        "free-threaded",
        replace(healthy, interpreter=replace(codes.PYTHON, version="3.14.0", free_threaded=True)),
    )
    yield "an aging Python", codes.python(version="3.9.2")
    yield "no compiler", replace(healthy, unknown={"toolkit.compiler": reason("none-on-path")})
    roomy = Volume(role="environment", path="/envs", free=120 << 30, total=500 << 30)
    yield "room on the disk", replace(healthy, host=replace(codes.LINUX, volumes=(roomy,)))
    tight = replace(roomy, free=1 << 30)
    yield "no room on the disk", replace(codes.NO_TORCH, host=replace(codes.LINUX, volumes=(tight,)))
    full = (replace(roomy, free=1 << 20), Volume(role="cache", path="/cache", free=0, total=1 << 30))
    yield "no room on two disks", replace(healthy, host=replace(codes.LINUX, volumes=full))
