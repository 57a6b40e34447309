"""The computer: its operating system, memory and disks."""

from __future__ import annotations

from typing import Literal

from envdoctor.frozen import Record, record

__all__ = ["Host", "Os", "Volume"]


Os = Literal["linux", "windows", "macos"]


@record
class Volume(Record):
    """The free space where something that matters lives."""

    role: Literal["environment", "temporary", "cache"]
    path: str
    free: int
    total: int


@record
class Host(Record):
    """The computer and its operating system."""

    os: Os | None = None
    os_name: str | None = None
    """The name people know: "Ubuntu 22.04.4 LTS", "Windows 11", "macOS 14.5"."""
    os_version: str | None = None
    """The comparable version: "22.04", "10.0.22631", "14.5"."""
    kernel: str | None = None
    arch: str | None = None
    """Of the machine, not of the interpreter: "x86_64", "aarch64", "x86"."""
    glibc: str | None = None
    musl: str | None = None
    glibcxx: str | None = None
    """The newest GLIBCXX_ symbol version of the system's libstdc++: "3.4.30"."""
    cpu_model: str | None = None
    cpu_features: tuple[str, ...] | None = None
    """The instruction sets torch asks for that the CPU has, of "avx", "avx2"; empty: it has neither."""
    apple_silicon: bool | None = None
    memory_total: int | None = None
    memory_available: int | None = None
    commit_limit: int | None = None
    """Windows: memory and page files together; Linux and macOS: memory and swap."""
    volumes: tuple[Volume, ...] = ()
    shm_total: int | None = None
    container: Literal["docker", "podman", "kubernetes", "lxc", "other"] | None = None
    wsl: Literal[1, 2] | None = None
    l4t: str | None = None
    """The release of Jetson Linux on one of NVIDIA's boards: "36.4.3"."""
    virtual_machine: str | None = None
    vc_runtime: str | None = None
    """Windows: the version of Microsoft's C++ run-time (msvcp140.dll)."""
    long_paths: bool | None = None
    """Windows: whether programs may use paths of 260 letters and more."""
    root: bool | None = None
    """Whether the doctor runs as root or administrator."""
