"""The faults of `planted/`, and runs that share one process where they can."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import psutil
import pytest

PLANTED = Path(__file__).parent / "planted"


def load(path: Path) -> ModuleType:
    """A module of the patient's, which is no part of the package of tests."""
    name = f"envdoctor_tests_{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def faults() -> ModuleType:
    """The table of faults, whose modules find each other as they do in the patient."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(PLANTED)
        return load(PLANTED / "faults.py")


def marked(mark: str) -> list[psutil.Process]:
    """The processes that carry this mark in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found
