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
from envdoctor.frozen import Record

__all__ = ["trusted"]

_VERSION = re.compile(r"\d[A-Za-z0-9_.+!-]{0,99}", re.ASCII)
_VERSIONS = frozenset(
    {"version", "driver_version", "library_version", "cuda_version", "numpy_version", "os_version"}
    | {"cuda", "hip", "glibc", "glibcxx", "musl", "vc_runtime", "compute_capability", "capability"}
)
"""The fields that hold a version, in whichever record."""
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
    interpreter, environment = facts.interpreter, facts.environment
    tools = {name: path for name, path in environment.tools.items() if name in _TOOLS and _is_path(path)}
    return replace(
        facts,
        interpreter=replace(
            interpreter,
            executable=interpreter.executable if _is_path(interpreter.executable or "") else None,
        ),
        environment=replace(
            environment,
            tools=tools,
            prefix=environment.prefix if _is_path(environment.prefix or "") else None,
            conda_root=environment.conda_root if _is_path(environment.conda_root or "") else None,
            name=environment.name if _NAME.fullmatch(environment.name or "") else None,
        ),
    )


def _is_path(value: str) -> bool:
    return len(value) <= _LONGEST_PATH and _PATH.fullmatch(value) is not None


def _versions_checked(record: Some) -> Some:
    changed: dict[str, object] = {}
    held = vars(record)
    for name, required in _fields(cast("Callable[..., object]", type(record))):
        value = held[name]
        if value is None or value in ((), ""):  # an empty version is one that could not be told
            continue
        if name in _VERSIONS and isinstance(value, str):
            found = _VERSION.match(value.strip())
            checked: object = found.group() if found else ("0" if required else None)
            checked = value if checked == value else checked
        elif isinstance(value, Record):
            checked = _versions_checked(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Record):
            records = tuple(_versions_checked(each) for each in value)
            checked = value if all(map(operator.is_, records, value)) else records
        else:
            continue
        if checked is not value:
            changed[name] = checked
    return replace(record, **changed) if changed else record


@functools.cache
def _fields(kind: Callable[..., object]) -> tuple[tuple[str, bool], ...]:
    """The fields of a record, and whether each has to be given."""
    missing = dataclasses.MISSING
    known = dataclasses.fields(cast("type[Record]", kind))
    return tuple((f.name, f.default is missing and f.default_factory is missing) for f in known)
