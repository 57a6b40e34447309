"""The builds of one release on conda-forge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.planner.builds import Candidate, Suitable, is_direct
from envdoctor.planner.fit import Code, cuda_of, is_native, variant_unfit
from envdoctor.planner.plan import Rejected
from envdoctor.planner.sources import conda_forge_at
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import CondaForgeRelease, TorchRelease
    from envdoctor.planner.question import Question

__all__ = ["judged", "offered"]


def judged(release: TorchRelease, question: Question) -> Iterator[Suitable | Rejected]:
    """What of this release on conda-forge would run on the machine, and why the rest would not."""
    row = question.tables.conda_forge_releases.get(release.version)
    reason = _unfit(row, release.version, question)
    if row is None or reason is not None:
        yield Rejected(release.version, "", reason or words("plan.not-on-conda", torch=release.version))
        return
    built = _built(release.version, question)
    for variant in _wanted(built, row, question):
        code, glibc = built.get(variant, (None, None))
        reason = _variant_unfit(release.version, variant, code, glibc, row, question)
        if reason is not None:
            yield Rejected(release.version, variant, reason)
        else:
            yield Suitable(variant, code)


def _unfit(row: CondaForgeRelease | None, torch: str, question: Question) -> Words | None:
    if row is None:
        return words("plan.not-on-conda", torch=torch)
    if question.platform not in row.cpu and not _built(torch, question):
        return words("plan.no-platform-wheel", torch=torch, platform=question.platform)
    if question.python not in row.pythons:
        return words("plan.no-wheel", torch=torch, python=question.python)
    have = question.target.macos
    if have and version_numbers(have) < version_numbers(row.min_macos):
        return words("plan.macos", torch=torch, need=row.min_macos, have=have)
    return None


def _built(torch: str, question: Question) -> dict[str, tuple[Code, str | None]]:
    """The CUDA builds of a release for the platform: what each carries, the oldest glibc it runs on."""
    return {
        "cu" + row.cuda.replace(".", ""): (Code(row.archs, row.ptx), row.min_glibc)
        for row in question.tables.conda_forge
        if row.torch == torch and row.platform == question.platform
    }


def _wanted(
    built: dict[str, tuple[Code, str | None]], row: CondaForgeRelease, question: Question
) -> tuple[str, ...]:
    if question.wishes.backend != "auto":
        return (question.wishes.backend,)
    if question.target.accelerator == "nvidia" and built:
        return tuple(built)
    # A release that is built for a platform's GPUs alone is no CPU build.
    return ("cpu",) if question.platform in row.cpu else ()


def _variant_unfit(
    torch: str,
    variant: str,
    code: Code | None,
    glibc: str | None,
    row: CondaForgeRelease,
    question: Question,
) -> Words | None:
    there = question.platform in row.cpu if variant == "cpu" else code is not None
    if not there:
        return words("plan.no-variant", torch=torch, variant=variant, platform=question.platform)
    have = question.target.glibc
    if glibc and have and version_numbers(have) < version_numbers(glibc):
        return words("plan.glibc", torch=torch, need=glibc, have=have)
    return variant_unfit(torch, variant, code, question.target, question.driver, question.tables)


def offered(release: TorchRelease, build: Suitable, question: Question) -> Iterator[Candidate | Rejected]:
    """The build, with the companions that conda-forge has for it."""
    variant, code = build
    found: dict[str, str | None] = {"torch": release.version}
    cuda = cuda_of(variant)
    for name in ("torchvision", "torchaudio"):
        version = getattr(release, name)
        fits = _companion_cuda(name, version, release, cuda, question)
        found[name] = version if fits else None
        if cuda and fits and name in question.wishes.packages:
            cuda = max(cuda, fits, key=version_numbers)
    yield Candidate(
        release=release,
        variant=variant,
        source=conda_forge_at(question),
        packages=tuple((name, version) for name in question.wishes.packages if (version := found[name])),
        missing=tuple(name for name in question.wishes.packages if not found[name]),
        verified=True,
        native=is_native(code, question.target, question.tables),
        direct=is_direct(variant, question.driver),
        extra=(f"cuda-version={cuda}",) if cuda else (),
        newest=question.wishes.torch == "latest",
    )


def _companion_cuda(
    name: str, version: str | None, release: TorchRelease, cuda: str | None, question: Question
) -> str | None:
    """The CUDA that the companion was built with for this build ("cpu" without); `None`: there is none.

    torchaudio refuses a torch of any other CUDA. torchvision wants the same major version, and conda-forge
    built it for Windows with a newer minor version than torch itself.
    """
    for row in question.tables.conda_forge_companions:
        if (row.name, row.version, row.torch) != (name, version, release.minor):
            continue
        built = row.builds.get(question.platform)
        if built is None or question.python not in built.pythons:
            return None
        if (cuda or "cpu") in built.cuda:
            return cuda or "cpu"
        if cuda is None or name == "torchaudio":
            return None
        same = [each for each in built.cuda if each.partition(".")[0] == cuda.partition(".")[0]]
        newer = [each for each in same if version_numbers(each) > version_numbers(cuda)]
        return min(newer, key=version_numbers, default=None)
    return None
