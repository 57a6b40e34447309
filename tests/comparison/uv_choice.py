"""What uv's `--torch-backend auto` picks: real uv, on copies of the indexes under their real addresses."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from replicas import DEFAULT, Replicas
from replicas.https import HttpsProxy

from .machines import GLIBC, Machine, Pick

__all__ = ["Uv", "program", "uv"]

PLATFORMS = {
    "linux_x86_64": f"x86_64-manylinux_{GLIBC.replace('.', '_')}",
    "linux_aarch64": f"aarch64-manylinux_{GLIBC.replace('.', '_')}",
    "windows_amd64": "x86_64-pc-windows-msvc",
}
PACKAGES = ("torch", "torchvision", "torchaudio")


def program() -> str | None:
    """uv beside this interpreter, else on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


class Uv:
    """Real uv and the indexes that it asks; one answer is kept for each driver, system and Python."""

    def __init__(self, replicas: Replicas, proxy: HttpsProxy, home: Path) -> None:
        self._replicas, self._proxy, self._home = replicas, proxy, home
        self._known: dict[tuple[str, str, str], Pick | None] = {}

    def version(self) -> str:
        """ "uv 0.13.9"."""
        said = subprocess.run([program() or "uv", "--version"], capture_output=True, text=True, check=True)
        return " ".join(said.stdout.split()[:2])

    def picks(self, machine: Machine) -> Pick | None:
        """The build that uv resolves torch to; `None` where it says that there is no solution."""
        key = (machine.platform, machine.driver, machine.python)
        if key not in self._known:
            self._known[key] = self._ask(machine)
        return self._known[key]

    def _ask(self, machine: Machine) -> Pick | None:
        argv = [
            program() or "uv",
            "pip",
            "compile",
            "-",
            "--quiet",
            "--no-header",
            "--no-annotate",
            "--no-build",
        ]
        argv += ["--torch-backend", "auto", "--python-version", machine.python]
        argv += ["--python-platform", PLATFORMS[machine.platform]]
        argv += ["--default-index", f"{self._replicas.url}/{DEFAULT}"]
        environment = {
            **self._replicas.environment(self._home),
            "UV_CUDA_DRIVER_VERSION": machine.driver,
            "UV_INSECURE_HOST": "download.pytorch.org",
            "HTTPS_PROXY": self._proxy.url,
            "UV_CACHE_DIR": str(self._home / "cache"),
        }
        del environment["UV_NO_CACHE"]
        ran = subprocess.run(
            argv, input="\n".join(PACKAGES), env=environment, capture_output=True, text=True, timeout=120
        )
        found = re.search(r"^torch==([\d.]+)(?:\+(\w[\w.]*))?$", ran.stdout, re.M)
        if found is None:
            if "No solution found" in ran.stderr:
                return None
            raise RuntimeError(f"uv answered neither with torch nor with a refusal:\n{ran.stderr}")
        return Pick(found[1], found[2] or "cpu")


@contextlib.contextmanager
def uv() -> Iterator[Uv]:
    """uv with everything that it asks, for as long as the context lasts."""
    with Replicas() as replicas, HttpsProxy(replicas) as proxy, tempfile.TemporaryDirectory() as home:
        yield Uv(replicas, proxy, Path(home))
