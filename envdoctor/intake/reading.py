"""One pasted text, in whatever mixture of formats, into facts."""

from __future__ import annotations

import re

from envdoctor.facts import Facts
from envdoctor.intake.assemble import assemble
from envdoctor.intake.banners import read_banners
from envdoctor.intake.blocks import read_blocks
from envdoctor.intake.draft import Draft
from envdoctor.intake.gpu_messages import read_gpu_messages
from envdoctor.intake.gpu_tools import read_gpu_tools
from envdoctor.intake.jetson import read_jetson
from envdoctor.intake.labels import read_columns, read_label
from envdoctor.intake.lines import PastedText
from envdoctor.intake.messages import read_messages
from envdoctor.intake.nvidia_smi_text import read_card, read_smi, read_tables
from envdoctor.intake.packages_text import read_package
from envdoctor.intake.refusals import read_refusals
from envdoctor.intake.remembered import remembered
from envdoctor.intake.session import read_sessions
from envdoctor.intake.shell_text import read_shell
from envdoctor.intake.signs import read_signs
from envdoctor.intake.told import read_told
from envdoctor.intake.told_versions import read_told_versions
from envdoctor.intake.tool_lists import read_tool_lists

__all__ = ["read"]


def read(text: str, name: str) -> Facts:
    """The facts that a pasted text shows; where each was read stands in `sources` as "NAME:LINE".

    Nothing is concluded from what is not there. The text may hold anything: what is not understood is
    passed over, and what is kept is bounded.
    """
    pasted = PastedText(text)
    draft = Draft()
    left = []
    for number, line in enumerate(pasted.lines, 1):
        if line and not _read_line(line, number, draft):
            left.append(number)
        elif line and not _is_told(line):
            draft.printed.add(number)
    read_told(left, pasted, draft)
    read_blocks(pasted, draft)
    read_sessions(pasted, draft)
    read_tables(pasted, draft)
    read_messages(pasted, draft)
    read_refusals(pasted, draft)
    read_gpu_messages(pasted, draft)
    read_gpu_tools(pasted, draft)
    read_tool_lists(pasted, draft, text)
    read_banners(pasted, draft)
    read_told_versions(pasted, draft)
    read_jetson(pasted, draft)
    read_signs(pasted, draft)
    return assemble(draft, pasted, name)


@remembered
def _is_told(line: str) -> bool:
    """Whether somebody wrote the line, though a label stands before what it says."""
    start = line.find(":") + 1
    return line.count(" ", start) >= WORDS - 1 and _SENTENCE.search(line, start) is not None


WORDS = 3
_SENTENCE = re.compile(r"(?:\b[a-z']{2,} ){2}[a-z']{2,}")
"""So many words that follow each other."""


def _read_line(line: str, number: int, draft: Draft) -> bool:
    """Give a line to the readers of single lines; whether one of them took it."""
    if "Version" in line or line.startswith("MIG ") or " : " in line:
        if read_smi(line, number, draft):
            return True
    if ":" in line and (read_label(line, number, draft) or read_card(line, number, draft)):
        return True
    if read_columns(line, number, draft):
        return True
    if len(line) < 400 and read_package(line, number, draft):
        return True
    read_shell(line, number, draft)
    return False  # a command may stand in the middle of what somebody tells
