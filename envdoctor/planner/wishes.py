"""What the person asks for, where it differs from what the planner would choose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from envdoctor.errors import UsageError
from envdoctor.machine import SETTLED_DAYS, version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, TorchRelease

__all__ = ["FAMILY", "Wishes"]

FAMILY = ("torch", "torchvision", "torchaudio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Preferences of the person who wants torch.

    `torch` is "settled" (the newest release that has been out for a while), "latest", or a version, whose
    last part may be left out. `backend` is "auto" or a variant ("cpu", "cu126", "rocm7.2", "xpu").
    `mirror` is a mirror's name, or the URL of one of PyPI or of the channel conda-forge; `None` and
    "official" are PyPI and PyTorch's own index. `wheels` is the name or URL of the one place that PyTorch's
    own wheels have to come from; `None`: the nearest that has them (see `planner.places`).
    """

    today: date
    packages: tuple[str, ...] = FAMILY
    torch: str = "settled"
    backend: str = "auto"
    mirror: str | None = None
    wheels: str | None = None
    tool: Literal["pip", "uv", "conda"] = "pip"

    def releases(self, tables: Knowledge) -> tuple[TorchRelease, ...]:
        """The releases that come into question by their version alone, newest first."""
        newest_first = tuple(reversed(tables.releases))
        if self.torch in ("settled", "latest"):
            return newest_first
        asked = self.torch.partition("+")[0]
        return tuple(row for row in newest_first if asked in (row.version, row.minor))

    def too_young(self, release: TorchRelease) -> bool:
        """Whether a settled release is wanted and this one is not."""
        return self.torch == "settled" and release.released > self.today - timedelta(days=SETTLED_DAYS)

    def checked(self, tables: Knowledge) -> Wishes:
        """These wishes, each of them known to the tables.

        Raises:
            UsageError: a release, variant, mirror or package that does not exist, or a malformed URL; the
                message names the nearest that does.

        """
        from envdoctor.planner.places import mirror_of, nearest_name, wheels_of

        if not self.releases(tables):
            versions = [row.version for row in reversed(tables.releases)]
            raise UsageError(f"--torch {self.torch}: no such release; {nearest_name(self.torch, versions)}")
        if self.backend != "auto":
            variants = _variants(tables)
            if self.backend not in variants:
                near = _of_its_kind(self.backend, variants) or nearest_name(self.backend, variants)
                raise UsageError(f"--backend {self.backend}: no such build; {near}")
        if self.mirror is not None:
            mirror_of(self.mirror, tables)
        if self.wheels is not None:
            wheels_of(self.wheels, tables)
        for name in self.packages:
            if name not in FAMILY:
                raise UsageError(f"{name} is not one of torch's packages; {nearest_name(name, list(FAMILY))}")
        return self


def _variants(tables: Knowledge) -> list[str]:
    found = {
        variant
        for release in tables.releases
        for variants in release.official_variants.values()
        for variant in variants
    }
    return sorted(
        found, key=lambda name: (re.sub(r"[\d.]+", "", name), version_numbers(name.lstrip("curomxp")))
    )


def _of_its_kind(given: str, variants: list[str]) -> str | None:
    """The published variant whose number is nearest: to "cu127" "cu126" is nearer than "cu132"."""
    kind = re.match(r"cu(?=\d+$)", given)
    if kind is None:
        return None
    same = [each for each in variants if each.startswith("cu")]
    best = min(same, key=lambda each: abs(int(each[2:]) - int(given[2:])))
    return f"did you mean {best}?"
