"""How much comes over the network for a build, and how much room it takes when installed."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from envdoctor.frozen import Record, record
from envdoctor.knowledge.loading import DATA_FOLDER, read

__all__ = ["Download", "download"]


@record
class Download(Record):
    """The wheels of one build in bytes, as an index or a download stated them."""

    size: int
    whole: bool
    """Whether this is torch with its companions and everything they need; else torch's own wheel."""
    installed: int
    """At least so many bytes lie in the environment afterwards."""


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
