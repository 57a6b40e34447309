"""What `--verbose` adds below a report: how long probes took, where facts were read, what is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from envdoctor.facts import Facts
from envdoctor.frozen import Record, value
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, wrap

__all__ = ["Background", "background", "background_lines"]


@value
class Background(Record):
    """Rows in words, in the order in which they are shown."""

    durations: tuple[tuple[str, str, float], ...]
    """The probe, how it went, and its seconds."""
    sources: tuple[tuple[str, str], ...]
    unknown: tuple[tuple[str, str], ...]


def background(facts: Facts, words: Catalogue, shown: Callable[[str], str]) -> Background:
    """What stands behind these facts; `shown` hides what must not be seen."""
    return Background(
        tuple((each.name, words.text(f"probe.{each.outcome}"), each.seconds or 0.0) for each in facts.probes),
        tuple((key, shown(said)) for key, said in sorted(facts.sources.items())),
        tuple((key, shown(words.reason(said))) for key, said in sorted(facts.unknown.items())),
    )


def background_lines(rows: Background, words: Catalogue, width: int) -> list[str]:
    """The rows for a terminal, each part under its heading."""
    lines: list[str] = []
    if rows.durations:
        lines += ["", words.text("report.durations")]
        lines += [f"  {name:<14} {padded(how, 10)} {took:6.2f} s" for name, how, took in rows.durations]
    for key, pairs in (("report.sources", rows.sources), ("report.unknown", rows.unknown)):
        lines += _pairs(words.text(key), pairs, width)
    return lines


def _pairs(heading: str, pairs: Iterable[tuple[str, str]], width: int) -> list[str]:
    rows = [line for name, said in pairs for line in wrap(f"{name}: {said}", width, "  ", "    ")]
    return ["", heading, *rows] if rows else []
