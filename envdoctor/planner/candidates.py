"""Every build that could be meant, each with its source, and why each of the others is passed over."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from envdoctor.findings import words
from envdoctor.planner.builds import Candidate
from envdoctor.planner.plan import Rejected
from envdoctor.planner.question import Question
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, TorchRelease

__all__ = ["best", "candidates", "up_to_best"]

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
    if wishes.tool == "conda":
        from envdoctor.planner.conda_forge import judged, offered
    else:
        from envdoctor.planner.wheels import judged, offered
    known = question.judged.get(release.version)
    if known is None:
        known = question.judged[release.version] = tuple(judged(release, question))
    for row in known:
        if isinstance(row, Rejected):
            yield row
        else:
            yield from offered(release, row, question)
