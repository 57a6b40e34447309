"""Room for a plan: what is downloaded and installed, against the volumes that have to take it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from envdoctor.facts import Volume
from envdoctor.findings import Words
from envdoctor.knowledge.downloads import download
from envdoctor.messages import catalogue
from envdoctor.planner import Build, Plan
from envdoctor.planner.asked import Tool
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
    ("tool", "environment", "cache", "one", "short"),
    [
        # uv links from its cache: on one volume the bytes lie there once.
        ("uv", 6, 6, False, []),
        ("uv", 5, 6, False, ["/new"]),
        ("uv", 6, 5, False, ["/cache"]),
        ("uv", 6, 6, True, []),
        ("uv", 5, 5, True, ["/cache"]),
        # conda keeps packages as they came and unpacked.
        ("conda", 4, 8, False, []),
        ("conda", 3, 8, False, ["/new"]),
        ("conda", 4, 7, False, ["/cache"]),
        ("conda", 8, 8, True, []),
        ("conda", 7, 7, True, ["/cache"]),
    ],
)
def test_what_is_unpacked_in_a_cache_needs_room_there_and_in_the_environment(
    tool: Tool, environment: float, cache: float, one: bool, short: list[str]
) -> None:
    told = told_of_unpacking(tool, environment, cache, one)
    assert [each.values["path"] for each in told] == short
    assert {each.key for each in told} <= {f"install.disk-low-{tool}", "install.disk-low-environment"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_room_that_conda_needs_is_that_of_a_lock_file_which_is_named(language: str) -> None:
    (told,) = told_of_unpacking("conda", 4, 7, False)
    assert "2.8.0" in catalogue(language).say(told)


def told_of_unpacking(tool: Tool, environment: float, cache: float, one: bool) -> list[Words]:
    """What is said where the new environment and the tool's cache have so many GB free, on `one` volume or two."""
    plan = {"uv": LINUX, "conda": CONDA}[tool]
    places = {"/new": environment, "/cache": cache}
    asked = replace(ground(places, one), caches={tool: "/cache"})
    return list(short_of_room(plan, tool, volumes(0, 0, 0), "/new", asked))


def test_a_wheel_alone_is_counted_at_no_more_than_its_size() -> None:
    """Nobody measured how much a CUDA wheel for Windows grows when it is unpacked."""
    alone = download("2.14.1", "windows_amd64", "cu126")
    whole = download("2.14.1", "linux_x86_64", "cu130")
    assert alone is not None and not alone.whole and alone.installed == alone.size == 2_603_000_000
    assert whole is not None and whole.whole and whole.installed == int(whole.size * 1.75)
