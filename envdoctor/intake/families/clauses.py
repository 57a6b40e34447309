"""Parts of which the sentences in the `said_` families are made.

A clause ends at a full stop followed by a space, at a semicolon and at the end of the line: what stands in another
clause is about something else.
"""

from __future__ import annotations

__all__ = ["GENERATIONS", "IN", "NOT_CARRIED", "WORKS"]

WORKS = r"(?:works?|worked|helps?|helped|fix(?:es|ed)|solve[sd]?|cure[sd]|runs?|is fine|succeeds?|imports?)"
IN = r"(?:(?![.!?] )[^\n;]){0,60}?"
"""Anything within one clause."""
_FEATURE = r"(?!(?:(?![.!?] )[^\n;]){0,24}(?:bf16|bfloat|b?float|fp\d|int\d|half\b|flash|tensor cores?|NVLink|P2P|MIG\b|\bTF32))"
"""What a card may lack and torch still runs on it."""
NOT_CARRIED = (
    r"(?:(?:(?:does|do|did|will)(?: not|n't) (?:officially )?|no longer |never )(?:supports?|covers?|includes?)"
    r"|(?:is|are|was|were)(?: not|n't| no longer) (?:officially )?(?:supported|compatible|covered)"
    r"|(?:is|are|was|were) (?:too old|unsupported|incompatible)|(?:dropped|removed|ended) (?:the )?(?:support )?(?:for|of)"
    r"|(?:starts?|begins?) (?:with|at|from)|(?:has|with|contains?|carries) no (?:kernels?|code|support) for|lacks (?:kernels?|code|support) for|built without"
    r"|(?:no longer|not|n't) (?:runs?|works?|starts?) (?:on|with)|knows nothing of|(?:does|do)(?: not|n't) know"
    r"|not among|(?:is|are) (?:missing|absent)|(?:is|are|was|were) (?:not|n't) (?:in|part of))" + _FEATURE
)
GENERATIONS = r"(?:Fermi|Kepler|Maxwell|Pascal|Volta|Turing|Ampere|Hopper|Blackwell)"
