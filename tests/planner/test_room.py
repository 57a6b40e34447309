"""Room for a plan: what is downloaded and installed, against the volumes that have to take it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from envdoctor.facts import Volume
from envdoctor.knowledge.downloads import download
from envdoctor.planner.choice import Build, Plan
from envdoctor.planner.room import short_of_room
from envdoctor.planner.sources import Source

GB = 1_000_000_000
LINUX = Plan(Build("2.14.1", "cu130", "3.12", "linux_x86_64"), source=Source("pypi", None, None))
"""3.0 GB of wheels, 5.3 GB of files."""


def volumes(environment: float, temporary: float, cache: float) -> tuple[Volume, ...]:
    """Three volumes with so many GB free, none as large as another."""
    rows = (("environment", environment, 900), ("temporary", temporary, 100), ("cache", cache, 400))
    return tuple(
        Volume(role=role, path=f"/{role}", free=int(free * GB), total=total * GB)
        for role, free, total in rows
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("free", "short"),
    [
        ((6, 4, 4), []),
        ((5, 4, 4), ["/environment"]),
        ((6, 3, 4), ["/temporary"]),
        ((6, 4, 3), ["/cache"]),
        ((1, 1, 1), ["/environment", "/temporary", "/cache"]),
    ],
)
def test_each_volume_has_to_take_its_own_share(free: tuple[float, float, float], short: list[str]) -> None:
    told = list(short_of_room(LINUX, "pip", volumes(*free), new=False))
    assert [each.values["path"] for each in told] == short


def test_folders_on_one_volume_share_its_room() -> None:
    """3.0 in the temporary folder, 3.0 in the cache and 5.3 in the environment: 11.4 GB on one disk."""
    one = tuple(replace(each, free=11 * GB, total=500 * GB) for each in volumes(0, 0, 0))
    (told,) = short_of_room(LINUX, "pip", one, new=False)
    assert (told.values["path"], told.values["need"]) == ("/environment", "11.4")
    assert not list(short_of_room(LINUX, "pip", tuple(replace(e, free=12 * GB) for e in one), new=False))


def test_nothing_is_said_of_what_nobody_knows() -> None:
    """A new environment's volume, a build without a stated size, conda's packages."""
    full = volumes(1, 9, 9)
    assert not list(short_of_room(LINUX, "pip", full, new=True))
    unknown = replace(LINUX, build=Build("2.13.0", "rocm7.2", "3.12", "linux_x86_64"))
    conda = replace(LINUX, source=Source("conda", None, None))
    for plan in (unknown, conda, Plan(None)):
        assert not list(short_of_room(plan, "pip", volumes(0, 0, 0), new=False))


def test_a_wheel_alone_is_counted_at_no_more_than_its_size() -> None:
    """Nobody measured how much a CUDA wheel for Windows grows when it is unpacked."""
    alone = download("2.14.1", "windows_amd64", "cu126")
    whole = download("2.14.1", "linux_x86_64", "cu130")
    assert alone is not None and not alone.whole and alone.installed == alone.size == 2_603_000_000
    assert whole is not None and whole.whole and whole.installed == int(whole.size * 1.75)
