"""How much comes over the network for a build, and how much room it takes when installed."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from envdoctor.frozen import Record, record
from envdoctor.knowledge.loading import DATA_FOLDER, read

__all__ = ["CondaDownload", "Download", "conda_download", "download"]


@record
class Download(Record):
    """The wheels of one build in bytes, as an index or a download stated them."""

    size: int
    whole: bool
    """Whether this is torch with its companions and everything they need; else torch's own wheel."""
    installed: int
    """At least so many bytes lie in the environment afterwards."""


@record
class CondaDownload(Record):
    """The packages of conda-forge that one environment with pytorch took, by the sizes in a lock file."""

    torch: str
    """The release that it was; others are of this order."""
    size: int


def conda_download(platform: str, variant: str) -> CondaDownload | None:
    """What an environment of this kind brought along; `None`: nobody has stated it.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    rows = read(DATA_FOLDER, "downloads").raw("conda", ("torch", "platform", "kind", "megabytes"))
    wanted = (platform, "cpu" if variant == "cpu" else "cuda")
    found = next((row for row in rows if (row["platform"], row["kind"]) == wanted), None)
    return CondaDownload(torch=found["torch"], size=found["megabytes"] * 1_000_000) if found else None


def download(torch: str, platform: str, variant: str) -> Download | None:
    """What a build brings along; `None`: nobody has stated its size.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    return _by_build().get((torch, platform, variant))


@functools.cache
def _by_build() -> Mapping[tuple[str, str, str], Download]:
    table = read(DATA_FOLDER, "downloads")
    times = {row["kind"]: row["times"] for row in table.raw("unpacked", ("kind", "times"))}
    rows = table.raw("wheels", ("torch", "platform", "variant", "megabytes", "whole"))
    return {
        (row["torch"], row["platform"], row["variant"]): _row(row["megabytes"], row, times) for row in rows
    }


def _row(megabytes: int, row: Mapping[str, object], times: Mapping[str, float]) -> Download:
    # A CUDA wheel without the libraries beside it was never measured; it unpacks to no less than its size.
    kind = "cpu" if row["variant"] == "cpu" else "cuda" if row["whole"] else None
    size = megabytes * 1_000_000
    return Download(size=size, whole=bool(row["whole"]), installed=int(size * times.get(kind or "", 1.0)))
