"""NVIDIA's driver as it can be had without a GPU: libraries compiled from C, and a program in the place of nvidia-smi.

Variables steer what they answer, or whether they answer at all: see `nvml.c`, `cuda.c` and `nvidia_smi.py`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["driver", "libraries"]

HERE = Path(__file__).parent
VERSION = "550.54.14"


def libraries(folder: Path) -> Path:
    """The folder, with libnvidia-ml.so.1 and libcuda.so.1 in it, as versioned files behind links."""
    folder.mkdir(parents=True, exist_ok=True)
    for source, name in (("nvml.c", "libnvidia-ml.so"), ("cuda.c", "libcuda.so")):
        library, link = folder / f"{name}.{VERSION}", folder / f"{name}.1"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / source)], check=True)
        link.unlink(missing_ok=True)
        link.symlink_to(library.name)
    return folder


def driver(folder: Path) -> dict[str, str]:
    """The variables that let a program find libraries and nvidia-smi in this folder, where they are put."""
    libraries(folder)
    program = folder / "bin" / "nvidia-smi"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {HERE / "nvidia_smi.py"} "$@"\n')
    program.chmod(0o755)
    return {"LD_LIBRARY_PATH": str(folder), "PATH": f"{program.parent}:/usr/bin:/bin"}
