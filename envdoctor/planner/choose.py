"""The build that fits: every candidate that is passed over says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from envdoctor.findings import Words, words
from envdoctor.machine import version_numbers
from envdoctor.planner.candidates import Candidate, Rejected, candidates
from envdoctor.planner.fit import cuda_of, driver_of
from envdoctor.planner.question import Question
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform
    from envdoctor.planner.sources import Source

__all__ = ["Build", "Plan", "Rejected", "best_python", "choose", "newest_python"]

Certainty = Literal["direct", "minor", "unverified"]


@dataclass(frozen=True, slots=True)
class Build:
    """One torch release with one variant for one platform and Python."""

    torch: str
    variant: str
    python: str
    platform: Platform


@dataclass(frozen=True, slots=True)
class Plan:
    """The build to take with its companions, or `None`; `why` then says what is in the way and the ways out.

    `certainty`: "direct", the driver implements the variant's own CUDA; "minor", it runs it by NVIDIA's
    minor-version compatibility; "unverified", nothing that was seen shows this wheel, or its code for
    these GPUs. `extra` are requirements beyond the packages ("numpy<2").
    """

    build: Build | None
    packages: Mapping[str, str] = field(default_factory=dict)
    certainty: Certainty = "direct"
    why: tuple[Words, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    warnings: tuple[Words, ...] = ()
    source: Source | None = None
    extra: tuple[str, ...] = ()


def choose(target: Target, tables: Knowledge, wishes: Wishes | date) -> Plan:
    """The best build for this machine; a bare date stands for no wishes, as of that day."""
    if isinstance(wishes, date):
        wishes = Wishes(today=wishes)
    fits, rejected = candidates(target, tables, wishes)
    if not fits:
        from envdoctor.planner.ways_out import ways_out

        return Plan(None, why=tuple(ways_out(target, tables, wishes, rejected)), rejected=tuple(rejected))
    best = max(fits, key=lambda each: each.key)
    passed_over = tuple(_passed_over(best, fits, rejected))
    assert target.python is not None and target.platform is not None
    return Plan(
        build=Build(best.release.version, best.variant, target.python, target.platform),
        packages=dict(best.packages),
        certainty=_certainty(best, target),
        why=tuple(_why(best, target, tables, wishes, passed_over)),
        rejected=passed_over,
        warnings=tuple(_warnings(best, target, tables, wishes)),
        source=best.source,
        extra=_extra(best, target),
    )


def best_python(target: Target, tables: Knowledge, wishes: Wishes) -> str | None:
    """The Python that leads to the best build here: the newest of those for which it has all its packages."""
    platform = target.platform
    if platform is None:
        return None
    offered = {
        each
        for release in tables.releases
        for each in release.pythons.get(platform, ())
        if not each.endswith("t")
    }
    best: tuple[tuple[object, ...], str] | None = None
    for python in sorted(offered, key=version_numbers):
        fits, _ = candidates(replace(target, python=python), tables, wishes)
        key = max((each.key for each in fits), default=None)
        if key is not None and (best is None or key >= best[0]):
            best = (key, python)
    return best[1] if best is not None else None


def newest_python(platform: Platform | None, tables: Knowledge, today: date) -> str | None:
    """The newest Python for which the settled release and all its companions have wheels on this platform."""
    return best_python(Target(platform=platform, python=None), tables, Wishes(today=today))


def _certainty(best: Candidate, target: Target) -> Certainty:
    if not best.verified or (best.variant.startswith("cu") and any(not each for _, each in target.gpus)):
        return "unverified"
    return "direct" if best.direct else "minor"


def _extra(best: Candidate, target: Target) -> tuple[str, ...]:
    if best.source.kind != "conda" and best.release.numpy2.get(target.os or _system(target)) is False:
        return ("numpy<2",)
    return ()


def _system(target: Target) -> str:
    return (target.platform or "").partition("_")[0]


def _passed_over(best: Candidate, fits: list[Candidate], rejected: list[Rejected]) -> Iterator[Rejected]:
    """Builds of the chosen release and of newer ones that were not taken."""
    number = version_numbers(best.release.version)
    rows = [row for row in rejected if version_numbers(row.torch) >= number]
    told = {(best.release.version, best.variant)}
    for other in fits:
        build = (other.release.version, other.variant)
        if build in told or version_numbers(other.release.version) < number:
            continue
        told.add(build)
        values = {"torch": other.release.version, "variant": other.variant}
        if other.missing:
            reason = words("plan.no-companion", **values, name=other.missing[0])
        elif best.verified and not other.verified:
            reason = words("plan.unverified", **values)
        elif best.direct and not other.direct:
            reason = words("plan.beyond-driver", variant=other.variant, chosen=best.variant)
        else:
            reason = words("plan.second", variant=other.variant, chosen=best.variant)
        rows.append(Rejected(*build, reason))
    yield from sorted(rows, key=lambda row: version_numbers(row.torch), reverse=True)


def _why(
    best: Candidate, target: Target, tables: Knowledge, wishes: Wishes, passed_over: tuple[Rejected, ...]
) -> Iterator[Words]:
    torch = best.release.version
    number = version_numbers(torch)
    newer = [row for row in passed_over if version_numbers(row.torch) > number]
    if wishes.torch not in ("settled", "latest"):
        yield words("plan.why-asked", torch=torch)
    elif all(row.reason.key == "plan.not-settled" for row in newer):
        yield words("plan.why-settled" if wishes.torch == "settled" else "plan.why-latest", torch=torch)
    else:
        yield words("plan.why-older", torch=torch)
        # The release right above it tells best what stopped the way up.
        stopped = [row for row in newer if row.reason.key != "plan.not-settled"]
        nearest = min(version_numbers(row.torch) for row in stopped)
        yield from (row.reason for row in stopped if version_numbers(row.torch) == nearest)
    cuda, driver = cuda_of(best.variant), driver_of(target, tables)
    if cuda is not None and not driver.assumed:
        key = "plan.why-direct" if best.direct else "plan.why-minor"
        yield words(
            key, variant=best.variant, cuda=cuda, driver=driver.version, driver_cuda=driver.cuda or "?"
        )
    elif best.variant == "cpu":
        mac = best.source.kind != "conda" and _system(target) == "macos"
        yield words("plan.why-mac" if mac else "plan.why-cpu", torch=torch)
    elif cuda is None:
        yield words("plan.why-other", variant=best.variant, gpu=target.other_gpu or "GPU")
    yield from _why_there(best.source, target, tables, wishes)


def _why_there(source: Source, target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """Where the build comes from, if that is not what was asked for, or is a place of somebody's own."""
    question = Question.of(target, tables, wishes)
    if question is None or source.url is None or not (wishes.mirror or wishes.wheels):
        return
    from envdoctor.redact import without_credentials

    url = without_credentials(source.url)
    if source.kind != "conda" and question.wheels is not None and source.mirror == question.wheels.id:
        yield words("plan.why-wheels", source=source.mirror, url=url)
    elif question.mirror is not None and source.mirror != question.mirror.id:
        yield words("plan.why-source", mirror=question.mirror.id, source=source.mirror, url=url)


def _warnings(best: Candidate, target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    torch, variant = best.release.version, best.variant
    for absent in best.missing:
        yield words("plan.left-out", name=absent, torch=torch, variant=variant)
    wanted = target.accelerator in ("nvidia", "amd", "intel") or bool(target.other_gpu)
    if variant == "cpu" and wishes.backend == "auto" and wanted and target.accelerator != "apple":
        key = "plan.no-gpu-build-conda" if wishes.tool == "conda" else "plan.no-gpu-build"
        yield words(key, gpu=_name(target), platform=target.platform or "?")
    yield from _newer_python(best, target, tables, wishes)
    if not variant.startswith("cu"):
        return
    driver = driver_of(target, tables)
    if driver.assumed:
        yield words("plan.driver-unknown", branch=driver.version.partition(".")[0], cuda=driver.cuda or "?")
        if wishes.tool == "conda":
            yield words("plan.conda-override", cuda=cuda_of(variant) or "?")
    for name, capability in target.gpus:
        if capability is None:
            yield words("plan.gpu-unknown", gpu=name or "NVIDIA GPU")
    yield from _end_of_road(best, target, tables, wishes)
    if not driver.assumed and wishes.torch == "settled":
        fits, _ = candidates(replace(target, driver=None, driver_cuda=None), tables, wishes)
        better = max(fits, key=lambda each: each.key, default=best)
        cuda = cuda_of(better.variant)
        least = tables.minimum_driver(cuda, target.driver_system) if cuda else None
        if version_numbers(better.release.version) > version_numbers(torch) and least:
            yield words(
                "plan.newer-driver", torch=better.release.version, variant=better.variant, least=least
            )


def _newer_python(best: Candidate, target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """Another Python would lead to a newer torch."""
    newest = next((row for row in wishes.releases(tables) if not wishes.too_young(row)), best.release)
    if best.release.version == newest.version or target.platform is None:
        return
    if target.python in newest.pythons.get(target.platform, (target.python,)):
        return
    python = best_python(target, tables, wishes)
    fits, _ = candidates(replace(target, python=python), tables, wishes)
    better = max(fits, key=lambda each: each.key, default=best)
    if version_numbers(better.release.version) > version_numbers(best.release.version):
        values = {"torch": better.release.version, "variant": better.variant}
        yield words("plan.other-python", python=python or "?", **values)


def _end_of_road(best: Candidate, target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """For old GPUs: no later release carries their kernels, so this is the last that they get."""
    newest = tables.releases[-1]
    if target.platform is None or newest.version == best.release.version or wishes.tool == "conda":
        return
    rows = [row for row in tables.arch_rows if row.torch == newest.minor and row.platform == target.platform]
    for name, capability in target.gpus:
        reached = [tables.coverage(capability, row.sass, row.ptx) for row in rows] if capability else []
        if reached and all(each == "none" for each in reached):
            yield words(
                "plan.end-of-road",
                gpu=name or "An NVIDIA GPU",
                torch=newest.version,
                capability=capability or "?",
            )
            return


def _name(target: Target) -> str:
    return next((name for name, _ in target.gpus if name), None) or target.other_gpu or "GPU"
