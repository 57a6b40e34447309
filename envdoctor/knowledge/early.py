"""What the official binaries were before the oldest release in the tables.

From the build scripts of pytorch/builder (`manywheel/build_cuda.sh`, `windows/cuda*.bat`) through their
history: 3.5 was the oldest capability up to torch 1.2, 3.7 (with PTX) from 1.3 on; 7.5 came with CUDA 10, 8.0
with CUDA 11.0, 8.6 with CUDA 11.1.
"""

from __future__ import annotations

import re

__all__ = ["early_archs", "early_pythons", "newest_cuda", "was_early_release"]

_BASE = ("3.7", "5.0", "6.0", "7.0")


def early_archs(torch: str, variant: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Machine code and PTX of an official CUDA build of torch 1.0 to 1.12; `None`: another release."""
    version = re.match(r"1\.(\d{1,2})(?:\.\d+)?(?:\+|$)", torch)
    if version is None or not 0 <= int(version[1]) <= 12 or not re.fullmatch(r"cu\d{2,3}", variant):
        return None
    minor, cuda = int(version[1]), (int(variant[2:-1]), int(variant[-1]))
    archs = list(_BASE)
    if minor < 3:
        archs.insert(0, "3.5")
    if cuda >= (10, 0):
        archs.append("7.5")
    if cuda >= (11, 0):
        archs.append("8.0")
    if cuda >= (11, 1):
        archs.append("8.6")
    return tuple(archs), (("5.0",) if minor < 3 else ("3.7",))


_PYTHONS = {
    # minor release of torch 1 → the oldest and the newest Python with a wheel (the file names on PyPI)
    0: ((3, 5), (3, 7)),
    1: ((3, 5), (3, 7)),
    2: ((3, 5), (3, 7)),
    3: ((3, 5), (3, 7)),
    4: ((3, 5), (3, 8)),
    5: ((3, 5), (3, 8)),
    6: ((3, 6), (3, 8)),
    7: ((3, 6), (3, 9)),
    8: ((3, 6), (3, 9)),
    9: ((3, 6), (3, 9)),
    10: ((3, 6), (3, 10)),
    11: ((3, 7), (3, 10)),
    12: ((3, 7), (3, 10)),
}
_RELEASES = (
    "0.1.2 0.2.0 0.3.0 0.3.1 0.4.0 0.4.1 1.0.0 1.0.1 1.1.0 1.2.0 1.3.0 1.3.1 1.4.0 1.5.0 1.5.1 1.6.0 1.7.0 "
    "1.7.1 1.8.0 1.8.1 1.9.0 1.9.1 1.10.0 1.10.1 1.10.2 1.11.0 1.12.0 1.12.1"
)


def early_pythons(torch: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The oldest and the newest Python that a release of torch 1.0 to 1.12 has a wheel for."""
    version = re.match(r"1\.(\d{1,2})(?:\.\d+)?(?:\+|$)", torch)
    return _PYTHONS.get(int(version[1])) if version else None


def was_early_release(torch: str) -> bool:
    """Whether a release older than the tables was published under this number."""
    return torch.partition("+")[0].partition(".post")[0] in _RELEASES.split()


_NEWEST_CUDA = {
    # minor release of torch 1 → the newest CUDA that it was published for
    0: (10, 0),
    1: (10, 0),
    2: (10, 0),
    3: (10, 1),
    4: (10, 1),
    5: (10, 2),
    6: (10, 2),
    7: (11, 0),
    8: (11, 1),
    9: (11, 1),
    10: (11, 3),
    11: (11, 3),
    12: (11, 6),
    13: (11, 7),
}


def newest_cuda(torch: str) -> tuple[int, int] | None:
    """The newest CUDA that an official binary of a torch before 2 was built with; `None`: a later release."""
    version = re.match(r"(0|1)\.(\d{1,2})(?:\.\d+)?(?:[.+]|$)", torch)
    if version is None:
        return None
    return _NEWEST_CUDA.get(int(version[2])) if version[1] == "1" else (9, 2)
