"""NVIDIA's Jetson boards: which JetPack a release of their Linux is, and which torch was built for it."""

from __future__ import annotations

import functools
import re

from envdoctor.frozen import Record, record
from envdoctor.knowledge.loading import DATA_FOLDER, read

__all__ = [
    "JetsonBuild",
    "JetsonRelease",
    "by_kernel",
    "by_l4t",
    "in_words",
    "jetson_builds",
    "jetson_releases",
    "l4t_of_jetpack",
    "made_for",
    "span",
]


@record
class JetsonRelease(Record):
    """One release of Jetson Linux (L4T), which comes with a Python, a CUDA and a driver of its own."""

    l4t: str
    """"36.4.3", as /etc/nv_tegra_release has it in two parts."""
    jetpack: str
    python: str
    cuda: str
    kernel: str | None
    """Its number before "-tegra"; `None`: nobody was seen to report it."""
    boards: tuple[str, ...]
    """Compute capabilities of the boards that it runs on."""


@record
class JetsonBuild(Record):
    """One torch that was built for these boards."""

    torch: str
    torchvision: str | None
    """The version that the same index has; `None`: it has to be built from source."""
    l4t: tuple[str, ...]
    """The releases that it is for."""
    python: str
    cuda: str
    boards: tuple[str, ...]
    by: str
    index: str | None
    """The index that has it; `None`: it stands alone, at `url`."""
    url: str | None
    file: str | None
    """The name to save it under, where the address does not end in a wheel's name."""
    numpy2: bool


@functools.cache
def jetson_releases() -> tuple[JetsonRelease, ...]:
    """Every release in the table, oldest first.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    return tuple(
        read(DATA_FOLDER, "jetson").rows(
            "releases",
            lambda row: JetsonRelease(
                l4t=row["l4t"],
                jetpack=row["jetpack"],
                python=row["python"],
                cuda=row["cuda"],
                kernel=row["kernel"],
                boards=tuple(row["boards"]),
            ),
        )
    )


@functools.cache
def jetson_builds() -> tuple[JetsonBuild, ...]:
    """Every torch in the table, the one to prefer first.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    return tuple(
        read(DATA_FOLDER, "jetson").rows(
            "builds",
            lambda row: JetsonBuild(
                torch=row["torch"],
                torchvision=row["torchvision"],
                l4t=tuple(row["l4t"]),
                python=row["python"],
                cuda=row["cuda"],
                boards=tuple(row["boards"]),
                by=row["by"],
                index=row["index"],
                url=row["url"],
                file=row["file"],
                numpy2=row["numpy2"],
            ),
        )
    )


def by_l4t(l4t: str) -> tuple[JetsonRelease, ...]:
    """The release of this number; where it is none of the table's, those nearest to it: "36.4", "36.4.9".

    One that is older than all of its kind in the table is like none of them.
    """
    if re.fullmatch(r"\d+(\.\d+)*", l4t, re.ASCII) is None:
        return ()
    parts = l4t.split(".")
    for known in range(len(parts), 0, -1):
        start = ".".join(parts[:known])
        found = [each for each in jetson_releases() if f"{each.l4t}.".startswith(f"{start}.")]
        if found and (known == len(parts) or _number(l4t) > _number(found[0].l4t)):
            return tuple(found) if known > 1 or len(parts) == 1 else tuple(found[-1:])
    return ()


def _number(l4t: str) -> tuple[int, ...]:
    return tuple(int(each) for each in l4t.split("."))


def by_kernel(kernel: str) -> tuple[JetsonRelease, ...]:
    """The releases with this kernel ("5.15.148-tegra"), or else of its series; empty: no board's kernel."""
    found = re.match(r"(\d+\.\d+)\.\d+(?=-tegra\b)", kernel)
    if found is None:
        return ()
    exact = tuple(each for each in jetson_releases() if each.kernel == found.group())
    series = {
        each.python for each in jetson_releases() if each.kernel and each.kernel.startswith(f"{found[1]}.")
    }
    return exact or tuple(each for each in jetson_releases() if each.python in series)


def l4t_of_jetpack(jetpack: str) -> str | None:
    """The newest L4T of a JetPack: "36.4.3" for "6.2"; `None`: no such JetPack is in the table."""
    exact = [each.l4t for each in jetson_releases() if each.jetpack == jetpack]
    return exact[-1] if exact else None


def in_words(rows: tuple[JetsonRelease, ...]) -> tuple[str, str]:
    """The JetPacks and the releases of Jetson Linux that these are: "6.1 - 6.2.1", "36.4.0 - 36.4.7"."""
    return span(rows[0].jetpack, rows[-1].jetpack), span(rows[0].l4t, rows[-1].l4t)


def span(first: str, last: str) -> str:
    """Both ends, or the one that they are."""
    return first if first == last else f"{first} - {last}"


def made_for(torch: str) -> JetsonBuild | None:
    """The row of a torch that only a Jetson's wheel is called ("2.1.0a0+41361538.nv23.06")."""
    if "nv" not in torch.partition("+")[2]:
        return None
    return next((each for each in jetson_builds() if each.torch == torch), None)
