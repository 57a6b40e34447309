"""Cards, driver and nodes read from the operating system's files and registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from envdoctor.outside import LiveOutside
from envdoctor.probes.nvidia import probe_nvidia


class Rooted(LiveOutside):
    """A Linux whose files lie under a folder of the test's."""

    def __init__(self, root: Path, environ: dict[str, str] | None = None) -> None:
        super().__init__(environ or {}, cwd="/")
        self._root = root

    def _at(self, path: str) -> str:
        return str(self._root) + path

    def read_text(self, path: str, limit: int = 4 << 20) -> str | None:
        return super().read_text(self._at(path), limit)

    def list_folder(self, path: str) -> tuple[str, ...] | None:
        return super().list_folder(self._at(path))

    def is_file(self, path: str) -> bool:
        return super().is_file(self._at(path))

    def is_folder(self, path: str) -> bool:
        return super().is_folder(self._at(path))

    def exists(self, path: str) -> bool:
        return super().exists(self._at(path))

    def resolve(self, path: str) -> str:
        return super().resolve(self._at(path)).removeprefix(str(self._root.resolve()))

    def may(self, path: str, mode: str) -> bool:
        return not path.endswith("nvidiactl")


def put(root: Path, path: str, text: str = "") -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def card(
    root: Path,
    address: str,
    device: str,
    driver: str | None,
    device_class: str = "0x030000",
    vendor: str = "0x10de",
) -> None:
    folder = f"/sys/bus/pci/devices/{address}"
    put(root, f"{folder}/vendor", vendor + "\n")
    put(root, f"{folder}/device", f"0x{device}\n")
    put(root, f"{folder}/class", device_class + "\n")
    if driver:
        (root / "sys/bus/pci/drivers" / driver).mkdir(parents=True, exist_ok=True)
        (root / folder.lstrip("/") / "driver").symlink_to(root / "sys/bus/pci/drivers" / driver)


def test_a_card_with_its_driver(tmp_path: Path) -> None:
    card(tmp_path, "0000:01:00.0", "2684", "nvidia")
    card(tmp_path, "0000:01:00.1", "22ba", "snd_hda_intel", "0x040300")
    card(tmp_path, "0000:00:02.0", "a780", "i915", vendor="0x8086")
    put(
        tmp_path,
        "/proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  575.57.08  Release Build\n",
    )
    (tmp_path / "sys/module/nvidia").mkdir(parents=True)
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libcuda.so.575.57.08")
    (tmp_path / "usr/lib/x86_64-linux-gnu/libcuda.so.1").symlink_to("libcuda.so.575.57.08")
    put(tmp_path, "/dev/nvidia0")
    put(tmp_path, "/dev/nvidiactl")
    put(tmp_path, "/dev/nvidia-modeset")
    nvidia = probe_nvidia(Rooted(tmp_path)).value
    assert nvidia.cards is not None
    assert [(each.device_id, each.driver) for each in nvidia.cards] == [("2684", "nvidia")]
    assert (nvidia.driver_version, nvidia.module_flavour, nvidia.module_loaded) == ("575.57.08", "open", True)
    assert nvidia.library_version == "575.57.08"
    assert nvidia.device_nodes == ("/dev/nvidia0", "/dev/nvidiactl")
    assert nvidia.unreadable_nodes == ("/dev/nvidiactl",)


def test_the_proprietary_module_names_itself_otherwise(tmp_path: Path) -> None:
    put(
        tmp_path,
        "/proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023\n",
    )
    nvidia = probe_nvidia(Rooted(tmp_path)).value
    assert (nvidia.driver_version, nvidia.module_flavour) == ("535.129.03", "proprietary")


def test_a_card_under_nouveau_and_one_without_any_driver(tmp_path: Path) -> None:
    card(tmp_path, "0000:01:00.0", "1c03", "nouveau")
    card(tmp_path, "0000:02:00.0", "1c03", None)
    (tmp_path / "sys/module/nouveau").mkdir(parents=True)
    nvidia = probe_nvidia(Rooted(tmp_path)).value
    assert [each.driver for each in nvidia.cards or ()] == ["nouveau", ""]
    assert (nvidia.nouveau_loaded, nvidia.module_loaded, nvidia.driver_version) == (True, False, None)


def test_a_bus_that_cannot_be_read_is_unknown_not_empty(tmp_path: Path) -> None:
    reading = probe_nvidia(Rooted(tmp_path))
    assert reading.value.cards is None
    assert "cards" in reading.unknown


@pytest.mark.parametrize(("comm", "state"), [("nv-fabricmanage", "running"), ("bash", "absent")])
def test_the_fabric_manager_is_looked_for_where_there_are_switches(
    tmp_path: Path, comm: str, state: str
) -> None:
    card(tmp_path, "0000:07:00.0", "22a3", "nvidia-nvswitch", "0x068000")
    put(tmp_path, "/proc/42/comm", comm + "\n")
    nvidia = probe_nvidia(Rooted(tmp_path)).value
    assert (nvidia.nvswitch, nvidia.fabric_manager) == (True, state)
    assert nvidia.cards == ()


def test_wsl_takes_windows_driver(tmp_path: Path) -> None:
    put(tmp_path, "/proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n")
    put(tmp_path, "/dev/dxg")
    put(tmp_path, "/usr/lib/wsl/lib/libcuda.so.1")
    nvidia = probe_nvidia(Rooted(tmp_path)).value
    assert (nvidia.cards, nvidia.dxg, nvidia.linux_driver_in_wsl) == (None, True, False)
    assert nvidia.wsl_libcuda == "/usr/lib/wsl/lib/libcuda.so.1"


def test_a_linux_driver_inside_wsl_is_seen(tmp_path: Path) -> None:
    put(tmp_path, "/proc/sys/kernel/osrelease", "5.15.153.1-microsoft-standard-WSL2\n")
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libcuda.so.535.183.01")
    (tmp_path / "usr/lib/x86_64-linux-gnu/libcuda.so.1").symlink_to("libcuda.so.535.183.01")
    reading = probe_nvidia(Rooted(tmp_path))
    assert reading.value.linux_driver_in_wsl is True
    assert reading.value.dxg is False
    assert "wsl_libcuda" in reading.unknown
