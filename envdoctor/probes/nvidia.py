"""NVIDIA hardware and driver as the operating system shows them, without asking NVIDIA's own libraries."""

from __future__ import annotations

import re
from typing import Literal

from envdoctor.facts import Nvidia, PciCard
from envdoctor.outside import Outside
from envdoctor.probes.reading import Reading

__all__ = ["library_files", "probe_nvidia"]

VENDOR = "10de"
DISPLAY_CLASS = "03"
BRIDGE_CLASS = "0680"
"""PCI class of an NVSwitch ("other bridge")."""
PCI = "/sys/bus/pci/devices"
WSL_LIBRARIES = "/usr/lib/wsl/lib"
LIBRARY_FOLDERS = (
    WSL_LIBRARIES,
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu/nvidia/current",
    "/usr/lib64",
    "/usr/lib64/nvidia",
    "/usr/lib",
    "/lib/x86_64-linux-gnu",
    "/usr/local/nvidia/lib64",
    "/usr/local/nvidia/lib",
    "/run/opengl-driver/lib",
    "/usr/lib/nvidia",
)
DISPLAY_ADAPTERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
PCI_DEVICES = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI"


def probe_nvidia(outside: Outside) -> Reading[Nvidia]:
    """Cards on the bus, the driver's version and files, device nodes; from files and the registry only."""
    if outside.system == "windows":
        return _windows(outside)
    if outside.system == "macos":
        return Reading(Nvidia(cards=()), {"cards": "macOS runs no NVIDIA GPU"})
    return _linux(outside)


def library_files(outside: Outside, name: str) -> tuple[str, ...]:
    """Where a driver library lies, the loader's search order as far as files tell it."""
    first = [each for each in outside.environ.get("LD_LIBRARY_PATH", "").split(":") if each]
    paths = (outside.path.join(folder, name) for folder in (*first, *LIBRARY_FOLDERS))
    return tuple(dict.fromkeys(path for path in paths if outside.is_file(path)))


def _linux(outside: Outside) -> Reading[Nvidia]:
    sources: dict[str, str] = {}
    unknown: dict[str, str] = {}
    cards, nvswitch = _bus(outside)
    wsl = "microsoft" in (outside.read_text("/proc/sys/kernel/osrelease", 200) or "").lower()
    if wsl:
        cards = None
        unknown["cards"] = "WSL shows no NVIDIA card on its bus"
    elif cards is None:
        unknown["cards"] = f"{PCI} can't be read"
    else:
        sources["cards"] = PCI
    version, flavour, origin = _module(outside)
    if version:
        sources["driver_version"] = origin
    libraries = library_files(outside, "libcuda.so.1")
    nodes = _nodes(outside)
    wsl_libcuda = outside.path.join(WSL_LIBRARIES, "libcuda.so.1")
    has_wsl = outside.exists(wsl_libcuda)
    if wsl and not has_wsl:
        unknown["wsl_libcuda"] = f"{wsl_libcuda} does not exist"
    strays = [path for path in libraries if not path.startswith(WSL_LIBRARIES) and _version_of(outside, path)]
    value = Nvidia(
        cards=cards,
        driver_version=version,
        module_loaded=None if wsl else outside.is_folder("/sys/module/nvidia"),
        module_flavour=flavour,
        nouveau_loaded=outside.is_folder("/sys/module/nouveau"),
        packages=tuple(
            f"{name}={path}"
            for name in ("libcuda.so.1", "libnvidia-ml.so.1")
            for path in library_files(outside, name)[:1]
        ),
        library_version=next((found for path in libraries if (found := _version_of(outside, path))), None),
        device_nodes=nodes,
        unreadable_nodes=tuple(node for node in nodes if not outside.may(node, "read-write")),
        nvswitch=nvswitch or outside.exists("/dev/nvidia-nvswitchctl"),
        fabric_manager=_fabric_manager(outside)
        if nvswitch or outside.exists("/dev/nvidia-nvswitchctl")
        else None,
        dxg=outside.exists("/dev/dxg") if wsl else None,
        wsl_libcuda=wsl_libcuda if wsl and has_wsl else None,
        linux_driver_in_wsl=bool(strays) if wsl else None,
    )
    return Reading(value, sources, unknown)


def _bus(outside: Outside) -> tuple[tuple[PciCard, ...] | None, bool]:
    names = outside.list_folder(PCI)
    if names is None:
        return None, False
    cards: list[PciCard] = []
    nvswitch = False
    for address in names:
        folder = outside.path.join(PCI, address)
        if _hexadecimal(outside, folder, "vendor") != VENDOR:
            continue
        device_class = _hexadecimal(outside, folder, "class")
        nvswitch = nvswitch or device_class.startswith(BRIDGE_CLASS)
        if device_class.startswith(DISPLAY_CLASS):
            link = outside.path.join(folder, "driver")
            driver = outside.path.basename(outside.resolve(link)) if outside.exists(link) else ""
            cards.append(
                PciCard(
                    vendor="nvidia",
                    device_id=_hexadecimal(outside, folder, "device"),
                    address=address,
                    driver=driver,
                    device_class=device_class,
                )
            )
    return tuple(cards), nvswitch


def _hexadecimal(outside: Outside, folder: str, name: str) -> str:
    text = (outside.read_text(outside.path.join(folder, name), 32) or "").strip().lower()
    return text[2:] if text.startswith("0x") else text


def _module(outside: Outside) -> tuple[str | None, Literal["open", "proprietary"] | None, str]:
    path = "/proc/driver/nvidia/version"
    text = outside.read_text(path, 2000) or ""
    flavour: Literal["open", "proprietary"] | None = None
    if text:
        flavour = "open" if "Open Kernel Module" in text else "proprietary"
    if found := re.search(r"Kernel Module\s+(?:for \S+\s+)?(\d{3}\.[\d.]+)", text):
        return found[1], flavour, path
    path = "/sys/module/nvidia/version"
    version = (outside.read_text(path, 64) or "").strip()
    return (version or None), flavour, path


def _version_of(outside: Outside, library: str) -> str | None:
    found = re.search(r"\.so\.(\d{3}\.[\d.]+)$", outside.resolve(library))
    return found[1] if found else None


def _nodes(outside: Outside) -> tuple[str, ...]:
    names = outside.list_folder("/dev") or ()
    return tuple(f"/dev/{name}" for name in names if re.fullmatch(r"nvidia(\d+|ctl|-uvm)", name))


def _fabric_manager(outside: Outside) -> Literal["running", "stopped", "absent"]:
    for name in outside.list_folder("/proc") or ():
        # The kernel cuts process names to fifteen letters.
        if name.isdigit() and "nv-fabricmanager".startswith(
            (outside.read_text(f"/proc/{name}/comm", 32) or "?").strip()
        ):
            return "running"
    return (
        "stopped"
        if outside.which("nv-fabricmanager") or outside.exists("/usr/bin/nv-fabricmanager")
        else "absent"
    )


def _windows(outside: Outside) -> Reading[Nvidia]:
    sources: dict[str, str] = {}
    cards: list[PciCard] = []
    version = None
    keys = outside.registry_keys(DISPLAY_ADAPTERS)
    for name in keys:
        values = outside.registry(f"{DISPLAY_ADAPTERS}\\{name}") or {}
        found = re.search(r"ven_10de&dev_([0-9a-f]{4})", values.get("MatchingDeviceId", ""), re.IGNORECASE)
        ours = "nvidia" in values.get("ProviderName", "").lower()
        if found is None and not ours:
            continue
        cards.append(
            PciCard(
                vendor="nvidia",
                device_id=found[1].lower() if found else None,
                name=values.get("DriverDesc") if ours else None,
                driver="nvidia" if ours else "",
            )
        )
        if ours and version is None:
            version = _windows_version(values.get("DriverVersion", ""))
            sources["driver_version"] = "registry"
    known = {card.device_id for card in cards}
    cards += [card for card in _windows_bus(outside) if card.device_id not in known]
    sources["cards"] = "registry"
    library = outside.path.join(outside.environ.get("SYSTEMROOT", r"C:\Windows"), "System32", "nvcuda.dll")
    return Reading(
        Nvidia(
            cards=tuple(cards),
            driver_version=version,
            packages=(f"nvcuda.dll={library}",) if outside.is_file(library) else (),
        ),
        sources,
        {} if keys else {"cards": "the registry lists no display adapter"},
    )


def _windows_bus(outside: Outside) -> list[PciCard]:
    """Display-class devices that are plugged in but that no driver has claimed."""
    cards = []
    for key in outside.registry_keys(PCI_DEVICES):
        found = re.match(r"VEN_10DE&DEV_([0-9A-F]{4})", key, re.IGNORECASE)
        if found is None:
            continue
        for instance in outside.registry_keys(f"{PCI_DEVICES}\\{key}"):
            values = outside.registry(f"{PCI_DEVICES}\\{key}\\{instance}") or {}
            if "CC_03" in values.get("CompatibleIDs", "").upper():
                cards.append(PciCard(vendor="nvidia", device_id=found[1].lower(), driver=""))
                break
    return cards


def _windows_version(text: str) -> str | None:
    """The "551.86" of "31.0.15.5186": the last five digits are NVIDIA's own number."""
    digits = re.sub(r"\D", "", text)
    return (
        f"{int(digits[-5:-2])}.{digits[-2:]}"
        if re.fullmatch(r"\d+(\.\d+){3}", text) and len(digits) >= 5
        else None
    )
