"""Typed look-ups over the knowledge tables. (Skeleton: signatures are the contract.)"""

from __future__ import annotations

import functools
from datetime import date
from typing import Literal

from envdoctor.knowledge.tables import (
    ArchRow,
    CompanionRelease,
    CondaForgeBuild,
    Coverage,
    DriverBranch,
    GpuRow,
    Mirror,
    Platform,
    TorchRelease,
)

__all__ = ["Knowledge", "knowledge"]


class Knowledge:
    """All tables, each read when it is first asked for."""

    @property
    def as_of(self) -> date:
        """The date of the oldest table."""
        raise NotImplementedError

    @property
    def releases(self) -> tuple[TorchRelease, ...]:
        """Every torch release in the tables, oldest first."""
        raise NotImplementedError

    def release(self, version: str) -> TorchRelease | None:
        """The release of a version; a local label ("+cu126") is passed over."""
        raise NotImplementedError

    def companion(self, name: str, version: str) -> CompanionRelease | None:
        """One release of torchvision or torchaudio."""
        raise NotImplementedError

    def companion_fits(self, name: str, version: str, torch: str) -> bool | None:
        """Whether this torchvision / torchaudio was made for this torch; `None`: the tables do not tell."""
        raise NotImplementedError

    def archs(self, torch: str, variant: str, platform: Platform) -> ArchRow | None:
        """The code that the build of a torch version or minor ("2.14", "2.14.1+cu126") carries."""
        raise NotImplementedError

    def coverage(
        self, capability: str, sass: tuple[str, ...], ptx: tuple[str, ...], *, embedded: bool | None = None
    ) -> Coverage:
        """How code for these capabilities reaches a GPU of this one."""
        raise NotImplementedError

    def minimum_driver(self, cuda: str, system: Literal["linux", "windows"]) -> str | None:
        """The oldest driver that runs CUDA "12.6" by minor-version compatibility; `None`: not in the table."""
        raise NotImplementedError

    def native_driver(self, cuda: str, system: Literal["linux", "windows"]) -> str | None:
        """The oldest driver that implements CUDA "12.6" itself, as a branch number or version."""
        raise NotImplementedError

    def driver_cuda(self, driver: str) -> str | None:
        """The newest CUDA that a driver version ("551.86", "535.129.03") implements, by its branch."""
        raise NotImplementedError

    def last_branch(self, capability: str) -> int | None:
        """The last driver branch for a compute capability; `None`: still supported by the newest."""
        raise NotImplementedError

    def branches(self) -> tuple[DriverBranch, ...]:
        """All driver branches, oldest first."""
        raise NotImplementedError

    def gpu_by_pci(self, device_id: str) -> GpuRow | None:
        """The NVIDIA product of a PCI device id ("2684", lower-case)."""
        raise NotImplementedError

    def gpu_by_name(self, name: str) -> GpuRow | None:
        """The NVIDIA product of a name as a driver or a person writes it.

        `None`: unknown, or the name stands for several chips (see `ambiguous_capabilities`).
        """
        raise NotImplementedError

    def ambiguous_capabilities(self, name: str) -> tuple[str, ...]:
        """The capabilities that a product name may have where it stands for several chips; else empty."""
        raise NotImplementedError

    def similar_gpu_names(self, name: str) -> tuple[str, ...]:
        """The product names nearest to a mistyped one, best first, at most three."""
        raise NotImplementedError

    @property
    def mirrors(self) -> tuple[Mirror, ...]:
        """Every mirror, the official sources first."""
        raise NotImplementedError

    def mirror(self, name: str) -> Mirror | None:
        """A mirror by its id or one of its other names ("tsinghua", "huaweicloud")."""
        raise NotImplementedError

    @property
    def conda_forge(self) -> tuple[CondaForgeBuild, ...]:
        """CUDA builds on conda-forge, oldest first."""
        raise NotImplementedError

    def rocm_archs(self, variant: str) -> tuple[str, ...]:
        """The gfx names that a ROCm build ("rocm7.2") carries code for; empty: not known."""
        raise NotImplementedError


@functools.cache
def knowledge() -> Knowledge:
    """The tables that ship with this version."""
    return Knowledge()
