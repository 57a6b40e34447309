"""What is worth a word and breaks nothing: editors, toolkits, drivers that are lifted, no GPU at all."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import (
    CudaToolkit,
    EditorChoice,
    Editors,
    Facts,
    JupyterKernel,
    Packages,
    Paste,
    TorchFiles,
)
from envdoctor.findings import Severity
from envdoctor.reason import reason
from rulebook.case import Case
from rulebook.machines import DRIVER, HEALTHY, NO_GPU, NOT_RUN, NVML, SITE

OTHER = "/envs/other/bin/python"


def chosen(is_patient: bool) -> Facts:
    """VS Code was told to use an interpreter in this folder."""
    choice = EditorChoice(
        editor="vscode",
        value=OTHER,
        origin="/net/.vscode/settings.json",
        executable=OTHER,
        exists=True,
        is_patient=is_patient,
    )
    return replace(HEALTHY, editors=Editors(choices=(choice,)))


def offered(is_patient: bool) -> Facts:
    """A notebook here asks for a kernel."""
    kernel = JupyterKernel(
        name="dl",
        path="/home/ann/.local/share/jupyter/kernels/dl/kernel.json",
        scope="user",
        executable=OTHER,
        exists=True,
        is_patient=is_patient,
        notebooks=("first.ipynb",),
    )
    return replace(HEALTHY, editors=Editors(kernels=(kernel,)))


def driven(version: str, cuda: str) -> Facts:
    """A CUDA 12.6 build under this driver; nothing was run."""
    files = TorchFiles(path=f"{SITE}/torch", version="2.14.1+cu126", cuda="12.6")
    return replace(
        NOT_RUN,
        cuda_driver=None,
        nvidia=replace(DRIVER, driver_version=version),
        nvml=replace(NVML, driver_version=version, cuda_version=cuda),
        packages=Packages(distributions=(), torch=files),
    )


CASES = (
    Case("vscode-interpreter-mismatch", chosen(False), chosen(True), Severity.WARNING, first=False),
    Case("jupyter-kernel-mismatch", offered(False), offered(True), Severity.WARNING, first=False),
    Case(
        "toolkit-mismatch",
        replace(HEALTHY, toolkit=CudaToolkit(version="11.8", nvcc="/usr/local/cuda/bin/nvcc")),
        replace(HEALTHY, toolkit=CudaToolkit(version="12.4", nvcc="/usr/local/cuda/bin/nvcc")),
        Severity.INFO,
        first=False,
    ),
    Case(
        "compiler-missing",
        replace(HEALTHY, unknown={"toolkit.compiler": reason("none-on-path")}),
        HEALTHY,
        Severity.INFO,
        first=False,
    ),
    Case(
        "driver-minor-compatibility",
        driven("535.129.03", "12.2"),
        driven("560.35.03", "12.6"),
        Severity.INFO,
        first=False,
    ),
    Case("gpu-absent", NO_GPU, HEALTHY, Severity.INFO, first=False),
    Case(
        "report-not-understood",
        Facts(paste=Paste(lines=3)),
        Facts(paste=Paste(lines=3, formats=("pip list",))),
        Severity.WARNING,
        first=False,
    ),
)
