"""Room for a plan: what is downloaded and installed, against the volumes that have to take it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from envdoctor.facts import Volume
from envdoctor.knowledge.downloads import download
from envdoctor.messages import catalogue
from envdoctor.planner import Build, Plan
from envdoctor.planner.room import Ground, short_of_room
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
    told = list(short_of_room(LINUX, "pip", volumes(*free)))
    assert [each.values["path"] for each in told] == short


def test_folders_on_one_volume_share_its_room() -> None:
    """3.0 in the temporary folder, 3.0 in the cache and 5.3 in the environment: 11.4 GB on one disk."""
    one = tuple(replace(each, free=11 * GB, total=500 * GB) for each in volumes(0, 0, 0))
    (told,) = short_of_room(LINUX, "pip", one)
    assert (told.values["path"], told.values["need"]) == ("/environment", "11.4")
    assert not list(short_of_room(LINUX, "pip", tuple(replace(e, free=12 * GB) for e in one)))


def test_nothing_is_said_of_what_nobody_knows() -> None:
    """A new environment on a machine elsewhere, builds without a stated size, conda's for Linux on Arm."""
    full = volumes(1, 9, 9)
    assert not list(short_of_room(LINUX, "pip", full, "/new"))
    unknown = replace(LINUX, build=Build("2.13.0", "rocm7.2", "3.12", "linux_x86_64"))
    for plan in (unknown, Plan(None)):
        assert not list(short_of_room(plan, "pip", volumes(0, 0, 0)))
    arm = replace(CONDA, build=Build("2.10.0", "cu129", "3.12", "linux_aarch64"))
    assert not list(short_of_room(arm, "conda", volumes(0, 0, 0), None, ground({"/pkgs": 0})))


CONDA = Plan(Build("2.10.0", "cu129", "3.12", "linux_x86_64"), source=Source("conda", "official", None))


def ground(free: dict[str, float], one: bool = False) -> Ground:
    """Volumes by the start of a path, with so many GB free; `one`: all of them are the same volume."""

    def disk(path: str) -> tuple[int, int] | None:
        row = next(((i, gb) for i, (start, gb) in enumerate(free.items()) if path.startswith(start)), None)
        return (int(row[1] * GB), (100 if one else 100 + row[0]) * GB) if row is not None else None

    return Ground(disk=disk, caches={"uv": "/uv", "conda": "/pkgs"})


@pytest.mark.parametrize(("free", "short"), [(6, []), (5, ["/new/env"])])
def test_a_new_environments_own_volume_counts(free: float, short: list[str]) -> None:
    """5.3 GB of files where the environment will lie, whatever the old one's volume has."""
    told = list(short_of_room(LINUX, "pip", volumes(0, 9, 9), "/new/env", ground({"/new": free})))
    assert [each.values["path"] for each in told] == short


def test_pips_cache_lies_where_its_configuration_says() -> None:
    """Not on the full volume of the usual cache, or nowhere at all."""
    elsewhere = replace(ground({"/wheels": 9}), caches={"pip": "/wheels"})
    assert not list(short_of_room(LINUX, "pip", volumes(9, 9, 0), None, elsewhere))
    assert not list(short_of_room(LINUX, "pip", volumes(9, 9, 0), None, Ground(caches={"pip": None})))
    assert list(short_of_room(LINUX, "pip", volumes(9, 9, 0)))


@pytest.mark.parametrize(
    ("environment", "cache", "one", "short"),
    [
        (6, 6, False, []),
        (5, 6, False, ["/new"]),
        (6, 5, False, ["/uv"]),
        (6, 6, True, []),  # linked from the cache: the bytes lie there once
        (5, 5, True, ["/uv"]),
    ],
)
def test_uv_unpacks_in_its_cache_and_links_from_there(
    environment: float, cache: float, one: bool, short: list[str]
) -> None:
    asked = ground({"/new": environment, "/uv": cache}, one)
    told = list(short_of_room(LINUX, "uv", volumes(0, 0, 0), "/new", asked))
    assert [each.values["path"] for each in told] == short
    assert {each.key for each in told} <= {"install.disk-low-uv", "install.disk-low-environment"}


@pytest.mark.parametrize(
    ("environment", "cache", "one", "short"),
    [
        (4, 8, False, []),
        (3, 8, False, ["/new"]),
        (4, 7, False, ["/pkgs"]),
        (8, 8, True, []),
        (7, 7, True, ["/pkgs"]),
    ],
)
def test_conda_keeps_packages_as_they_came_and_unpacked(
    environment: float, cache: float, one: bool, short: list[str]
) -> None:
    """3.8 GB of packages for Linux, by the lock file of pytorch 2.8.0, which the sentence names."""
    asked = ground({"/new": environment, "/pkgs": cache}, one)
    told = list(short_of_room(CONDA, "conda", volumes(0, 0, 0), "/new", asked))
    assert [each.values["path"] for each in told] == short
    assert all(
        "2.8.0" in catalogue(language).say(each)
        for each in told
        if each.values["path"] == "/pkgs"
        for language in ("en", "zh")
    )


def test_a_wheel_alone_is_counted_at_no_more_than_its_size() -> None:
    """Nobody measured how much a CUDA wheel for Windows grows when it is unpacked."""
    alone = download("2.14.1", "windows_amd64", "cu126")
    whole = download("2.14.1", "linux_x86_64", "cu130")
    assert alone is not None and not alone.whole and alone.installed == alone.size == 2_603_000_000
    assert whole is not None and whole.whole and whole.installed == int(whole.size * 1.75)
