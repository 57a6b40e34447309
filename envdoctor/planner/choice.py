"""The build that fits: every candidate that is passed over says why."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.planner.builds import Candidate
from envdoctor.planner.candidates import best, up_to_best
from envdoctor.planner.plan import Build, Certainty, Plan, Rejected
from envdoctor.planner.question import Question
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge

__all__ = ["choose", "pick"]


def choose(target: Target, tables: Knowledge, wishes: Wishes | date) -> Plan:
    """The best build for this machine; a bare date stands for no wishes, as of that day."""
    if isinstance(wishes, date):
        wishes = Wishes(today=wishes)
    if target.jetson and (own := _own_builds(target, tables, wishes)) is not None:
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
    if target.jetson and (own := _own_builds(target, tables, wishes)) is not None:
        return own
    question = Question.of(target, tables, wishes)
    chosen = best(target, tables, question.wishes) if question is not None else None
    return _plan(chosen, question) if chosen is not None and question is not None else Plan(None)


def _own_builds(target: Target, tables: Knowledge, wishes: Wishes) -> Plan | None:
    """The plan for a board that has builds of its own; `None`: a usual build is wanted."""
    from envdoctor.planner.jetson import board_plan, has_own_builds

    return board_plan(target, tables, wishes) if has_own_builds(target, wishes) else None


def _plan(chosen: Candidate, question: Question) -> Plan:
    return Plan(
        build=Build(chosen.release.version, chosen.variant, question.python, question.platform),
        packages=dict(chosen.packages),
        certainty=_certainty(chosen, question.target),
        source=chosen.source,
        extra=chosen.extra,
    )


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
