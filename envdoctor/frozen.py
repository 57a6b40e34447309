"""Frozen records that cost next to nothing to define: the start-up of every command pays for each of them.

`dataclasses` compiles six methods for every class, which for the facts alone takes longer than starting
Python. A `Record` shares one set of methods among all classes and keeps the rest of the dataclass
protocol (`fields`, `replace`, `is_dataclass`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_kwargs):
        """Stand in for the decorator that only type checkers read."""
        return lambda function: function


__all__ = ["Record", "record", "value"]

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[Class]) -> type[Class]:
    """Make a subclass of `Record` a frozen record of its annotated fields, given by keyword."""
    return _read_later(cls)


@dataclass_transform(frozen_default=True, kw_only_default=False, field_specifiers=(dataclasses.field,))
def value(cls: type[Class]) -> type[Class]:
    """Make a subclass of `Record` a frozen record whose fields may also be given by their position."""
    return _read_later(cls)


class _Unread:
    """Stands for the fields of a class until somebody asks for them: a run meets half of the classes."""

    def __init__(self, owner: type) -> None:
        self._owner = owner

    def __get__(self, instance: object, kind: type | None = None) -> dict[str, dataclasses.Field[Any]]:
        made: type = dataclasses.dataclass(init=False, repr=False, eq=False)(self._owner)
        fields: dict[str, dataclasses.Field[Any]] = made.__dict__["__dataclass_fields__"]
        return fields


def _read_later(cls: type[Class]) -> type[Class]:
    cls.__dataclass_fields__ = _Unread(cls)  # type: ignore[attr-defined]  # what `dataclasses` itself sets
    return cls


_plans: dict[type, tuple[dict[str, object], tuple[tuple[str, Callable[[], object]], ...]]] = {}


def _plan(kind: type[Record]) -> tuple[dict[str, object], tuple[tuple[str, Callable[[], object]], ...]]:
    """What the fields of a class hold by default, and what has to be made anew for each of its records."""
    missing = dataclasses.MISSING
    fields = kind.__dataclass_fields__.values()
    given = {each.name: None if each.default is missing else each.default for each in fields}
    made = tuple((each.name, each.default_factory) for each in fields if each.default_factory is not missing)
    plain = {each.name for each in fields if each.default is missing and each.default_factory is missing}
    kind._required = frozenset(plain)
    return _plans.setdefault(kind, (given, made))


class Record:
    """The methods that all records share."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    _required: ClassVar[frozenset[str]]
    """The fields that have to be given."""

    def __init__(self, *positional: object, **values: object) -> None:
        state = self.__dict__
        if positional:
            names = tuple(self.__dataclass_fields__)[: len(positional)]
            if len(positional) > len(names) or not values.keys().isdisjoint(names):
                raise TypeError(
                    f"{type(self).__name__} takes {len(self.__dataclass_fields__)} values, each once"
                )
            values.update(zip(names, positional, strict=True))
        kind = type(self)
        given, made = _plans.get(kind) or _plan(kind)
        state.update(given)  # every name in its order first, so that equal records have equal hashes
        for name, make in made:
            if name not in values:
                state[name] = make()
        state.update(values)
        if len(state) > len(given):
            raise TypeError(f"{kind.__name__} has no {', '.join(repr(n) for n in values if n not in given)}")
        if not kind._required <= values.keys():
            raise TypeError(f"{kind.__name__} lacks {min(kind._required - values.keys())!r}")

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} can't be changed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({fields})"
