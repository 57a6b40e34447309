"""Jetson boards: which release of their Linux is which JetPack, and the laws between releases and builds."""

import pytest

from envdoctor.knowledge.capabilities import EMBEDDED
from envdoctor.knowledge.jetson import (
    by_kernel,
    by_l4t,
    jetson_builds,
    jetson_releases,
    l4t_of_jetpack,
    made_for,
)


@pytest.mark.parametrize(
    ("l4t", "jetpacks"),
    [
        ("36.4.3", ["6.2"]),
        ("36.4", ["6.1", "6.2", "6.2.1", "6.2.1"]),
        ("36.4.9", ["6.1", "6.2", "6.2.1", "6.2.1"]),  # a patch that came after the table
        ("40.1.0", []),
        ("32.2.1", []),  # before cuDNN 8: no wheel of the table runs on it
        ("", []),
        ("36.4.x", []),  # a report may hold anything
        ("R36", []),
    ],
)
def test_a_release_is_found_by_its_number(l4t, jetpacks):
    assert [row.jetpack for row in by_l4t(l4t)] == jetpacks


@pytest.mark.parametrize(
    ("kernel", "releases"),
    [
        ("5.15.136-tegra", ["36.3.0"]),
        ("5.10.120-tegra", ["35.4.1"]),
        ("5.10.216-tegra", ["34.1.0", "35.6.4"]),  # of JetPack 5, its number not in the table
        ("5.15.148-generic", []),
        ("6.8.0-48-generic", []),
        ("", []),
    ],
)
def test_a_release_is_found_by_its_kernel(kernel, releases):
    found = [row.l4t for row in by_kernel(kernel)]
    assert [found[0], found[-1]][: len(releases)] == releases if releases else not found


def test_a_jetpack_is_its_newest_release():
    assert (l4t_of_jetpack("6.2.1"), l4t_of_jetpack("4.6.1"), l4t_of_jetpack("9.9")) == (
        "36.4.7",
        "32.7.1",
        None,
    )


def test_only_a_wheel_of_nvidias_own_is_known_by_its_version():
    found = made_for("2.1.0a0+41361538.nv23.06")
    assert found is not None and (found.python, found.cuda) == ("3.8", "11.4")
    assert made_for("1.10.0") is None  # any build of 1.10.0 is called so
    assert made_for("2.8.0+cu126") is None


def test_builds_and_releases_agree():
    releases = {row.l4t: row for row in jetson_releases()}
    assert list(releases) == sorted(releases, key=lambda each: tuple(map(int, each.split("."))))
    for row in releases.values():
        assert set(row.boards) <= EMBEDDED, row.l4t
    for build in jetson_builds():
        assert (build.index is None) != (build.url is None), build.torch
        tag = f"cp{build.python.replace('.', '')}"
        assert build.url is None or tag in (build.file or build.url), build.torch
        for l4t in build.l4t:
            assert releases[l4t].python == build.python, (build.torch, l4t)
            assert set(build.boards) <= set(releases[l4t].boards), (build.torch, l4t)
            # One CUDA major runs all of its minors; JetPack 7's 13.2 runs what is built for 13.0.
            assert releases[l4t].cuda.partition(".")[0] == build.cuda.partition(".")[0], (build.torch, l4t)


def test_every_release_for_boards_without_usual_wheels_has_a_build():
    served = {l4t for build in jetson_builds() for l4t in build.l4t}
    assert {row.l4t for row in jetson_releases() if row.boards != ("11.0",)} <= served
