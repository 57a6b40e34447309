"""The places that serve a build, and which of the asked packages each of them has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Mirror, TorchRelease
    from envdoctor.planner.question import Question

__all__ = ["Source", "companion_version", "conda_forge_at", "sources"]

ONE_BUILD = ("macos_arm64", "macos_x86_64")
"""Where there is one build, the plain one that PyPI has too."""
BARE_COMPANIONS = ("linux_aarch64",)
"""Where PyTorch's own wheels of torchvision and torchaudio name no variant in their version."""


class Source(NamedTuple):
    """One place that serves the wheels of one variant.

    `kind`: "pypi", the wheels come from PyPI or a mirror of it, without labels; "index", from an index of
    PyTorch's own wheels; "flat", from one page of links to them; "conda", from the channel conda-forge.
    "board", an index of wheels for Jetson boards, without labels; "file", one such wheel by its address,
    saved under the name `file` first where the address does not tell it.
    `mirror` is the place's id, the host where it was given as a URL.
    `url` is that of the wheels (`None`: the installer's default index). `pypi` is the mirror of PyPI that
    everything else comes from (`None`: the installer's default, or where the wheels come from if that is
    `complete`: has what the wheels depend on too, as PyTorch's own index does).
    URLs may hold credentials that were given; `redact.without_credentials` cuts them from what is shown.
    """

    kind: Literal["pypi", "index", "flat", "conda", "board", "file"]
    mirror: str
    url: str | None
    pypi: str | None = None
    complete: bool = True
    file: str | None = None


def sources(release: TorchRelease, variant: str, question: Question) -> tuple[Source, ...]:
    """Every place that has this build, the nearest to what was asked for first."""
    platform, mirror, official = question.platform, question.mirror, question.official
    plain = release.pypi_variant.get(platform) == variant
    listed = variant in release.official_variants.get(platform, ())
    index = mirror.pypi if mirror is not None else None
    if question.wheels is not None and platform not in ONE_BUILD:
        return _wheels(question.wheels, variant, index, question) if listed else ()
    if mirror is None:
        from_pypi = (Source("pypi", official.id, None),) if plain else ()
        if plain and platform in (*ONE_BUILD, "windows_amd64"):
            return from_pypi
        # An explicit index says which build it gives; PyPI's default changes from release to release.
        return (*(_wheels(official, variant, None, question) if listed else ()), *from_pypi)
    found: list[Source] = []
    if plain and (index is not None or platform in ONE_BUILD):
        found.append(Source("pypi", mirror.id if index else official.id, index))
    if listed:
        companion = question.tables.mirror(mirror.companion) if mirror.companion else None
        for place in (mirror, companion, official):
            if place is not None:
                found += _wheels(place, variant, index, question)
    return tuple(found)


def _wheels(place: Mirror, variant: str, pypi: str | None, question: Question) -> tuple[Source, ...]:
    wheels = place.wheels
    if wheels is None or (wheels.variants and variant not in wheels.variants):
        return ()
    url = wheels.url.replace("{variant}", variant)
    # What a place of somebody's own has beside the wheels is not known, so PyPI stays the index.
    complete = place.status != "unverified" and wheels.kind == "index"
    if question.platform in BARE_COMPANIONS and set(question.wishes.packages) != {"torch"}:
        # Without labels in the pins PyPI's companions, made for another variant, would do as well: one index,
        # of this variant alone.
        if wheels.kind != "index" or not (complete or url != wheels.url or wheels.variants):
            return ()
        pypi, complete = None, True
    return (Source(wheels.kind, place.id, url, pypi, complete),)


def conda_forge_at(question: Question) -> Source:
    """The channel conda-forge at the mirror that was asked for, else at its own host."""
    mirror = question.mirror or question.official
    url = mirror.conda.get("conda-forge")
    place = mirror if url else question.official
    return Source("conda", place.id, url or question.official.conda.get("conda-forge"))


def companion_version(
    name: str, release: TorchRelease, variant: str, source: str, question: Question
) -> str | None:
    """The version of torchvision or torchaudio that goes with a build; `None`: there is no wheel of it.

    `source` is the kind of the place. An index of PyTorch's own has a companion in the variants that its
    own torch release had: torchaudio stopped at 2.11.0, so it has none for a variant that came later. PyPI
    has it in the one variant of that day, and torchaudio refuses a torch of any other CUDA.
    """
    platform, python, tables = question.platform, question.python, question.tables
    version = release.torchvision if name == "torchvision" else release.torchaudio
    row = tables.companion(name, version) if version else None
    if row is None or version is None:
        return None
    offered = row.pythons.get(platform, ())
    if python not in offered and not ("any" in offered and _allowed(python, row.requires_python)):
        return None
    if question.target.python_version and f"!={question.target.python_version}" in row.requires_python.split(
        ","
    ):
        return None
    if name == "torchvision":
        return version
    own = tables.release(version) or release
    # The numbers of torchaudio and torch agree from 2.1 on; 2.0.2 went with torch 2.0.1, 0.13 with 1.13.
    if version_numbers(version) < (2, 1):
        own = release
    if source == "pypi":
        return version if own.pypi_variant.get(platform) == variant else None
    return version if variant in own.official_variants.get(platform, ()) else None


def _allowed(python: str, requires: str) -> bool:
    """Whether ">=3.10,!=3.14.1" takes this minor version; a single excluded patch leaves the others."""
    least = next((part[2:] for part in requires.split(",") if part.startswith(">=")), "")
    return version_numbers(python.rstrip("t")) >= version_numbers(least)
