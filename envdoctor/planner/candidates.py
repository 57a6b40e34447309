"""Every build that could be meant, each with its source, and why each of the others is passed over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from envdoctor.findings import Words, words
from envdoctor.machine import version_numbers
from envdoctor.planner.fit import Code, Driver, cuda_of, is_native, release_unfit, variant_unfit
from envdoctor.planner.question import Question
from envdoctor.planner.sources import Source, companion_version, conda_forge_at, sources
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
    found: list[Candidate | Rejected] = []
    question = Question.of(target, tables, wishes)
    if question is not None:
        for release in wishes.releases(tables):
            found += _conda(release, question) if wishes.tool == "conda" else _wheels(release, question)
    return [row for row in found if isinstance(row, Candidate)], [
        row for row in found if isinstance(row, Rejected)
    ]


def _wheels(release: TorchRelease, question: Question) -> Iterator[Candidate | Rejected]:
    """The wheels of one release: where each can be had, or why it can't be taken."""
    target, platform, tables, wishes = question.target, question.platform, question.tables, question.wishes
    version = release.version
    reason = _too_young(release, wishes) or release_unfit(release, target, platform, question.python)
    if reason is not None:
        yield Rejected(version, "", reason)
        return
    offered = tuple(variants(release, target, platform, wishes.backend))
    if not offered:
        wanted = wishes.backend if wishes.backend != "auto" else target.accelerator or "cpu"
        yield Rejected(
            version, "", words("plan.no-variant", torch=version, variant=wanted, platform=platform)
        )
    for variant in offered:
        code = _code(release, variant, platform, tables)
        reason = variant_unfit(version, variant, code, target, question.driver, tables)
        at = tuple(_at_sources(release, variant, code, question)) if reason is None else ()
        if not at:
            reason = reason or words("plan.no-source", torch=version, variant=variant)
            yield Rejected(version, variant, reason)
        yield from at


def _too_young(release: TorchRelease, wishes: Wishes) -> Words | None:
    if not wishes.too_young(release):
        return None
    days = (wishes.today - release.released).days
    return words("plan.not-settled", torch=release.version, days=days)


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


def _direct(variant: str, driver: Driver) -> bool:
    cuda = cuda_of(variant)
    return cuda is None or version_numbers(driver.cuda) >= version_numbers(cuda)


def _at_sources(
    release: TorchRelease, variant: str, code: Code | None, question: Question
) -> Iterator[Candidate]:
    target = question.target
    known = (code is not None and not code.guessed) or not target.capabilities
    for preference, source in enumerate(sources(release, variant, question)):
        found = {
            name: release.version
            if name == "torch"
            else companion_version(name, release, variant, source.kind, question)
            for name in question.wishes.packages
        }
        seen = source.kind == "pypi" or not release.is_inferred(variant, question.platform)
        yield Candidate(
            release=release,
            variant=variant,
            source=source,
            packages=tuple((name, version) for name, version in found.items() if version is not None),
            missing=tuple(name for name, version in found.items() if version is None),
            verified=seen and known,
            native=is_native(code, target, question.tables),
            direct=_direct(variant, question.driver),
            preference=preference,
        )


def _conda(release: TorchRelease, question: Question) -> Iterator[Candidate | Rejected]:
    """The builds of one release on conda-forge, or why none of them can be taken."""
    target, platform, python = question.target, question.platform, question.python
    tables, wishes, version = question.tables, question.wishes, release.version
    rows = [row for row in tables.conda_forge if row.torch == version]
    pythons = release.pythons.get(platform) or release.pythons["linux_x86_64"]
    reason = _too_young(release, wishes)
    if reason is None and (not rows or platform == "windows_arm64"):
        reason = words("plan.not-on-conda", torch=version)
    elif reason is None and (python not in pythons or python.endswith("t")):
        reason = words("plan.no-wheel", torch=version, python=python)
    if reason is not None:
        yield Rejected(version, "", reason)
        return
    built = {
        "cu" + row.cuda.replace(".", ""): (Code(row.archs, row.ptx), row.min_glibc)
        for row in rows
        if row.platform == platform
    }
    wanted = list(built) if target.accelerator == "nvidia" else []
    if wishes.backend != "auto":
        wanted = [wishes.backend]
    for variant in wanted or ["cpu"]:
        code, glibc = built.get(variant, (None, None))
        if variant != "cpu" and code is None:
            reason = words("plan.no-variant", torch=version, variant=variant, platform=platform)
        elif glibc and target.glibc and version_numbers(target.glibc) < version_numbers(glibc):
            reason = words("plan.glibc", torch=version, need=glibc, have=target.glibc)
        else:
            reason = variant_unfit(version, variant, code, target, question.driver, tables)
        if reason is not None:
            yield Rejected(version, variant, reason)
        else:
            yield _on_conda_forge(release, variant, code, question)


def _on_conda_forge(release: TorchRelease, variant: str, code: Code | None, question: Question) -> Candidate:
    versions = {
        "torch": release.version,
        "torchvision": release.torchvision,
        "torchaudio": release.torchaudio,
    }
    packages = tuple((name, version) for name in question.wishes.packages if (version := versions[name]))
    return Candidate(
        release=release,
        variant=variant,
        source=conda_forge_at(question),
        packages=packages,
        missing=(),
        verified=True,
        native=is_native(code, question.target, question.tables),
        direct=_direct(variant, question.driver),
        preference=0,
    )
