"""A build while it is weighed: that it would run on a machine, and what it is at one source."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from envdoctor.planner.fit import Code, Driver, cuda_of
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import TorchRelease
    from envdoctor.planner.sources import Source

__all__ = ["Candidate", "Suitable", "is_direct"]


class Suitable(NamedTuple):
    """A build that would run on a machine, wherever it comes from; `code`: what it carries, where known."""

    variant: str
    code: Code | None


class Candidate(NamedTuple):
    """A build that fits, at one source, with the packages that go with it there.

    `verified`: a listing showed the wheels, and what they carry for these GPUs is no guess. `extra` are
    requirements that the build brings beyond the packages ("numpy<2", "cuda-version=12.9"). `newest`: the
    newest release is wanted, even where a package has nothing that goes with it.
    """

    release: TorchRelease
    variant: str
    source: Source
    packages: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    verified: bool
    native: bool
    direct: bool
    preference: int = 0
    extra: tuple[str, ...] = ()
    newest: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What candidates are ranked by: the larger, the better.

        Where the driver implements several CUDA versions the newest is best; where it implements none of
        them and minor-version compatibility has to do, the oldest asks least of it. A driver update never
        leads to an older build this way.
        """
        number = _number(cuda_of(self.variant) or self.variant.removeprefix("rocm"))
        return (
            self.verified,
            self.newest or not self.missing,
            _number(self.release.version),
            not self.missing,
            self.native,
            self.direct,
            number if self.direct else tuple(-each for each in number),
            -self.preference,
        )

    @property
    def unbeaten(self) -> bool:
        """Whether no candidate of an older release can rank above this one."""
        return self.verified and (self.newest or not self.missing)


def is_direct(variant: str, driver: Driver) -> bool:
    """Whether the driver implements the variant's own CUDA."""
    cuda = cuda_of(variant)
    return cuda is None or _number(driver.cuda) >= _number(cuda)


@functools.lru_cache(maxsize=1024)
def _number(version: str | None) -> tuple[int, ...]:
    return version_numbers(version)
