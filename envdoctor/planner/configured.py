"""The mirror that pip's own configuration names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from envdoctor.redact import without_credentials

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Mirror

__all__ = ["known_mirror", "same_index"]


def known_mirror(url: str, tables: Knowledge) -> Mirror | None:
    """The mirror whose PyPI index this address is."""
    for row in tables.mirrors:
        if any(same_index(url, known) for known in (row.pypi, *row.pypi_alternatives) if known):
            return row
    return None


def same_index(one: str, other: str) -> bool:
    """Whether two addresses are of one index: scheme, final slash and credentials do not count."""
    return _bare(one) == _bare(other)


def _bare(url: str) -> str:
    return re.sub(r"^https?://", "", without_credentials(url.strip()).lower()).rstrip("/")
