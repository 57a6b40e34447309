"""The computer and its operating system, from files, the registry and one call to `sysctl` on macOS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from envdoctor.facts import Host, Volume
from envdoctor.outside import Outside
from envdoctor.probes.caches import pip_cache
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.pip_config import pip_settings
from envdoctor.probes.reading import Reading
from envdoctor.probes.user_folders import temporary_folder
from envdoctor.reason import reason

__all__ = ["probe_host"]

Role = Literal["environment", "temporary", "cache"]


def probe_host(outside: Outside, environment_prefix: str | None = None) -> Reading[Host]:
    """The host and the free space where the environment, temporary files and pip's cache live.

    `environment_prefix` is the patient's prefix; where it is `None`, the working folder stands for it.
    """
    notes = Notebook()
    if outside.system == "windows":
        from envdoctor.probes.host_windows import read_windows

        host = read_windows(outside, notes)
    elif outside.system == "macos":
        from envdoctor.probes.host_macos import read_macos

        host = read_macos(outside, notes)
    else:
        from envdoctor.probes.host_linux import read_linux

        host = read_linux(outside, notes)
    volumes = tuple(_volumes(outside, environment_prefix))
    for role in ("environment", "temporary", "cache"):
        if all(volume.role != role for volume in volumes):
            notes.unknown[f"volumes.{role}"] = reason("no-free-space")
    host = replace(host, volumes=volumes, root=outside.is_root)
    return Reading(host, notes.sources, notes.unknown)


def _volumes(outside: Outside, prefix: str | None) -> Iterator[Volume]:
    places: tuple[tuple[Role, str | None], ...] = (
        ("environment", prefix or outside.cwd),
        ("temporary", temporary_folder(outside)),
        ("cache", pip_cache(outside, pip_settings(outside, prefix)[0])),
    )
    for role, path in places:
        space = outside.disk(path) if path else None
        if path and space is not None:
            yield Volume(role=role, path=path, free=space[0], total=space[1])
