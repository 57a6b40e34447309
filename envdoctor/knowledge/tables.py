"""The rows of the knowledge tables, typed. Values are read from the JSON files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from typing import Literal

from envdoctor.frozen import Record, record

__all__ = [
    "ArchRow",
    "CompanionRelease",
    "CondaForgeBuild",
    "CondaForgeCompanion",
    "CondaForgePlatform",
    "CondaForgeRelease",
    "Coverage",
    "DriverBranch",
    "GpuRow",
    "Mirror",
    "Platform",
    "SettledPython",
    "TorchRelease",
    "WheelSource",
]

Platform = Literal[
    "linux_x86_64", "linux_aarch64", "windows_amd64", "windows_arm64", "macos_arm64", "macos_x86_64"
]

Coverage = Literal["native", "ptx", "tegra", "none"]
"""How a build reaches a GPU: "native" by machine code of its major version, "ptx" by code that the
driver translates, "tegra" by machine code that NVIDIA does not promise for this embedded chip."""


@record
class SettledPython(Record):
    """The newest Python that the packages which people use beside torch have caught up with.

    Of `asked` packages `packages` had wheels of a current release for it, and `ahead` for the `next` Python.
    """

    version: str
    packages: int
    asked: int
    next: str | None
    ahead: int | None


@record
class TorchRelease(Record):
    """One torch release and every wheel it has."""

    version: str
    released: date
    requires_python: str
    pythons: Mapping[Platform, tuple[str, ...]]
    """Python versions with a wheel; a free-threaded one is "3.13t". Windows on Arm: official index only."""
    pypi_variant: Mapping[Platform, str]
    """Which variant the plain PyPI wheel is: "cu132", "cpu"."""
    official_variants: Mapping[Platform, tuple[str, ...]]
    """Variants on PyTorch's own index: "cpu", "cu126", "rocm7.2", "xpu"."""
    inferred_variants: tuple[str, ...]
    """Those of `official_variants` that no listing showed; "cu124@linux_aarch64": on that platform only."""
    min_glibc: Mapping[Platform, str]
    newer_glibc: Mapping[str, str]
    """The variants whose wheels for Linux x86-64 need a newer one than that."""
    min_macos: str | None
    torchvision: str | None
    torchaudio: str | None
    wheel_megabytes: Mapping[Platform, int]
    """Size of the PyPI wheel."""
    numpy2: Mapping[str, bool]
    """Per system ("linux", "windows", "macos"): built so that NumPy 2 works."""
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def minor(self) -> str:
        """The first two parts: "2.14" of "2.14.1"."""
        return ".".join(self.version.split(".")[:2])

    def is_inferred(self, variant: str, platform: Platform) -> bool:
        """Whether this variant was never seen in a listing, for this platform."""
        return variant in self.inferred_variants or f"{variant}@{platform}" in self.inferred_variants


@record
class CompanionRelease(Record):
    """One release of torchvision or torchaudio."""

    name: Literal["torchvision", "torchaudio"]
    version: str
    released: date
    torch: str
    """The specifier it demands of torch: "==2.14.0", ">=2.14.0", empty: none."""
    pythons: Mapping[Platform, tuple[str, ...]]
    """Python versions with a wheel; "any" where one wheel fits all."""
    requires_python: str = ""
    """Empty: not stated."""


@record
class ArchRow(Record):
    """The compute capabilities that one build carries code for."""

    torch: str
    """Minor release: "2.14"."""
    variant: str
    platform: Platform
    sass: tuple[str, ...]
    """Machine code, as capabilities: "8.6"."""
    ptx: tuple[str, ...]
    confidence: Literal["build-script", "wheel-table", "observed", "medium", "low"]
    source: str


@record
class DriverBranch(Record):
    """One driver branch and the newest CUDA it implements."""

    branch: int
    cuda: str
    first_linux: str | None
    first_windows: str | None


@record
class GpuRow(Record):
    """One NVIDIA product."""

    name: str
    compute_capability: str
    architecture: str
    segment: str
    """"geforce", "workstation", "datacenter", "embedded", "other" (mining boards, samples)."""
    aliases: tuple[str, ...] = ()
    pci_ids: tuple[str, ...] = ()


@record
class WheelSource(Record):
    """Where a mirror keeps PyTorch's own wheels."""

    url: str
    """With "{variant}" in it."""
    kind: Literal["index", "flat"]
    """"index": PEP 503, for --index-url; "flat": one page of links, for --find-links."""
    variants: tuple[str, ...] = ()
    """Those seen there; empty: not known one by one."""


@record
class Mirror(Record):
    """One mirror and what it serves."""

    id: str
    name: str
    status: Literal["ok", "unverified", "stale", "dead"]
    pypi: str | None
    """Index URL; `None`: none (or, for "official", the installer's own default)."""
    pypi_alternatives: tuple[str, ...] = ()
    conda: Mapping[str, str] = field(default_factory=dict)
    """Channel → its URL: "conda-forge", "main", "nvidia". Without its last part it is the prefix that
    `custom_channels` wants."""
    wheels: WheelSource | None = None
    companion: str | None = None
    """The mirror that is asked for PyTorch's wheels where this one has none."""
    quirks: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()


@record
class CondaForgeBuild(Record):
    """One CUDA build of pytorch on conda-forge."""

    torch: str
    cuda: str
    platform: Platform
    archs: tuple[str, ...]
    ptx: tuple[str, ...]
    min_glibc: str | None


@record
class CondaForgeRelease(Record):
    """One release of pytorch on conda-forge, its CPU builds among them."""

    torch: str
    build: int
    """Build number of the recipe; that of a CUDA build is 200 higher."""
    pythons: tuple[str, ...]
    cpu: tuple[Platform, ...]
    """Platforms with a CPU build."""
    min_macos: str


@record
class CondaForgePlatform(Record):
    """Where a companion was built for: CUDA versions ("12.9", "cpu") and Pythons."""

    cuda: tuple[str, ...]
    pythons: tuple[str, ...]


@record
class CondaForgeCompanion(Record):
    """One version of torchvision or torchaudio on conda-forge, built for one minor release of pytorch."""

    name: Literal["torchvision", "torchaudio"]
    version: str
    torch: str
    """Minor release: "2.13". Its packages demand exactly this one."""
    builds: Mapping[Platform, CondaForgePlatform]
