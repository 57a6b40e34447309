"""What somebody else's report is taken to say: values of the shape that they must have, and nothing else.

Rules compare versions and count on them; commands are made of paths (`/envs/dl/bin/python -m pip ...`), and
somebody copies them into a shell. On this machine the facts come from envdoctor's own probes; in a report
they are whatever its author wrote.
"""

from __future__ import annotations

import dataclasses
import functools
import operator
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, cast

from envdoctor.facts import Facts
from envdoctor.frozen import Record, defaults

__all__ = ["trusted"]

_VERSION = re.compile(r"\d[A-Za-z0-9_.+!-]{0,99}", re.ASCII)
_VERSIONS = frozenset(
    {"version", "driver_version", "library_version", "cuda_version", "numpy_version", "os_version"}
    | {"cuda", "hip", "glibc", "glibcxx", "musl", "vc_runtime", "compute_capability", "capability"}
)
"""The fields that hold a version, in whichever record."""
_PLAIN = re.compile(
    r"(?:str|int|float|bool|None|tuple|list|dict|Mapping|Literal|\"[^\"]*\"|'[^']*'|[\[\],.| ])+"
)
"""The types of fields that can hold no record, as they are written."""
_PATH = re.compile(r"(?:~|[A-Za-z]:)?(?:[\\/][A-Za-z0-9_.+@][A-Za-z0-9_.+@-]*)+", re.ASCII)
"""A path without a space, a quote or anything else that a shell or an installer could read as its own."""
_LONGEST_PATH = 260
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_TOOLS = ("pip", "uv", "conda", "mamba", "micromamba", "pixi", "poetry", "pipenv", "hatch")

Some = TypeVar("Some", bound=Record)


def trusted(facts: Facts) -> Facts:
    """The facts with every version cut to what a version can be, and without paths and names that are none.

    Only those paths and names are looked at that a command may be made of; the others are shown, never run.
    """
    facts = _versions_checked(facts)
    environment = facts.environment
    tools = {name: path for name, path in environment.tools.items() if name in _TOOLS and _is_path(path)}
    name = environment.name
    return _changed(
        facts,
        interpreter=_changed(facts.interpreter, executable=_path(facts.interpreter.executable)),
        environment=_changed(
            environment,
            tools=environment.tools if len(tools) == len(environment.tools) else tools,
            prefix=_path(environment.prefix),
            conda_root=_path(environment.conda_root),
            name=name if name and _NAME.fullmatch(name) else None,
        ),
    )


def _changed(record: Some, **checked: object) -> Some:
    """The record with these values; the same one where it has them already."""
    held = vars(record)
    changed = {name: value for name, value in checked.items() if value is not held[name]}
    return replace(record, **changed) if changed else record


def _path(value: str | None) -> str | None:
    return value if value and _is_path(value) else None


def _is_path(value: str) -> bool:
    return len(value) <= _LONGEST_PATH and _PATH.fullmatch(value) is not None


def _versions_checked(record: Some) -> Some:
    held = vars(record)
    versions, others = _fields(cast("Callable[..., object]", type(record)))
    if not (versions or others):
        return record
    checked: dict[str, object] = {}
    for name, required in versions:
        value = held[name]
        if value and isinstance(value, str):  # an empty version is one that could not be told
            checked[name] = _version(value, required=required)
    for name, default in others:
        value = held[name]
        if value is default:
            continue
        if isinstance(value, Record):
            checked[name] = _versions_checked(value)
        elif value and isinstance(value, tuple) and isinstance(value[0], Record):
            records = tuple(_versions_checked(each) for each in value)
            checked[name] = value if all(map(operator.is_, records, value)) else records
    changed = {name: value for name, value in checked.items() if value is not held[name]}
    return replace(record, **changed) if changed else record


def _version(value: str, *, required: bool) -> str | None:
    """What of the value can be a version; the very same text where all of it can."""
    found = _VERSION.match(value.strip())
    if found is None:
        return "0" if required else None
    return value if found.group() == value else found.group()


@functools.cache
def _fields(
    kind: Callable[..., object],
) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, object], ...]]:
    """The fields that hold a version, and whether each must be given; those that may hold records.

    The latter with what they hold where nothing is given, which needs no check.
    """
    missing = dataclasses.MISSING
    known = dataclasses.fields(cast("type[Record]", kind))
    given = defaults(cast("type[Record]", kind))
    versions = tuple(
        (each.name, each.default is missing and each.default_factory is missing)
        for each in known
        if each.name in _VERSIONS
    )
    others = tuple((each.name, given[each.name]) for each in known if not _PLAIN.fullmatch(str(each.type)))
    return versions, others
