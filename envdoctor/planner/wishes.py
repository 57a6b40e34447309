"""What the person asks for, where it differs from what the planner would choose."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from envdoctor.errors import UsageError
from envdoctor.frozen import Record, record
from envdoctor.machine import SETTLED_DAYS
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, TorchRelease

__all__ = ["FAMILY", "Wishes"]

FAMILY = ("torch", "torchvision", "torchaudio")


@record
class Wishes(Record):
    """Preferences of the person who wants torch.

    `torch` is "settled" (the newest release that has been out for a while and has all packages), "latest"
    (the newest, with the packages that it has), or a version, whose last part may be left out. `backend` is
    "auto" or a variant ("cpu", "cu126", "rocm7.2", "xpu").
    `mirror` is a mirror's name, or the URL of one of PyPI or of the channel conda-forge; `None` and
    "official" are PyPI and PyTorch's own index. `wheels` is the name or URL of the one place that PyTorch's
    own wheels have to come from; `None`: the nearest that has them (see `planner.named_mirror`).
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
        """These wishes, each of them known to the tables; a label in the version is the backend's name.

        Torch comes first among the packages, and is there whatever was asked for: its companions alone would
        leave its build to chance.

        Raises:
            UsageError: a release, variant, mirror or package that does not exist, or a malformed URL; the
                message names the nearest that does.

        """
        from envdoctor.planner.named_mirror import mirror_of, nearest_name, wheels_of

        wishes = self._with_label()
        if not wishes.releases(tables):
            versions = [row.version for row in reversed(tables.releases)]
            raise UsageError(f"--torch {self.torch}: no such release; {nearest_name(wishes.torch, versions)}")
        variants = _variants(tables)
        if wishes.backend != "auto" and wishes.backend not in variants:
            near = _of_its_kind(wishes.backend, variants) or nearest_name(wishes.backend, variants)
            raise UsageError(f"--backend {wishes.backend}: no such build; {near}")
        if self.mirror is not None:
            mirror_of(self.mirror, tables)
        if self.wheels is not None:
            wheels_of(self.wheels, tables)
        for name in self.packages:
            if name not in FAMILY:
                raise UsageError(f"{name} is not one of torch's packages; {nearest_name(name, list(FAMILY))}")
        packages = tuple(name for name in FAMILY if name == "torch" or name in self.packages)
        return wishes if packages == wishes.packages else replace(wishes, packages=packages)

    def _with_label(self) -> Wishes:
        """The label of "2.14.1+cu126" as the backend that it names."""
        torch, plus, label = self.torch.partition("+")
        if not plus:
            return self
        if self.backend not in ("auto", label):
            raise UsageError(f"--torch {self.torch} and --backend {self.backend} ask for different builds")
        return replace(self, torch=torch, backend=label)


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
    """What to say of a variant that does not exist, where its kind is clear.

    To "cu127" "cu126" is nearer than "cu132"; of a kind without a number the newest is meant.
    """
    lower = given.lower()
    if lower in ("mps", "metal", "apple"):
        return "on a Mac there is one build, cpu, and it uses Apple's GPU"
    number = re.fullmatch(r"(?:cu|cuda)?[-_ ]?(\d+)\.?(\d)", lower)
    if number is not None:
        wanted = int(number[1] + number[2])
        same = [each for each in variants if each.startswith("cu")]
        return f"did you mean {min(same, key=lambda each: abs(int(each[2:]) - wanted))}?"
    kinds = {"cuda": "cu", "gpu": "cu", "nvidia": "cu", "rocm": "rocm", "amd": "rocm", "intel": "xpu"}
    kind = kinds.get(lower)
    same = [each for each in variants if kind and re.fullmatch(rf"{kind}[\d.]*", each)]
    return f"did you mean {same[-1]}? (auto, the default, chooses it by GPU and driver)" if same else None
