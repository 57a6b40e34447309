"""Compute capabilities: which machine code and which PTX reach which GPU."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from envdoctor.knowledge.tables import Coverage

__all__ = ["EMBEDDED", "architectures", "coverage"]

EMBEDDED = {"3.2", "5.3", "6.2", "7.2", "8.7", "10.1", "11.0"}
"""Compute capabilities of the Tegra family, which Jetson boards carry."""
_THOR = {"10.1", "11.0"}  # one chip: CUDA 12 calls it 10.1, CUDA 13 calls it 11.0
_OLDEST_PTX = (5, 0)  # what older PTX would become on a GPU of today is nothing that anyone tests


def architectures(listed: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The machine code and the PTX, as capabilities, of what `torch.cuda.get_arch_list()` says ("sm_86")."""
    sass: list[str] = []
    ptx: list[str] = []
    for entry in listed:
        match = re.fullmatch(r"(sm|compute)_(\d+)(\d)[af]?", entry)
        if match:
            (sass if match[1] == "sm" else ptx).append(f"{match[2]}.{match[3]}")
    return tuple(sass), tuple(ptx)


@functools.lru_cache(maxsize=1024)
def coverage(capability: str, sass: tuple[str, ...], ptx: tuple[str, ...], embedded: bool | None) -> Coverage:
    """How code for `sass` and `ptx` reaches a GPU of this capability; see `Knowledge.coverage`."""
    gpu = _number(capability)
    same_chip = _THOR if capability in _THOR else {capability}
    if not same_chip.isdisjoint(sass):
        return "native"
    reached = any(
        _number(code)[0] == gpu[0] and _number(code) <= gpu for code in sass if code not in EMBEDDED
    )
    is_embedded = capability in EMBEDDED and embedded is not False
    if reached and not is_embedded:
        return "native"
    if any(_OLDEST_PTX <= _number(code) <= gpu for code in ptx):
        return "ptx"
    return "tegra" if reached else "none"


@functools.cache
def _number(capability: str) -> tuple[int, ...]:
    return tuple(map(int, capability.split(".")))
