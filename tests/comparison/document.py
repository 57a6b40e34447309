"""Tables in the documents that a script renews: what stands between two comments of its name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

__all__ = ["DOCS", "renew", "table"]

DOCS = Path(__file__).parents[2] / "docs"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def renew(page: Path, name: str, text: str) -> None:
    """Between `<!-- NAME -->` and `<!-- end of NAME -->` of the page stands this text and nothing else.

    Raises:
        ValueError: the page has no such place.

    """
    before = page.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.S)
    if not place.search(before):
        raise ValueError(f"{page.name} has no place for {name}")
    page.write_text(place.sub(lambda found: f"{found[1]}{text}{found[2]}", before), encoding="utf-8")
