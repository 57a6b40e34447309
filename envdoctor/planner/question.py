"""One question to the planner: a machine, the tables and the wishes, with what follows from them at once."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from envdoctor.planner.fit import Driver, driver_of

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Mirror, Platform
    from envdoctor.planner.builds import Suitable
    from envdoctor.planner.plan import Rejected
    from envdoctor.planner.target import Target
    from envdoctor.planner.wishes import Wishes

__all__ = ["Question"]


class Question(NamedTuple):
    """What every step of the choice needs to know.

    `mirror`: the place that was asked for; `None`: PyPI and PyTorch's own index. `wheels`: the place that
    PyTorch's own wheels have to come from; `None`: the nearest that has them. `judged`: of each release that
    was looked at, what would run on this machine; every question about the machine shares it, since it does
    not depend on the place.
    """

    target: Target
    platform: Platform
    python: str
    driver: Driver
    tables: Knowledge
    wishes: Wishes
    official: Mirror
    mirror: Mirror | None
    wheels: Mirror | None
    judged: dict[str, tuple[Suitable | Rejected, ...]]

    @classmethod
    def of(cls, target: Target, tables: Knowledge, wishes: Wishes) -> Question | None:
        """The question that these ask; `None`: the platform or the Python is not known.

        Raises:
            UsageError: a mirror that does not exist, or no URL.

        """
        official = tables.mirror("official")
        if target.platform is None or target.python is None or official is None:
            return None
        mirror = wheels = None
        if wishes.mirror is not None or wishes.wheels is not None:
            from envdoctor.planner.named_mirror import mirror_of, wheels_of

            mirror = mirror_of(wishes.mirror, tables) if wishes.mirror is not None else None
            wheels = wheels_of(wishes.wheels, tables) if wishes.wheels is not None else None
        if mirror is not None and mirror.id == official.id:
            mirror = None
        driver = driver_of(target, tables)
        judged = _judged(target, tables, wishes.backend, wishes.tool == "conda")
        return cls(
            target, target.platform, target.python, driver, tables, wishes, official, mirror, wheels, judged
        )


@functools.lru_cache(maxsize=256)
def _judged(
    target: Target, tables: Knowledge, backend: str, conda: bool
) -> dict[str, tuple[Suitable | Rejected, ...]]:
    """The one dictionary for a machine and what of the wishes bears on what runs there, empty at first."""
    del target, tables, backend, conda
    return {}
