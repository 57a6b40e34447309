"""A torch that is healthy on a GPU of one's choice, as source: what the tools ask of it, it answers.

STANDIN_ARCHS ("sm_50 sm_60"), STANDIN_NAME, STANDIN_CAPABILITY ("8.9"), STANDIN_AVAILABLE (0: no).
It is `tests/torch_import/standin_torch.py` with what the other tools ask beyond that.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["HEALTHY", "broken", "healthy"]

_BASE = Path(__file__).parents[1] / "torch_import" / "standin_torch.py"
_MORE = """
COUNT = int(os.environ.get("STANDIN_AVAILABLE", "1"))
from torch.version import __version__, cuda as _cuda
_major, _minor = map(int, os.environ.get("STANDIN_CAPABILITY", "8.9").split("."))
version.cuda, version.debug, version.xpu, version.git_version = _cuda, False, None, "0"
cuda.get_arch_list = lambda: os.environ.get("STANDIN_ARCHS", "sm_50 sm_60 sm_70 sm_75 sm_80 sm_86 sm_90").split()
cuda.get_device_name = lambda index=0: os.environ.get("STANDIN_NAME", "NVIDIA GeForce RTX 4090")
cuda.get_device_capability = lambda index=0: (_major, _minor)
cuda.get_device_properties = lambda index=0: SimpleNamespace(
    total_memory=24 << 30, name=cuda.get_device_name(), major=_major, minor=_minor
)
cuda.current_device = lambda: 0
cuda.memory_allocated = cuda.memory_reserved = lambda index=0: 0
cuda.mem_get_info = lambda index=0: (20 << 30, 24 << 30)
xpu = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0)
backends.mps = SimpleNamespace(is_available=lambda: False)
backends.cudnn.is_available = lambda: True
backends.cudnn.enabled = True
device = str


class _Numbers(list):
    def __add__(self, other):
        return _Numbers(a + b for a, b in zip(self, other))

    def tolist(self):
        return list(self)

    def item(self):
        return self[0]


def tensor(numbers, device=None, dtype=None):
    if FAULT == "no-kernel":
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
    return _Numbers(numbers)
"""


def _about(version: str) -> str:
    digits = version.partition("+cu")[2]
    values = {
        "__version__": version,
        "cuda": f"{digits[:-1]}.{digits[-1]}",
        "debug": False,
        "git_version": "0",
    }
    return "".join(f"{name} = {value!r}\n" for name, value in {**values, "hip": None, "xpu": None}.items())


def _metadata(version: str) -> dict[str, str]:
    folder = f"torch-{version}.dist-info"
    return {
        f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        f"{folder}/INSTALLER": "pip\n",
        f"{folder}/RECORD": f"torch/__init__.py,,\ntorch/version.py,,\n{folder}/METADATA,,\n{folder}/RECORD,,\n",
        f"{folder}/WHEEL": "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: false\nTag: cp311-cp311-linux_x86_64\n",
    }


def healthy(version: str = "2.14.1+cu126") -> dict[str, str]:
    """The files of a torch that works."""
    return {
        "torch/__init__.py": _BASE.read_text() + _MORE,
        "torch/version.py": _about(version),
        "torch/backends/__init__.py": "",
        "torch/backends/xnnpack.py": "enabled = True\n",
        **_metadata(version),
    }


def broken(source: str, version: str = "2.14.1+cu126") -> dict[str, str]:
    """The files of a torch whose import runs this first, and then is healthy if it comes to that."""
    files = healthy(version)
    head, future, rest = files["torch/__init__.py"].partition("from __future__ import annotations\n")
    files["torch/__init__.py"] = f"{head}{future}{source}\n{rest}"
    return files


HEALTHY = healthy()
