"""Facts to and from the plain JSON values that a report is saved as."""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable

from envdoctor.facts import Facts
from envdoctor.frozen import Record, defaults

__all__ = ["facts_from_json", "facts_to_json"]


def facts_to_json(facts: Facts, shown: Callable[[str], str] = str) -> dict[str, object]:
    """The facts as plain JSON values, every text as `shown` shows it.

    Fields that hold nothing but their default are left out.
    """
    return typing.cast("dict[str, object]", _plain(facts, shown))


def facts_from_json(data: object) -> Facts:
    """The facts that `facts_to_json` wrote; keys of newer versions are passed over.

    Raises:
        UsageError: a value has a shape that no version wrote; the message names its path.

    """
    from envdoctor.reviving import revive

    return revive(Facts, data, "facts")


def _plain(value: object, shown: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Record):
        held: dict[str, object] = vars(value)
        made: dict[str, object] = {}
        for name, default in _defaults(typing.cast("Callable[..., Record]", type(value))):
            item = held[name]
            # An empty tuple where `None` is the default was learned: there are none. It is kept.
            if item is None or item is default or item == default:
                continue
            made[name] = shown(item) if isinstance(item, str) else _plain(item, shown)
        return made
    if isinstance(value, (tuple, list)):
        return [_plain(item, shown) for item in value]
    if isinstance(value, dict):
        return {shown(str(key)): _plain(item, shown) for key, item in value.items()}
    return value


@functools.cache
def _defaults(kind: type[Record]) -> tuple[tuple[str, object], ...]:
    """The fields of a record with what they hold when nothing was learned."""
    return tuple(defaults(kind).items())
