"""NVIDIA hardware and driver on Windows, from the registry."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Nvidia, PciCard
from envdoctor.outside import Outside
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.reading import Reading
from envdoctor.probes.windows_bus import DISPLAY_ADAPTERS, displays
from envdoctor.reason import reason

__all__ = ["read_windows"]

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
DRIVER_SERVICE = "nvlddmkm"
"""NVIDIA's kernel driver."""


def read_windows(outside: Outside) -> Reading[Nvidia]:
    """The cards, the driver's version and where its library lies."""
    notes = Notebook()
    # Keys of removed cards stay for ever, so where the driver lists its devices only those count.
    present = _driven(outside)
    listed, version = _adapters(outside, present)
    known = {card.device_id for card in listed}
    cards = (*listed, *(card for card in _unclaimed(outside, present) if card.device_id not in known))
    any_listed = bool(outside.registry_keys(DISPLAY_ADAPTERS)) or bool(cards)
    value = Nvidia(
        cards=notes.note("cards", cards if any_listed else None, "registry", reason("no-adapter-listed")),
        driver_version=notes.note("driver_version", version, "registry", reason("no-adapter-driven")),
        packages=_library(outside),
    )
    return Reading(value, notes.sources, notes.unknown)


def _adapters(outside: Outside, present: frozenset[str] | None) -> tuple[list[PciCard], str | None]:
    """The cards among the display adapters, and the version of the first driver of NVIDIA's."""
    cards: list[PciCard] = []
    version = None
    for name in outside.registry_keys(DISPLAY_ADAPTERS):
        values = outside.registry(f"{DISPLAY_ADAPTERS}\\{name}") or {}
        found = re.search(r"ven_10de&dev_([0-9a-f]{4})", values.get("MatchingDeviceId", ""), re.IGNORECASE)
        ours = "nvidia" in values.get("ProviderName", "").lower()
        device_id = found[1].lower() if found else None
        if not ours and found is None:
            continue
        if ours and present is not None and device_id is not None and device_id not in present:
            continue
        told = values.get("DriverDesc") if ours else None
        cards.append(
            PciCard(vendor="nvidia", device_id=device_id, name=told, driver="nvidia" if ours else "")
        )
        if ours and version is None:
            version = _version(values.get("DriverVersion", ""))
    return cards, version


def _library(outside: Outside) -> tuple[str, ...]:
    root = outside.environ.get("SYSTEMROOT", r"C:\Windows")
    library = str(outside.path.join(root, "System32", "nvcuda.dll"))
    return (f"nvcuda.dll={library}",) if outside.is_file(library) else ()


def _driven(outside: Outside) -> frozenset[str] | None:
    """PCI ids of the cards that NVIDIA's driver controls since the last start; `None`: it lists none."""
    values = outside.registry(f"{SERVICES}\\{DRIVER_SERVICE}\\Enum") or {}
    found = re.findall(r"VEN_10DE&DEV_([0-9A-F]{4})", " ".join(values.values()), re.IGNORECASE)
    return frozenset(each.lower() for each in found) or None


def _unclaimed(outside: Outside, present: frozenset[str] | None) -> Iterator[PciCard]:
    """Cards that are plugged in but that no driver of NVIDIA's has claimed."""
    for _, device_id, services in displays(outside, ("10de",)):
        # A card that had NVIDIA's driver and that this driver does not list any more was taken out.
        removed = present is not None and services == {DRIVER_SERVICE}
        if not removed:
            yield PciCard(vendor="nvidia", device_id=device_id, driver="")


def _version(text: str) -> str | None:
    """The "551.86" of "31.0.15.5186": the last five digits are NVIDIA's own number."""
    found = re.fullmatch(r"\d+\.\d+\.(\d+)\.(\d{1,4})", text)
    if found is None:
        return None
    digits = found[1][-1] + found[2].zfill(4)
    return f"{int(digits[:3])}.{digits[3:]}"
