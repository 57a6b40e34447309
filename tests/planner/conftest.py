"""Machines to plan for, put together by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.planner import Target

SYSTEMS = {
    "linux": Target(platform="linux_x86_64", os="linux", arch="x86_64", python="3.12", glibc="2.35"),
    "arm": Target(platform="linux_aarch64", os="linux", arch="aarch64", python="3.12", glibc="2.35"),
    "windows": Target(
        platform="windows_amd64", os="windows", arch="x86_64", python="3.12", driver_system="windows"
    ),
    "windows-arm": Target(
        platform="windows_arm64", os="windows", arch="aarch64", python="3.12", driver_system="windows"
    ),
    "wsl": Target(
        platform="linux_x86_64",
        os="linux",
        arch="x86_64",
        python="3.12",
        glibc="2.35",
        driver_system="windows",
        is_wsl=True,
    ),
    "mac": Target(
        platform="macos_arm64", os="macos", arch="aarch64", python="3.12", macos="15.1", accelerator="apple"
    ),
    "intel-mac": Target(
        platform="macos_x86_64", os="macos", arch="x86_64", python="3.11", macos="13.6", accelerator="apple"
    ),
}


@pytest.fixture(scope="session")
def tables() -> Knowledge:
    return knowledge()


@pytest.fixture(scope="session")
def machine(tables: Knowledge) -> Callable[..., Target]:
    """`machine("linux", driver="535.129.03", gpus=["NVIDIA GeForce RTX 4060"], python="3.11")`."""

    def make(
        system: str, driver: str | None = None, gpus: tuple[str, ...] | list[str] = (), **more: object
    ) -> Target:
        target = SYSTEMS[system]
        if gpus:
            rows = [(name, tables.gpu_by_name(name)) for name in gpus]
            found = tuple((name, row.compute_capability if row else None) for name, row in rows)
            target = replace(
                target,
                accelerator="nvidia",
                driver=driver,
                driver_cuda=tables.driver_cuda(driver) if driver else None,
                gpus=found,
                capabilities=tuple(sorted({each for _, each in found if each}, key=float)),
            )
        return replace(target, **more)  # type: ignore[arg-type]

    return make
