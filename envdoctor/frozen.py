"""Frozen records that cost next to nothing to define: the start-up of every command pays for each of them.

`dataclasses` compiles six methods for every class, which for the facts alone takes longer than starting
Python. A `Record` shares one set of methods among all classes and keeps the rest of the dataclass
protocol (`fields`, `replace`, `is_dataclass`).
"""

from __future__ import annotations

import dataclasses
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
    return dataclasses.dataclass(init=False, repr=False, eq=False)(cls)


@dataclass_transform(frozen_default=True, kw_only_default=False, field_specifiers=(dataclasses.field,))
def value(cls: type[Class]) -> type[Class]:
    """Make a subclass of `Record` a frozen record whose fields may also be given by their position."""
    return dataclasses.dataclass(init=False, repr=False, eq=False)(cls)


class Record:
    """The methods that all records share."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init__(self, *positional: object, **values: object) -> None:
        state = self.__dict__
        if positional:
            names = tuple(self.__dataclass_fields__)[: len(positional)]
            if len(positional) > len(names) or not values.keys().isdisjoint(names):
                raise TypeError(
                    f"{type(self).__name__} takes {len(self.__dataclass_fields__)} values, each once"
                )
            values.update(zip(names, positional, strict=True))
        for name, known in self.__dataclass_fields__.items():
            if name in values:
                state[name] = values.pop(name)
            elif known.default_factory is not dataclasses.MISSING:
                state[name] = known.default_factory()
            elif known.default is not dataclasses.MISSING:
                state[name] = known.default
            else:
                raise TypeError(f"{type(self).__name__} lacks {name!r}")
        if values:
            raise TypeError(f"{type(self).__name__} has no {', '.join(map(repr, values))}")

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"{type(self).__name__}.{name} can't be changed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({fields})"
