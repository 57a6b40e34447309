"""Whether there is room on this machine for what a plan brings, as far as its size is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from envdoctor.findings import Words, words
from envdoctor.knowledge.downloads import Download, download

if TYPE_CHECKING:
    from envdoctor.facts import Volume
    from envdoctor.planner.asked import Tool
    from envdoctor.planner.choice import Plan

__all__ = ["download_of", "short_of_room"]

SAME = 64 << 20
"""Two folders whose volumes are equally large and whose free bytes differ by less lie on one volume."""


def download_of(plan: Plan) -> Download | None:
    """What comes over the network for the build; `None`: none, conda's, or never stated."""
    build, source = plan.build, plan.source
    if build is None or source is None or source.kind == "conda":
        return None
    return download(build.torch, build.platform, build.variant)


def short_of_room(plan: Plan, tool: Tool, volumes: tuple[Volume, ...], *, new: bool) -> Iterator[Words]:
    """A sentence for each volume that is too small for its share of the plan.

    `new`: an environment is made first, and nobody knows yet on which volume it will lie.
    """
    size = download_of(plan)
    if size is None:
        return
    share = _shares(size, tool, new=new)
    told: list[Volume] = []
    for volume in volumes:
        if any(_same(volume, other) for other in told):
            continue
        told.append(volume)
        needed = sum(share.get(each.role, 0) for each in volumes if _same(volume, each))
        if needed > volume.free:
            yield words("install.disk-low", path=volume.path, free=_gb(volume.free), need=_gb(needed))


def _shares(size: Download, tool: Tool, *, new: bool) -> Mapping[str, int]:
    """Bytes by the role of a folder: pip keeps the wheels twice while it works."""
    environment = 0 if new else size.installed
    if tool == "pip":
        return {"environment": environment, "temporary": size.size, "cache": size.size}
    return {"environment": environment}


def _same(one: Volume, other: Volume) -> bool:
    return one.total == other.total and abs(one.free - other.free) < SAME


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f}"
