"""How the mirrors answered when they were measured."""

from __future__ import annotations

from typing import Literal

from envdoctor.frozen import Record, record

__all__ = ["MirrorAnswer", "ReadOutcome"]


ReadOutcome = Literal[
    "ok",
    "refused",
    "timed-out",
    "no-such-host",
    "no-connection",
    "tls",
    "proxy",
    "not-found",
    "cut",
    "failed",
]
"""How a read of an address ended: "refused", the server said no (401, 403, 405, 429); "cut", it hung up."""


@record
class MirrorAnswer(Record):
    """How one place of a mirror answered when it was measured."""

    mirror: str
    """Its id in the tables; "configured" for an index of pip's configuration that is in no table."""
    serves: Literal["pypi", "wheels", "conda"]
    url: str
    outcome: Literal[ReadOutcome, "lists-nothing"]
    """Of its page; "lists-nothing": it answered with a page that names no wheel of torch."""
    status: int | None = None
    first: float | None = None
    """Seconds until it began to answer."""
    newest: str | None = None
    """The newest torch that it lists."""
    rate: float | None = None
    """Bytes a second of one wheel's beginning."""
    file_outcome: str | None = None
    """How reading the wheel ended: as `outcome`."""
    host: str | None = None
    """The other host that redirects led to."""
    detail: str | None = None
