"""The pages of `docs/findings/`, made from the stories.

`python -m envdoctor.reports.finding_pages [--check]`
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from envdoctor.messages import catalogue
from envdoctor.messages.story import codes, story
from envdoctor.reports.story import as_markdown, list_as_markdown

__all__ = ["main", "pages"]

DOCS = Path(__file__).parents[2] / "docs" / "findings"
MAKER = "python -m envdoctor.reports.finding_pages"
NOTE = f"<!-- Made from envdoctor/messages/stories by {MAKER}: edit the story. -->"


def pages() -> dict[str, str]:
    """Each page's path below `docs/findings/`, and its text."""
    made = {
        "README.md": f"{NOTE}\n\n[中文](zh/README.md)\n\n" + list_as_markdown(catalogue("en"), "./"),
        "zh/README.md": f"{NOTE}\n\n[English](../README.md)\n\n" + list_as_markdown(catalogue("zh"), "./"),
    }
    for code in codes():
        english, chinese = as_markdown(story(code, "en")), as_markdown(story(code, "zh"))
        made[f"{code}.md"] = f"{NOTE}\n\n[中文](zh/{code}.md) · [all findings](README.md)\n\n{english}"
        made[f"zh/{code}.md"] = f"{NOTE}\n\n[English](../{code}.md) · [全部结论](README.md)\n\n{chinese}"
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with --check name those that are out of date; 1 where there are any.

    A page of a code that is gone is removed; what this program did not write is left alone.
    """
    parser = argparse.ArgumentParser(prog=MAKER, description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; name what is out of date")
    parser.add_argument("--folder", type=Path, default=DOCS, help="the folder of the pages")
    asked = parser.parse_args(arguments)
    made = pages()
    files = {path.relative_to(asked.folder).as_posix(): path for path in asked.folder.rglob("*.md")}
    there = {name: path.read_text(encoding="utf-8") for name, path in files.items()}
    stale = sorted(name for name, text in there.items() if name not in made and text.startswith(NOTE))
    stale += [name for name, text in made.items() if there.get(name) != text]
    if asked.check:
        sys.stdout.writelines(f"out of date: {name}\n" for name in stale)
        return 1 if stale else 0
    for name in stale:
        path = asked.folder / name
        if name in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made[name], encoding="utf-8", newline="\n")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
