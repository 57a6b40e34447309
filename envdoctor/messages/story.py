"""The story of each finding: what it means, how one gets there, how to check, how to settle it, a near miss.

One Markdown file a code and language in `stories/`, with fixed headings. The same text makes `envdoctor
explain` and the pages in `docs/findings/`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from envdoctor.codes import by_subject
from envdoctor.errors import UsageError

__all__ = ["HEADINGS", "SYSTEMS", "Story", "codes", "nearest", "page_of", "story"]

FOLDER = Path(__file__).parent / "stories"
SYSTEMS = ("Windows", "Linux", "macOS", "WSL")
"""Each story says for every one of them how the finding is settled there."""
HEADINGS: Mapping[str, tuple[str, str, str, str]] = {
    "en": ("How one gets there", "How to check", "How to settle it", "A near miss"),
    "zh": ("怎么来的", "怎样确认", "怎样解决", "容易混淆的情况"),
}


@dataclass(frozen=True, slots=True)
class Story:
    """One finding explained in one language; every part but the title is Markdown.

    `settle` holds "" (what holds everywhere, may be empty) and each of `SYSTEMS`.
    """

    code: str
    language: str
    title: str
    meaning: str
    causes: str
    check: str
    settle: Mapping[str, str]
    near_miss: str


def codes() -> tuple[str, ...]:
    """Every code that has a story, by subject."""
    return tuple(code for each in by_subject().values() for code in each)


def nearest(given: str) -> str:
    """The code that was meant: any case, blanks and underscores for hyphens.

    Raises:
        UsageError: no code is called so; the message names the nearest, or how to list them.

    """
    code = re.sub(r"[\s_]+", "-", given.strip().lower())
    return code if code in codes() else _unknown(given, code)


def _unknown(given: str, code: str) -> NoReturn:
    import difflib

    shown = "".join(c for c in given if c.isprintable())[:60]
    near = difflib.get_close_matches(code, codes(), 1, 0.5)
    if not near:
        # A part of a name is worth a try where no whole name is near: "vcredist", "rosetta".
        near = [each for each in codes() if len(code) > 2 and code in each][:1]
    hint = f"did you mean {near[0]}?" if near else "envdoctor explain  lists them all"
    raise UsageError(f"{shown}: no such code; {hint}")


def page_of(code: str, language: str) -> str | None:
    """The address of the code's story on this disk, for a hyperlink; `None`: it has none."""
    path = (FOLDER / language / f"{code}.md").absolute()
    return path.as_uri() if path.exists() else None


@functools.cache
def story(code: str, language: str) -> Story:
    """The story of a code.

    Raises:
        ValueError: the file breaks the form that all stories have; the message names file and part.

    """
    path = FOLDER / language / f"{code}.md"
    text = path.read_text(encoding="utf-8")
    title, parts = _parts(text, f"{language}/{path.name}", HEADINGS[language])
    meaning, causes, check, settle, near_miss = parts
    return Story(code, language, title, meaning, causes, check, _by_system(settle, path), near_miss)


def _parts(text: str, name: str, headings: tuple[str, ...]) -> tuple[str, list[str]]:
    first, *rest = _split(text, "## ")
    found = [part.partition("\n")[0].strip() for part in rest]
    if found != list(headings):
        raise ValueError(f"story {name}: its headings are {found}, not {list(headings)}")
    head, _, meaning = first.partition("\n")
    if not head.startswith("# "):
        raise ValueError(f"story {name}: it does not begin with '# '")
    return head[2:].strip(), [meaning.strip(), *(part.partition("\n")[2].strip() for part in rest)]


def _by_system(text: str, path: Path) -> dict[str, str]:
    common, *rest = _split(text, "### ")
    found = {"": common.strip()}
    for part in rest:
        names, _, body = part.partition("\n")
        for name in names.split(","):
            if name.strip() in found:
                raise ValueError(f"story {path.name}: {name.strip()} stands twice")
            found[name.strip()] = body.strip()
    if set(found) != {"", *SYSTEMS}:
        raise ValueError(f"story {path.name}: it settles {sorted(found)}, not {list(SYSTEMS)}")
    return {name: found[name] for name in ("", *SYSTEMS)}


def _split(text: str, mark: str) -> list[str]:
    """The text at each line that begins with the mark, but not inside a block of commands."""
    parts: list[list[str]] = [[]]
    commands = False
    for line in text.splitlines():
        if line.startswith("```"):
            commands = not commands
        if line.startswith(mark) and not commands:
            parts.append([line[len(mark) :]])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]
