"""What envdoctor says in the places where a page shows it, in both languages.

`python tests/docs/shown.py` puts the present words into the pages. The machines are a recorded one of the tests,
an assumed one, and the newcomer's, whose facts were saved in `newcomer.json`. What a smoke run prints is not among
them: a test runs it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from envdoctor.assume import assume
from envdoctor.examine import Examination, examine
from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_from_json
from envdoctor.knowledge import knowledge
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe
from envdoctor.redact import redactor_for
from envdoctor.reports.diagnosis import LIVE, diagnose
from envdoctor.reports.mirrors_markdown import as_markdown as mirrors_as_markdown
from envdoctor.reports.mirrors_view import mirrors_view
from envdoctor.reports.recipe_text import recipe_as_text
from envdoctor.reports.text import Style, as_text

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
"""The day of the pages: which release is settled depends on it."""
README = {"en": ROOT / "README.md", "zh": ROOT / "docs" / "README.zh.md"}
BEGINNERS = {"en": ROOT / "docs" / "beginners.md", "zh": ROOT / "docs" / "zh" / "beginners.md"}
MIRRORS = {"en": ROOT / "docs" / "mirrors.md", "zh": ROOT / "docs" / "zh" / "mirrors.md"}


def laptop(outside: Any, language: str) -> str:
    """`envdoctor check` on the recorded laptop behind this door, as the README shows it."""
    machine = Machine(examine(outside, Examination()), today=TODAY)
    diagnosis = diagnose(machine, LIVE, catalogue(language), redactor_for(outside))
    return _indented(as_text(diagnosis, Style(width=100)))


def plan(language: str) -> str:
    """`envdoctor install` for the machine that the command in the README assumes."""
    typed = re.search(r"(?m)^    envdoctor install --mirror tuna (--assume .*)$", _read(README[language]))
    assert typed is not None, "the README shows no such command"
    assumed = [value.strip('"') for value in re.findall(r'--assume ("[^"]+"|\S+)', typed[1])]
    made = recipe(Machine(assume(Facts(), assumed), today=TODAY), Asked(mirror="tuna"))
    return _indented(recipe_as_text(made, catalogue(language), str, Style(width=96)))


def newcomer(language: str) -> str:
    """`envdoctor check` in the environment that the beginner's page has just made."""
    saved = json.loads(_read(Path(__file__).with_name("newcomer.json")))
    machine = Machine(facts_from_json(saved["facts"]), today=TODAY)
    return f"```\n{as_text(diagnose(machine, LIVE, catalogue(language), str), Style(width=90))}```\n"


def mirrors(language: str) -> str:
    """What the tables know of every mirror, as `envdoctor mirrors --format markdown` writes it."""
    tables, words = knowledge(), catalogue(language)
    seen = mirrors_view(tables.mirrors, tables, None, (), words)
    return mirrors_as_markdown(replace(seen, remarks=()), words).rpartition("\n\n")[0] + "\n\n"


def windows_recipe(language: str) -> str:
    """What the copied recipe gives on Windows: PyPI's newest release, which is the CPU build there."""
    row = knowledge().releases[-1]
    cpu = {"en": ", **CPU only**, ", "zh": "，**只有 CPU**，"}[language]
    comma = {"en": ", ", "zh": "，"}[language]
    return f"torch {row.version}{cpu}torchvision {row.torchvision}{comma}torchaudio {row.torchaudio}"


def linux_recipe(language: str) -> str:
    """What the copied recipe gives on Linux: PyPI's newest release with the CUDA that it carries there."""
    row = knowledge().releases[-1]
    carries = {"en": ", the build that PyPI carries: ", "zh": "，PyPI 上的那个构建版本："}[language]
    digits = row.pypi_variant["linux_x86_64"].removeprefix("cu")
    return f"torch {row.version}{carries}**CUDA {digits[:-1]}.{digits[-1]}**"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _indented(said: str) -> str:
    return "".join(f"    {line}\n" if line else "\n" for line in said.splitlines())


def _laptop_now(language: str) -> str:
    from tests.recorded import RecordedOutside

    recording = ROOT / "tests" / "recordings" / "windows11-laptop-4060-cpu-torch.json"
    return laptop(RecordedOutside(json.loads(_read(recording))), language)


PLACES: tuple[tuple[dict[str, Path], str, Callable[[str], str]], ...] = (
    (README, r"    envdoctor 0\.1\.0 · conda (?:.*\n)*?    (?:More on this|详细说明).*\n", _laptop_now),
    (README, r"    envdoctor 0\.1\.0 · Python 3\.12(?:.*\n)*?    (?:Next|下一步).*\n", plan),
    (MIRRORS, r"### `official`(?:.*\n)*?(?=`--mirror tuna`)", mirrors),
    (MIRRORS, r"torch [\d.]+(?:, |，)\*\*(?:CPU only|只有 CPU)\*\*.*?torchaudio [\d.]+\d", windows_recipe),
    (MIRRORS, r"torch [\d.]+(?:, the build|，PyPI 上).*?\*\*CUDA [\d.]+\*\*", linux_recipe),
    (BEGINNERS, r"```\nenvdoctor 0\.1\.0 · venv (?:.*\n)*?```\n", newcomer),
)


def places() -> Iterator[tuple[Path, str, str]]:
    """Each page, the pattern of what it shows, and what it should show."""
    for pages, pattern, said in PLACES:
        for language, page in pages.items():
            yield page, pattern, said(language)


def main() -> None:
    """Put the present words into the pages."""
    for page, pattern, said in places():
        text, found = re.subn(pattern, lambda _, said=said: said, _read(page), count=1)  # type: ignore[misc]
        assert found, f"{page} has no place for {said[:60]!r}"
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(ROOT))
    main()
