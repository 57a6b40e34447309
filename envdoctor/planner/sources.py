"""The places that serve a build, and which of the asked packages each of them has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from envdoctor.machine import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Mirror, Platform, TorchRelease

__all__ = ["Source", "companion_version", "sources"]


class Source(NamedTuple):
    """One place that serves the wheels of one variant.

    `kind`: "pypi", the wheels come from PyPI or a mirror of it, without labels; "index", from an index of
    PyTorch's own wheels; "flat", from one page of links to them; "conda", from the channel conda-forge.
    `url` is that of the wheels (`None`: the installer's default index). `pypi` is the mirror of PyPI that
    everything else comes from (`None`: where the wheels come from, since PyTorch's own index serves the
    rest too, or the installer's default).
    """

    kind: Literal["pypi", "index", "flat", "conda"]
    mirror: str
    url: str | None
    pypi: str | None = None


def sources(
    release: TorchRelease, variant: str, platform: Platform, mirror: Mirror | None, tables: Knowledge
) -> tuple[Source, ...]:
    """Every place that has this build, the nearest to what was asked for first."""
    found: list[Source] = []
    official = tables.mirror("official")
    plain = release.pypi_variant.get(platform) == variant
    listed = variant in release.official_variants.get(platform, ())
    if mirror is None or official is None or mirror.id == official.id:
        if plain and platform in ("macos_arm64", "macos_x86_64", "windows_amd64"):
            return (Source("pypi", "official", None),)
        if official is not None and listed:
            found += _wheels(official, variant, None)
        # An explicit index says which build it gives; PyPI's default changes from release to release.
        return (*found, Source("pypi", "official", None)) if plain else tuple(found)
    if plain and mirror.pypi is not None:
        found.append(Source("pypi", mirror.id, mirror.pypi))
    if listed:
        companion = tables.mirror(mirror.companion) if mirror.companion else None
        for place in (mirror, companion, official):
            if place is not None and place.status != "dead":
                found += _wheels(place, variant, mirror.pypi)
    return tuple(found)


def _wheels(place: Mirror, variant: str, pypi: str | None) -> tuple[Source, ...]:
    wheels = place.wheels
    if wheels is None or (wheels.variants and variant not in wheels.variants):
        return ()
    return (Source(wheels.kind, place.id, wheels.url.replace("{variant}", variant), pypi),)


def companion_version(
    name: str,
    release: TorchRelease,
    variant: str,
    python: str,
    platform: Platform,
    source: str,
    tables: Knowledge,
) -> str | None:
    """The version of torchvision or torchaudio that goes with a build; `None`: there is no wheel of it.

    `source` is the kind of the place. An index of PyTorch's own has a companion in the variants that its
    own torch release had: torchaudio stopped at 2.11.0, so it has none for a variant that came later.
    """
    version = release.torchvision if name == "torchvision" else release.torchaudio
    row = tables.companion(name, version) if version else None
    if row is None or version is None:
        return None
    offered = row.pythons.get(platform, ())
    if python not in offered and not ("any" in offered and _allowed(python, row.requires_python)):
        return None
    if source == "pypi" or name == "torchvision":
        return version
    own = tables.release(version) or release
    # The numbers of torchaudio and torch agree from 2.1 on; 2.0.2 went with torch 2.0.1, 0.13 with 1.13.
    if version_numbers(version) < (2, 1):
        own = release
    return version if variant in own.official_variants.get(platform, ()) else None


def _allowed(python: str, requires: str) -> bool:
    """Whether ">=3.10,!=3.14.1" takes this minor version; a single excluded patch leaves the others."""
    least = next((part[2:] for part in requires.split(",") if part.startswith(">=")), "")
    return version_numbers(python.rstrip("t")) >= version_numbers(least)
