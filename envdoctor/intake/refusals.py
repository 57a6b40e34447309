"""pip's "Could not find a version that satisfies ..." with the versions that it could have taken."""

from __future__ import annotations

import re

from envdoctor.facts import NoVersion
from envdoctor.intake.draft import Draft
from envdoctor.intake.lines import PastedText
from envdoctor.intake.packages_text import normal_name

__all__ = ["read_refusals"]

_MESSAGE = re.compile(
    r"could not find a version that satisfies the requirement "
    r"(?P<requirement>[^\s(;]{1,120}(?: ?[<>=!~,][^(;]{0,80})?)(?:; ?[^(]{0,160})?"
    r" ?(?:\(from (?!versions)(?:[^()]|\([^()]{0,80}\)){0,300}\) ?){0,4}"
    r"(?:\((?:from )?versions: ?(?P<versions>[^()]{0,20000})\)?)?",
    re.IGNORECASE,
)
_NO_MATCH = re.compile(r"no matching distribution found for (?P<requirement>[^\s(]{1,120})", re.IGNORECASE)
_EXACT = re.compile(r"={2,3} ?v?(\d[\w.+!-]*)$")
MOST = 8
MOST_VERSIONS = 400


def read_refusals(pasted: PastedText, draft: Draft) -> None:
    """Keep every refusal of that kind that the text holds."""
    if "could not find a version that satisfies" not in pasted.lower:
        return
    start = 0
    while len(draft.no_versions) < MOST:
        place = pasted.lower.find("could not find a version that satisfies", start)
        if place < 0:
            return
        start = place + 40
        found = _MESSAGE.match(pasted.one_line[place : place + 21000])
        if found is None:
            continue
        row = _row(found["requirement"], found["versions"], pasted.line_at(place))
        if all(each.requirement != row.requirement for each in draft.no_versions):
            draft.no_versions.append(row)


def _row(requirement: str, listed: str | None, line: int) -> NoVersion:
    requirement = requirement.strip().rstrip(";,")
    name = re.match(r"[\w.-]+", requirement)
    exact = _EXACT.search(requirement)
    versions = [each.strip() for each in (listed or "").split(",")[:MOST_VERSIONS]]
    return NoVersion(
        requirement=requirement[:120],
        name=normal_name(name.group()) if name else requirement[:80],
        version=exact[1] if exact else None,
        versions=tuple(each for each in versions if re.fullmatch(r"\d[\w.+!-]{0,60}", each)),
        line=line,
        listed=listed is not None,
    )
