"""The sentences of a pasted text that no reader of a format took: what somebody tells."""

from __future__ import annotations

import re
from collections.abc import Iterable

from envdoctor.facts import Sentence
from envdoctor.intake.draft import Draft
from envdoctor.intake.lines import PastedText
from envdoctor.intake.remembered import remembered

__all__ = ["read_told"]

MOST_LINES = 400
"""Lines left over from a text, beyond which it is a log and nobody's account."""
MOST = 40
LONGEST = 300
SHORTEST = 8
_END = re.compile(r"(?:[.!?] |; |[;。；！？] ?)")
_WORDS = re.compile(r"[A-Za-z]{2,}\S* (?:\S+ )?\S*[A-Za-z]|[\u4e00-\u9fff]{3}|[\u3040-\u30ff]{3}")
"""Two words that follow each other, or a few Chinese or Japanese letters."""
_NO_ACCOUNT = re.compile(
    r"""
    File\ "|File\ |Traceback|>>>|\$\ |[#%]\ |-{3,}|={3,}|\s*│|<\w|[{}\[(]
    | (?:Collecting|Discarding|Downloading|Installing|Successfully|Attempting|Preparing|Building|Processing)\b
    | Requirement\ already|Looking\ in\ |Using\ cached|Found\ existing|Stored\ in|Proceed|Solving
    | Retrieving|Fetching
    | from\ \w[\w.]*\ import|import\ [\w.]+(?:\ as\ \w+)?$
    | (?:assert|def|class|return|raise)\ |print\ ?\([^;]*\)$
    | (?:pip3?|conda|uv|python)\ [!-~]+\ ?[!-~]*$
    | (?:\([\w.-]+\)\ )?(?:[\w.-]+@[\w.-]+[:\ ]|[A-Z]:\\[^>]*>|PS\ )
    """,
    re.VERBOSE,
)
"""How lines of tracebacks, code, commands and installers begin."""
_PROGRAM = re.compile(
    r"""
    [\w.]{0,60}(?:Error|Exception|Warning|Interrupt|Exit)\b(?:[:(\ ]|$)
    | \W{0,3}(?:WARN\w*|ERROR|INFO|DEBUG|FATAL|CRITICAL|NOTE)\b|\s*(?:fatal|error|warning|note|hint)\b\ ?[:\[]
    | [a-z_]\w{0,40}(?:\.\w{1,40}){1,8}:[ ]
    | [IWEF]\d{0,4}\ ?[\w/.:-]+[/:]
    | \S{1,60}:\ (?:\S{1,60}:\ )?(?:cannot\ open|error|warning|ERROR)|[\w.-]*/[\w./+-]+:[ ]
    | dyld(?:\[\d+\])?:|Referenced\ from:|Reason:
    | NVRM|\[?\ *\d+\.\d{3,}|\w+-?\d+:\d+:|[\w./-]+\(\d+\)|\[\w[\w-]*\]
    | [A-Z][\w\ .()/-]{1,30}:\ ?(?:not\ available|available|N/A|None|True|False|no|yes|[\d.v-]+)$
    | \W{1,8}(?:package\ )?[\w.-]+(?:-\d|[=<>]|\ \d)
    """,
    re.VERBOSE,
)
"""How lines begin in which programs speak of themselves: exceptions, logs, warnings, tables."""
_PROGRAMS_WORDS = re.compile(
    r"""
    \.(?:py|cc|cpp|cu|c|h|rs|go|cmake):\d+|[Nn]o\ CUDA-capable|CUDA\ error|ExecutionProvider\b|CUDA[_\ ]SETUP:
    | Could\ not\ collect|No\ CUDA$|\bGB\ RAM\b.*\bdisk\b|[\w/]\.\w+\ -->
    | \bNCCL\ (?:INFO|WARN|TRACE)\b|\bnone\ of\ the\ providers
    | library\ but\ it\ was\ not\ found\ in\ your|library\ nvvm\ not\ found
    | install\ instructions\ if\ no\ CUDA|installation\ page:\ http|\bPython-3\.\d
    """,
    re.VERBOSE,
)
"""What they say anywhere in a line."""


def read_told(numbers: Iterable[int], pasted: PastedText, draft: Draft) -> None:
    """Keep the sentences of these lines, which nobody else could read."""
    lines = list(numbers)
    if len(lines) > MOST_LINES:
        return
    for number in lines:
        line = pasted.line_text(number)
        if len(line) < SHORTEST or not _is_account(line):
            continue
        for part in _END.split(line[: 4 * LONGEST]):
            if len(draft.told) >= MOST:
                return
            if _WORDS.search(part):
                draft.told.append(Sentence(line=number, text=part.strip()[:LONGEST]))


@remembered
def _is_account(line: str) -> bool:
    """Whether nothing in the line looks like a program's own words."""
    return not (_NO_ACCOUNT.match(line) or _PROGRAM.match(line) or _PROGRAMS_WORDS.search(line))
