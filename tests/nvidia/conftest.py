"""Real shared libraries that stand in for NVIDIA's, compiled once a session."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.outside import LiveOutside

SOURCES = Path(__file__).parent.parent / "standins"


@pytest.fixture(scope="session")
def standins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with libnvidia-ml.so.1 and libcuda.so.1, as versioned files behind links."""
    compiler = shutil.which("cc")
    if compiler is None or os.name != "posix":
        pytest.skip("the stand-ins need a C compiler on Linux")
    folder = tmp_path_factory.mktemp("driver")
    for source, library in (("nvml.c", "libnvidia-ml.so"), ("cuda.c", "libcuda.so")):
        built = folder / f"{library}.550.54.14"
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(built), str(SOURCES / source)], check=True
        )
        (folder / f"{library}.1").symlink_to(built.name)
    return folder


@pytest.fixture
def machine(standins: Path) -> Callable[..., LiveOutside]:
    """This machine with the stand-ins found first; keywords set the variables that steer them."""

    def make(**settings: str) -> LiveOutside:
        environ = {**os.environ, "LD_LIBRARY_PATH": str(standins), **settings}
        return LiveOutside(environ)

    return make
