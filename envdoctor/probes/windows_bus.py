"""Display devices of a Windows machine, as the registry lists its bus."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from envdoctor.outside import Outside

__all__ = ["DISPLAY_ADAPTERS", "displays"]

DISPLAY_ADAPTERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
"""One key for each adapter that ever had a driver."""
PCI_DEVICES = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI"
DISPLAY = "CC_03"
"""PCI base class of display controllers."""


def displays(outside: Outside, vendors: Collection[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Vendor and device id of each display device of these vendors, and the services that drive it.

    All in lower case; a device that no driver has claimed has the service "".
    """
    for key in outside.registry_keys(PCI_DEVICES):
        ids = re.match(r"VEN_([0-9A-F]{4})&DEV_([0-9A-F]{4})", key, re.IGNORECASE)
        if ids is None or ids[1].lower() not in vendors:
            continue
        rows = (
            outside.registry(f"{PCI_DEVICES}\\{key}\\{instance}") or {}
            for instance in outside.registry_keys(f"{PCI_DEVICES}\\{key}")
        )
        shown = [row for row in rows if DISPLAY in row.get("CompatibleIDs", "").upper()]
        if shown:
            services = frozenset(row.get("Service", "").lower() for row in shown)
            yield ids[1].lower(), ids[2].lower(), services
