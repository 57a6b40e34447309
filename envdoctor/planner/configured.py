"""The mirror that pip's own configuration names."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from envdoctor.facts import pip_line
from envdoctor.redact import without_credentials

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Mirror
    from envdoctor.machine import Machine

__all__ = ["IN_PLACE_OF_DEAD", "configured_mirror", "known_mirror", "same_index"]

IN_PLACE_OF_DEAD = "tuna"
"""The mirror for plans on a machine whose configured one was withdrawn: the one that most guides name."""


def configured_mirror(machine: Machine) -> tuple[Mirror, str] | None:
    """The mirror that pip's configuration names, dead ones too, and where; `None`: none, or PyPI itself."""
    setting = pip_line(machine.facts.environment.pip_settings, "index-url")
    row = known_mirror(setting.value, machine.tables) if setting is not None else None
    return None if setting is None or row is None or row.id == "official" else (row, setting.origin)


def known_mirror(url: str, tables: Knowledge) -> Mirror | None:
    """The mirror whose PyPI index this address is."""
    for row in tables.mirrors:
        if any(same_index(url, known) for known in (row.pypi, *row.pypi_alternatives) if known):
            return row
    return None


def same_index(one: str, other: str) -> bool:
    """Whether two addresses are of one index: scheme, final slash and credentials do not count."""
    return _bare(one) == _bare(other)


@functools.lru_cache(maxsize=1024)  # the tables' own addresses are compared with every report's
def _bare(url: str) -> str:
    return re.sub(r"^https?://", "", without_credentials(url.strip()).lower()).rstrip("/")
