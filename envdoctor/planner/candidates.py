"""Every build that could be meant, each with its source, and why each of the others is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from envdoctor.findings import Words, words
from envdoctor.machine import version_numbers
from envdoctor.planner.fit import Code, Driver, cuda_of, driver_of, is_native, release_unfit, variant_unfit
from envdoctor.planner.sources import Source, companion_version, sources
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform, TorchRelease

__all__ = ["Candidate", "Rejected", "candidates", "variants"]


class Rejected(NamedTuple):
    """A build that was passed over, and why. `variant` is empty where no variant of the release fits."""

    torch: str
    variant: str
    reason: Words


class Candidate(NamedTuple):
    """A build that fits, at one source, with the packages that go with it there.

    `verified`: a listing showed the wheels, and what they carry for these GPUs is no guess.
    """

    release: TorchRelease
    variant: str
    source: Source
    packages: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    verified: bool
    native: bool
    direct: bool
    preference: int

    @property
    def key(self) -> tuple[object, ...]:
        """What candidates are ranked by: the larger, the better.

        Where the driver implements several CUDA versions the newest is best; where it implements none of
        them and minor-version compatibility has to do, the oldest asks least of it. A driver update never
        leads to an older build this way.
        """
        number = version_numbers(cuda_of(self.variant) or self.variant.lstrip("rocm"))
        return (
            self.verified,
            not self.missing,
            version_numbers(self.release.version),
            self.native,
            self.direct,
            number if self.direct else tuple(-each for each in number),
            -self.preference,
        )


def candidates(target: Target, tables: Knowledge, wishes: Wishes) -> tuple[list[Candidate], list[Rejected]]:
    """What fits the target and the wishes, and what does not, newest release first."""
    fits: list[Candidate] = []
    rejected: list[Rejected] = []
    platform, python = target.platform, target.python
    if platform is None or python is None:
        return fits, rejected
    driver = driver_of(target, tables)
    for release in wishes.releases(tables):
        if wishes.too_young(release):
            days = (wishes.today - release.released).days
            rejected.append(
                Rejected(release.version, "", words("plan.not-settled", torch=release.version, days=days))
            )
            continue
        if wishes.tool == "conda":
            _conda(release, target, platform, python, driver, tables, wishes, fits, rejected)
            continue
        reason = release_unfit(release, target, platform, python)
        if reason is not None:
            rejected.append(Rejected(release.version, "", reason))
            continue
        offered = tuple(variants(release, target, platform, wishes.backend))
        if not offered:
            wanted = wishes.backend if wishes.backend != "auto" else target.accelerator or "cpu"
            reason = words("plan.no-variant", torch=release.version, variant=wanted, platform=platform)
            rejected.append(Rejected(release.version, "", reason))
        for variant in offered:
            code = _code(release, variant, platform, tables)
            reason = variant_unfit(release.version, variant, code, target, driver, tables)
            if reason is not None:
                rejected.append(Rejected(release.version, variant, reason))
                continue
            at = tuple(_at_sources(release, variant, code, target, platform, python, driver, tables, wishes))
            if not at:
                reason = words("plan.no-source", torch=release.version, variant=variant)
                rejected.append(Rejected(release.version, variant, reason))
            fits += at
    return fits, rejected


def variants(
    release: TorchRelease, target: Target, platform: Platform, backend: str = "auto"
) -> Iterator[str]:
    """The variants of a release that suit the target's kind of GPU, or the one that was asked for."""
    published = dict.fromkeys(release.official_variants.get(platform, ()))
    if plain := release.pypi_variant.get(platform):
        published[plain] = None
    if backend != "auto":
        yield from (each for each in published if each == backend)
        return
    prefixes = {"nvidia": "cu", "amd": "rocm", "intel": "xpu"}
    prefix = prefixes.get(target.accelerator or "", "cpu")
    if not offers(platform, prefix):
        prefix = "cpu"
    yield from (each for each in published if each.startswith(prefix))


def offers(platform: Platform, prefix: str) -> bool:
    """Whether builds of this kind are published for the platform at all."""
    if prefix == "cu":
        return platform in ("linux_x86_64", "linux_aarch64", "windows_amd64")
    if prefix == "rocm":
        return platform == "linux_x86_64"
    return prefix == "cpu" or platform in ("linux_x86_64", "windows_amd64")


def _code(release: TorchRelease, variant: str, platform: Platform, tables: Knowledge) -> Code | None:
    row = tables.archs(release.version, variant, platform)
    return Code(row.sass, row.ptx, row.confidence == "low") if row is not None else None


def _direct(variant: str, target: Target, driver: Driver) -> bool:
    cuda = cuda_of(variant)
    return cuda is None or version_numbers(driver.cuda) >= version_numbers(cuda)


def _at_sources(
    release: TorchRelease,
    variant: str,
    code: Code | None,
    target: Target,
    platform: Platform,
    python: str,
    driver: Driver,
    tables: Knowledge,
    wishes: Wishes,
) -> Iterator[Candidate]:
    mirror = tables.mirror(wishes.mirror) if wishes.mirror else None
    known = (code is not None and not code.guessed) or not target.capabilities
    for preference, source in enumerate(sources(release, variant, platform, mirror, tables)):
        found: dict[str, str | None] = {}
        for name in wishes.packages:
            found[name] = (
                release.version
                if name == "torch"
                else companion_version(name, release, variant, python, platform, source.kind, tables)
            )
        seen = source.kind == "pypi" or not release.is_inferred(variant, platform)
        yield Candidate(
            release=release,
            variant=variant,
            source=source,
            packages=tuple((name, version) for name, version in found.items() if version is not None),
            missing=tuple(name for name, version in found.items() if version is None),
            verified=seen and known,
            native=is_native(code, target, tables),
            direct=_direct(variant, target, driver),
            preference=preference,
        )


def _conda(
    release: TorchRelease,
    target: Target,
    platform: Platform,
    python: str,
    driver: Driver,
    tables: Knowledge,
    wishes: Wishes,
    fits: list[Candidate],
    rejected: list[Rejected],
) -> None:
    """The builds of one release on conda-forge."""
    rows = [row for row in tables.conda_forge if row.torch == release.version]
    pythons = release.pythons.get(platform) or release.pythons["linux_x86_64"]
    if not rows or platform == "windows_arm64":
        reason: Words | None = words("plan.not-on-conda", torch=release.version)
    elif python not in pythons or python.endswith("t"):
        reason = words("plan.no-wheel", torch=release.version, python=python)
    else:
        reason = None
    if reason is not None:
        rejected.append(Rejected(release.version, "", reason))
        return
    mirror = (tables.mirror(wishes.mirror) if wishes.mirror else None) or tables.mirror("official")
    url = mirror.conda.get("conda-forge") if mirror is not None else None
    official = tables.mirror("official")
    place = mirror.id if mirror is not None and url else "official"
    channel = url or (official.conda.get("conda-forge") if official is not None else None)
    source = Source("conda", place, channel)
    built = {
        "cu" + row.cuda.replace(".", ""): (Code(row.archs, row.ptx), row.min_glibc)
        for row in rows
        if row.platform == platform
    }
    wanted = (
        [wishes.backend]
        if wishes.backend != "auto"
        else list(built)
        if target.accelerator == "nvidia"
        else []
    )
    if not wanted or (not built and wishes.backend == "auto"):
        wanted = ["cpu"]
    for variant in wanted:
        code, glibc = built.get(variant, (None, None))
        if variant != "cpu" and code is None:
            reason = words("plan.no-variant", torch=release.version, variant=variant, platform=platform)
        elif glibc and target.glibc and version_numbers(target.glibc) < version_numbers(glibc):
            reason = words("plan.glibc", torch=release.version, need=glibc, have=target.glibc)
        else:
            reason = variant_unfit(release.version, variant, code, target, driver, tables)
        if reason is not None:
            rejected.append(Rejected(release.version, variant, reason))
            continue
        versions = {
            "torch": release.version,
            "torchvision": release.torchvision,
            "torchaudio": release.torchaudio,
        }
        packages = tuple((name, version) for name in wishes.packages if (version := versions[name]))
        native, direct = is_native(code, target, tables), _direct(variant, target, driver)
        fits.append(Candidate(release, variant, source, packages, (), True, native, direct, 0))
