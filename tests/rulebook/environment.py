"""The environment and the platform: whose packages are found, and whether there are wheels at all."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import CondaPackage, Distribution, Shadow
from envdoctor.findings import Severity
from rulebook.case import Case
from rulebook.machines import (
    CONTAINER,
    HEALTHY,
    LINUX,
    NO_TORCH,
    PACKAGES,
    PYTHON,
    TORCH,
    VENV,
    VISION,
    WINDOWS,
    failing,
)

STORE_SITE = (
    r"C:\Users\ann\AppData\Local\Packages\PythonSoftwareFoundation.Python.3.12_qbz5n2kfra8p0"
    r"\LocalCache\local-packages\Python312\site-packages"
)
"""Where the Python of the Microsoft Store keeps what pip installs."""
CASES = (
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
    Case(
        "env-path-too-long",
        replace(
            NO_TORCH,
            host=replace(WINDOWS, long_paths=False),
            interpreter=replace(PYTHON, site_packages=(STORE_SITE,)),
        ),
        replace(
            NO_TORCH,
            host=replace(WINDOWS, long_paths=True),
            interpreter=replace(PYTHON, site_packages=(STORE_SITE,)),
        ),
        Severity.WARNING,
        False,
    ),
)
