"""What the official binaries were before the oldest release in the other tables: torch 1.0.0 to 1.12.1."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from envdoctor.knowledge.loading import DATA_FOLDER, Table, read
from envdoctor.knowledge.lookup import knowledge
from envdoctor.versions import every_number

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row

__all__ = [
    "early_archs",
    "early_codes",
    "early_plain_variant",
    "early_pythons",
    "early_wheels",
    "newest_cuda",
    "was_early_release",
]

Pair = tuple[int, int]
_LONG_TERM = {"1.8.2": "1.8.1"}
"""The release with long-term support, and the one whose architectures it was built for (scripts of the branch
lts/release/1.8 of pytorch/builder). Its wheels lay on a page of their own: nothing may propose them."""


def early_archs(
    torch: str, variant: str, platform: str, package: Literal["wheel", "conda"] | None
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Machine code and PTX of an official CUDA build, as capabilities; `None`: no such build in the table.

    Wheels and conda packages of one release differ. Where it is not known which one it is, and where only
    "1.7" is said of the release, all that it may carry is given.
    """
    built_like = _LONG_TERM.get(torch.partition("+")[0], torch)
    rows = [
        row
        for row in _builds()
        if any(_is(built_like, each) for each in row["torch"])
        and (row["variant"], row["platform"]) == (variant, platform)
        and (package is None or row["package"] in (package, "any"))
    ]
    if not rows:
        return None
    return _sorted(each for row in rows for each in row["sass"]), _sorted(
        each for row in rows for each in row["ptx"]
    )


def early_codes(torch: str, platform: str) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each CUDA build of a release, the oldest CUDA first: variant, machine code, PTX, as capabilities."""
    found = {row["variant"] for row in _builds() if row["platform"] == platform and torch in row["torch"]}
    codes = [(each, early_archs(torch, each, platform, None)) for each in sorted(found, key=every_number)]
    return [(variant, *code) for variant, code in codes if code is not None]


def early_wheels(platform: str) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Each CUDA wheel of the table as release, variant, machine code and PTX, the newest first."""
    newest_first = [
        (torch, row["variant"], tuple(row["sass"]), tuple(row["ptx"]))
        for row in _builds()
        if row["platform"] == platform and row["package"] in ("wheel", "any")
        for torch in row["torch"]
    ]
    newest_first.sort(key=lambda wheel: (every_number(wheel[0]), every_number(wheel[1])), reverse=True)
    yield from newest_first


def early_pythons(torch: str, platform: str) -> tuple[Pair, Pair] | None:
    """The oldest and the newest Python that a release has a wheel for on a platform; `None`: no release here.

    For a platform without wheels it is the span of Linux on x86-64: what is amiss there is not the Python.
    A number that never was (1.8.2, of the LTS) has the Pythons of its minor release.
    """
    minor = ".".join(torch.partition("+")[0].split(".")[:2])
    rows = [pythons for version, pythons in _releases().items() if _is(torch, version)]
    rows = rows or [pythons for version, pythons in _releases().items() if _is(minor, version)]
    found = [each for row in rows for each in row.get(platform) or row["linux_x86_64"]]
    pairs = sorted((int(major), int(minor)) for major, _, minor in (each.partition(".") for each in found))
    return (pairs[0], pairs[-1]) if pairs else None


def early_plain_variant(torch: str) -> str | None:
    """The build that pip takes on Linux where the command names none; `None`: no release of this table."""
    rows = _table().raw("releases", ("version", "pypi_variant"))
    return next((row["pypi_variant"] for row in rows if row["version"] == torch), None)


CUDA_BEFORE_1 = (9, 2)
"""The newest CUDA of any torch 0 (previous-versions.md of pytorch.github.io: 0.4.1)."""


def newest_cuda(torch: str) -> tuple[int, int] | None:
    """The newest CUDA that an official binary of a torch before 2 was built with; `None`: a later release."""
    if re.match(r"0\.\d", torch):
        return CUDA_BEFORE_1
    early = [row["variant"] for row in _builds() if any(_is(torch, each) for each in row["torch"])]
    if not early and re.match(r"1\.13(?:[.+]|$)", torch):
        early = [row.variant for row in knowledge().arch_rows if row.torch == "1.13"]
    cuda = [(int(each[2:-1]), int(each[-1])) for each in early if each.startswith("cu")]
    return max(cuda, default=None)


def was_early_release(torch: str) -> bool:
    """Whether a release older than the other tables was published under this number."""
    number = torch.partition("+")[0].partition(".post")[0]
    return number in _releases() or number in _table().listing("older")


def _is(torch: str, version: str) -> bool:
    said = torch.partition("+")[0].partition(".post")[0]
    return said == version or (said.count(".") == 1 and version.startswith(f"{said}."))


@functools.cache
def _releases() -> Mapping[str, Mapping[str, list[str]]]:
    return {row["version"]: row["pythons"] for row in _table().raw("releases", ("version", "pythons"))}


def _builds() -> list[Row]:
    return _table().raw("builds", ("torch", "variant", "platform", "package", "sass", "ptx"))


def _table() -> Table:
    return read(DATA_FOLDER, "early")


def _sorted(capabilities: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(capabilities), key=every_number))
