"""Plain JSON values into the frozen types that they were written from, checked on the way.

The way from a type to what reads it is worked out once a type: a report has some two hundred values, and
there may be thousands of reports.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar, Union

from envdoctor.errors import UsageError

__all__ = ["revive"]

Reader = Callable[[object], object]
Kind = TypeVar("Kind")


class _MisfitError(Exception):
    """A value that no version wrote there; the path to it grows on the way up."""

    def __init__(self, value: object, lacks: str = "") -> None:
        super().__init__()
        self.path = ""
        self.value = value
        self.lacks = lacks

    def under(self, step: str) -> _MisfitError:
        """The same, seen from one step further out."""
        self.path = step + self.path
        return self


def revive(kind: type[Kind], data: object, path: str) -> Kind:
    """The value of this type that the data stands for.

    Raises:
        UsageError: the data has a shape that no version wrote; the message names its path.

    """
    try:
        return typing.cast("Kind", _reader(typing.cast("Any", kind))(data))
    except _MisfitError as misfit:
        path += misfit.path
        if misfit.lacks:
            raise UsageError(f"{path} lacks a field: {misfit.lacks}") from None
        shown = f"{misfit.value!r:.80}"
        raise UsageError(f"{path} holds {shown}, which no version of envdoctor writes there") from None


@functools.cache
def _reader(kind: Any) -> Reader:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        return _optional(_reader(next(each for each in arguments if each is not type(None))))
    if origin is Literal:
        return _one_of(arguments)
    if origin is tuple:
        return _all_of(_reader(arguments[0]))
    if origin is Mapping:
        return _mapping(_reader(arguments[1]))
    if dataclasses.is_dataclass(kind):
        return _record(kind)
    return _number if kind is float else _plain(kind)


def _optional(inner: Reader) -> Reader:
    return lambda data: None if data is None else inner(data)


def _one_of(allowed: tuple[object, ...]) -> Reader:
    kinds = {type(each) for each in allowed}

    def read(data: object) -> object:
        if type(data) in kinds and data in allowed:
            return data
        raise _MisfitError(data)

    return read


def _all_of(inner: Reader) -> Reader:
    def read(data: object) -> object:
        if not isinstance(data, list):
            raise _MisfitError(data)
        made: list[object] = []
        try:
            made.extend(map(inner, data))
        except _MisfitError as misfit:
            raise misfit.under(f"[{len(made)}]") from None
        return tuple(made)

    return read


def _mapping(inner: Reader) -> Reader:
    def read(data: object) -> object:
        if not isinstance(data, dict):
            raise _MisfitError(data)
        made: dict[str, object] = {}
        for key, each in data.items():
            try:
                made[str(key)] = inner(each)
            except _MisfitError as misfit:
                raise misfit.under(f".{key}") from None
        return made

    return read


def _record(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}
    fields = {each.name for each in dataclasses.fields(kind)}
    readers = {name: reader for name, reader in readers.items() if name in fields}
    from_text: Reader | None = getattr(kind, "from_text", None)  # older versions wrote a sentence there

    def read(data: object) -> object:
        if isinstance(data, str) and from_text is not None:
            return from_text(data)
        if not isinstance(data, dict):
            raise _MisfitError(data)
        values: dict[str, object] = {}
        for name, each in data.items():
            reader = readers.get(name)
            if reader is None:
                continue  # of a newer version
            try:
                values[name] = reader(each)
            except _MisfitError as misfit:
                raise misfit.under(f".{name}") from None
        try:
            return kind(**values)
        except TypeError as error:
            raise _MisfitError(data, lacks=str(error)) from None

    return read


def _number(data: object) -> object:
    if isinstance(data, (int, float)) and not isinstance(data, bool):
        return float(data)
    raise _MisfitError(data)


def _plain(kind: type) -> Reader:
    def read(data: object) -> object:
        if type(data) is kind:
            return data
        raise _MisfitError(data)

    return read
