"""Which wheels an interpreter takes, from what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["wheel_tags"]


def wheel_tags(data: Mapping[str, object]) -> tuple[str, ...]:
    """The tags a wheel for this interpreter may carry, the most specific of each kind."""
    told = {name: value for name, value in data.items() if isinstance(value, str)}
    version, platform = told.get("version", ""), _platform_tag(told)
    numbers = re.match(r"(\d+)\.(\d+)", version)
    if numbers is None or platform is None:
        return ()
    major, minor = int(numbers[1]), int(numbers[2])
    digits, any_python = f"{major}{minor}", (f"py{major}-none-{platform}", f"py{major}-none-any")
    if data.get("implementation") == "pypy":
        abi = re.match(r"pypy\d+-pp\d+", told.get("soabi", ""))
        own = (f"pp{digits}-{abi.group().replace('-', '_')}-{platform}",) if abi else ()
        return (*own, *any_python)
    if data.get("implementation") != "cpython":
        return any_python
    flags = "t" if data.get("free_threaded") else "m" if (major, minor) < (3, 8) else ""
    limited = () if data.get("free_threaded") else (f"cp{digits}-abi3-{platform}",)
    return (f"cp{digits}-cp{digits}{flags}-{platform}", *limited, *any_python)


def _platform_tag(told: Mapping[str, str]) -> str | None:
    platform, machine, libc = told.get("platform"), told.get("machine"), told.get("libc", "")
    if platform is None or machine is None:
        return None
    if platform.startswith("linux"):
        machine = {"x86": "i686", "arm": "armv7l"}.get(machine, machine)
        glibc = re.match(r"glibc (\d+)\.(\d+)", libc)
        musl = re.match(r"musl (\d+)\.(\d+)", libc)
        if musl:
            return f"musllinux_{musl[1]}_{musl[2]}_{machine}"
        return f"manylinux_{glibc[1]}_{glibc[2]}_{machine}" if glibc else f"linux_{machine}"
    if platform.startswith("macosx"):
        system = re.match(r"(\d+)(?:\.(\d+))?", told.get("macos_version", ""))
        if system is None:
            return re.sub(r"[-.]", "_", platform)
        minor = system[2] or "0" if int(system[1]) < 11 else "0"
        return f"macosx_{system[1]}_{minor}_{'arm64' if machine == 'aarch64' else machine}"
    return re.sub(r"[-.]", "_", platform)
