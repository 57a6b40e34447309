"""The operating system and the interpreter, from the labels and from what only such a system prints."""

from __future__ import annotations

import re
from typing import Literal

from envdoctor.facts import Host, Interpreter, Os
from envdoctor.intake.draft import Draft
from envdoctor.intake.gpu_names import GpuNames
from envdoctor.intake.remembered import remembered
from envdoctor.machine import normal_arch

__all__ = ["read_host", "read_interpreter"]

_LINUX = re.compile(
    r"linux|ubuntu|debian|cent ?os|red ?hat|rhel|fedora|rocky|alma|suse|arch\b|manjaro|mint\b|nixos"
    r"|alpine|amazon"
    r"|jetpack|\bl4t\b|dgx os|dgx spark"
    r"|gentoo|pop!_os|kali|oracle|tencentos|anolis|openeuler|euleros|kylin|deepin|\buos\b|photon|gnu"
    r"|raspbian|raspberry pi os|armbian|dietpi|zorin|elementary os|endeavouros|proxmox|slackware|steamos",
    re.IGNORECASE,
)
_LINUX_WITHIN = re.compile("wsl|linux", re.IGNORECASE)
_WINDOWS = re.compile(r"windows|win32|win10|win11|\bwin ?(?:7|8|10|11)\b|\bmsys|mingw", re.IGNORECASE)
_MAC = re.compile(r"mac ?os|darwin|os ?x\b|\bmac\b", re.IGNORECASE)
_ARCH = re.compile(
    r"\b(x86[_-]64|amd64|x64|aarch64|arm64|armv[678]l?|i[3-6]86|ppc64le|s390x|riscv64|loongarch64)\b",
    re.IGNORECASE,
)
_CONTAINER = {"docker": "docker", "podman": "podman", "kubernetes": "kubernetes", "lxc": "lxc"}
Container = Literal["docker", "podman", "kubernetes", "lxc", "other"]


def read_host(draft: Draft, names: GpuNames) -> Host:
    """The host; `os` also from what no other system says, such as "WinError"."""
    label, platform = draft.get("os") or "", draft.get("platform") or ""
    system = _system(label, platform, draft)
    arch = _arch(label, platform, draft)
    container = draft.remarks.get("container kind")
    cpu = draft.get("cpu")
    apple = None
    if system == "macos":
        is_apple = re.search(
            r"\bApple\b ?(?:M\d|silicon)|\bM[1-9]\b(?: (?:Pro|Max|Ultra))?", f"{cpu or ''} {label}"
        )
        apple = True if is_apple or "apple-silicon" in draft.remarks else None
    return Host(
        os=system,
        os_name=re.sub(r" \((?:x86_64|aarch64|arm64|64-bit|64 位)\)$", "", label) or None,
        os_version=_os_version(label, platform, system),
        kernel=_kernel(platform, draft),
        arch=arch,
        glibc=_glibc(draft.get("libc"), platform),
        musl="" if "musl" in draft.remarks else None,
        cpu_model=cpu,
        cpu_features=_features(draft.get("cpu-flags")),
        apple_silicon=apple,
        container=_container(container),
        # On another machine a board is only spoken of.
        l4t=draft.get("l4t") if (system, arch) == ("linux", "aarch64") else None,
        wsl=_wsl(label, platform, draft),
    )


def _system(label: str, platform: str, draft: Draft) -> Os | None:
    if named := _named_system(platform) or _named_system(label):
        return named
    python = draft.get("python") or ""
    if "[MSC " in python:
        return "windows"
    if "darwin" in python or "(clang-" in python:
        return "macos"
    if "on linux" in python or "[GCC " in python:
        return "linux"
    implied = (
        "linux" if "l4t" in draft.values or "arm board" in draft.remarks else draft.remarks.get("implied os")
    )
    return _SYSTEMS.get(implied or "")


@remembered
def _named_system(text: str) -> Os | None:
    """The system that the value of a label names."""
    if _WINDOWS.search(text) and not _LINUX_WITHIN.search(text):
        return "windows"
    if _MAC.search(text) and not _LINUX.search(text):
        return "macos"
    return "linux" if _LINUX.search(text) or "wsl" in text.lower() else None


_SYSTEMS: dict[str, Os] = {"windows": "windows", "linux": "linux", "macos": "macos"}


def _os_version(label: str, platform: str, system: Os | None) -> str | None:
    if system == "windows":
        found = re.search(r"\b10\.0\.\d{5}", f"{platform} {label}")
        return found.group() if found else None
    found = re.search(r"\b\d{1,2}(?:\.\d{1,3}){0,3}\b", label) or (
        re.search(r"macOS-(\d{1,2}(?:\.\d{1,2})*)", platform) if system == "macos" else None
    )
    return (found[1] if found.lastindex else found.group()) if found else None


def _kernel(platform: str, draft: Draft) -> str | None:
    found = re.match(r"Linux-(\d[\w.+-]*?)-(?:x86_64|aarch64|armv|i686)", platform)
    return found[1] if found else draft.get("kernel")


def _arch(label: str, platform: str, draft: Draft) -> str | None:
    for text in (draft.get("arch") or "", platform, label, draft.get("python") or ""):
        if text and (named := _named_arch(text)):
            return named
    if "arm board" in draft.remarks and "32-bit" in draft.remarks:
        return "armv7l"
    told = next((arch for remark, arch in _TOLD_ARCH.items() if remark in draft.remarks), None)
    if told is None and ("l4t" in draft.values or any(map(_ON_ARM.search, draft.gpus.values()))):
        return "aarch64"
    return normal_arch(told) if told else None


@remembered
def _named_arch(text: str) -> str | None:
    found = _ARCH.search(text.replace("_64-with", "_64 with").replace("-", " ").replace("x86 64", "x86_64"))
    return normal_arch(found[1].replace("-", "_")) if found else None


_ON_ARM = re.compile(
    r"\b(?:GH200|GB10|GB200|GB300|DGX Spark|(?:Jetson )?(?:AGX )?(?:Orin|Xavier|Thor)|Tegra)\b"
)
"""GPUs that come on one board with an ARM processor, and with none else."""


_TOLD_ARCH = {"armv7l": "armv7l", "arm64": "aarch64", "arm board": "aarch64", "intel-mac": "x86_64"}
"""What people say of a machine → its architecture; the more special first."""


def _glibc(label: str | None, platform: str) -> str | None:
    found = re.search(r"glibc[- ]?(\d\.\d{1,2})", label or "") or re.search(
        r"with-glibc(\d\.\d{1,2})", platform
    )
    return found[1] if found else None


def _features(flags: str | None) -> tuple[str, ...] | None:
    """Which of AVX and AVX2 the flags hold; an excerpt of a few says nothing about the others."""
    words = (flags or "").split()
    if len(words) < 20:
        return None
    return tuple(name for name in ("avx", "avx2") if name in words)


def _container(said: str | None) -> Container | None:
    if said is None:
        return None
    kinds: dict[str, Container] = {
        "docker": "docker",
        "podman": "podman",
        "kubernetes": "kubernetes",
        "lxc": "lxc",
    }
    return kinds.get(said, "other")


def _wsl(label: str, platform: str, draft: Draft) -> Literal[1, 2] | None:
    text = f"{label} {platform}"
    if "wsl1" in draft.remarks:
        return 1
    lower = text.lower()
    if ("microsoft-standard" in lower or "wsl" in lower) and re.search(r"microsoft-standard|wsl ?2", lower):
        return 2
    if "Microsoft" in text and re.search(r"Linux-4\.4\.0-\d+-Microsoft", text):
        return 1
    return 2 if "wsl" in draft.remarks or ("wsl" in lower and re.search(r"\bwsl", lower)) else None


def read_interpreter(draft: Draft, host: Host) -> Interpreter:
    """The Python that the text is about."""
    text = draft.get("python") or ""
    version = re.match(r"(?:Python )?(\d\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d+|\+)?)", text)
    platform = draft.get("platform") or ""
    bits = None
    if re.search(r"32[- ]?bit", text) or "32-bit" in draft.remarks:
        bits = 32
    elif re.search(r"64[- ]?bit", text):
        bits = 64
    return Interpreter(
        version=version[1].rstrip("+") if version else None,
        implementation=_implementation(text, draft),
        bits=bits,
        free_threaded=True if "free-threading" in text or "free-threaded" in draft.remarks else None,
        machine=host.arch or ("x86_64" if host.os in ("linux", "windows") else None),
        platform=platform or None,
        rosetta=True if "rosetta" in draft.remarks else None,
        executable=draft.executables.get("python"),
    )


def _implementation(text: str, draft: Draft) -> str | None:
    lower = text.lower()
    for name in ("pypy", "graalpy", "ironpython", "jython"):
        if name in lower or name in draft.remarks:
            return name
    return None
