"""The draft of one text into typed facts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from envdoctor.facts import (
    CondaPackage,
    CudaDriver,
    CudaToolkit,
    Distribution,
    Environment,
    Facts,
    NvidiaSmi,
    NvmlGpu,
    Packages,
    Paste,
    Setting,
    TorchDevice,
    TorchFiles,
    TorchImport,
)
from envdoctor.intake.draft import Draft
from envdoctor.intake.families import loading
from envdoctor.intake.gpu_names import GpuNames, sorted_names
from envdoctor.intake.lines import PastedText
from envdoctor.intake.system import read_host, read_interpreter
from envdoctor.reason import reason

__all__ = ["assemble"]


def assemble(draft: Draft, pasted: PastedText, name: str) -> Facts:
    """The facts that the draft holds."""
    names = sorted_names(draft)
    if draft.get("capability") and len(set(names.nvidia.values())) == 1:
        draft.capabilities.setdefault(next(iter(names.nvidia.values())), draft.values["capability"])
    elif draft.get("capability") and not names.nvidia:
        draft.remarks["told-capability"] = draft.values["capability"]
    told = {path for key, path in _PATHS.items() if key in draft.values}
    host = read_host(draft, names)
    interpreter = read_interpreter(draft, host)
    return Facts(
        host=host,
        interpreter=interpreter,
        environment=_environment(draft),
        packages=_packages(draft),
        torch_import=_torch_import(draft, names),
        nvidia_smi=_smi(draft, names),
        cuda_driver=_cuda_driver(draft),
        other_gpus=names.others or None,
        toolkit=CudaToolkit(version=_toolkit(draft), cuda_home=draft.get("cuda-home")),
        paste=Paste(
            lines=len(pasted.lines),
            formats=tuple(draft.formats),
            complaints=tuple(sorted(draft.complaints, key=lambda each: each.line)),
            commands=tuple(draft.commands),
            no_versions=tuple(draft.no_versions),
            told=tuple(draft.told),
            remarks=draft.remarks,
        ),
        sources={path: f"{name}:{draft.lines[key]}" for key, path in _PATHS.items() if key in draft.lines},
        unknown={
            path: reason("not-collected", source=name)
            for key, path in _PATHS.items()
            if key in draft.missing and path not in told
        },
    )


_PATHS = {
    "torch": "torch_import.version",
    "torch-cuda": "torch_import.cuda",
    "torch-hip": "torch_import.hip",
    "cuda-available": "torch_import.cuda_available",
    "os": "host.os_name",
    "libc": "host.glibc",
    "cpu": "host.cpu_model",
    "python": "interpreter.version",
    "platform": "interpreter.platform",
    "driver": "nvidia_smi.driver_version",
    "smi-driver": "nvidia_smi.driver_version",
    "smi-cuda": "nvidia_smi.cuda_version",
    "gpus": "nvidia_smi.gpus",
    "gpu-models": "nvidia_smi.gpus",
    "toolkit": "toolkit.version",
}


def _environment(draft: Draft) -> Environment:
    python = draft.get("python") or ""
    conda = any(maker in python for maker in ("conda", "Continuum")) or bool(draft.conda)
    kind = draft.get("environment") or ("conda" if conda else None)
    return Environment(
        kind=_KINDS.get(kind or ""),
        variables=draft.variables,
        shell_python=draft.executables.get("python"),
        shell_pip=draft.executables.get("pip"),
        shell_pip_python=draft.get("pip-python"),
        pip_settings=tuple(
            Setting(name=name, value=value, origin=f"line {line}") for name, value, line in draft.settings
        ),
    )


_KINDS: dict[str, Literal["venv", "conda", "system"]] = {"venv": "venv", "conda": "conda", "system": "system"}


def _packages(draft: Draft) -> Packages:
    rows = tuple(
        Distribution(
            name=row.name,
            version=row.version,
            location=row.location or f"line {row.line}",
            site="user" if _is_user_site(row.location) else "environment",
        )
        for row in draft.distributions
    )
    version = draft.get("torch")
    if version is not None and not any(row.name == "torch" for row in rows):
        said = Distribution(name="torch", version=version, location=f"line {draft.lines['torch']}")
        rows = (said, *rows)
    made = next((each for each in draft.conda if each.name in _CONDA_TORCH), None)
    files = None
    if made is not None and version is None and not any(row.name == "torch" for row in rows):
        files = _conda_build(made)
    return Packages(distributions=rows or None, conda=tuple(draft.conda), torch=files)


_CONDA_TORCH = ("pytorch", "pytorch-cpu", "pytorch-nightly", "pytorch-nightly-cpu")


def _conda_build(made: CondaPackage) -> TorchFiles | None:
    """The torch of a conda package whose build string tells its kind: "py3.11_cuda12.1_cudnn8.9.2_0"."""
    cuda = re.search(r"cuda(\d{1,2})\.?(\d)", made.build)
    if cuda is not None:
        return TorchFiles(version=made.version, cuda=f"{cuda[1]}.{cuda[2]}")
    return TorchFiles(version=made.version) if "cpu" in f"{made.name} {made.version} {made.build}" else None


def _is_user_site(location: str) -> bool:
    return (
        bool(location)
        and re.search(r"[\\/]\.local[\\/]lib[\\/]python|[\\/]Roaming[\\/]Python[\\/]", location) is not None
    )


def _torch_import(draft: Draft, names: GpuNames) -> TorchImport | None:
    """What torch said of itself; a report that could not import it says nothing of why."""
    version, available = draft.get("torch"), draft.get("cuda-available")
    if draft.get("import-error") is not None:
        return _failed_import(draft)
    if version is None and "torch" in draft.missing and "collect_env" in draft.formats:
        return _made_without_torch(draft)
    if version is None and available is None and not draft.arch_list and _cuda_of(draft) is None:
        return None
    if not _knows_build(draft):
        version = None  # the number alone does not tell a CPU build from a CUDA build
    return TorchImport(
        outcome="imported",
        version=version,
        cuda=_cuda_of(draft),
        hip=draft.get("torch-hip"),
        arch_list=draft.arch_list or None,
        cuda_available=None if available is None else available == "True",
        cuda_error=draft.get("cuda-error") or draft.get("kernel-error"),
        xpu_built=True if "+xpu" in (version or "") else None,
        xpu_available=True if (draft.get("xpu-available") or "").lower().startswith("true") else None,
        cudnn=draft.get("cudnn"),
        nccl=draft.get("nccl"),
        devices=tuple(
            TorchDevice(index=index, name=gpu, capability=draft.capabilities.get(gpu))
            for index, gpu in names.nvidia.items()
            if gpu in draft.capabilities
        ),
    )


def _failed_import(draft: Draft) -> TorchImport:
    return TorchImport(
        outcome="raised",
        error_type=draft.get("import-error-type"),
        error=draft.get("import-error"),
        version=draft.get("torch"),
        cuda=_cuda_of(draft),
        hip=draft.get("torch-hip"),
    )


def _made_without_torch(draft: Draft) -> TorchImport | None:
    """The report was made where torch can't be imported; why is said elsewhere, if at all."""
    if any(each.kind in IMPORT_FAILURES for each in draft.complaints):
        return None
    listed = any(row.name == "torch" for row in draft.distributions)
    return TorchImport(outcome="raised" if listed else "absent")


IMPORT_FAILURES = frozenset(kind for kind, _, _ in loading.ROWS) - {"no-torch", "torch-requirement"}


def _knows_build(draft: Draft) -> bool:
    version = draft.get("torch") or ""
    told = "torch-cuda" in draft.values or "torch-cuda" in draft.missing or "torch-hip" in draft.values
    return told or re.search(r"\+(?:cpu|cu\d|rocm|xpu)", version) is not None


def _cuda_of(draft: Draft) -> str | None:
    """The CUDA version of the build: the report's own line, else the version's label."""
    said = re.match(r"\d{1,2}\.\d{1,2}", draft.get("torch-cuda") or "")
    if said:
        return said.group()
    label = re.search(r"\+(?:\w*[.])?cu(\d{2})(\d)\b", draft.get("torch") or "")
    return f"{label[1]}.{label[2]}" if label else None


def _smi(draft: Draft, names: GpuNames) -> NvidiaSmi | None:
    """nvidia-smi's answer, and the GPU names that collect_env took from it."""
    driver = draft.get("smi-driver") or draft.get("driver")
    error = draft.get("smi-error")
    gpus = _smi_gpus(draft, names)
    if driver is None and error is None and not gpus:
        return None
    return NvidiaSmi(
        state="error" if error else ("ok" if driver else None),
        error=error,
        driver_version=driver,
        cuda_version=draft.get("smi-cuda"),
        gpus=gpus or None,
    )


def _smi_gpus(draft: Draft, names: GpuNames) -> tuple[NvmlGpu, ...]:
    told = {gpu.index: gpu for gpu in draft.smi_gpus}
    for index, name in names.nvidia.items():
        known = told.get(index)
        if known is None:
            told[index] = NvmlGpu(index=index, name=name, compute_capability=draft.capabilities.get(name))
        elif known.name is None or known.name.endswith("..."):
            told[index] = replace(known, name=name)
    return tuple(told[index] for index in sorted(told))


def _cuda_driver(draft: Draft) -> CudaDriver | None:
    """The "found version 11040" is the CUDA version of the driver that torch loaded."""
    found = re.fullmatch(r"(\d{1,2})0(\d)0", draft.get("driver-cuda-number") or "")
    return CudaDriver(state="ok", cuda_version=f"{found[1]}.{found[2]}") if found else None


def _toolkit(draft: Draft) -> str | None:
    found = re.search(r"\d{1,2}\.\d{1,2}(?:\.\d{1,3})?", draft.get("toolkit") or "")
    return found.group() if found else None
