"""Real shared libraries that stand in for NVIDIA's, compiled once a session."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from standins import libraries

from envdoctor.outside import LiveOutside


@pytest.fixture(scope="session")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with libnvidia-ml.so.1 and libcuda.so.1, as versioned files behind links."""
    if shutil.which("cc") is None or os.name != "posix":
        pytest.skip("the stand-ins need a C compiler on Linux")
    return libraries(tmp_path_factory.mktemp("driver"))


@pytest.fixture
def machine(standins: Path) -> Callable[..., LiveOutside]:
    """This machine with the stand-ins found first; keywords set the variables that steer them."""

    def make(**settings: str) -> LiveOutside:
        environ = {**os.environ, "LD_LIBRARY_PATH": str(standins), **settings}
        return LiveOutside(environ)

    return make
