"""What a value in a knowledge table may be: small checks, put together into those of rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

__all__ = [
    "Check",
    "fields_wrong",
    "is_day",
    "is_flag",
    "is_positive",
    "is_rate",
    "is_text",
    "list_of",
    "map_of",
    "matching",
    "maybe",
    "one_of",
    "record_of",
]

Check = Callable[[object], "str | None"]
"""A value → what is wrong with it, or `None`."""


def matching(pattern: str, meaning: str) -> Check:
    """Texts of this pattern; `meaning` says what they are."""
    compiled = re.compile(pattern)

    def check(value: object) -> str | None:
        if isinstance(value, str) and compiled.fullmatch(value):
            return None
        return f"{value!r} is not {meaning}"

    return check


def one_of(*allowed: str) -> Check:
    """One of these texts."""
    return lambda value: None if value in allowed else f"{value!r} is not one of {', '.join(allowed)}"


def maybe(check: Check) -> Check:
    """The same, or nothing."""
    return lambda value: None if value is None else check(value)


def list_of(check: Check, *, empty: bool = True) -> Check:
    """A list of such values, each once."""

    def checked(value: object) -> str | None:
        if not isinstance(value, list):
            return f"{value!r} is not a list"
        if not value and not empty:
            return "the list is empty"
        if len({str(item) for item in value}) != len(value):
            return f"{value!r} names something twice"
        return next((wrong for item in value if (wrong := check(item))), None)

    return checked


def map_of(keys: tuple[str, ...] | Check, check: Check) -> Check:
    """An object with such keys and values."""
    key_check = one_of(*keys) if isinstance(keys, tuple) else keys

    def checked(value: object) -> str | None:
        if not isinstance(value, dict):
            return f"{value!r} is not an object"
        for key, item in value.items():
            wrong = key_check(key) or check(item)
            if wrong:
                return f"{key}: {wrong}"
        return None

    return checked


def record_of(fields: Mapping[str, Check]) -> Check:
    """An object with exactly these fields; one whose name ends in a question mark may be absent."""

    def checked(value: object) -> str | None:
        if not isinstance(value, dict):
            return f"{value!r} is not an object"
        return fields_wrong(fields, value)

    return checked


def fields_wrong(fields: Mapping[str, Check], row: Mapping[str, object]) -> str | None:
    """What is wrong with the fields of a row; `None`: nothing."""
    for name, check in fields.items():
        optional = name.endswith("?")
        name = name.rstrip("?")  # noqa: PLW2901
        if name not in row:
            if not optional:
                return f"field {name!r} is missing"
        elif wrong := check(row[name]):
            return f"field {name!r}: {wrong}"
    unknown = set(row) - {name.rstrip("?") for name in fields}
    return f"field {min(unknown)!r} is not known" if unknown else None


def is_text(value: object) -> str | None:
    """A text that says something."""
    return None if isinstance(value, str) and value.strip() else f"{value!r} is not a text"


def is_flag(value: object) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else f"{value!r} is not true or false"


def is_positive(value: object) -> str | None:
    """A whole number above zero."""
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else f"{value!r} is not a positive whole number"


def is_rate(value: object) -> str | None:
    """A number above zero."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return None if good else f"{value!r} is not a positive number"


def is_day(value: object) -> str | None:
    """A date."""
    try:
        return None if date.fromisoformat(str(value)) else "no date"
    except ValueError:
        return f"{value!r} is not a date (YYYY-MM-DD)"
