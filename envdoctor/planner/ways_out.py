"""Where nothing fits: what is in the way, and each change that would let a build fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.machine import version_numbers
from envdoctor.planner.candidates import Candidate, Rejected, candidates
from envdoctor.planner.choose import best_python
from envdoctor.planner.fit import cuda_of
from envdoctor.planner.target import Target
from envdoctor.planner.wishes import Wishes

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge

__all__ = ["ways_out"]


def ways_out(target: Target, tables: Knowledge, wishes: Wishes, rejected: list[Rejected]) -> Iterator[Words]:
    """What is in the way, then the ways out, each of which was tried and leads to a build."""
    if target.platform is None:
        yield words("plan.no-platform")
        return
    if target.python is None:
        yield words("plan.no-python")
        return
    yield from _in_the_way(rejected)
    found = False
    python = best_python(target, tables, wishes)
    if python is not None:
        best = _best(replace(target, python=python), tables, wishes)
        if best is not None:
            found = True
            yield words("plan.other-python", python=python, torch=best.release.version, variant=best.variant)
    if target.accelerator == "nvidia" and target.driver is not None:
        free = replace(target, driver=None, driver_cuda=None)
        best = _best(free, tables, wishes)
        if best is None and (python := best_python(free, tables, wishes)) is not None:
            # Both have to change: said together, since neither helps alone.
            best = _best(replace(free, python=python), tables, wishes)
            key = "plan.other-driver-and-python"
        else:
            key = "plan.other-driver"
        cuda = cuda_of(best.variant) if best is not None else None
        least = tables.minimum_driver(cuda, target.driver_system) if cuda else None
        if best is not None and least and version_numbers(target.driver) < version_numbers(least):
            found = True
            values = {"torch": best.release.version, "variant": best.variant, "least": least}
            yield words(key, **values, **({} if key == "plan.other-driver" else {"python": python or "?"}))
    if len(target.capabilities) > 1:
        for each in _one_by_one(target, tables, wishes):
            found = True
            yield each
    if not found or len(target.capabilities) > 1:
        conda = _best(target, tables, Wishes(today=wishes.today, tool="conda"))
        cuda = cuda_of(conda.variant) if conda is not None else None
        if conda is not None and cuda is not None and wishes.tool != "conda":
            yield words("plan.conda-covers", torch=conda.release.version, cuda=cuda)
    if not found and wishes.torch not in ("settled", "latest"):
        best = _best(target, tables, replace(wishes, torch="settled"))
        if best is not None:
            found = True
            yield words("plan.other-release", torch=best.release.version, variant=best.variant)
    if not found and wishes.backend != "auto":
        best = _best(target, tables, replace(wishes, backend="auto"))
        if best is not None:
            found = True
            yield words("plan.other-release", torch=best.release.version, variant=best.variant)
    if not found and target.accelerator == "nvidia":
        best = _best(replace(target, accelerator=None, capabilities=(), gpus=()), tables, wishes)
        if best is not None:
            yield words("plan.cpu-instead", torch=best.release.version)


def _best(target: Target, tables: Knowledge, wishes: Wishes) -> Candidate | None:
    fits, _ = candidates(target, tables, wishes)
    return max(fits, key=lambda each: each.key, default=None)


def _in_the_way(rejected: list[Rejected]) -> Iterator[Words]:
    """The reasons against the newest release that is not merely too young, each once."""
    telling = [row for row in rejected if row.reason.key != "plan.not-settled"] or rejected
    # A wheel that exists and can't run says more than that a release has no wheel for this Python.
    telling = [row for row in telling if row.variant] or telling
    newest = max((version_numbers(row.torch) for row in telling), default=())
    yield from (row.reason for row in telling if version_numbers(row.torch) == newest)


def _one_by_one(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """For GPUs that no build covers together: what each would get alone."""
    for capability in target.capabilities:
        gpus = tuple(gpu for gpu in target.gpus if gpu[1] == capability)
        alone = replace(target, capabilities=(capability,), gpus=gpus)
        best = _best(alone, tables, wishes)
        if best is not None:
            name = next((name for name, _ in gpus if name), capability)
            yield words("plan.one-gpu", gpu=name, torch=best.release.version, variant=best.variant)
