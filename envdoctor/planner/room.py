"""Whether there is room on this machine for what a plan brings, as far as its size is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from envdoctor.findings import Words, words
from envdoctor.frozen import Record, record
from envdoctor.knowledge.downloads import CondaDownload, Download, conda_download, download

if TYPE_CHECKING:
    from envdoctor.facts import Volume
    from envdoctor.planner.asked import Tool
    from envdoctor.planner.plan import Plan

__all__ = ["Ground", "download_of", "short_of_room"]

SAME = 64 << 20
"""Two folders whose volumes are equally large and whose free bytes differ by less lie on one volume."""
Role = Literal["environment", "temporary", "cache"]


@record
class Ground(Record):
    """What can be asked of the machine beyond its facts; by default nothing, as of a machine elsewhere.

    `disk`: bytes that are free, and all of them, on the volume of a path that need not exist yet. `caches`:
    the folder in which each installer keeps what it downloads; `None`: nothing is kept, or nobody knows.
    """

    disk: Callable[[str], tuple[int, int] | None] = lambda path: None
    caches: Mapping[str, str | None] = field(default_factory=dict)


def download_of(plan: Plan) -> Download | None:
    """What comes over the network for the build; `None`: none, conda's, or never stated."""
    build, source = plan.build, plan.source
    if build is None or source is None or source.kind == "conda":
        return None
    return download(build.torch, build.platform, build.variant)


def short_of_room(
    plan: Plan,
    tool: Tool,
    volumes: tuple[Volume, ...],
    new: str | None = None,
    ground: Ground = Ground(),  # noqa: B008 - frozen, and the same for all
) -> Iterator[Words]:
    """A sentence for each volume that is too small for its share of the plan.

    `new`: the folder of the environment that is made first.
    """
    said, shares = _shares(plan, tool)
    if not shares:
        return
    places = _places(tool, volumes, new, ground)
    if tool != "pip" and "environment" in places and "cache" in places:
        # uv and conda link the environment's files to those of their cache where both lie on one volume.
        if _same(places["environment"], places["cache"]):
            shares = {"cache": shares["cache"]}
    told: list[Volume] = []
    for role in shares:
        volume = places.get(role)
        if volume is None or any(_same(volume, other) for other in told):
            continue
        told.append(volume)
        here = {each: size for each, size in shares.items() if each in places and _same(places[each], volume)}
        needed = sum(here.values())
        if needed > volume.free:
            key = said if set(here) != {"environment"} else "install.disk-low-environment"
            yield words(key, path=volume.path, free=_gb(volume.free), need=_gb(needed), **_measured(plan))


def _shares(plan: Plan, tool: Tool) -> tuple[str, Mapping[Role, int]]:
    """The sentence for what is too small, and the bytes by the role of a folder; none where nobody knows."""
    if tool == "conda":
        kind = _conda(plan)
        # Packages are kept as they came and unpacked, which is no less; the environment is linked or copied.
        known: Mapping[Role, int] = {"environment": kind.size, "cache": 2 * kind.size} if kind else {}
        return "install.disk-low-conda", known
    size = download_of(plan)
    if size is None:
        return "", {}
    if tool == "uv":  # what it downloads it unpacks at once
        return "install.disk-low-uv", {"environment": size.installed, "cache": size.installed}
    # pip keeps the wheels twice while it works.
    return "install.disk-low", {
        "environment": size.installed,
        "temporary": size.size,
        "cache": size.size,
    }


def _conda(plan: Plan) -> CondaDownload | None:
    return conda_download(plan.build.platform, plan.build.variant) if plan.build is not None else None


def _measured(plan: Plan) -> dict[str, str]:
    """Which release the size was told of, where it is not this one's own."""
    kind = _conda(plan) if plan.source is not None and plan.source.kind == "conda" else None
    return {"torch": kind.torch} if kind is not None else {}


def _places(tool: Tool, volumes: tuple[Volume, ...], new: str | None, ground: Ground) -> dict[Role, Volume]:
    """The volume of each folder that takes a share, as far as it is known."""
    from envdoctor.facts import Volume

    places: dict[Role, Volume] = {volume.role: volume for volume in volumes}
    asked: dict[Role, str | None] = {"environment": new} if new is not None else {}
    if tool != "pip" or tool in ground.caches:
        asked["cache"] = ground.caches.get(tool)
    for role, path in asked.items():
        places.pop(role, None)
        space = ground.disk(path) if path else None
        if path and space is not None:
            places[role] = Volume(role=role, path=path, free=space[0], total=space[1])
    return places


def _same(one: Volume, other: Volume) -> bool:
    return one.total == other.total and abs(one.free - other.free) < SAME


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f}"
