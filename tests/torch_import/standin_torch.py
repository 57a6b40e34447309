"""A torch of a hundred lines with devices made of lists; tests lay it on PYTHONPATH as torch/__init__.py.

STANDIN_DEVICES is the number of its CUDA devices. STANDIN_FAULT is what is wrong:
"KIND:INDEX" for one device (no-kernel, wrong-sum, wrong-product, crash), or a word (see below).
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from types import SimpleNamespace

COUNT = int(os.environ.get("STANDIN_DEVICES", "0"))
FAULT, _, FAULTY = os.environ.get("STANDIN_FAULT", "").partition(":")

__version__ = "2.9.9+cu126"
version = SimpleNamespace(cuda="12.6", hip=None)
tensor = list


class Tensor:
    def __init__(self, cells: list[float], device: str, width: int = 0) -> None:
        self.cells, self.device, self.width = cells, device, width

    def faulty(self, kind: str) -> bool:
        return kind == FAULT and self.device == f"cuda:{FAULTY}"

    def of(self, cells: list[float]) -> Tensor:
        return Tensor(cells, self.device, self.width)

    def float(self) -> Tensor:
        if self.faulty("no-kernel"):
            raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
        if self.faulty("crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        return self.of([float(each) for each in self.cells])

    def __mul__(self, factor: int) -> Tensor:
        return self.of([each * factor for each in self.cells])

    def __add__(self, term: int) -> Tensor:
        return self.of([each + term for each in self.cells])

    def __mod__(self, base: int) -> Tensor:
        return self.of([each % base for each in self.cells])

    def reshape(self, _rows: int, width: int) -> Tensor:
        return Tensor(self.cells, self.device, width)

    def sum(self) -> Tensor:
        return self.of([sum(self.cells) + self.faulty("wrong-sum")])

    def t(self) -> Tensor:
        return self.of([each for column in zip(*self.tolist(), strict=True) for each in column])

    def cpu(self) -> Tensor:
        return self

    def tolist(self) -> list[list[float]]:
        return [self.cells[i : i + self.width] for i in range(0, len(self.cells), self.width)]

    def __float__(self) -> float:
        return float(self.cells[0])


def arange(count: int, device: str) -> Tensor:
    return Tensor(list(range(count)), device)


def matmul(left: Tensor, right: Tensor) -> Tensor:
    columns = list(zip(*right.tolist(), strict=True))
    cells = [
        sum(a * b for a, b in zip(row, column, strict=True)) for row in left.tolist() for column in columns
    ]
    if left.faulty("wrong-product"):
        cells[33] += 1
    return left.of(cells)


def is_available() -> bool:
    if FAULT == "available-raises":
        raise RuntimeError("the driver fell over")
    if FAULT == "unknown-error":
        warnings.warn("CUDA initialization: CUDA unknown error - this may be due to ...", stacklevel=1)
        return False
    return COUNT > 0


def init() -> None:
    if not COUNT:
        raise RuntimeError("No CUDA GPUs are available")


def cudnn_version() -> int:
    if FAULT == "cudnn":
        raise RuntimeError("cuDNN version incompatibility: compiled against (9, 10, 2), found (8, 9, 7)")
    return 91002


def from_numpy(array: object) -> SimpleNamespace:
    if FAULT == "numpy":
        raise RuntimeError("Numpy is not available")
    return SimpleNamespace(numpy=lambda: array)


if FAULT == "numpy":
    warnings.warn("Failed to initialize NumPy: _ARRAY_API not found", stacklevel=1)
if FAULT == "old-habit":
    warnings.warn("this is old", DeprecationWarning, stacklevel=1)
    for number in range(40):
        warnings.warn(f"warning {number}", stacklevel=1)

cuda = SimpleNamespace(
    is_available=is_available,
    init=init,
    device_count=lambda: COUNT,
    get_arch_list=lambda: ["sm_80", "sm_90"],
    get_device_name=lambda index: f"Stand-in {index}",
    get_device_capability=lambda index: (9, index),
    get_device_properties=lambda index: SimpleNamespace(total_memory=8 << 30),
    nccl=SimpleNamespace(version=lambda: (2, 27, 5)),
)
backends = SimpleNamespace(cudnn=SimpleNamespace(version=cudnn_version))

if FAULT == "badly-typed":
    version.cuda = 12.6
    cuda.device_count = lambda: "many"
    cuda.get_device_name = lambda index: b"\xff"
if FAULT == "path":
    raise RuntimeError(repr((sys.path, sys.argv)))
