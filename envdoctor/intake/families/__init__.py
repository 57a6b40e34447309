"""The families of messages that are known, one module a subject.

A row is (kind, anchors, pattern). An anchor is a piece of the message in lower case that every member of the
family holds; a text without any of them is never searched further. The pattern, where there is one, must
match around the anchor; its group "subject" is what the message names. The kinds are given their meaning by
the rules (`envdoctor/rules/complaints`); nothing is judged here.
"""

from __future__ import annotations

from envdoctor.intake.families import (
    building,
    cuda,
    extensions,
    installing,
    installing_newer,
    loading,
    other_gpus,
    said_build,
    said_gpu,
    said_python,
    said_system,
    servers,
    shells,
    solving,
    starting,
    statuses,
    windows,
    writing,
)

__all__ = ["FAMILIES", "PRINTED", "PROSE", "Row"]

Row = tuple[str, tuple[str, ...], str]

_PRINTED: tuple[Row, ...] = (
    *cuda.ROWS,
    *loading.ROWS,
    *installing.ROWS,
    *installing_newer.ROWS,
    *windows.ROWS,
    *writing.ROWS,
    *solving.ROWS,
    *starting.ROWS,
    *building.ROWS,
    *extensions.ROWS,
    *statuses.ROWS,
    *other_gpus.ROWS,
    *servers.ROWS,
    *shells.ROWS,
    *said_build.WORDS,
    *said_python.WORDS,
    *said_gpu.WORDS,
    *said_system.WORDS,
)
_TOLD: tuple[Row, ...] = (
    *said_build.SENTENCES,
    *said_gpu.SENTENCES,
    *said_system.SENTENCES,
    *said_python.SENTENCES,
)

FAMILIES: tuple[Row, ...] = (*_PRINTED, *_TOLD)
PRINTED = range(len(_PRINTED))
"""The rows of what programs print, and of words that mean the same wherever they stand."""
PROSE = range(len(_PRINTED), len(FAMILIES))
"""The rows of what people say in sentences; a line that a program printed as a label with its value is none."""
