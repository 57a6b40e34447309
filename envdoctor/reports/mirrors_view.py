"""The mirrors put into words: what each serves, and how each answered; text, Markdown and HTML render it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from envdoctor.frozen import Record, value
from envdoctor.messages import Catalogue
from envdoctor.reports.view import inert

if TYPE_CHECKING:
    from envdoctor.facts import MirrorAnswer
    from envdoctor.findings import Finding
    from envdoctor.knowledge import Knowledge, Mirror

__all__ = ["Answered", "Listed", "Measured", "MirrorsView", "Trouble", "mirrors_view"]


@value
class Listed(Record):
    """One mirror as the tables know it."""

    id: str
    name: str
    status: str
    """What has to be known before it is taken ("shut down"); empty: it is well."""
    serves: tuple[tuple[str, tuple[str, ...]], ...]
    """What is had there, and where or how, in one or two lines."""
    quirks: tuple[str, ...]
    usable: bool
    """Whether a plan can be asked for with it."""


@value
class Answered(Record):
    """How one place answered: its speed, or in words why there is none."""

    mirror: str
    speed: str = ""
    first: str = ""
    more: tuple[str, ...] = ()
    trouble: str = ""


@value
class Measured(Record):
    """The places of one kind, the fastest first."""

    title: str
    answers: tuple[Answered, ...]


@value
class Trouble(Record):
    """What is wrong with the index that pip is configured to use."""

    title: str
    code: str
    detail: str


@value
class MirrorsView(Record):
    """The list, or what was measured, in words."""

    rows: tuple[Listed, ...]
    measured: tuple[Measured, ...]
    remarks: tuple[str, ...]
    """What is to be known of the whole, and what to do next."""
    findings: tuple[Trouble, ...]


def mirrors_view(
    rows: Sequence[Mirror],
    tables: Knowledge,
    answers: Sequence[MirrorAnswer] | None,
    findings: Sequence[Finding],
    words: Catalogue,
) -> MirrorsView:
    """The list where nothing was measured, else the answers."""
    troubles = tuple(Trouble(words.title(each), each.code, words.detail(each)) for each in findings)
    if answers is None:
        closing = words.text("mirrors.next", date=tables.as_of.isoformat())
        return MirrorsView(tuple(_listed(row, words) for row in rows), (), (closing,), troubles)
    silent = not any(each.outcome == "ok" for each in answers)
    remarks = (words.text("mirrors.nothing-answered"),) if silent else ()
    return MirrorsView(
        (), tuple(_measured(answers, words)), (*remarks, words.text("mirrors.measured-how")), troubles
    )


def _listed(row: Mirror, words: Catalogue) -> Listed:
    pypi = row.pypi or words.text("mirrors.own-default" if row.id == "official" else "mirrors.none")
    serves = (
        ("PyPI", (pypi,)),
        ("conda", (words.listed(row.conda) or words.text("mirrors.none"),)),
        ("torch", tuple(_wheels(row, words))),
    )
    return Listed(
        id=row.id,
        name=words.named(row.name),
        status=words.text(f"mirrors.status-{row.status}") if row.status != "ok" else "",
        serves=serves if row.status != "dead" else (),
        quirks=tuple(map(words.named, row.quirks)),
        usable=row.status != "dead",
    )


def _wheels(row: Mirror, words: Catalogue) -> Iterator[str]:
    wheels = row.wheels
    if wheels is None:
        yield words.text(
            "mirrors.companion" if row.companion else "mirrors.none", companion=row.companion or ""
        )
        return
    yield words.text(f"mirrors.{wheels.kind}", url=wheels.url)
    if wheels.variants:
        yield words.text("mirrors.seen", variants=" ".join(wheels.variants))


def _measured(answers: Sequence[MirrorAnswer], words: Catalogue) -> Iterator[Measured]:
    for serves in ("pypi", "wheels", "conda"):
        some = [each for each in answers if each.serves == serves]
        if some:
            some.sort(key=lambda each: (-(each.rate or 0), each.first or 1e9))
            title = words.text(f"mirrors.measured-{serves}")
            yield Measured(title, tuple(_answered(each, words) for each in some))


def _answered(answer: MirrorAnswer, words: Catalogue) -> Answered:
    if answer.rate is None or answer.first is None:
        return Answered(answer.mirror, trouble=inert(_trouble(answer, words)))
    newest = f"torch {answer.newest}" if answer.newest else ""
    host = f"→ {inert(answer.host)}" if answer.host else ""
    more = tuple(each for each in (newest, host) if each)
    return Answered(answer.mirror, f"{answer.rate / 1e6:.2f} MB/s", f"{answer.first:.2f} s", more)


def _trouble(answer: MirrorAnswer, words: Catalogue) -> str:
    outcome = answer.outcome if answer.outcome != "ok" else f"file-{answer.file_outcome or 'failed'}"
    key = f"mirrors.outcome-{outcome}"
    if key not in words.sentences:
        key = "mirrors.outcome-file"
    return words.text(key, status=answer.status or "", detail=answer.detail or "")
