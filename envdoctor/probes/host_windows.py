"""A Windows machine, from the registry and two calls to the system."""

from __future__ import annotations

from collections.abc import Mapping

from envdoctor.facts import Host
from envdoctor.machine import normal_arch
from envdoctor.outside import Outside
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.virtual import virtual_machine
from envdoctor.reason import reason

__all__ = ["read_windows"]

VERSION_KEY = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
PROCESSOR_KEY = r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0"
FIRMWARE_KEY = r"HKLM\HARDWARE\DESCRIPTION\System\BIOS"
ENVIRONMENT_KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment"
FILES_KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"
VC_KEYS = (
    r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC\Runtimes",
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\VisualStudio\14.0\VC\Runtimes",
)
FIRST_BUILD_OF_11 = 22000


def read_windows(outside: Outside, notes: Notebook) -> Host:
    """The host as Windows describes itself."""
    values = outside.registry(VERSION_KEY) or {}
    arch = _arch(outside, notes)
    processor = outside.registry(PROCESSOR_KEY) or {}
    firmware = outside.registry(FIRMWARE_KEY) or {}
    virtual = virtual_machine(
        firmware.get("SystemManufacturer", ""), firmware.get("SystemProductName", ""), None
    )
    version = _version(values)
    build = values.get("UBR")
    memory = outside.memory()
    model = processor.get("ProcessorNameString", "").strip() or None
    features = outside.cpu_features() if arch == "x86_64" else None
    return Host(
        os="windows",
        os_name=notes.note("os_name", _name(values), VERSION_KEY, reason("not-in-registry")),
        os_version=notes.note("os_version", version, VERSION_KEY, reason("not-in-registry")),
        kernel=f"{version}.{build}" if version and build else version,
        arch=arch,
        cpu_model=notes.note("cpu_model", model, PROCESSOR_KEY, reason("not-in-registry")),
        cpu_features=notes.note("cpu_features", features, "IsProcessorFeaturePresent"),
        memory_total=notes.note(
            "memory_total", memory.total if memory else None, "GlobalMemoryStatusEx", reason("no-answer")
        ),
        memory_available=memory.available if memory else None,
        commit_limit=memory.commit_limit if memory else None,
        virtual_machine=notes.note("virtual_machine", virtual, FIRMWARE_KEY),
        vc_runtime=_vc_runtime(outside, arch, notes),
        long_paths=_long_paths(outside, notes),
    )


def _arch(outside: Outside, notes: Notebook) -> str | None:
    # The variables of a process under emulation name the emulated processor; the system's own do not.
    told = (outside.registry(ENVIRONMENT_KEY) or {}).get("PROCESSOR_ARCHITECTURE")
    source = ENVIRONMENT_KEY if told else "PROCESSOR_ARCHITECTURE"
    return notes.note("arch", normal_arch(told or outside.machine) or None, source)


def _version(values: Mapping[str, str]) -> str | None:
    build = values.get("CurrentBuild") or values.get("CurrentBuildNumber")
    major = values.get("CurrentMajorVersionNumber")
    if major:
        front = f"{major}.{values.get('CurrentMinorVersionNumber', '0')}"
    else:
        front = values.get("CurrentVersion", "")  # Windows 8.1 and older
    return f"{front}.{build}" if front and build else None


def _name(values: Mapping[str, str]) -> str | None:
    """The product's name, short: the registry of every Windows 11 still says "Windows 10 Pro"."""
    product = values.get("ProductName", "")
    build = values.get("CurrentBuild", "")
    client = values.get("InstallationType", "Client") == "Client" and "Server" not in product
    if client and build.isdigit() and int(build) >= FIRST_BUILD_OF_11:
        return "Windows 11"
    if client and product.startswith("Windows 10"):
        return "Windows 10"
    return product or None


def _long_paths(outside: Outside, notes: Notebook) -> bool | None:
    values = outside.registry(FILES_KEY)
    allowed = values.get("LongPathsEnabled") == "1" if values is not None else None
    return notes.note("long_paths", allowed, FILES_KEY, reason("not-in-registry"))


def _vc_runtime(outside: Outside, arch: str | None, notes: Notebook) -> str | None:
    """The version of Microsoft's C++ run-time; empty: not installed; `None`: there, its version untold."""
    folder = {"x86_64": "x64", "aarch64": "arm64", "x86": "x86"}.get(arch or "", "x64")
    for key in VC_KEYS:
        values = outside.registry(f"{key}\\{folder}")
        if values is not None and values.get("Installed", "1") == "1" and values.get("Version"):
            version = values["Version"].lstrip("v").removesuffix(".00")
            return notes.note("vc_runtime", version, f"{key}\\{folder}")
    root = outside.environ.get("SYSTEMROOT") or r"C:\Windows"
    library = str(outside.path.join(root, "System32", "msvcp140.dll"))
    if outside.is_file(library):
        notes.unknown["vc_runtime"] = reason("library-without-version", path=library)
        return None
    return notes.note("vc_runtime", "", library)
