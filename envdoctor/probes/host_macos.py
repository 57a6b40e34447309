"""A Mac, from one file and one call to `sysctl`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from envdoctor.facts import Host
from envdoctor.machine import normal_arch
from envdoctor.outside import Outside
from envdoctor.probes.notebook import Notebook
from envdoctor.reason import reason

__all__ = ["chip", "read_macos", "sysctl"]

VERSION_FILES = (
    # The first is read as it is; the second lies ("10.16") to programs built for old systems.
    "/System/Library/CoreServices/.SystemVersionPlatform.plist",
    "/System/Library/CoreServices/SystemVersion.plist",
)
KEYS = (
    "hw.optional.arm64",
    "machdep.cpu.brand_string",
    "hw.memsize",
    "hw.optional.avx1_0",
    "hw.optional.avx2_0",
    "kern.osrelease",
    "kern.hv_vmm_present",
)
SYSCTL_SECONDS = 2.0
"""Limit for `sysctl`, which answers in a few milliseconds."""


def sysctl(outside: Outside) -> Mapping[str, str]:
    """The values that this Mac has, of `KEYS`; empty when `sysctl` could not be asked."""
    # "-i" passes over keys that this machine lacks: Intel Macs have no arm64, Apple silicon no avx.
    ran = outside.run(["/usr/sbin/sysctl", "-i", *KEYS], timeout=SYSCTL_SECONDS)
    pairs = (line.partition(": ") for line in ran.stdout.splitlines())
    return {name: value.strip() for name, colon, value in pairs if colon and name in KEYS}


def chip(outside: Outside, values: Mapping[str, str]) -> tuple[bool | None, str | None]:
    """Whether this is Apple silicon, also for a process under Rosetta, and the processor's name."""
    brand = values.get("machdep.cpu.brand_string") or None
    if values.get("hw.optional.arm64") == "1" or normal_arch(outside.machine) == "aarch64":
        return True, brand
    if brand is not None:
        return "Apple" in brand, brand
    return None, None


def read_macos(outside: Outside, notes: Notebook) -> Host:
    """The host as macOS describes itself."""
    values = sysctl(outside)
    silicon, brand = chip(outside, values)
    arch = "aarch64" if silicon else normal_arch(outside.machine)
    version = _version(outside, notes)
    memory = outside.memory()
    size = values.get("hw.memsize", "")
    total = int(size) if size.isdigit() else memory.total if memory else None
    features = None
    if silicon is False:
        names = {"avx": "hw.optional.avx1_0", "avx2": "hw.optional.avx2_0"}
        features = tuple(name for name, key in names.items() if values.get(key) == "1")
    asked = reason("program-silent", program="sysctl")
    return Host(
        os="macos",
        os_name=f"macOS {version}" if version else "macOS",
        os_version=version,
        kernel=notes.note("kernel", values.get("kern.osrelease"), "sysctl", asked),
        arch=notes.note("arch", arch or None, "sysctl" if silicon is not None else "uname"),
        cpu_model=notes.note("cpu_model", brand, "sysctl", asked),
        cpu_features=notes.note("cpu_features", features, "sysctl"),
        apple_silicon=notes.note("apple_silicon", silicon, "sysctl", asked),
        memory_total=notes.note("memory_total", total, "sysctl", asked),
        memory_available=memory.available if memory else None,
        commit_limit=memory.commit_limit if memory else None,
        virtual_machine="a virtual machine" if values.get("kern.hv_vmm_present") == "1" else None,
    )


def _version(outside: Outside, notes: Notebook) -> str | None:
    for path in VERSION_FILES:
        text = outside.read_text(path, 64 << 10) or ""
        found = re.search(r"<key>ProductVersion</key>\s*<string>([\d.]+)</string>", text)
        if found:
            return notes.note("os_version", found[1], path)
    notes.unknown["os_version"] = reason("unreadable", path=VERSION_FILES[-1])
    return None
