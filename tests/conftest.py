"""Fixtures for every part of the tests."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from replicas import Replicas

    from tests.recorded import RecordedOutside

RECORDINGS = Path(__file__).parent / "recordings"

# Tests that start envdoctor read English, whatever the locale of whoever runs them; those of languages set their own.
for _variable in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(_variable, None)
os.environ["LANG"] = "C.UTF-8"

# A job in a shell's background ignores Ctrl-C, and so would all that the tests start there and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _recorded_module() -> ModuleType:
    """`tests/recorded.py`; the tests are no package, so it is loaded by its path, once."""
    name = "envdoctor_tests_recorded"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("recorded.py"))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture
def machine_of() -> Callable[..., RecordedOutside]:
    """Make a machine of a recording's keys: `machine_of(system="linux", files={...})`."""

    def make(**recording: Any) -> RecordedOutside:
        made: RecordedOutside = _recorded_module().RecordedOutside(recording)
        return made

    return make


@pytest.fixture
def recorded() -> Callable[..., RecordedOutside]:
    """Load `tests/recordings/NAME.json`; keywords replace or, for tables, are laid over the recording's keys.

    A `None` inside a table takes that entry away.
    """

    def load(name: str, **changes: Any) -> RecordedOutside:
        recording: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
        for key, value in changes.items():
            before = recording.get(key)
            laid = isinstance(before, Mapping) and isinstance(value, Mapping)
            both = {**before, **value} if laid else value
            recording[key] = (
                {name: each for name, each in both.items() if each is not None} if laid else value
            )
        made: RecordedOutside = _recorded_module().RecordedOutside(recording)
        return made

    return load


@pytest.fixture(scope="session")
def replica_server() -> Iterator[Replicas]:
    """The copies of the indexes, for as long as the tests run."""
    from replicas import Replicas

    with Replicas() as server:
        yield server


@pytest.fixture
def replicas(replica_server: Replicas) -> Iterator[Replicas]:
    """The copies of the indexes, without faults before and after the test (see `tests/replicas`)."""
    with replica_server.healed():
        yield replica_server
