"""NVIDIA hardware and driver as the operating system shows them, without asking NVIDIA's own libraries."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

from envdoctor.facts import Nvidia, PciCard
from envdoctor.outside import Outside
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.reading import Reading
from envdoctor.reason import reason

__all__ = ["library_files", "probe_nvidia"]

VENDOR = "10de"
DISPLAY_CLASS = "03"
BRIDGE_CLASS = "0680"
"""PCI class of an NVSwitch ("other bridge")."""
PCI = "/sys/bus/pci/devices"
KERNEL_LOG = "/dev/kmsg"
MODULE = "/sys/module/nvidia"
NOUVEAU = "/sys/module/nouveau"
LOADER_CACHE = "/etc/ld.so.cache"
WSL_LIBRARIES = "/usr/lib/wsl/lib"
LIBRARY_FOLDERS = (
    WSL_LIBRARIES,
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu/nvidia/current",
    "/usr/lib/aarch64-linux-gnu/nvidia",
    "/usr/lib/aarch64-linux-gnu/tegra",
    "/usr/lib64",
    "/usr/lib64/nvidia",
    "/usr/lib",
    "/lib/x86_64-linux-gnu",
    "/usr/local/nvidia/lib64",
    "/usr/local/nvidia/lib",
    "/run/opengl-driver/lib",
    "/usr/lib/nvidia",
)
FABRIC_MANAGER = "nv-fabricmanager"
COMM_LENGTH = 15
"""The kernel cuts process names to fifteen letters."""
MOST_XIDS = 32


def probe_nvidia(outside: Outside) -> Reading[Nvidia]:
    """Cards on the bus, the driver's version and files, device nodes; from files and the registry only."""
    if outside.system == "windows":
        from envdoctor.probes.nvidia_windows import read_windows

        return read_windows(outside)
    if outside.system == "macos":
        return Reading(Nvidia(cards=()), {"cards": "macOS runs no NVIDIA GPU"})
    return _linux(outside)


def library_files(outside: Outside, name: str) -> tuple[str, ...]:
    """Where a driver library lies, in the loader's search order as far as files tell it."""
    first = [each for each in outside.environ.get("LD_LIBRARY_PATH", "").split(":") if each]
    told = [str(outside.path.join(folder, name)) for folder in first]
    return tuple(
        dict.fromkeys([*(path for path in told if outside.is_file(path)), *_installed(outside, name)])
    )


def _installed(outside: Outside, name: str) -> tuple[str, ...]:
    """Where the system keeps a library: as the loader's cache says, then in the usual folders."""
    # The cache is binary, but its paths stand in it as plain text that ends in a zero byte.
    cache = outside.read_text(LOADER_CACHE) or ""
    cached = re.findall(rf"/[^\0]*/{re.escape(name)}(?=\0)", cache)
    native = [path for path in cached if not re.search(r"/(?:i[3-6]86-|lib32/|libx32/|arm-)", path)]
    native.sort(key=lambda path: "/lib64/" not in path)  # stable: /lib beside /lib64 is for 32 bits
    usual = [str(outside.path.join(folder, name)) for folder in LIBRARY_FOLDERS]
    return tuple(path for path in dict.fromkeys([*native, *usual]) if outside.is_file(path))


def _linux(outside: Outside) -> Reading[Nvidia]:
    notes = Notebook()
    wsl = "microsoft" in (outside.read_text("/proc/sys/kernel/osrelease", 200) or "").lower()
    dev = outside.list_folder("/dev") or ()
    nodes = tuple(f"/dev/{name}" for name in dev if re.fullmatch(r"nvidia(\d+|ctl|-uvm)", name))
    cards, nvswitch = _bus(outside)
    nvswitch = nvswitch or any(name.startswith("nvidia-nvswitch") for name in dev)
    value = Nvidia(
        packages=tuple(
            f"{name}={path}"
            for name in ("libcuda.so.1", "libnvidia-ml.so.1")
            for path in library_files(outside, name)[:1]
        ),
        library_version=_library_version(outside, notes),
        device_nodes=nodes,
        unreadable_nodes=tuple(node for node in nodes if not outside.may(node, "read-write")),
        nvswitch=nvswitch,
        fabric_manager=_fabric_manager(outside) if nvswitch else None,
    )
    value = _driver_in_windows(outside, value, notes) if wsl else _driver_here(outside, value, cards, notes)
    return Reading(value, notes.sources, notes.unknown)


def _driver_here(
    outside: Outside, value: Nvidia, cards: tuple[PciCard, ...] | None, notes: Notebook
) -> Nvidia:
    """With the cards on the bus and the kernel's modules."""
    version, flavour, origin = _module(outside)
    loaded = outside.is_folder(MODULE)
    return replace(
        value,
        cards=notes.note("cards", cards, PCI, reason("unreadable", path=PCI)),
        driver_version=notes.note("driver_version", version, origin, reason("no-module")),
        module_loaded=notes.note("module_loaded", loaded, MODULE),
        module_flavour=notes.note("module_flavour", flavour, origin),
        nouveau_loaded=_nouveau(outside, notes),
        xids=_xids(outside, notes) if loaded or cards else (),
    )


def _driver_in_windows(outside: Outside, value: Nvidia, notes: Notebook) -> Nvidia:
    """Under WSL cards and driver are Windows's; what is lent from there is looked at."""
    library = str(outside.path.join(WSL_LIBRARIES, "libcuda.so.1"))
    lent = library if outside.exists(library) else None
    version, flavour, origin = _module(outside)
    return replace(
        value,
        cards=notes.note("cards", None, PCI, reason("wsl-bus")),
        driver_version=notes.note("driver_version", version, origin, reason("wsl-driver")),
        module_loaded=notes.note("module_loaded", None, MODULE),
        module_flavour=notes.note("module_flavour", flavour, origin),
        nouveau_loaded=_nouveau(outside, notes),
        dxg=outside.exists("/dev/dxg"),
        wsl_libcuda=notes.note("wsl_libcuda", lent, library, reason("absent", path=library)),
        linux_driver_in_wsl=_linux_driver(outside),
    )


def _nouveau(outside: Outside, notes: Notebook) -> bool | None:
    return notes.note("nouveau_loaded", outside.is_folder(NOUVEAU), NOUVEAU)


def _library_version(outside: Outside, notes: Notebook) -> str | None:
    libraries = library_files(outside, "libcuda.so.1")
    versioned = next((each for each in libraries if _version_of(outside, each)), None)
    version = _version_of(outside, versioned) if versioned else None
    return notes.note("library_version", version, versioned or "", reason("no-libcuda-version"))


def _linux_driver(outside: Outside) -> bool:
    """Whether a driver for real Linux was installed; NVIDIA's compatibility packages are none."""
    places = _installed(outside, "libcuda.so.1")
    return any(
        _version_of(outside, path)
        for path in places
        if not path.startswith(WSL_LIBRARIES) and "compat" not in outside.resolve(path)
    )


def _xids(outside: Outside, notes: Notebook) -> tuple[int, ...]:
    """The numbers NVIDIA's module reported since the start of the system, each once, in their order."""
    log = outside.read_text(KERNEL_LOG)
    notes.note("xids", log, KERNEL_LOG, reason("unreadable", path=KERNEL_LOG))
    numbers = re.findall(r"NVRM: Xid \(PCI:[0-9A-Fa-f:.]+\): (\d{1,4})\b", log or "")
    return tuple(dict.fromkeys(int(number) for number in numbers))[:MOST_XIDS]


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
                    device_id=_hexadecimal(outside, folder, "device") or None,
                    address=address,
                    name=_model(outside, address),
                    driver=driver,
                    device_class=device_class,
                )
            )
    return tuple(cards), nvswitch


def _model(outside: Outside, address: str) -> str | None:
    """The product's name as the kernel module knows it."""
    text = outside.read_text(f"/proc/driver/nvidia/gpus/{address}/information", 4096) or ""
    found = re.search(r"^Model:[ \t]*(\S.*?)[ \t]*$", text, re.MULTILINE)
    return found[1] if found and found[1] != "Unknown" else None


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
    path = f"{MODULE}/version"
    version = (outside.read_text(path, 64) or "").strip()
    return (version or None), flavour, path


def _version_of(outside: Outside, library: str) -> str | None:
    found = re.search(r"\.so\.(\d{3}\.[\d.]+)$", outside.resolve(library))
    return found[1] if found else None


def _fabric_manager(outside: Outside) -> Literal["running", "stopped", "absent"]:
    for name in outside.list_folder("/proc") or ():
        comm = outside.read_text(f"/proc/{name}/comm", 32) if name.isdigit() else None
        if (comm or "").strip() == FABRIC_MANAGER[:COMM_LENGTH]:
            return "running"
    installed = outside.which(FABRIC_MANAGER) or outside.exists(f"/usr/bin/{FABRIC_MANAGER}")
    return "stopped" if installed else "absent"
