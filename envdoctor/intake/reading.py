"""One pasted text, in whatever mixture of formats, into facts."""

from __future__ import annotations

from envdoctor.facts import Facts
from envdoctor.intake.assemble import assemble
from envdoctor.intake.draft import Draft
from envdoctor.intake.labels import read_label
from envdoctor.intake.lines import PastedText
from envdoctor.intake.nvidia_smi_text import read_smi
from envdoctor.intake.packages_text import read_package

__all__ = ["read"]


def read(text: str, name: str) -> Facts:
    """The facts that a pasted text shows; where each was read stands in `sources` as "NAME, line N".

    Nothing is concluded from what is not there. The text may hold anything: what is not understood is
    passed over, and what is kept is bounded.
    """
    pasted = PastedText(text)
    draft = Draft()
    for number, line in enumerate(pasted.lines, 1):
        if line:
            _read_line(line, number, draft)
    return assemble(draft, pasted, name)


def _read_line(line: str, number: int, draft: Draft) -> None:
    if "Version" in line or line.startswith("MIG ") or " : " in line:
        if read_smi(line, number, draft):
            return
    if ":" in line and read_label(line, number, draft):
        return
    if len(line) < 400 and read_package(line, number, draft):
        return
