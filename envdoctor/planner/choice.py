"""The build that fits: every candidate that is passed over says why."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from envdoctor.findings import Words, words
from envdoctor.frozen import Record, value
from envdoctor.machine import version_numbers
from envdoctor.planner.candidates import Candidate, Rejected, best, up_to_best
from envdoctor.planner.question import Question
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Platform
    from envdoctor.planner.sources import Source

__all__ = ["Build", "Plan", "Rejected", "best_python", "choose", "pick", "usual_python"]

Certainty = Literal["direct", "minor", "unverified"]


@value
class Build(Record):
    """One torch release with one variant for one platform and Python."""

    torch: str
    variant: str
    python: str
    platform: Platform


@value
class Plan(Record):
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
    if target.jetson and (own := _own_builds(target, wishes)) is not None:
        return own
    question = Question.of(target, tables, wishes)
    fits, rejected = up_to_best(question) if question is not None else ([], [])
    if question is None or not fits:
        from envdoctor.planner.ways_out import ways_out

        return Plan(None, why=tuple(ways_out(target, tables, wishes, rejected)), rejected=tuple(rejected))
    from envdoctor.planner.reasons import warnings, why

    chosen = max(fits, key=lambda each: each.key)
    passed_over = tuple(_passed_over(chosen, fits, rejected))
    return replace(
        _plan(chosen, question),
        why=tuple(why(chosen, question, passed_over)),
        rejected=passed_over,
        warnings=tuple(warnings(chosen, question)),
    )


@functools.lru_cache(maxsize=512)
def pick(target: Target, tables: Knowledge, wishes: Wishes | date) -> Plan:
    """The build that `choose` takes, without a word of why; a bare date stands for no wishes.

    The words take most of the time, and a remedy needs none of them; many machines ask for the same.
    """
    if isinstance(wishes, date):
        wishes = Wishes(today=wishes)
    if target.jetson and (own := _own_builds(target, wishes)) is not None:
        return own
    question = Question.of(target, tables, wishes)
    chosen = best(target, tables, question.wishes) if question is not None else None
    return _plan(chosen, question) if chosen is not None and question is not None else Plan(None)


def _own_builds(target: Target, wishes: Wishes) -> Plan | None:
    """The plan for a board that has builds of its own; `None`: a usual build is wanted."""
    from envdoctor.planner.jetson import board_plan, has_own_builds

    return board_plan(target, wishes) if has_own_builds(target, wishes) else None


def _plan(chosen: Candidate, question: Question) -> Plan:
    return Plan(
        build=Build(chosen.release.version, chosen.variant, question.python, question.platform),
        packages=dict(chosen.packages),
        certainty=_certainty(chosen, question.target),
        source=chosen.source,
        extra=chosen.extra,
    )


def best_python(target: Target, tables: Knowledge, wishes: Wishes) -> str | None:
    """The Python for a new environment: of those that lead to the best build here the settled one.

    What is newer than the settled one lacks much of what people install beside torch, though it has torch.
    Where only such ones lead to that build the oldest is taken, and where only older ones do the newest.
    For a free-threaded interpreter that is another free-threaded one, where any leads to a build.
    """
    if target.jetson:
        from envdoctor.planner.jetson import board_python, has_own_builds

        if has_own_builds(target, wishes):
            return board_python(target, wishes)
    free = (target.python or "").endswith("t") and wishes.tool != "conda"
    return (_best_of_kind("t", target, tables, wishes) if free else None) or _best_of_kind(
        "", target, tables, wishes
    )


def _best_of_kind(kind: Literal["", "t"], target: Target, tables: Knowledge, wishes: Wishes) -> str | None:
    platform = target.platform
    if platform is None:
        return None
    found: list[tuple[tuple[object, ...], str]] = []
    for python in _offered(platform, kind, tables):
        candidate = best(replace(target, python=python, python_version=None), tables, wishes)
        if candidate is not None:
            found.append((candidate.key, python))
    if not found:
        return None
    highest = max(key for key, _ in found)
    best_ones = [python for key, python in found if key == highest]
    settled = version_numbers(tables.settled_python.version)
    return next((each for each in reversed(best_ones) if version_numbers(each) <= settled), best_ones[0])


@functools.lru_cache(maxsize=64)
def _offered(platform: Platform, kind: Literal["", "t"], tables: Knowledge) -> tuple[str, ...]:
    """Every Python that any release has wheels for on this platform, oldest first."""
    offered = {
        each
        for release in tables.releases
        for each in release.pythons.get(platform, ())
        if each.endswith("t") == bool(kind)
    }
    return tuple(sorted(offered, key=version_numbers))


@functools.lru_cache(maxsize=64)
def usual_python(platform: Platform | None, tables: Knowledge, today: date) -> str | None:
    """The Python for a new environment on this platform, with the settled release and all its companions."""
    return best_python(Target(platform=platform, python=None), tables, Wishes(today=today))


def _certainty(chosen: Candidate, target: Target) -> Certainty:
    unknown_gpu = chosen.variant.startswith("cu") and any(not each for _, each in target.gpus)
    if not chosen.verified or unknown_gpu:
        return "unverified"
    return "direct" if chosen.direct else "minor"


def _passed_over(chosen: Candidate, fits: list[Candidate], rejected: list[Rejected]) -> Iterator[Rejected]:
    """Builds of the chosen release and of newer ones that were not taken."""
    number = version_numbers(chosen.release.version)
    rows = [row for row in rejected if version_numbers(row.torch) >= number]
    told = {(chosen.release.version, chosen.variant)}
    for other in fits:
        build = (other.release.version, other.variant)
        if build in told or version_numbers(other.release.version) < number:
            continue
        told.add(build)
        rows.append(Rejected(*build, _lost_to(chosen, other)))
    yield from sorted(rows, key=lambda row: version_numbers(row.torch), reverse=True)


def _lost_to(chosen: Candidate, other: Candidate) -> Words:
    """Why a build that fits was not taken."""
    values = {"torch": other.release.version, "variant": other.variant}
    if chosen.verified and not other.verified:
        return words("plan.unverified", **values)
    if len(other.missing) > len(chosen.missing):
        missing = next(name for name in other.missing if name not in chosen.missing)
        return words("plan.no-companion", **values, name=missing)
    if chosen.native and not other.native:
        return words("plan.only-ptx", variant=other.variant, chosen=chosen.variant)
    if chosen.direct and not other.direct:
        return words("plan.beyond-driver", variant=other.variant, chosen=chosen.variant)
    return words("plan.second", variant=other.variant, chosen=chosen.variant)
