"""Answers about lines that were asked about before."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

__all__ = ["remembered"]

OFTEN_SEEN = 200
"""Letters of the longest line whose answer is kept; longer ones are seldom seen twice."""
MOST = 4096

Rest = ParamSpec("Rest")
Answer = TypeVar("Answer")


def remembered(asked: Callable[Concatenate[str, Rest], Answer]) -> Callable[Concatenate[str, Rest], Answer]:
    """The same function of a line; of short ones it knows the latest answers: reports share most lines."""
    known = cast("Callable[Concatenate[str, Rest], Answer]", functools.lru_cache(maxsize=MOST)(asked))

    @functools.wraps(asked)
    def answer(line: str, /, *rest: Rest.args, **named: Rest.kwargs) -> Answer:
        return (known if len(line) < OFTEN_SEEN else asked)(line, *rest, **named)

    return answer
