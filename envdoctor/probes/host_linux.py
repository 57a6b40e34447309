"""A Linux machine: /proc, /sys and a handful of files; WSL and containers included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from envdoctor.facts import Host
from envdoctor.machine import normal_arch
from envdoctor.outside import Memory, Outside
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.virtual import virtual_machine
from envdoctor.reason import reason

__all__ = ["container_kind", "read_linux", "wsl_version"]

Container = Literal["docker", "podman", "kubernetes", "lxc", "other"]

CPUINFO_LIMIT = 16 << 10
"""Bytes of /proc/cpuinfo that surely hold the first processor; the whole of it is slow on big machines."""
LOADER_SECONDS = 1.0
"""Limit for musl's loader, which prints its version and ends at once."""
TEGRA_RELEASE = "/etc/nv_tegra_release"
MUSL = re.compile(r"ld-musl-.*\.so\.1")
LIBSTDCXX_FOLDERS = ("/usr/lib/{arch}-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib", "/lib/{arch}-linux-gnu")


def read_linux(outside: Outside, notes: Notebook) -> Host:
    """The host as a Linux process sees it; inside a container, the limits are the container's."""
    arch = notes.note("arch", normal_arch(outside.machine) or None, "uname")
    kernel = _line(outside, "/proc/sys/kernel/osrelease")
    cpu = _first_processor(outside)
    wsl = wsl_version(outside)
    container = container_kind(outside)
    name, version = _release(outside, notes)
    features = _cpu_features(cpu, arch)
    memory = _memory(outside)
    shm = outside.disk("/dev/shm") if outside.is_folder("/dev/shm") else None
    glibc, musl = _libc(outside, notes)
    return Host(
        os="linux",
        os_name=name,
        os_version=version,
        kernel=notes.note("kernel", kernel, "/proc/sys/kernel/osrelease", reason("unreadable", path="/proc")),
        arch=arch,
        glibc=glibc,
        musl=musl,
        glibcxx=_glibcxx(outside, notes, arch),
        cpu_model=notes.note("cpu_model", _cpu_model(outside, cpu), "/proc/cpuinfo", reason("not-named")),
        cpu_features=notes.note("cpu_features", features, "/proc/cpuinfo"),
        memory_total=notes.note(
            "memory_total",
            memory.total if memory else None,
            "/proc/meminfo, cgroup",
            reason("unreadable", path="/proc/meminfo"),
        ),
        memory_available=memory.available if memory else None,
        commit_limit=memory.commit_limit if memory else None,
        shm_total=notes.note(
            "shm_total", shm[1] if shm else None, "/dev/shm", reason("absent", path="/dev/shm")
        ),
        container=notes.note(
            "container", container[0] if container else None, container[1] if container else ""
        ),
        wsl=notes.note("wsl", wsl, "/proc/sys/kernel/osrelease"),
        l4t=notes.note("l4t", _jetson_linux(outside), TEGRA_RELEASE),
        virtual_machine=None if wsl else _virtual(outside, cpu, notes),
    )


def _jetson_linux(outside: Outside) -> str | None:
    """The release of Jetson Linux: "36.4.3" of "# R36 (release), REVISION: 4.3, GCID: ..."."""
    found = re.match(r"# R(\d+) \(release\), REVISION: (\d+(?:\.\d+)*)", _line(outside, TEGRA_RELEASE) or "")
    return f"{found[1]}.{found[2]}" if found else None


def wsl_version(outside: Outside) -> Literal[1, 2] | None:
    """Which Windows Subsystem for Linux this is; `None`: none."""
    kernel = (_line(outside, "/proc/sys/kernel/osrelease") or "").lower()
    if "microsoft-standard" in kernel or "wsl2" in kernel:
        return 2
    if "microsoft" in kernel:
        return 1
    # A kernel that someone built for WSL may have any name; only WSL 2 lets one choose its kernel.
    return 2 if "WSL_DISTRO_NAME" in outside.environ else None


def container_kind(outside: Outside) -> tuple[Container, str] | None:
    """The container this process lives in, and what showed it; `None`: no sign of one."""
    environ = outside.environ
    groups = outside.read_text("/proc/1/cgroup") or ""
    if "KUBERNETES_SERVICE_HOST" in environ:
        return "kubernetes", "KUBERNETES_SERVICE_HOST"
    if "kubepods" in groups:
        return "kubernetes", "/proc/1/cgroup"
    if outside.exists("/run/.containerenv"):
        return "podman", "/run/.containerenv"
    if outside.exists("/.dockerenv"):
        return "docker", "/.dockerenv"
    for source, text in (
        ("/run/systemd/container", _line(outside, "/run/systemd/container")),
        ("the variable container", environ.get("container")),
        ("/proc/1/environ", _pid1_container(outside)),
    ):
        if text and text != "wsl":
            kinds: dict[str, Container] = {
                "docker": "docker",
                "podman": "podman",
                "lxc": "lxc",
                "lxc-libvirt": "lxc",
            }
            return kinds.get(text, "other"), source
    if "/lxc" in groups:
        return "lxc", "/proc/1/cgroup"
    if re.search(r"/docker[-/]|/containerd", groups):
        return "docker", "/proc/1/cgroup"
    if {"APPTAINER_CONTAINER", "SINGULARITY_CONTAINER"} & set(environ):
        return "other", "APPTAINER_CONTAINER"
    return _container_mounts(outside)


def _container_mounts(outside: Outside) -> tuple[Container, str] | None:
    """Engines mount their own /etc/hosts and its like, and the mount's source names the engine."""
    signs: dict[str, Container] = {
        "/kubelet/pods/": "kubernetes",
        "/docker/containers/": "docker",
        "/containers/storage/": "podman",
        "/overlay-containers/": "podman",
    }
    for line in (outside.read_text("/proc/self/mountinfo", 256 << 10) or "").splitlines():
        fields = line.split(" ")
        if len(fields) > 4 and fields[4] in ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf"):
            for sign, kind in signs.items():
                if sign in fields[3]:
                    return kind, "/proc/self/mountinfo"
    return None


def _pid1_container(outside: Outside) -> str | None:
    for entry in (outside.read_text("/proc/1/environ", 64 << 10) or "").split("\0"):
        if entry.startswith("container="):
            return entry.partition("=")[2]
    return None


def _line(outside: Outside, path: str) -> str | None:
    text = outside.read_text(path, 4 << 10)
    return text.strip().strip("\0") or None if text is not None else None


def _release(outside: Outside, notes: Notebook) -> tuple[str | None, str | None]:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        values = _assignments(outside.read_text(path, 64 << 10) or "")
        if values:
            name = values.get("PRETTY_NAME") or values.get("NAME")
            version = values.get("VERSION_ID")
            rolling = reason("rolling-release") if name else None
            return notes.note("os_name", name, path), notes.note("os_version", version, path, rolling)
    for path in ("/etc/redhat-release", "/etc/alpine-release", "/etc/debian_version"):
        line = _line(outside, path)
        if line:
            found = re.search(r"\d+(\.\d+)*", line)
            version = found.group() if found else None
            return notes.note("os_name", line, path), notes.note("os_version", version, path)
    notes.unknown["os_name"] = reason("absent", path="/etc/os-release")
    return None, None


def _assignments(text: str) -> dict[str, str]:
    """`NAME=value` lines of a shell-like file, quotes taken off."""
    found = (line.strip().partition("=") for line in text.splitlines())
    return {name: _unquoted(value) for name, sign, value in found if sign and _is_name(name)}


def _is_name(text: str) -> bool:
    return text.isascii() and text.isupper() and text.replace("_", "").isalnum()


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def _first_processor(outside: Outside) -> Mapping[str, str]:
    """The fields of the first processor's block in /proc/cpuinfo."""
    fields: dict[str, str] = {}
    for line in (outside.read_text("/proc/cpuinfo", CPUINFO_LIMIT) or "").splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip():
            fields.setdefault(name.strip(), value.strip())
        elif not line.strip() and "processor" in fields:
            break
    return fields


def _cpu_features(cpu: Mapping[str, str], arch: str | None) -> tuple[str, ...] | None:
    if arch not in ("x86_64", "x86") or "flags" not in cpu:
        return None
    flags = cpu["flags"].split()
    return tuple(name for name in ("avx", "avx2") if name in flags)


def _cpu_model(outside: Outside, cpu: Mapping[str, str]) -> str | None:
    # Arm kernels give no "model name"; a board (Jetson, Raspberry Pi) has its name in the device tree.
    return cpu.get("model name") or _line(outside, "/proc/device-tree/model")


def _memory(outside: Outside) -> Memory | None:
    text = outside.read_text("/proc/meminfo", 16 << 10) or ""
    kilobytes = {name: int(value) for name, value in re.findall(r"^(\w+):\s+(\d+) kB$", text, re.MULTILINE)}
    if "MemTotal" not in kilobytes:
        return None
    total = kilobytes["MemTotal"] << 10
    free = kilobytes.get("MemFree", 0) + kilobytes.get("Buffers", 0) + kilobytes.get("Cached", 0)
    available = kilobytes.get("MemAvailable", free) << 10  # kernels before 3.14 do not estimate it
    swap = kilobytes.get("SwapTotal", 0) << 10
    limits = _group_limits(outside)
    for limit, used in limits:
        if limit < total:
            total, available = limit, max(0, min(available, limit - used))
    return Memory(total, available, total + swap)


def _group_limits(outside: Outside) -> list[tuple[int, int]]:
    """Limit and use, in bytes, of each memory control group this process stands in."""
    found: list[tuple[int, int]] = []
    lines = (outside.read_text("/proc/self/cgroup", 16 << 10) or "").splitlines()
    for line in [*lines, "0::/"]:
        _number, _, rest = line.partition(":")
        controllers, _, group = rest.partition(":")
        if controllers == "":
            root, limit_name, use_name = "/sys/fs/cgroup", "memory.max", "memory.current"
        elif "memory" in controllers.split(","):
            root, limit_name, use_name = (
                "/sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
            )  # fmt: skip
        else:
            continue
        # A container sees its own group at the root, whatever path the host gave it.
        for folder in (*_upwards(root + group.rstrip("/"), root), root):
            limit, used = _line(outside, f"{folder}/{limit_name}"), _line(outside, f"{folder}/{use_name}")
            if limit and limit.isdigit():
                found.append((int(limit), _held(outside, folder, used)))
    return found


def _upwards(path: str, root: str) -> list[str]:
    folders = []
    while len(path) > len(root) and ".." not in path:
        folders.append(path)
        path = path.rpartition("/")[0]
    return folders


def _held(outside: Outside, folder: str, used: str | None) -> int:
    """Bytes in use that can't be given back at once: the file cache counts as use but gives way."""
    if not used or not used.isdigit():
        return 0
    stat = outside.read_text(f"{folder}/memory.stat", 16 << 10) or ""
    cache = re.search(r"^(?:total_)?inactive_file (\d+)$", stat, re.MULTILINE)
    return max(0, int(used) - (int(cache[1]) if cache else 0))


def _libc(outside: Outside, notes: Notebook) -> tuple[str | None, str | None]:
    name, _, version = (outside.libc() or "").partition(" ")
    if name == "glibc" and version:
        return notes.note("glibc", version, "confstr"), None
    for folder in ("/lib", "/usr/lib"):
        loader = next((each for each in outside.list_folder(folder) or () if MUSL.fullmatch(each)), None)
        if loader is not None:
            notes.unknown["glibc"] = reason("musl")
            return None, notes.note(
                "musl", _musl_version(outside, f"{folder}/{loader}"), f"{folder}/{loader}"
            )
    notes.unknown["glibc"] = reason("libc-silent")
    return None, None


def _musl_version(outside: Outside, loader: str) -> str:
    """The version of musl, empty where it can't be told; the loader prints it when it is run alone."""
    found = re.search(r"^P:musl\nV:([\d.]+)", outside.read_text("/lib/apk/db/installed") or "", re.MULTILINE)
    if found is None:
        ran = outside.run([loader], timeout=LOADER_SECONDS)
        found = re.search(r"^Version ([\d.]+)", ran.stderr, re.MULTILINE)
    return found[1] if found else ""


def _glibcxx(outside: Outside, notes: Notebook, arch: str | None) -> str | None:
    """libstdc++.so.6.0.N defines symbols up to GLIBCXX_3.4.N: so GCC has numbered it since 3.4."""
    for folder in LIBSTDCXX_FOLDERS:
        path = f"{folder.format(arch=arch)}/libstdc++.so.6"
        found = re.search(r"\.so\.6\.0\.(\d+)$", outside.resolve(path))
        if found:
            return notes.note("glibcxx", f"3.4.{found[1]}", path)
    notes.unknown["glibcxx"] = reason("no-libstdcxx")
    return None


def _virtual(outside: Outside, cpu: Mapping[str, str], notes: Notebook) -> str | None:
    maker = _line(outside, "/sys/class/dmi/id/sys_vendor") or ""
    product = _line(outside, "/sys/class/dmi/id/product_name") or ""
    flagged = "hypervisor" in cpu["flags"].split() if "flags" in cpu else None
    return notes.note("virtual_machine", virtual_machine(maker, product, flagged), "/sys/class/dmi/id")
