"""Tables in the documents that a script renews: what stands between two comments of its name.

`python -m tests.comparison.document` makes the Chinese pages show the tables that the English ones show now.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from .chinese import chinese

__all__ = ["DOCS", "renew", "table"]

DOCS = Path(__file__).parents[2] / "docs"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def renew(page: Path, name: str, text: str) -> None:
    """Between `<!-- NAME -->` and `<!-- end of NAME -->` of the page and its Chinese twin stands this and nothing else.

    Raises:
        ValueError: a page has no such place, or a part of the text no Chinese; then nothing is written.

    """
    twin = page.parent / "zh" / page.name
    renewed = {each: _with(each, name, words) for each, words in ((page, text), (twin, chinese(text)))}
    for each, words in renewed.items():
        each.write_text(words, encoding="utf-8")


def main() -> None:
    """Renew the tables of the Chinese pages from the English ones."""
    for page in (DOCS / "benchmarks.md", DOCS / "comparison.md"):
        for name, text in re.findall(
            r"(?s)<!-- (?!end of)([\w-]+) -->\n(.*?)<!-- end of \1 -->", page.read_text(encoding="utf-8")
        ):
            renew(page, name, text)


def _with(page: Path, name: str, text: str) -> str:
    before = page.read_text(encoding="utf-8")
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.S)
    if not place.search(before):
        raise ValueError(f"{page} has no place for {name}")
    return place.sub(lambda found: f"{found[1]}{text}{found[2]}", before)


if __name__ == "__main__":
    main()
