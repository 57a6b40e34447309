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


__all__ = ["Record", "defaults", "record", "value"]

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


_Plan = tuple[dict[str, object], tuple[tuple[str, Callable[[], object]], ...], frozenset[str]]
_plans: dict[type, _Plan] = {}


def _plan(kind: type[Record]) -> _Plan:
    """What the fields of a class hold by default, which are made for each record, which must be given."""
    missing = dataclasses.MISSING
    given: dict[str, object] = {}
    made: list[tuple[str, Callable[[], object]]] = []
    for name, each in _defaults(kind).items():
        factory = each.default_factory
        given[name] = None if each.default is missing else each.default
        if isinstance(factory, type) and issubclass(factory, Record):
            given[name] = factory()  # a record never changes, so one of them serves all
        elif factory is not missing:
            made.append((name, factory))
    required = frozenset(
        name for name, each in _defaults(kind).items() if each.default is each.default_factory is missing
    )
    return _plans.setdefault(kind, (given, tuple(made), required))


def defaults(kind: type[Record]) -> dict[str, object]:
    """The fields of a class with what they hold where nothing is given; `None` where something must be."""
    given, made, _ = _plans.get(kind) or _plan(kind)
    return {**given, **{name: make() for name, make in made}}


def _defaults(kind: type[Record]) -> dict[str, dataclasses.Field[Any]]:
    """The fields of a class and its bases by name, as far as a new record needs them.

    Read from the annotations: what `dataclasses` finds out beyond that takes longer than making the record.
    """
    found: dict[str, dataclasses.Field[Any]] = {}
    for each in reversed(kind.__mro__):
        read = each.__dict__.get("__dataclass_fields__")
        if isinstance(read, dict):  # somebody has asked for the fields of this class
            found.update(read)
        elif isinstance(read, _Unread):
            for name, annotation in each.__annotations__.items():
                if "ClassVar" not in annotation:
                    own = each.__dict__.get(name, dataclasses.MISSING)
                    is_field = isinstance(own, dataclasses.Field)
                    found[name] = own if is_field else dataclasses.field(default=own)
    return found


class Record:
    """The methods that all records share."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init__(self, *positional: object, **values: object) -> None:
        state, kind = self.__dict__, type(self)
        given, made, required = _plans.get(kind) or _plan(kind)
        if positional:
            names = tuple(given)[: len(positional)]
            if len(positional) > len(names) or (values and not values.keys().isdisjoint(names)):
                raise TypeError(f"{kind.__name__} takes {len(given)} values, each once")
            values.update(zip(names, positional))  # noqa: B905 - as many; asking for it costs a tenth of all
        state.update(given)  # every name in its order first, so that equal records have equal hashes
        for name, make in made:
            if name not in values:
                state[name] = make()
        state.update(values)
        if len(state) > len(given):
            raise TypeError(f"{kind.__name__} has no {', '.join(repr(n) for n in values if n not in given)}")
        if required and not required <= values.keys():
            lacking = ", ".join(repr(name) for name in given if name in required and name not in values)
            raise TypeError(f"{kind.__name__} lacks {lacking}")

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} can't be changed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({fields})"
