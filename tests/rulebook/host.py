"""The computer: its disks, its memory, its operating system."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import Host, Nvidia, Volume
from envdoctor.findings import Severity
from rulebook.case import Case
from rulebook.machines import CONTAINER, HEALTHY, LINUX, NO_TORCH, PYTHON

CASES = (
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
)
