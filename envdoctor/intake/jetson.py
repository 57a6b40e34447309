"""Which Jetson Linux runs on a board, from /etc/nv_tegra_release, jtop, package lists and sentences."""

from __future__ import annotations

import re

from envdoctor.intake.draft import Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_jetson"]

_HINTS = ("tegra", "l4t", "jetpack", "jetson", "(release), revision")
_RELEASE = re.compile(r"\bR(?P<major>\d\d) ?\(release\), REVISION: ?(?P<rest>\d{1,2}(?:\.\d{1,2})?)")
_L4T = re.compile(
    r"\b(?:L4T|Jetson Linux|nvidia-l4t-core)[\s:=(-]{0,40}(?:version )?R?"
    r"(?P<l4t>\d\d\.\d{1,2}(?:\.\d{1,2})?)\b"
    r"|(?<![\w.])[rR](?P<bare>3\d\.\d{1,2}\.\d{1,2})\b",
    re.IGNORECASE,
)
_JETPACK = re.compile(
    r"\bjetpack[\s:=(-]{1,20}(?:version )?v?"
    r"(?P<jetpack>[4-9]\.\d(?:\.\d)?)(?![.\d]*(?:\+|,? (?:or|and) (?:newer|later|above|older|below|higher)))",
    re.IGNORECASE,
)


def read_jetson(pasted: PastedText, draft: Draft) -> None:
    """Keep the release of Jetson Linux that the text shows; one that names several JetPacks shows none."""
    if not any(each in pasted.lower for each in _HINTS):
        return
    if found := _RELEASE.search(pasted.flat):
        _put(f"{found['major']}.{found['rest']}", found.start(), pasted, draft)
    elif found := _only(_L4T, pasted.flat):
        _put(found["l4t"] or found["bare"], found.start(), pasted, draft)
    elif found := _only(_JETPACK, pasted.flat):
        from envdoctor.knowledge.jetson import l4t_of_jetpack

        _put(l4t_of_jetpack(found["jetpack"]), found.start(), pasted, draft)


def _only(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match, unless another says something else."""
    found = list(pattern.finditer(text))
    said = {next((each for each in hit.groups() if each), "") for hit in found}
    return found[0] if len(said) == 1 else None


def _put(l4t: str | None, at: int, pasted: PastedText, draft: Draft) -> None:
    if l4t is not None:
        draft.put("l4t", l4t, pasted.line_at(at))
