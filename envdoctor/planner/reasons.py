"""What a plan says of itself: why this build, and what its owner should know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import UNKNOWN, Words, words
from envdoctor.planner.builds import Candidate
from envdoctor.planner.candidates import best
from envdoctor.planner.fit import cuda_of
from envdoctor.planner.plan import Rejected
from envdoctor.planner.pythons import best_python
from envdoctor.planner.target import SERVER_BOARDS
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import TorchRelease
    from envdoctor.planner.question import Question
    from envdoctor.planner.target import Target

__all__ = ["each_once", "warnings", "why"]

FREE = ("settled", "latest")
"""Wishes that leave the release to the planner."""


def why(chosen: Candidate, question: Question, passed_over: tuple[Rejected, ...]) -> Iterator[Words]:
    """Why this release, why this variant, and where it comes from if not from where it was asked for."""
    yield from _why_release(chosen, question, passed_over)
    yield from _why_variant(chosen, question)
    yield from _why_there(chosen, question)


def _why_release(chosen: Candidate, question: Question, passed_over: tuple[Rejected, ...]) -> Iterator[Words]:
    torch, asked = chosen.release.version, question.wishes.torch
    number = version_numbers(torch)
    newer = [row for row in passed_over if version_numbers(row.torch) > number]
    stopped = [row for row in newer if row.reason.key != "plan.not-settled"]
    if asked not in FREE:
        yield words("plan.why-asked", torch=torch)
    elif not stopped:
        yield words("plan.why-settled" if asked == "settled" else "plan.why-latest", torch=torch)
    else:
        yield words("plan.why-older", torch=torch)
        # The release right above it tells best what stopped the way up.
        nearest = min(version_numbers(row.torch) for row in stopped)
        yield from each_once(row.reason for row in stopped if version_numbers(row.torch) == nearest)


def each_once(sentences: Iterable[Words]) -> list[Words]:
    """The sentences without repetitions, in their order."""
    found: list[Words] = []
    for each in sentences:
        if each not in found:
            found.append(each)
    return found


def _why_variant(chosen: Candidate, question: Question) -> Iterator[Words]:
    variant, target = chosen.variant, question.target
    asked = question.wishes.backend != "auto"
    cuda, driver = cuda_of(variant), question.driver
    if cuda is not None and not driver.assumed:
        key = "plan.why-direct" if chosen.direct else "plan.why-minor"
        yield words(
            key, variant=variant, cuda=cuda, driver=driver.version, driver_cuda=driver.cuda or UNKNOWN
        )
    elif question.platform.startswith("macos") and chosen.source.kind != "conda":
        yield words("plan.why-mac", torch=chosen.release.version)
    elif asked:
        gpu = _gpu(target)
        unused = variant == "cpu" and gpu is not None
        key = "plan.why-asked-cpu" if unused else "plan.why-asked-variant"
        yield words(key, variant=variant, **({"gpu": gpu} if unused and gpu else {}))
    elif variant == "cpu" and _gpu(target) is None:
        key = "plan.why-cpu-untold" if target.gpu_untold else "plan.why-cpu"
        yield words(key, torch=chosen.release.version)
    elif cuda is None and variant != "cpu":
        yield words("plan.why-other", variant=variant, gpu=_gpu(target) or "GPU")


def _why_there(chosen: Candidate, question: Question) -> Iterator[Words]:
    source = chosen.source
    if source.url is None or (question.mirror is None and question.wheels is None):
        return
    from envdoctor.redact import without_credentials

    url = without_credentials(source.url)
    if source.kind != "conda" and question.wheels is not None and source.mirror == question.wheels.id:
        yield words("plan.why-wheels", source=source.mirror, url=url)
    elif question.mirror is not None and source.mirror != question.mirror.id:
        yield words("plan.why-source", mirror=question.mirror.id, source=source.mirror, url=url)


def warnings(chosen: Candidate, question: Question) -> Iterator[Words]:
    """What is left out, what goes unused, what is not certain, and which change would give more."""
    torch, variant, target = chosen.release.version, chosen.variant, question.target
    for absent in chosen.missing:
        yield words("plan.left-out", name=absent, torch=torch, variant=variant)
    yield from _newer_without(chosen, question)
    gpu = _gpu(target)
    unused = variant == "cpu" and question.wishes.backend == "auto" and target.accelerator != "apple"
    if unused and gpu:
        conda = question.wishes.tool == "conda"
        key = "plan.no-gpu-build-conda" if conda else "plan.no-gpu-build"
        yield words(key, gpu=gpu, platform=question.platform)
    if unused and target.amd_on_windows:
        from envdoctor.knowledge.other_gpus import AMD_ON_WINDOWS

        yield words("remedy.amd-windows", url=AMD_ON_WINDOWS)
    yield from _newer_python(chosen, question)
    yield from _newer_on_conda(chosen, question)
    if cuda_of(variant) is not None:
        yield from _of_cuda(chosen, question)


def _of_cuda(chosen: Candidate, question: Question) -> Iterator[Words]:
    target, driver = question.target, question.driver
    if driver.assumed and set(target.capabilities) & set(SERVER_BOARDS):
        yield words("plan.driver-jetpack", cuda=cuda_of(chosen.variant) or UNKNOWN)
    elif driver.assumed:
        if target.accelerator == "nvidia":
            branch = driver.version.partition(".")[0]
            key = "plan.driver-missing" if target.driver_missing else "plan.driver-unknown"
            yield words(key, branch=branch, cuda=driver.cuda or UNKNOWN)
        else:
            cuda = cuda_of(chosen.variant) or UNKNOWN
            least = question.tables.minimum_driver(cuda, target.driver_system)
            yield words("plan.no-gpu-here", driver=least or UNKNOWN, cuda=cuda)
        if question.wishes.tool == "conda":
            yield words("plan.conda-override", cuda=cuda_of(chosen.variant) or UNKNOWN)
    for name, capability in target.gpus:
        if capability is None:
            yield words("plan.gpu-unknown", gpu=name or "NVIDIA GPU")
    yield from _end_of_road(chosen, question)
    yield from _newer_driver(chosen, question)


def _newer_without(chosen: Candidate, question: Question) -> Iterator[Words]:
    """A newer release would fit if the companion that it lacks were not asked for."""
    asked = question.wishes.packages
    if chosen.missing or "torch" not in asked or question.wishes.torch not in FREE or len(asked) == 1:
        return
    if chosen.release.version == _newest(question).version:
        return
    free = best(question.target, question.tables, replace(question.wishes, packages=("torch",)))
    if free is None or version_numbers(free.release.version) <= version_numbers(chosen.release.version):
        return
    whole = best(
        question.target,
        question.tables,
        replace(question.wishes, torch=free.release.version, backend=free.variant),
    )
    if whole is not None and whole.missing:
        names = " / ".join(whole.missing)
        yield words("plan.newer-without", name=names, torch=free.release.version, variant=free.variant)


def _newer_python(chosen: Candidate, question: Question) -> Iterator[Words]:
    """Another Python would lead to a newer torch."""
    newest = _newest(question)
    if chosen.release.version == newest.version:
        return
    if question.python in newest.pythons.get(question.platform, (question.python,)):
        return
    python = best_python(question.target, question.tables, question.wishes)
    other = replace(question.target, python=python, python_version=None)
    better = best(other, question.tables, question.wishes)
    if better and version_numbers(better.release.version) > version_numbers(chosen.release.version):
        values = {"torch": better.release.version, "variant": better.variant}
        yield words("plan.other-python", python=python or UNKNOWN, **values)


def _newer_on_conda(chosen: Candidate, question: Question) -> Iterator[Words]:
    """conda-forge has a newer release for what wheels have left behind: Intel Macs, GPUs far apart in age."""
    target = question.target
    if question.wishes.tool == "conda" or question.wishes.torch not in FREE:
        return
    if question.platform != "macos_x86_64" and len(target.capabilities) < 2:
        return
    conda = best(target, question.tables, replace(question.wishes, tool="conda", packages=("torch",)))
    if conda and version_numbers(conda.release.version) > version_numbers(chosen.release.version):
        yield words("plan.newer-on-conda", torch=conda.release.version, variant=conda.variant)


def _newer_driver(chosen: Candidate, question: Question) -> Iterator[Words]:
    """A newer driver would lead to a newer torch."""
    if question.driver.assumed or question.wishes.torch not in FREE:
        return
    if chosen.release.version == _newest(question).version:
        return
    free = replace(question.target, driver=None, driver_cuda=None)
    better = best(free, question.tables, question.wishes) or chosen
    cuda = cuda_of(better.variant)
    least = question.tables.minimum_driver(cuda, question.target.driver_system) if cuda else None
    if version_numbers(better.release.version) > version_numbers(chosen.release.version) and least:
        values = {"torch": better.release.version, "variant": better.variant, "least": least}
        yield words("plan.newer-driver", **values)


def _end_of_road(chosen: Candidate, question: Question) -> Iterator[Words]:
    """For old GPUs: no later release carries their kernels, so this is the last that they get."""
    tables = question.tables
    if tables.releases[-1].version == chosen.release.version or question.wishes.tool == "conda":
        return
    for name, capability in question.target.gpus:
        first = _first_without(capability, question) if capability else None
        if first is None:
            continue  # the chosen release reaches the GPU, so one that does not is newer
        gpu = name or f"NVIDIA GPU {capability}"
        yield words("plan.end-of-road", gpu=gpu, torch=first.version, capability=capability or UNKNOWN)
        branch = tables.last_branch(capability or "")
        if branch is not None:
            yield words("plan.last-driver", gpu=gpu, branch=branch)
        return


def _first_without(capability: str, question: Question) -> TorchRelease | None:
    """The oldest of the newest releases of which no build reaches the GPU; `None`: the newest one does."""
    tables, found = question.tables, None
    for release in reversed(tables.releases):
        variants = (
            *release.official_variants.get(question.platform, ()),
            release.pypi_variant.get(question.platform, ""),
        )
        rows = [
            row for variant in variants if (row := tables.archs(release.version, variant, question.platform))
        ]
        if not rows or any(tables.coverage(capability, row.sass, row.ptx) != "none" for row in rows):
            break
        found = release
    return found


def _newest(question: Question) -> TorchRelease:
    """The newest release that was asked for and is not too young."""
    wishes, tables = question.wishes, question.tables
    rows = (row for row in wishes.releases(tables) if not wishes.too_young(row))
    return next(rows, tables.releases[-1])


def _gpu(target: Target) -> str | None:
    """What to call the first GPU that stands here; `None`: there is none."""
    name = next((name for name, _ in target.gpus if name), None) or target.other_gpu
    return name or ("GPU" if target.accelerator in ("nvidia", "amd", "intel") else None)
