"""The build for one of NVIDIA's Jetson boards, whose GPU and Linux the usual wheels are not made for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.knowledge.jetson import JetsonBuild, in_words, jetson_builds
from envdoctor.planner.plan import Build, Plan
from envdoctor.planner.sources import Source

if TYPE_CHECKING:
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


def board_plan(target: Target, wishes: Wishes) -> Plan:
    """The build that was made for the board's Linux; without one `why` says what is in the way."""
    build = _build(target, wishes)
    if build is None:
        return Plan(None, why=tuple(_in_the_way(target, wishes)))
    packages = {"torch": build.torch}
    warnings = []
    for name in ("torchvision", "torchaudio"):
        if name == "torchvision" and build.torchvision is not None and name in wishes.packages:
            packages[name] = build.torchvision
        elif name in wishes.packages:
            warnings.append(words("plan.jetson-without", name=name, torch=build.torch))
    return Plan(
        build=Build(build.torch, f"cu{build.cuda.replace('.', '')}", build.python, "linux_aarch64"),
        packages=packages,
        why=(_board(target), words("plan.jetson-from", by=build.by, place=build.index or build.url or "")),
        warnings=tuple(warnings),
        source=_source(build),
        extra=() if build.numpy2 or build.python in ("3.6", "3.8") else ("numpy<2",),
    )


def _build(target: Target, wishes: Wishes) -> JetsonBuild | None:
    """The first build that every release which the board may run takes, and that meets the wishes."""
    if wishes.tool == "conda":
        return None
    asked = "" if wishes.torch in ("settled", "latest") else wishes.torch
    for each in jetson_builds():
        fits = all(row.l4t in each.l4t for row in target.jetson) and set(target.capabilities) <= set(
            each.boards
        )
        wanted = each.torch.startswith(asked) and wishes.backend in (
            "auto",
            f"cu{each.cuda.replace('.', '')}",
        )
        # uv refuses a wheel whose name and metadata differ, as NVIDIA's do by the number of their build.
        if fits and wanted and target.python in (None, each.python) and (each.index or wishes.tool != "uv"):
            return each
    return None


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
