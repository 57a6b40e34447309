"""The complaints of one pasted text, ready to be asked for, and what every complaint rule does with them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from envdoctor.facts import Complaint, Paste
from envdoctor.findings import UNKNOWN, Finding, Remedy, Severity, Words, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints.ways_out import way_out

__all__ = ["Heard", "shown"]


def shown(line: int, text: str) -> Words:
    """Evidence in the text's own words, bounded, with the line that it stands in."""
    whole = " ".join(text.split())
    return words("evidence.line", line=line, text=whole if len(whole) <= 300 else whole[:297] + "...")


_SAME_NUMBER = {"3": "start", "30": "999", "36": "35", "38": "100", "209": "no-kernel"}
"""CUDA's error numbers that say what another kind says: those of before CUDA 10.1, and 36."""


def _kind(complaint: Complaint) -> str:
    """The complaint's kind; a bare number is that of the message which CUDA has for it."""
    if complaint.kind != "cuda-number":
        return complaint.kind
    number = _SAME_NUMBER.get(complaint.subject, complaint.subject)
    if number in ("800", "801"):
        number = "start"
    return number if number == "no-kernel" else f"cuda-{number}"


class Heard:
    """What a text says, by kind, with the machine that it is about."""

    def __init__(self, machine: Machine, paste: Paste) -> None:
        self.machine = machine
        self.paste = paste
        self.by_kind: dict[str, list[Complaint]] = {}
        for complaint in paste.complaints:
            self.by_kind.setdefault(_kind(complaint), []).append(complaint)

    def __contains__(self, kind: str) -> bool:
        return kind in self.by_kind

    def any(self, *kinds: str) -> bool:
        """Whether the text holds a complaint of one of these kinds."""
        return bool(self.by_kind) and not self.by_kind.keys().isdisjoint(kinds)

    def all(self, *kinds: str) -> list[Complaint]:
        """The complaints of these kinds, in the order of the kinds."""
        if not self.any(*kinds):
            return []
        return [each for kind in kinds for each in self.by_kind.get(kind, ())]

    def first(self, *kinds: str) -> Complaint | None:
        """The first complaint of these kinds."""
        return next(iter(self.all(*kinds)), None)

    def subject(self, *kinds: str) -> str:
        """What the first complaint of these kinds names; empty where none does."""
        return next((each.subject for each in self.all(*kinds) if each.subject), "")

    @cached_property
    def words(self) -> str:
        """Every complaint's line in lower case, for the few rules that look for a name in them."""
        return "\n".join(each.text for each in self.paste.complaints).lower()

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """The commands that the text shows."""
        return tuple(each.text for each in self.paste.commands)

    def evidence(self, complaints: Iterable[Complaint]) -> list[Words]:
        """The lines in which they stand, each once, at most four."""
        lines = {each.line: shown(each.line, each.text) for each in complaints}
        return list(lines.values())[:4]

    def finding(
        self,
        code: str,
        /,
        *kinds: str,
        variant: str = "said",
        severity: Severity = Severity.ERROR,
        more: Iterable[Words] = (),
        remedies: Iterable[Remedy] | None = None,
        **values: str | int | float,
    ) -> Finding:
        """A finding that the complaints of these kinds bear out."""
        evidence = (*more, *self.evidence(self.all(*kinds)))
        if remedies is None:
            remedies = way_out(code, variant, self.machine) if severity is Severity.ERROR else ()
        values.setdefault("subject", self.subject(*kinds) or UNKNOWN)
        return Finding(code, severity, values, evidence, tuple(remedies), variant)
