"""Every build that could be meant, each with its source, and why each of the others is passed over."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from envdoctor.findings import Words, words
from envdoctor.machine import version_numbers
from envdoctor.planner.fit import Code, Driver, cuda_of, glibc_unfit, is_native, release_unfit, variant_unfit
from envdoctor.planner.question import Question
from envdoctor.planner.sources import Source, companion_version, sources
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform, TorchRelease

__all__ = [
    "Candidate",
    "Rejected",
    "Suitable",
    "best",
    "candidates",
    "is_direct",
    "offers",
    "up_to_best",
    "variants",
]


class Rejected(NamedTuple):
    """A build that was passed over, and why. `variant` is empty where no variant of the release fits."""

    torch: str
    variant: str
    reason: Words


class Suitable(NamedTuple):
    """A build that would run on a machine, wherever it comes from; `code`: what it carries, where known."""

    variant: str
    code: Code | None


class Candidate(NamedTuple):
    """A build that fits, at one source, with the packages that go with it there.

    `verified`: a listing showed the wheels, and what they carry for these GPUs is no guess. `extra` are
    requirements that the build brings beyond the packages ("numpy<2", "cuda-version=12.9"). `newest`: the
    newest release is wanted, even where a package has nothing that goes with it.
    """

    release: TorchRelease
    variant: str
    source: Source
    packages: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    verified: bool
    native: bool
    direct: bool
    preference: int = 0
    extra: tuple[str, ...] = ()
    newest: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What candidates are ranked by: the larger, the better.

        Where the driver implements several CUDA versions the newest is best; where it implements none of
        them and minor-version compatibility has to do, the oldest asks least of it. A driver update never
        leads to an older build this way.
        """
        number = _number(cuda_of(self.variant) or self.variant.removeprefix("rocm"))
        return (
            self.verified,
            self.newest or not self.missing,
            _number(self.release.version),
            not self.missing,
            self.native,
            self.direct,
            number if self.direct else tuple(-each for each in number),
            -self.preference,
        )

    @property
    def unbeaten(self) -> bool:
        """Whether no candidate of an older release can rank above this one."""
        return self.verified and (self.newest or not self.missing)


Both = tuple[list[Candidate], list[Rejected]]


def candidates(target: Target, tables: Knowledge, wishes: Wishes) -> Both:
    """What fits the target and the wishes, and what does not, newest release first."""
    question = Question.of(target, tables, wishes)
    return _collected(question, stop=False) if question is not None else ([], [])


def up_to_best(question: Question) -> Both:
    """The same down to the release that the best candidate is of; all of it where nothing fits."""
    return _collected(question, stop=True)


@functools.lru_cache(maxsize=1024)
def best(target: Target, tables: Knowledge, wishes: Wishes) -> Candidate | None:
    """The candidate that ranks highest; `None`: nothing fits. One plan asks the same thing several times."""
    question = Question.of(target, tables, wishes)
    if question is None:
        return None
    return max(up_to_best(question)[0], key=lambda each: each.key, default=None)


def _collected(question: Question, *, stop: bool) -> Both:
    fits: list[Candidate] = []
    rejected: list[Rejected] = []
    for release in question.wishes.releases(question.tables):
        for row in _of_release(release, question):
            if isinstance(row, Candidate):
                fits.append(row)
            else:
                rejected.append(row)
        # Releases come newest first.
        if stop and fits and any(each.unbeaten for each in fits):
            break
    return fits, rejected


def _of_release(release: TorchRelease, question: Question) -> Iterator[Candidate | Rejected]:
    """The builds of one release: where each can be had, or why it can't be taken."""
    wishes = question.wishes
    if wishes.too_young(release):
        days = (wishes.today - release.released).days
        yield Rejected(release.version, "", words("plan.not-settled", torch=release.version, days=days))
        return
    for row in _on_this_machine(release, question):
        if isinstance(row, Rejected):
            yield row
        else:
            yield from _offered(release, row, question)


def _on_this_machine(release: TorchRelease, question: Question) -> tuple[Suitable | Rejected, ...]:
    """The builds of a release that would run here, wherever they come from, and why the others would not."""
    known = question.judged.get(release.version)
    if known is None:
        if question.wishes.tool == "conda":
            from envdoctor.planner.conda_forge import judged
        else:
            judged = _judged
        known = question.judged[release.version] = tuple(judged(release, question))
    return known


def _offered(release: TorchRelease, build: Suitable, question: Question) -> Iterator[Candidate | Rejected]:
    """Where a build that would run here can be had."""
    if question.wishes.tool == "conda":
        from envdoctor.planner.conda_forge import candidate

        yield candidate(release, build, question)
        return
    at = tuple(_at_sources(release, build.variant, build.code, question))
    if not at:
        reason = words("plan.no-source", torch=release.version, variant=build.variant)
        yield Rejected(release.version, build.variant, reason)
    yield from at


def _judged(release: TorchRelease, question: Question) -> Iterator[Suitable | Rejected]:
    target, platform, tables = question.target, question.platform, question.tables
    version, backend = release.version, question.wishes.backend
    reason = release_unfit(release, target, platform, question.python)
    if reason is not None:
        yield Rejected(version, "", reason)
        return
    offered = tuple(variants(release, target, platform, backend))
    if not offered:
        wanted = backend if backend != "auto" else target.accelerator or "cpu"
        reason = words("plan.no-variant", torch=version, variant=wanted, platform=platform)
        yield Rejected(version, "", reason)
    for variant in offered:
        code = _code(release, variant, platform, tables)
        reason = glibc_unfit(release, variant, target, platform) or variant_unfit(
            version, variant, code, target, question.driver, tables
        )
        yield Suitable(variant, code) if reason is None else Rejected(version, variant, reason)


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
    # "cu" is no prefix of "cpu".
    yield from (each for each in published if each.startswith(prefix))


def offers(platform: Platform, prefix: str) -> bool:
    """Whether builds of this kind are published for the platform at all."""
    if prefix == "cu":
        return platform in ("linux_x86_64", "linux_aarch64", "windows_amd64")
    if prefix == "rocm":
        return platform == "linux_x86_64"
    return prefix == "cpu" or platform in ("linux_x86_64", "windows_amd64")


def is_direct(variant: str, driver: Driver) -> bool:
    """Whether the driver implements the variant's own CUDA."""
    cuda = cuda_of(variant)
    return cuda is None or _number(driver.cuda) >= _number(cuda)


def _at_sources(
    release: TorchRelease, variant: str, code: Code | None, question: Question
) -> Iterator[Candidate]:
    target, system = question.target, question.platform.partition("_")[0]
    known = (code is not None and not code.guessed) or not target.capabilities
    extra = ("numpy<2",) if release.numpy2.get(system) is False else ()
    native, direct = is_native(code, target, question.tables), is_direct(variant, question.driver)
    for preference, source in enumerate(sources(release, variant, question)):
        found = {
            name: release.version
            if name == "torch"
            else companion_version(name, release, variant, source.kind, question)
            for name in question.wishes.packages
        }
        yield Candidate(
            release=release,
            variant=variant,
            source=source,
            packages=tuple((name, version) for name, version in found.items() if version is not None),
            missing=tuple(name for name, version in found.items() if version is None),
            verified=known and (source.kind == "pypi" or not release.is_inferred(variant, question.platform)),
            native=native,
            direct=direct,
            preference=preference,
            extra=extra,
            newest=question.wishes.torch == "latest",
        )


def _code(release: TorchRelease, variant: str, platform: Platform, tables: Knowledge) -> Code | None:
    row = tables.archs(release.version, variant, platform)
    return Code(row.sass, row.ptx, row.confidence == "low") if row is not None else None


@functools.lru_cache(maxsize=1024)
def _number(version: str | None) -> tuple[int, ...]:
    return version_numbers(version)
