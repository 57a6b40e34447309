"""Where nothing fits: what is in the way, and each change that would let a build fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.planner.candidates import best
from envdoctor.planner.fit import cuda_of
from envdoctor.planner.plan import Rejected
from envdoctor.planner.pythons import best_python
from envdoctor.planner.reasons import each_once
from envdoctor.planner.target import Target
from envdoctor.planner.verdict import nearest
from envdoctor.planner.wishes import Wishes
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge

__all__ = ["ways_out"]


def ways_out(target: Target, tables: Knowledge, wishes: Wishes, rejected: list[Rejected]) -> Iterator[Words]:
    """What is in the way, then the ways out, each of which was tried and leads to a build."""
    if target.obstacle is not None:
        yield words(target.obstacle)
        return
    if target.platform is None:
        yield words("plan.no-platform")
        return
    if target.python is None:
        yield words("plan.no-python")
        return
    yield from _in_the_way(rejected)
    as_it_is = [
        *_other_python(target, tables, wishes),
        *_one_by_one(target, tables, wishes),
        *_near_what_was_asked(target, tables, wishes),
    ]
    with_a_driver = list(_other_driver(target, tables, wishes))
    stuck = not as_it_is and not with_a_driver
    if stuck and (wishes.wheels is not None or wishes.mirror is not None):
        as_it_is += _somewhere_else(target, tables, wishes)
    by_conda = list(_conda(target, tables, wishes)) if stuck or len(target.capabilities) > 1 else []
    found = [*as_it_is, *by_conda, *with_a_driver]
    if not as_it_is and target.accelerator in ("nvidia", "amd", "intel"):
        found += _without_gpu(target, tables, wishes)
    yield from found or [words("plan.no-way-out")]


def _other_python(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    python = best_python(target, tables, wishes)
    if python is None:
        return
    found = best(replace(target, python=python, python_version=None), tables, wishes)
    if found is not None:
        values = {"torch": found.release.version, "variant": found.variant}
        yield words("plan.other-python", python=python, **values)


def _other_driver(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    if target.accelerator != "nvidia" or target.driver is None:
        return
    free = replace(target, driver=None, driver_cuda=None)
    found, key, python = best(free, tables, wishes), "plan.other-driver", None
    if found is None and (python := best_python(free, tables, wishes)) is not None:
        # Both have to change: said together, since neither helps alone.
        found = best(replace(free, python=python, python_version=None), tables, wishes)
        key = "plan.other-driver-and-python"
    cuda = cuda_of(found.variant) if found is not None else None
    least = tables.minimum_driver(cuda, target.driver_system) if cuda else None
    if found is not None and least and version_numbers(target.driver) < version_numbers(least):
        values = {"torch": found.release.version, "variant": found.variant, "least": least}
        yield words(key, **values, **({"python": python} if python else {}))


def _near_what_was_asked(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """The nearest build that works here, where a release or a variant of choice does not."""
    if wishes.torch in ("settled", "latest") and wishes.backend == "auto":
        return
    if wishes.tool == "conda" or wishes.torch in ("settled", "latest"):
        free = best(target, tables, replace(wishes, backend="auto", torch="settled"))
        if free is not None:
            yield words("plan.other-release", torch=free.release.version, variant=free.variant)
        return
    near = nearest(target, wishes.torch, wishes.backend, tables)
    if near is not None:
        yield words("plan.nearest", torch=near.torch, variant=near.variant)


def _conda(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    if wishes.tool == "conda":
        return
    found = best(target, tables, Wishes(today=wishes.today, tool="conda", packages=("torch",)))
    cuda = cuda_of(found.variant) if found is not None else None
    if found is not None and cuda is not None:
        yield words("plan.conda-covers", torch=found.release.version, cuda=cuda)


def _somewhere_else(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    found = best(target, tables, replace(wishes, wheels=None, mirror=None))
    if found is not None:
        values = {"torch": found.release.version, "variant": found.variant}
        yield words("plan.other-source", source=found.source.mirror, **values)


def _without_gpu(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    bare = replace(target, accelerator=None, capabilities=(), gpus=(), gfx=())
    found = best(bare, tables, replace(wishes, backend="auto"))
    if found is not None:
        yield words("plan.cpu-instead", torch=found.release.version)


def _in_the_way(rejected: list[Rejected]) -> Iterator[Words]:
    """The reasons against the newest release that is not merely too young, each once."""
    telling = [row for row in rejected if row.reason.key != "plan.not-settled"] or rejected
    # A wheel that exists and can't run says more than that a release has no wheel for this Python.
    telling = [row for row in telling if row.variant] or telling
    newest = max((version_numbers(row.torch) for row in telling), default=())
    yield from each_once(row.reason for row in telling if version_numbers(row.torch) == newest)


def _one_by_one(target: Target, tables: Knowledge, wishes: Wishes) -> Iterator[Words]:
    """For GPUs that no build covers together: what each would get alone."""
    if len(target.capabilities) < 2:
        return
    for capability in target.capabilities:
        gpus = tuple(gpu for gpu in target.gpus if gpu[1] == capability)
        alone = replace(target, capabilities=(capability,), gpus=gpus)
        found = best(alone, tables, wishes)
        if found is not None:
            name = next((name for name, _ in gpus if name), capability)
            yield words("plan.one-gpu", gpu=name, torch=found.release.version, variant=found.variant)
