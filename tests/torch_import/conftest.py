"""Torches to import: the real one, and whatever a test plants in front of it."""

from __future__ import annotations

import importlib.util
import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.facts import TorchImport
from envdoctor.outside import LiveOutside
from envdoctor.probes.torch_import import probe_torch_import

Probe = Callable[..., TorchImport]


@pytest.fixture
def probe() -> Probe:
    """Import torch with a PYTHONPATH and other variables of the user's."""

    def run(pythonpath: Path | str = "", timeout: float = 60, **environ: str) -> TorchImport:
        outside = LiveOutside({**os.environ, "PYTHONPATH": str(pythonpath), **environ})
        return probe_torch_import(outside, [sys.executable], timeout).value

    return run


@pytest.fixture
def planted(tmp_path: Path) -> Callable[..., Path]:
    """A folder for PYTHONPATH with a torch (or another module) of the given source."""

    def plant(source: str, name: str = "torch/__init__.py") -> Path:
        file = tmp_path / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(source))
        return tmp_path / "site"

    return plant


@pytest.fixture
def standin(planted: Callable[..., Path]) -> Path:
    """A folder for PYTHONPATH with the stand-in of `standin_torch.py`."""
    return planted(Path(__file__).with_name("standin_torch.py").read_text())


@pytest.fixture(scope="session")
def torch_folder() -> Path:
    """The real torch's folder."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        pytest.skip("torch is not installed here")
    return Path(found.origin).parent
