"""Typed look-ups over the knowledge tables; each table is read when it is first asked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.knowledge import loading
from envdoctor.knowledge.capabilities import coverage
from envdoctor.knowledge.early_companions import early_companion_fits
from envdoctor.knowledge.loading import DATA_FOLDER, Table
from envdoctor.versions import every_number

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from envdoctor.knowledge.loading import Row
    from envdoctor.knowledge.tables import (
        ArchRow,
        CompanionRelease,
        CondaForgeBuild,
        CondaForgeCompanion,
        CondaForgeRelease,
        Coverage,
        DriverBranch,
        GpuRow,
        Mirror,
        Platform,
        SettledPython,
        TorchRelease,
    )

__all__ = ["Knowledge", "knowledge"]


class Knowledge:
    """All tables, each read when it is first asked for."""

    def __init__(self, folder: Path = DATA_FOLDER) -> None:
        self._folder = folder

    def _table(self, name: str) -> Table:
        return loading.read(self._folder, name)

    @functools.cached_property
    def as_of(self) -> date:
        """The date of the oldest table."""
        return min(loading.read_date(self._folder, name) for name in loading.TABLES)

    # -- releases of torch and its companions

    @functools.cached_property
    def releases(self) -> tuple[TorchRelease, ...]:
        """Every torch release in the tables, oldest first."""
        from envdoctor.knowledge import typed

        rows = self._table("torch_releases").rows("releases", typed.torch_release)
        return tuple(sorted(rows, key=lambda row: _number(row.version)))

    @functools.cached_property
    def _release_by_version(self) -> dict[str, TorchRelease]:
        return {row.version: row for row in self.releases}

    def release(self, version: str) -> TorchRelease | None:
        """The release of a version; a local label ("+cu126") is passed over."""
        return self._release_by_version.get(_public(version))

    @functools.cached_property
    def settled_python(self) -> SettledPython:
        """The newest Python that no fewer of the common packages have caught up with than with any other."""
        from envdoctor.knowledge.tables import SettledPython

        rows = self._table("pythons").raw("pythons", ("python", "current", "asked"))
        oldest_first = sorted(rows, key=lambda row: _number(row["python"]))
        best = max(oldest_first, key=lambda row: (row["current"], _number(row["python"])))
        newer = oldest_first[oldest_first.index(best) + 1 :]
        ahead = newer[0] if newer else None
        return SettledPython(
            version=best["python"],
            packages=best["current"],
            asked=best["asked"],
            next=ahead["python"] if ahead else None,
            ahead=ahead["current"] if ahead else None,
        )

    @functools.cached_property
    def companions(self) -> tuple[CompanionRelease, ...]:
        """Every release of torchvision and torchaudio in the tables."""
        from envdoctor.knowledge import typed

        return tuple(self._table("companions").rows("companions", typed.companion_release))

    @functools.cached_property
    def _companion_by_key(self) -> dict[tuple[str, str], CompanionRelease]:
        return {(row.name, row.version): row for row in self.companions}

    @functools.cached_property
    def _oldest_companions(self) -> dict[str, tuple[int, ...]]:
        newest_first = sorted(self.companions, key=lambda row: _number(row.version), reverse=True)
        return {row.name: _number(row.version) for row in newest_first}

    def companion(self, name: str, version: str) -> CompanionRelease | None:
        """One release of torchvision or torchaudio."""
        return self._companion_by_key.get((name, _public(version)))

    def companion_fits(self, name: str, version: str, torch: str) -> bool | None:
        """Whether this torchvision / torchaudio was made for this torch; `None`: the tables do not tell.

        The companion's own demand decides. Where it demands nothing, it fits the torch releases from the
        oldest one on that it was published for. Nightlies and source builds are not judged.
        """
        torch, version = _public(torch), _public(version)
        if not (_is_release(torch) and _is_release(version)):
            return None
        row = self.companion(name, version)
        if row is None:
            if (fits := early_companion_fits(name, version, torch)) is not None:
                return fits
            oldest = self._oldest_companions.get(name)
            # Made before the oldest companion in the tables, so for a torch older than the oldest one here.
            return False if oldest and _number(version) < oldest and self.release(torch) else None
        if row.torch:
            return _satisfies(torch, row.torch)
        made_for = [
            _number(release.version) for release in self.releases if getattr(release, name) == row.version
        ]
        return _number(torch) >= min(made_for) if made_for else None

    # -- what a build carries, and which GPU it reaches

    @functools.cached_property
    def _arch_by_key(self) -> dict[tuple[str, str, str], ArchRow]:
        from envdoctor.knowledge import typed

        rows = self._table("archs").rows("builds", typed.arch_row)
        return {(row.torch, row.variant, row.platform): row for row in rows}

    @property
    def arch_rows(self) -> tuple[ArchRow, ...]:
        """Every CUDA build in the tables."""
        return tuple(self._arch_by_key.values())

    def archs(self, torch: str, variant: str, platform: Platform) -> ArchRow | None:
        """The code that the build of a torch version or minor ("2.14", "2.14.1+cu126") carries."""
        return self._arch_by_key.get((_minor(_public(torch)), variant, platform))

    def coverage(
        self, capability: str, sass: tuple[str, ...], ptx: tuple[str, ...], *, embedded: bool | None = None
    ) -> Coverage:
        """How code for these capabilities reaches a GPU of this one.

        Machine code for X.y runs on X.z where z >= y, never on another major version. PTX runs on any later
        capability. The embedded chips (5.3, 6.2, 7.2, 8.7, 10.1 / 11.0) are promised only code made for them,
        and that code is promised to no other chip; `embedded=False` says that this GPU is not such a chip.
        """
        return coverage(capability, sass, ptx, embedded)

    def rocm_archs(self, variant: str) -> tuple[str, ...]:
        """The gfx names that a ROCm build ("rocm7.2") carries code for; empty: not known."""
        return tuple(self._table("archs").mapping("rocm").get(variant, ()))

    def rocm_builds_for(self, gfx: str) -> tuple[str, ...]:
        """The ROCm builds that carry code for a gfx name, oldest first; empty: none that is published."""
        builds = self._table("archs").mapping("rocm")
        holders = [each for each, archs in builds.items() if gfx in archs]
        return tuple(sorted(holders, key=every_number))

    # -- drivers

    @functools.cached_property
    def _minimum(self) -> dict[str, Row]:
        return {
            row["cuda"]: row for row in self._table("drivers").raw("minimum", ("cuda", "linux", "windows"))
        }

    @functools.cached_property
    def _branches(self) -> tuple[DriverBranch, ...]:
        from envdoctor.knowledge import typed

        rows = self._table("drivers").rows("branches", typed.driver_branch)
        return tuple(sorted(rows, key=lambda row: row.branch))

    @functools.cached_property
    def _last_branch(self) -> dict[str, int]:
        rows = self._table("drivers").raw("last_branches", ("capabilities", "branch"))
        return {capability: row["branch"] for row in rows for capability in row["capabilities"]}

    def minimum_driver(self, cuda: str, system: Literal["linux", "windows"]) -> str | None:
        """The oldest driver that runs CUDA "12.6" by minor-version compatibility; `None`: not in the table.

        From CUDA 11 on a minor version that the table lacks has the minimum of its major version.
        """
        minor = _minor(cuda)
        row = self._minimum.get(minor)
        if row is None and _number(minor)[:1] >= (11,):
            newest = max(self._minimum, key=lambda key: _number(key) if _same_major(key, minor) else (0,))
            row = self._minimum[newest] if _same_major(newest, minor) else None
        if row is None and _number(minor)[:1] < (10,):
            return self.native_driver(cuda, system)  # before CUDA 10 the table has each version's own driver
        return str(row[system]) if row and row[system] is not None else None

    def native_driver(self, cuda: str, system: Literal["linux", "windows"]) -> str | None:
        """The oldest driver that implements CUDA "12.6" itself, as a branch number or version."""
        for row in self._branches:
            if row.cuda == _minor(cuda):
                return (row.first_linux if system == "linux" else row.first_windows) or str(row.branch)
        return None

    def branch(self, driver: str) -> DriverBranch | None:
        """The branch that a driver version belongs to: a branch goes on under higher numbers on Windows.

        "551.86" and "550.54.14" are of branch 550; one newer than the table counts to its newest branch.
        """
        major = _number(driver)[:1]
        return next((row for row in reversed(self._branches) if (row.branch,) <= major), None)

    def driver_cuda(self, driver: str) -> str | None:
        """The newest CUDA that a driver version ("551.86", "535.129.03") implements, by its branch.

        For a branch newer than the table this is the table's newest, which is a lower bound.
        """
        branch = self.branch(driver)
        return branch.cuda if branch is not None else None

    def last_branch(self, capability: str) -> int | None:
        """The last driver branch for a compute capability; `None`: still supported by the newest."""
        return self._last_branch.get(capability)

    def left_behind(self, driver: str | None, capability: str | None) -> bool:
        """Whether this driver is newer than the last branch for a compute capability; unknowns are not."""
        branch = self.branch(driver) if driver is not None else None
        last = self.last_branch(capability) if capability is not None else None
        return branch is not None and last is not None and branch.branch > last

    def branches(self) -> tuple[DriverBranch, ...]:
        """All driver branches, oldest first."""
        return self._branches

    # -- NVIDIA products

    @functools.cached_property
    def _gpus(self) -> list[Row]:
        return self._table("gpus").raw("gpus", ("name", "compute_capability", "architecture", "segment"))

    @functools.cached_property
    def _gpu_by_pci(self) -> dict[str, Row]:
        return {device: row for row in self._gpus for device in row.get("pci_ids", ())}

    @functools.cached_property
    def gpus(self) -> tuple[GpuRow, ...]:
        """Every NVIDIA product in the tables."""
        return tuple(self._gpu_row(row) for row in self._gpus)

    def gpu_by_pci(self, device_id: str) -> GpuRow | None:
        """The NVIDIA product of a PCI device id ("2684", lower-case)."""
        row = self._gpu_by_pci.get(device_id.lower().removeprefix("0x"))
        return self._gpu_row(row) if row else None

    def _gpu_row(self, row: Row) -> GpuRow:
        from envdoctor.knowledge import typed

        return typed.gpu_row(row)

    # Looking a name up takes a while, and many machines have the same GPU.

    @functools.cached_property
    def _named(self) -> Callable[[str], list[Row]]:
        """The rows that a name may mean."""
        from envdoctor.knowledge import names

        return functools.lru_cache(maxsize=1024)(functools.partial(names.find, self._gpus))

    def gpu_by_name(self, name: str) -> GpuRow | None:
        """The NVIDIA product of a name as a driver or a person writes it; the nearest of several.

        `None`: unknown, or the name stands for several chips (see `ambiguous_capabilities`).
        """
        return self._nearest(name)

    @functools.cached_property
    def _nearest(self) -> Callable[[str], GpuRow | None]:
        return functools.lru_cache(maxsize=1024)(self._nearest_of)

    def _nearest_of(self, name: str) -> GpuRow | None:
        rows = self._named(name)
        if not rows or len({row["compute_capability"] for row in rows}) > 1:
            return None
        typed = name.strip().lower()
        return self._gpu_row(next((row for row in rows if row["name"].lower().endswith(typed)), rows[0]))

    def ambiguous_capabilities(self, name: str) -> tuple[str, ...]:
        """The capabilities that a product name may have where it stands for several chips; else empty."""
        found = {row["compute_capability"] for row in self._named(name)}
        return tuple(sorted(found, key=_number)) if len(found) > 1 else ()

    def similar_gpu_names(self, name: str) -> tuple[str, ...]:
        """The product names nearest to a mistyped one, best first, at most three."""
        from envdoctor.knowledge import names

        return names.similar(self._gpus, name)

    # -- sources

    @functools.cached_property
    def mirrors(self) -> tuple[Mirror, ...]:
        """Every mirror, the official sources first."""
        from envdoctor.knowledge import typed

        rows = self._table("mirrors").rows("mirrors", typed.mirror)
        return tuple(sorted(rows, key=lambda row: row.id != "official"))

    def mirror(self, name: str) -> Mirror | None:
        """A mirror by its id or one of its other names ("tsinghua", "huaweicloud")."""
        wanted = name.strip().lower()
        return next((row for row in self.mirrors if wanted == row.id or wanted in row.other_names), None)

    @property
    def invented_urls(self) -> tuple[str, ...]:
        """Addresses of PyTorch wheel mirrors that are passed around and never existed."""
        return tuple(self._table("mirrors").listing("invented_urls"))

    @functools.cached_property
    def conda_forge(self) -> tuple[CondaForgeBuild, ...]:
        """CUDA builds on conda-forge, oldest first."""
        from envdoctor.knowledge import typed

        rows = self._table("conda_forge").rows("builds", typed.conda_forge_build)
        return tuple(sorted(rows, key=lambda row: (_number(row.torch), _number(row.cuda), row.platform)))

    @functools.cached_property
    def conda_forge_releases(self) -> Mapping[str, CondaForgeRelease]:
        """The releases of pytorch on conda-forge, by version."""
        from envdoctor.knowledge import typed

        rows = self._table("conda_forge").rows("releases", typed.conda_forge_release)
        return {row.torch: row for row in rows}

    @functools.cached_property
    def conda_forge_companions(self) -> tuple[CondaForgeCompanion, ...]:
        """What conda-forge built of torchvision and torchaudio, for which minor release of pytorch."""
        from envdoctor.knowledge import typed

        return tuple(self._table("conda_forge").rows("companions", typed.conda_forge_companion))


@functools.cache
def knowledge() -> Knowledge:
    """The tables that ship with this version."""
    return Knowledge()


def _number(version: str) -> tuple[int, ...]:
    return every_number(_public(version))


def _public(version: str) -> str:
    return version.strip().partition("+")[0]


@functools.lru_cache(maxsize=8192)
def _is_release(version: str) -> bool:
    return re.fullmatch(r"\d+(\.\d+)+(\.post\d+)?", version) is not None


def _satisfies(version: str, specifier: str) -> bool | None:
    match = re.fullmatch(r"(==|>=)([\d.]+)", specifier)
    if match is None:
        return None
    if match[1] == "==":
        return _number(version) == _number(match[2])
    return _number(version) >= _number(match[2])


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _same_major(one: str, other: str) -> bool:
    return _number(one)[:1] == _number(other)[:1]
