"""How a fault is planted: a function of torch that returns what to put where. Runs in the patient."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

Patch = tuple[Any, str, Any]
Planter = Callable[[Any], list[Patch]]

EXPECTED: dict[str, tuple[str, str | None]] = {}
"""Fault → (the check that fails, the finding code)."""
PLANTERS: dict[str, Planter] = {}


def fault(check: str, code: str | None) -> Callable[[Planter], Planter]:
    def keep(planter: Planter) -> Planter:
        name = planter.__name__.replace("_", "-")
        EXPECTED[name] = (check, code)
        PLANTERS[name] = planter
        return planter

    return keep


@contextlib.contextmanager
def planted(torch: Any, name: str) -> Iterator[None]:
    """The fault is in torch, and gone afterwards."""
    with contextlib.ExitStack() as stack:
        for place, attribute, value in PLANTERS[name](torch):
            stack.enter_context(mock.patch.object(place, attribute, value))
        yield


def after(calls: int, sound: Callable[..., Any], spoilt: Callable[..., Any]) -> Callable[..., Any]:
    """`sound` for so many calls, then `spoilt`."""
    count = itertools.count()

    def called(*args: Any, **kwargs: Any) -> Any:
        work = sound if next(count) < calls else spoilt
        return work(*args, **kwargs)

    return called
