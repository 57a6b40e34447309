"""The builds of one release that are wheels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from envdoctor.findings import words
from envdoctor.planner.builds import Candidate, Suitable, is_direct
from envdoctor.planner.fit import Code, glibc_unfit, is_native, release_unfit, variant_unfit
from envdoctor.planner.plan import Rejected
from envdoctor.planner.sources import companion_version, sources

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform, TorchRelease
    from envdoctor.planner.question import Question
    from envdoctor.planner.target import Target

__all__ = ["judged", "offered"]


def judged(release: TorchRelease, question: Question) -> Iterator[Suitable | Rejected]:
    """What of this release's wheels would run on the machine, and why the rest would not."""
    target, platform, tables = question.target, question.platform, question.tables
    version, backend = release.version, question.wishes.backend
    reason = release_unfit(release, target, platform, question.python)
    if reason is not None:
        yield Rejected(version, "", reason)
        return
    published = tuple(_variants(release, target, platform, backend))
    if not published:
        wanted = backend if backend != "auto" else target.accelerator or "cpu"
        reason = words("plan.no-variant", torch=version, variant=wanted, platform=platform)
        yield Rejected(version, "", reason)
    for variant in published:
        code = _code(release, variant, platform, tables)
        reason = glibc_unfit(release, variant, target, platform) or variant_unfit(
            version, variant, code, target, question.driver, tables
        )
        yield Suitable(variant, code) if reason is None else Rejected(version, variant, reason)


def _variants(
    release: TorchRelease, target: Target, platform: Platform, backend: str = "auto"
) -> Iterator[str]:
    """The variants of a release that suit the target's kind of GPU, or the one that was asked for."""
    there = dict.fromkeys(release.official_variants.get(platform, ()))
    if plain := release.pypi_variant.get(platform):
        there[plain] = None
    if backend != "auto":
        yield from (each for each in there if each == backend)
        return
    prefixes = {"nvidia": "cu", "amd": "rocm", "intel": "xpu"}
    prefix = prefixes.get(target.accelerator or "", "cpu")
    if not _offers(platform, prefix):
        prefix = "cpu"
    # "cu" is no prefix of "cpu".
    yield from (each for each in there if each.startswith(prefix))


def _offers(platform: Platform, prefix: str) -> bool:
    """Whether builds of this kind are published for the platform at all."""
    if prefix == "cu":
        return platform in ("linux_x86_64", "linux_aarch64", "windows_amd64")
    if prefix == "rocm":
        return platform == "linux_x86_64"
    return prefix == "cpu" or platform in ("linux_x86_64", "windows_amd64")


def offered(release: TorchRelease, build: Suitable, question: Question) -> Iterator[Candidate | Rejected]:
    """The build at every place that has it; where none has it, that."""
    at = tuple(_at_sources(release, build.variant, build.code, question))
    if not at:
        reason = words("plan.no-source", torch=release.version, variant=build.variant)
        yield Rejected(release.version, build.variant, reason)
    yield from at


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
