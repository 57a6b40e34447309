"""GPUs of AMD, Intel and Apple, as the operating system shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from envdoctor.facts import OtherGpu
from envdoctor.knowledge.other_gpus import chip_by_pci, looks_integrated
from envdoctor.outside import Outside
from envdoctor.probes.host_linux import wsl_version
from envdoctor.probes.json_object import json_object
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.reading import Reading
from envdoctor.probes.windows_bus import DISPLAY_ADAPTERS, displays
from envdoctor.reason import reason

__all__ = ["gfx_name", "probe_other_gpus"]

Vendor = Literal["amd", "intel"]

VENDORS: Mapping[str, Vendor] = {"1002": "amd", "8086": "intel"}
PCI_FOLDER = "/sys/bus/pci/devices"
KFD_FOLDER = "/sys/class/kfd/kfd/topology/nodes"
AMD_NAMES = "/usr/share/libdrm/amdgpu.ids"
DISPLAY = "03"
"""PCI base class of display controllers."""
ACCELERATOR = "12"
"""PCI base class of processing accelerators: AMD's Instinct cards."""
PROFILER_SECONDS = 3.0
"""Limit for macOS's system_profiler, which may take a second."""


def probe_other_gpus(outside: Outside, *, quick: bool = False) -> Reading[tuple[OtherGpu, ...] | None]:
    """GPUs that are not NVIDIA's; `None`: the bus could not be read. `quick` skips what takes seconds."""
    notes = Notebook()
    if outside.system == "windows":
        found = _windows(outside, notes)
    elif outside.system == "macos":
        found = _macos(outside, quick, notes)
    else:
        found = _linux(outside, notes)
    return Reading(found, notes.sources, notes.unknown)


def _linux(outside: Outside, notes: Notebook) -> tuple[OtherGpu, ...] | None:
    addresses = outside.list_folder(PCI_FOLDER)
    if addresses is None:
        notes.unknown["cards"] = reason("unreadable", path=PCI_FOLDER)
        return None
    if wsl_version(outside) is not None:
        notes.unknown["cards"] = reason("wsl-bus")
        return None
    notes.sources["cards"] = PCI_FOLDER
    gfx = _gfx_by_device(outside)
    return tuple(gpu for address in addresses if (gpu := _card(outside, address, gfx)) is not None)


def _card(outside: Outside, address: str, gfx: Mapping[str, str]) -> OtherGpu | None:
    folder = f"{PCI_FOLDER}/{address}"
    vendor = VENDORS.get(_hex(outside, f"{folder}/vendor"))
    if vendor is None:
        return None
    kind = _hex(outside, f"{folder}/class").zfill(6)[:2]
    if kind != DISPLAY and not (vendor == "amd" and kind == ACCELERATOR):
        return None
    device = _hex(outside, f"{folder}/device")
    chip = chip_by_pci(vendor, device)
    if kind == ACCELERATOR and chip is None and device not in gfx:
        return None  # an NPU
    driver = _driver(outside, folder)
    name = _amd_name(outside, folder, device) if vendor == "amd" else None
    integrated = chip.integrated if chip else None
    if integrated is None and vendor == "intel":
        # Intel's built-in GPU is always function 0 of device 2 on the first bus.
        integrated = address.endswith("00:02.0")
    return OtherGpu(
        vendor=vendor,
        name=name or (chip.devices[device] if chip else None),
        pci_id=device or None,
        gfx=(gfx.get(device) or (chip.gfx if chip else None)) if vendor == "amd" else None,
        integrated=integrated,
        driver=driver,
        usable_nodes=_usable_nodes(outside, vendor, folder),
    )


def _hex(outside: Outside, path: str) -> str:
    """A hexadecimal number of sysfs, lower-case without prefix; empty where there is none."""
    return (outside.read_text(path, 64) or "").strip().lower().removeprefix("0x")


def _driver(outside: Outside, folder: str) -> str:
    link = f"{folder}/driver"
    target = outside.resolve(link)
    return (
        str(outside.path.basename(target))
        if target != link and outside.path.basename(target) != "driver"
        else ""
    )


def _amd_name(outside: Outside, folder: str, device: str) -> str | None:
    """The product's name from the board itself, else from libdrm's list, which knows the revision."""
    board = (outside.read_text(f"{folder}/product_name", 256) or "").strip()
    if board:
        return board if board.startswith("AMD") else f"AMD {board}"
    revision = _hex(outside, f"{folder}/revision")
    pattern = rf"^{re.escape(device)},\s*{re.escape(revision)},\s*(\S.*?)\s*$"
    found = re.search(pattern, outside.read_text(AMD_NAMES) or "", re.MULTILINE | re.IGNORECASE)
    return found[1] if found and device else None


def _gfx_by_device(outside: Outside) -> dict[str, str]:
    """What AMD's compute driver calls each GPU it drives: PCI device id → "gfx1100"."""
    found: dict[str, str] = {}
    for node in outside.list_folder(KFD_FOLDER) or ():
        text = outside.read_text(f"{KFD_FOLDER}/{node}/properties", 16 << 10) or ""
        values = {name: int(value) for name, value in re.findall(r"^(\w+) (\d+)$", text, re.MULTILINE)}
        version, device = values.get("gfx_target_version", 0), values.get("device_id", 0)
        if version and device:
            found[f"{device:04x}"] = gfx_name(version)
    return found


def gfx_name(version: int) -> str:
    """AMD's architecture name of a `gfx_target_version`: 110000 → "gfx1100", 90010 → "gfx90a"."""
    return f"gfx{version // 10000}{version // 100 % 100:x}{version % 100:x}"


def _usable_nodes(outside: Outside, vendor: Vendor, folder: str) -> bool | None:
    """Whether this user may open what compute needs; `None`: there is no such node."""
    own = [name for name in outside.list_folder(f"{folder}/drm") or () if name.startswith("renderD")]
    names = own or [name for name in outside.list_folder("/dev/dri") or () if name.startswith("renderD")]
    nodes = [f"/dev/dri/{name}" for name in names]
    render = [outside.may(node, "read-write") for node in nodes if outside.exists(node)]
    if vendor == "amd":
        if not outside.exists("/dev/kfd"):
            return None
        return outside.may("/dev/kfd", "read-write") and any(render)
    return any(render) if render else None


def _windows(outside: Outside, notes: Notebook) -> tuple[OtherGpu, ...] | None:
    keys = outside.registry_keys(DISPLAY_ADAPTERS)
    if not keys:
        notes.unknown["cards"] = reason("no-adapter-listed")
        return None
    notes.sources["cards"] = DISPLAY_ADAPTERS
    rows = (outside.registry(f"{DISPLAY_ADAPTERS}\\{key}") for key in keys if key.isdigit())
    found = [gpu for row in rows if row and (gpu := _adapter(row)) is not None]
    known = {gpu.pci_id for gpu in found}
    found += [gpu for gpu in _unclaimed(outside) if gpu.pci_id not in known]
    return tuple(dict.fromkeys(found))  # a driver that was updated may leave its old key


def _unclaimed(outside: Outside) -> Iterator[OtherGpu]:
    """Display devices on the bus that only Microsoft's basic driver serves, or none."""
    for vendor, device_id, _ in displays(outside, VENDORS):
        yield _named(VENDORS[vendor], device_id, None, "")


def _adapter(row: Mapping[str, str]) -> OtherGpu | None:
    ids = re.search(r"ven_([0-9a-f]{4})&dev_([0-9a-f]{4})", row.get("MatchingDeviceId", ""), re.IGNORECASE)
    vendor = VENDORS.get(ids[1].lower()) if ids else None
    if ids is None or vendor is None:
        return None
    said = row.get("DriverDesc")
    basic = said is None or "Microsoft" in said
    return _named(vendor, ids[2].lower(), None if basic else said, "" if basic else row.get("DriverVersion"))


def _named(vendor: Vendor, device: str, said: str | None, driver: str | None) -> OtherGpu:
    chip = chip_by_pci(vendor, device)
    name = said or (chip.devices[device] if chip else None)
    return OtherGpu(
        vendor=vendor,
        name=name,
        pci_id=device,
        gfx=chip.gfx if chip else None,
        integrated=chip.integrated if chip else looks_integrated(name or ""),
        driver=driver,
    )


def _macos(outside: Outside, quick: bool, notes: Notebook) -> tuple[OtherGpu, ...] | None:
    from envdoctor.probes.host_macos import chip, sysctl

    silicon, brand = chip(outside, sysctl(outside))
    if silicon:
        notes.sources["cards"] = "sysctl"
        return (OtherGpu(vendor="apple", name=brand, integrated=True),)
    if quick:
        notes.unknown["cards"] = reason("too-slow-for-quick", program="system_profiler")
        return None
    argv = ["/usr/sbin/system_profiler", "SPDisplaysDataType", "-json"]
    ran = outside.run(argv, timeout=PROFILER_SECONDS)
    data = json_object(ran.stdout)
    if not data:
        notes.unknown["cards"] = reason("program-silent", program="system_profiler")
        return None
    notes.sources["cards"] = "system_profiler"
    return tuple(_displays(data))


def _displays(data: Mapping[str, object]) -> Iterator[OtherGpu]:
    rows = data.get("SPDisplaysDataType")
    for row in rows if isinstance(rows, list) else ():
        name = row.get("sppci_model") if isinstance(row, dict) else None
        if not isinstance(name, str):
            continue
        maker = f"{row.get('spdisplays_vendor', '')} {name}".lower()
        if "nvidia" in maker:
            continue
        vendor: Literal["amd", "intel", "other"] = (
            "amd" if "amd" in maker or "radeon" in maker else "intel" if "intel" in maker else "other"
        )
        built_in = row.get("sppci_bus") == "spdisplays_builtin"
        yield OtherGpu(vendor=vendor, name=name, integrated=built_in or looks_integrated(name))
