"""The build for one of NVIDIA's Jetson boards, whose GPU and Linux the usual wheels are not made for."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.knowledge.jetson import JetsonBuild, in_words, jetson_builds
from envdoctor.planner.plan import Build, Plan, Rejected
from envdoctor.planner.sources import Source

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge
    from envdoctor.planner.target import Target
    from envdoctor.planner.wishes import Wishes

__all__ = ["board_plan", "board_python", "has_own_builds"]


def has_own_builds(target: Target, wishes: Wishes) -> bool:
    """Whether this is a board whose builds stand in a table of their own; its CPU build is the usual one."""
    return bool(target.jetson) and wishes.backend != "cpu"


def board_python(target: Target, wishes: Wishes) -> str | None:
    """The Python that the board's build is for; `None`: the build is not known."""
    build = _build(replace(target, python=None), wishes)
    return build.python if build is not None else None


def board_plan(target: Target, tables: Knowledge, wishes: Wishes) -> Plan:
    """The build that was made for the board's Linux; without one `why` says what is in the way."""
    build = _build(target, wishes)
    if build is None:
        return Plan(None, why=tuple(_in_the_way(target, wishes)))
    had = {"torch": build.torch, "torchvision": build.torchvision}
    packages = {name: version for name in wishes.packages if (version := had.get(name)) is not None}
    missing = " / ".join(name for name in wishes.packages if name not in packages)
    newest = tables.releases[-1].version
    return Plan(
        build=Build(build.torch, _variant(build), build.python, "linux_aarch64"),
        packages=packages,
        why=(_board(target), words("plan.jetson-from", by=build.by, place=build.index or build.url or "")),
        rejected=(Rejected(newest, "", words("plan.jetson-usual", torch=newest)),),
        warnings=(words("plan.jetson-without", name=missing, torch=build.torch),) if missing else (),
        source=_source(build),
        extra=() if build.numpy2 or build.python in ("3.6", "3.8") else ("numpy<2",),
    )


def _build(target: Target, wishes: Wishes) -> JetsonBuild | None:
    """The first build that every release which the board may run takes, and that meets the wishes."""
    if wishes.tool == "conda":
        return None
    suits = (each for each in jetson_builds() if _runs(each, target) and _is_wanted(each, wishes))
    return next(suits, None)


def _runs(build: JetsonBuild, target: Target) -> bool:
    """Whether it was made for all that the board may be, and for its Python, as far as that is known."""
    of_release = all(row.l4t in build.l4t for row in target.jetson)
    return (
        of_release and set(target.capabilities) <= set(build.boards) and target.python in (None, build.python)
    )


def _is_wanted(build: JetsonBuild, wishes: Wishes) -> bool:
    """Whether it is what was asked for.

    uv refuses a wheel whose name and metadata differ, as NVIDIA's do by the number of their build, so it is
    given indexes only.
    """
    public = re.split(r"a0|\+", build.torch)[0]
    of_version = wishes.torch in ("settled", "latest") or f"{public}.".startswith(f"{wishes.torch}.")
    of_variant = wishes.backend in ("auto", _variant(build))
    return of_version and of_variant and (build.index is not None or wishes.tool != "uv")


def _variant(build: JetsonBuild) -> str:
    return f"cu{build.cuda.replace('.', '')}"


def _source(build: JetsonBuild) -> Source:
    if build.index is not None:
        return Source("board", build.by, build.index)
    return Source("file", build.by, build.url, file=build.file)


def _board(target: Target) -> Words:
    if len({row.python for row in target.jetson}) > 1:
        return words("plan.jetson-any-board")
    jetpack, l4t = in_words(target.jetson)
    return words("plan.jetson-board", jetpack=jetpack, l4t=l4t)


def _in_the_way(target: Target, wishes: Wishes) -> list[Words]:
    free = replace(wishes, torch="settled", backend="auto", tool="pip")
    other = _build(replace(target, python=None), free)
    if other is None:
        return [_board(target), words("plan.jetson-which")]
    values = {"torch": other.torch, "python": other.python, "by": other.by}
    return [_board(target), words("plan.jetson-other", place=other.index or other.url or "", **values)]
