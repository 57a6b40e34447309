"""The driver's libraries, the kernel's log and the fabric manager, found on folders of a made-up Linux."""

from __future__ import annotations

import pytest

from envdoctor.probes.nvidia import library_files, probe_nvidia

CARD = {
    "/sys/bus/pci/devices/0000:01:00.0/vendor": "0x10de\n",
    "/sys/bus/pci/devices/0000:01:00.0/device": "0x2684\n",
    "/sys/bus/pci/devices/0000:01:00.0/class": "0x030000\n",
}


def test_the_loaders_cache_tells_libraries_in_unusual_places(machine_of) -> None:  # type: ignore[no-untyped-def]
    cache = "ld.so-1.7.0\0\0libcuda.so.1\0/usr/lib/i386-linux-gnu/libcuda.so.1\0libcuda.so.1\0/opt/nv/libcuda.so.1\0"
    places = ("/usr/lib/i386-linux-gnu/libcuda.so.1", "/opt/nv/libcuda.so.1", "/usr/lib64/libcuda.so.1")
    outside = machine_of(system="linux", files={"/etc/ld.so.cache": cache, **dict.fromkeys(places, "")})
    assert library_files(outside, "libcuda.so.1") == ("/opt/nv/libcuda.so.1", "/usr/lib64/libcuda.so.1")
    assert library_files(outside, "libnvidia-ml.so.1") == ()


def test_a_cache_that_names_a_removed_library_is_not_believed(machine_of) -> None:  # type: ignore[no-untyped-def]
    outside = machine_of(system="linux", files={"/etc/ld.so.cache": "\0/opt/nv/libcuda.so.1\0"})
    assert library_files(outside, "libcuda.so.1") == ()


def test_ld_library_path_comes_first(machine_of) -> None:  # type: ignore[no-untyped-def]
    outside = machine_of(
        system="linux",
        environ={"LD_LIBRARY_PATH": "/compat:/nowhere"},
        files=dict.fromkeys(("/usr/lib64/libcuda.so.580.65.06", "/compat/libcuda.so.575.57.08"), ""),
        links={
            "/usr/lib64/libcuda.so.1": "libcuda.so.580.65.06",
            "/compat/libcuda.so.1": "libcuda.so.575.57.08",
        },
    )
    nvidia = probe_nvidia(outside).value
    assert nvidia.library_version == "575.57.08"
    assert nvidia.packages == ("libcuda.so.1=/compat/libcuda.so.1",)


@pytest.mark.parametrize(
    ("folder", "stray"),
    [("/usr/lib/x86_64-linux-gnu", True), ("/usr/local/cuda/compat", False)],
)
def test_only_an_installed_driver_is_a_linux_driver_in_wsl(machine_of, folder: str, stray: bool) -> None:  # type: ignore[no-untyped-def]
    outside = machine_of(
        system="linux",
        environ={"LD_LIBRARY_PATH": "/usr/local/cuda/compat"},
        files={
            "/proc/sys/kernel/osrelease": "6.6.87.2-microsoft-standard-WSL2\n",
            "/usr/lib/wsl/lib/libcuda.so.1": "",
            f"{folder}/libcuda.so.575.57.08": "",
        },
        links={f"{folder}/libcuda.so.1": "libcuda.so.575.57.08"},
    )
    assert probe_nvidia(outside).value.linux_driver_in_wsl is stray


def test_the_kernel_module_names_the_card(machine_of) -> None:  # type: ignore[no-untyped-def]
    information = "/proc/driver/nvidia/gpus/0000:01:00.0/information"
    files = {**CARD, information: "Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   \t\t 210\n"}
    cards = probe_nvidia(machine_of(system="linux", files=files)).value.cards
    assert cards is not None
    assert cards[0].name == "NVIDIA GeForce RTX 4090"
    files[information] = "Model: \t\t Unknown\nIRQ:   \t\t 0\n"
    cards = probe_nvidia(machine_of(system="linux", files=files)).value.cards
    assert cards is not None
    assert cards[0].name is None


LOG = """\
6,1201,5678901,-;nvidia: loading out-of-tree module taints kernel.
4,1300,7678901,-;NVRM: Xid (PCI:0000:01:00): 31, pid=1122, name=python, Ch 00000008
4,1301,8678901,-;NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.
4,1302,8678902,-;NVRM: Xid (PCI:0000:01:00): 79, GPU has fallen off the bus.
6,1303,8678999,-;usb 1-2: Xid (PCI): 99
"""


def test_xids_are_read_where_the_log_may_be(machine_of) -> None:  # type: ignore[no-untyped-def]
    reading = probe_nvidia(machine_of(system="linux", files={**CARD, "/dev/kmsg": LOG}))
    assert reading.value.xids == (31, 79)
    assert reading.sources["xids"] == "/dev/kmsg"
    locked = probe_nvidia(
        machine_of(system="linux", files={**CARD, "/dev/kmsg": LOG}, forbidden=["/dev/kmsg"])
    )
    assert locked.value.xids == ()
    assert "xids" in locked.unknown


@pytest.mark.parametrize("comm", ["", "n", "nv-fabric", "nv-fabricmanagerd"])
def test_only_the_fabric_manager_itself_counts_as_running(machine_of, comm: str) -> None:  # type: ignore[no-untyped-def]
    files = {"/proc/42/comm": comm + "\n", "/usr/bin/nv-fabricmanager": ""}
    outside = machine_of(system="linux", files=files, nodes=["/dev/nvidia-nvswitchctl"])
    nvidia = probe_nvidia(outside).value
    assert (nvidia.nvswitch, nvidia.fabric_manager) == (True, "stopped")


def test_what_is_not_known_has_a_reason(machine_of) -> None:  # type: ignore[no-untyped-def]
    unknown = probe_nvidia(machine_of(system="linux", files=CARD)).unknown
    assert {"driver_version", "library_version"} <= unknown.keys()


def test_macos_has_none(machine_of) -> None:  # type: ignore[no-untyped-def]
    assert probe_nvidia(machine_of(system="macos")).value.cards == ()
