"""The probe for GPUs of AMD, Intel and Apple, and the table behind it."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from envdoctor.facts import OtherGpu
from envdoctor.knowledge.loading import DATA_FOLDER, read_date
from envdoctor.knowledge.other_gpus import chip_by_pci, chip_of, chips, looks_integrated, wanted_build
from envdoctor.outside import LiveOutside
from envdoctor.probes.other_gpus import gfx_name, probe_other_gpus

CLASS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


def card(address, vendor, device, kind="0x030000", revision="0x00", driver=None):
    folder = f"/sys/bus/pci/devices/{address}"
    files = {
        f"{folder}/vendor": f"0x{vendor}\n",
        f"{folder}/device": f"0x{device}\n",
        f"{folder}/class": f"{kind}\n",
        f"{folder}/revision": f"{revision}\n",
    }
    links = {}
    if driver:
        links[f"{folder}/driver"] = f"../../../bus/pci/drivers/{driver}"
        files[f"/sys/bus/pci/drivers/{driver}/module"] = ""
    return files, links


def kfd(device, version):
    text = f"cpu_cores_count 0\nsimd_count 96\nvendor_id 4098\ndevice_id {int(device, 16)}\ngfx_target_version {version}\n"
    return {"/sys/class/kfd/kfd/topology/nodes/1/properties": text}


# Linux


def test_a_radeon_with_its_driver_and_nodes(machine_of):
    files, links = card("0000:03:00.0", "1002", "744c", revision="0xc8", driver="amdgpu")
    files |= kfd("744c", 110000)
    files["/usr/share/libdrm/amdgpu.ids"] = (
        "# List\n1.0.0\n744C,\tC8,\tAMD Radeon RX 7900 XTX\n744C,\tCC,\tAMD Radeon RX 7900 XT\n"
    )
    nodes = ["/dev/kfd", "/dev/dri/renderD128"]
    reading = probe_other_gpus(machine_of(system="linux", files=files, links=links, nodes=nodes))
    assert reading.value == (
        OtherGpu(vendor="amd", name="AMD Radeon RX 7900 XTX", pci_id="744c", gfx="gfx1100", integrated=False,
                 driver="amdgpu", usable_nodes=True),
    )  # fmt: skip


def test_nodes_that_this_user_may_not_open(machine_of):
    files, links = card("0000:03:00.0", "1002", "7550", driver="amdgpu")
    nodes = ["/dev/kfd", "/dev/dri/renderD128"]
    for forbidden in (["/dev/kfd"], ["/dev/dri"]):
        outside = machine_of(system="linux", files=files, links=links, nodes=nodes, forbidden=forbidden)
        (gpu,) = probe_other_gpus(outside).value
        assert (gpu.usable_nodes, gpu.gfx) == (False, "gfx1201")


def test_a_card_without_a_driver_is_known_by_its_id(machine_of):
    files, links = card("0000:0a:00.0", "1002", "73bf")
    (gpu,) = probe_other_gpus(machine_of(system="linux", files=files, links=links)).value
    assert (gpu.gfx, gpu.driver, gpu.usable_nodes) == ("gfx1030", "", None)
    assert gpu.name is not None and "6800" in gpu.name


def test_a_card_that_no_table_knows_is_still_there(machine_of):
    files, links = card("0000:0a:00.0", "1002", "ffee", driver="amdgpu")
    (gpu,) = probe_other_gpus(
        machine_of(system="linux", files={**files, **kfd("ffee", 130001)}, links=links)
    ).value
    assert (gpu.name, gpu.gfx, gpu.integrated) == (None, "gfx1301", None)


def test_an_instinct_is_an_accelerator_and_an_npu_is_not_a_gpu(machine_of):
    instinct, links = card("0000:05:00.0", "1002", "74a1", kind="0x120000", driver="amdgpu")
    npu, npu_links = card("0000:c4:00.1", "1002", "17f0", kind="0x118000")
    odd, odd_links = card("0000:c5:00.1", "1002", "17f1", kind="0x120000")
    files = {
        **instinct,
        **npu,
        **odd,
        "/sys/bus/pci/devices/0000:05:00.0/product_name": "Instinct MI300X OAM\n",
    }
    outside = machine_of(system="linux", files=files, links={**links, **npu_links, **odd_links})
    assert [(gpu.name, gpu.gfx) for gpu in probe_other_gpus(outside).value] == [
        ("AMD Instinct MI300X OAM", "gfx942")
    ]


def test_intels_built_in_gpu_and_a_card(machine_of):
    old, old_links = card("0000:00:02.0", "8086", "3e92", driver="i915")
    arc, arc_links = card("0000:03:00.0", "8086", "56a0", driver="xe")
    audio, _ = card("0000:00:1f.3", "8086", "a348", kind="0x040300")
    outside = machine_of(
        system="linux",
        files={**old, **arc, **audio},
        links={**old_links, **arc_links},
        nodes=["/dev/dri/renderD128"],
    )
    built_in, discrete = probe_other_gpus(outside).value
    assert (built_in.integrated, built_in.usable_nodes) == (True, True)
    assert (discrete.name, discrete.integrated, discrete.driver) == ("Intel Arc A770", False, "xe")


def test_a_cards_own_render_node_counts_before_those_of_others(machine_of):
    files, links = card("0000:03:00.0", "8086", "e20b", driver="xe")
    files["/sys/bus/pci/devices/0000:03:00.0/drm/renderD129/dev"] = "226:129\n"
    nodes = ["/dev/dri/renderD128", "/dev/dri/renderD129"]
    outside = machine_of(
        system="linux", files=files, links=links, nodes=nodes, forbidden=["/dev/dri/renderD129"]
    )
    assert probe_other_gpus(outside).value[0].usable_nodes is False


def test_nvidia_cards_are_not_the_others(recorded):
    assert probe_other_gpus(recorded("linux-v100-cu130")).value == ()


def test_wsl_and_a_machine_without_the_bus_give_a_reason(recorded, machine_of):
    for outside in (recorded("wsl2-healthy"), machine_of(system="linux")):
        reading = probe_other_gpus(outside)
        assert reading.value is None
        assert reading.unknown["cards"]


@pytest.mark.parametrize(
    ("version", "name"),
    [(110000, "gfx1100"), (90010, "gfx90a"), (90402, "gfx942"), (90500, "gfx950"), (100300, "gfx1030"),
     (110501, "gfx1151"), (120001, "gfx1201"), (90006, "gfx906"), (80003, "gfx803")],
)  # fmt: skip
def test_gfx_names(version, name):
    assert gfx_name(version) == name


# Windows


def test_the_laptops_own_graphics_is_found_beside_the_nvidia_card(recorded):
    (gpu,) = probe_other_gpus(recorded("windows11-laptop-4060-cpu-torch")).value
    assert (gpu.vendor, gpu.name, gpu.pci_id, gpu.integrated) == (
        "intel",
        "Intel(R) UHD Graphics",
        "a788",
        True,
    )
    assert gpu.driver == "31.0.101.4502"


def test_a_radeon_on_windows(machine_of):
    row = {
        "DriverDesc": "AMD Radeon RX 7900 XTX",
        "ProviderName": "Advanced Micro Devices, Inc.",
        "DriverVersion": "32.0.11037.4004",
        "MatchingDeviceId": r"pci\ven_1002&dev_744c&rev_c8",
    }
    outside = machine_of(
        system="windows",
        registry={rf"{CLASS}\0000": row, rf"{CLASS}\0001": row, rf"{CLASS}\Configuration": {}},
    )
    (gpu,) = probe_other_gpus(outside).value
    assert (gpu.name, gpu.gfx, gpu.integrated) == ("AMD Radeon RX 7900 XTX", "gfx1100", False)


def test_a_radeon_under_the_basic_driver_is_found_on_the_bus(machine_of):
    basic = {
        "DriverDesc": "Microsoft Basic Display Adapter",
        "ProviderName": "Microsoft",
        "MatchingDeviceId": r"PCI\CC_0300",
    }
    key = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI\VEN_1002&DEV_73FF&SUBSYS_23241849&REV_C1\6&1a2b&0&00000019"
    audio = (
        r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI\VEN_1002&DEV_AB28&SUBSYS_AB281002&REV_00\6&1a2b&0&00000119"
    )
    outside = machine_of(
        system="windows",
        registry={
            rf"{CLASS}\0000": basic,
            key: {"CompatibleIDs": r"['PCI\\VEN_1002&DEV_73FF&REV_C1', 'PCI\\CC_030000', 'PCI\\CC_0300']"},
            audio: {"CompatibleIDs": r"['PCI\\VEN_1002&CC_0403', 'PCI\\CC_0403']"},
        },
    )
    (gpu,) = probe_other_gpus(outside).value
    assert (gpu.pci_id, gpu.driver, gpu.gfx) == ("73ff", "", "gfx1032")


def test_only_nvidia_on_windows_and_no_registry_at_all(recorded, machine_of):
    assert probe_other_gpus(recorded("windows11-healthy-3060")).value == ()
    reading = probe_other_gpus(machine_of(system="windows"))
    assert reading.value is None and reading.unknown["cards"]


@pytest.mark.parametrize(
    ("name", "integrated"),
    [
        ("Intel(R) UHD Graphics 630", True),
        ("Intel(R) HD Graphics 4000", True),
        ("Intel(R) Iris(R) Xe Graphics", True),
        ("Intel(R) Iris(R) Xe MAX Graphics", None),
        ("Intel(R) Arc(TM) Graphics", True),
        ("Intel(R) Arc(TM) 140V GPU (16GB)", True),
        ("Intel(R) Arc(TM) A770 Graphics", None),
        ("Intel(R) Arc(TM) B580 Graphics", None),
        ("Intel(R) Arc(TM) Pro A40/A50 Graphics", None),
        ("AMD Radeon(TM) Graphics", True),
        ("AMD Radeon(TM) 780M Graphics", True),
        ("AMD Radeon(TM) 8060S Graphics", True),
        ("AMD Radeon(TM) Vega 8 Graphics", True),
        ("AMD Radeon(TM) RX Vega 11 Graphics", True),
        ("Intel CometLake-S GT2 [UHD Graphics 630]", True),
        ("Intel TigerLake-LP GT2 [Iris Xe Graphics]", True),
        ("Intel Xeon E3-1200 v3/4th Gen Core Processor Integrated Graphics Controller", True),
        ("Intel DG2 [Arc A770]", None),
        ("AMD Cezanne [Radeon Vega Series / Radeon Vega Mobile Series]", True),
        ("AMD Renoir", True),
        ("AMD Navi 31 [Radeon RX 7900 XT/7900 XTX]", None),
        ("AMD Ellesmere [Radeon RX 470/480/570/570X/580/580X/590]", None),
        ("Radeon RX Vega 64", None),
        ("AMD Radeon RX 6600M", None),
        ("AMD Radeon RX 9070 XT", None),
    ],
)
def test_integrated_by_name(name, integrated):
    assert looks_integrated(name) is integrated


# macOS


def test_apple_silicon_is_named_also_under_rosetta(recorded):
    for name, brand in (("macos14-m2-healthy", "Apple M2"), ("macos-rosetta", "Apple M1")):
        (gpu,) = probe_other_gpus(recorded(name)).value
        assert (gpu.vendor, gpu.name) == ("apple", brand)


def test_an_intel_mac_is_asked_only_without_quick(recorded):
    cards = {
        "SPDisplaysDataType": [
            {"sppci_model": "Intel UHD Graphics 630", "sppci_bus": "spdisplays_builtin", "spdisplays_vendor": "Intel"},
            {"sppci_model": "AMD Radeon Pro 5300M", "sppci_bus": "spdisplays_pcie_device", "spdisplays_vendor": "sppci_vendor_amd"},
        ]
    }  # fmt: skip
    commands = [
        {"argv0": "sysctl", "stdout": "machdep.cpu.brand_string: Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz\n"},
        {"argv0": "system_profiler", "stdout": json.dumps(cards)},
    ]
    outside = recorded("macos-rosetta", commands=commands)
    found = probe_other_gpus(outside).value
    assert [(gpu.vendor, gpu.integrated) for gpu in found] == [("intel", True), ("amd", None)]
    quick = recorded("macos-rosetta", commands=commands)
    reading = probe_other_gpus(quick, quick=True)
    assert reading.value is None and reading.unknown["cards"].key == "too-slow-for-quick"
    assert all("system_profiler" not in argv[0] for argv in quick.ran)


def test_a_system_profiler_that_hangs_or_babbles(recorded):
    sysctl = {"argv0": "sysctl", "stdout": "machdep.cpu.brand_string: Intel(R) Core(TM) i5\n"}
    for ended in ({"outcome": "timed-out"}, {"stdout": "not JSON"}):
        outside = recorded("macos-rosetta", commands=[sysctl, {"argv0": "system_profiler", **ended}])
        assert probe_other_gpus(outside).value is None


# The table


def test_the_table_is_dated_and_every_row_is_whole():
    assert read_date(DATA_FOLDER, "other_gpus") <= date.today()
    seen = set()
    for chip in chips():
        assert chip.vendor in ("amd", "intel") and chip.torch in ("rocm", "xpu", None)
        assert chip.devices
        assert (chip.vendor == "amd") == (chip.gfx is not None)
        assert chip.gfx is None or re.fullmatch(r"gfx\d+[0-9a-f]", chip.gfx)
        assert chip.hsa_override is None or chip.torch == "rocm"
        for device, name in chip.devices.items():
            assert re.fullmatch(r"[0-9a-f]{4}", device) and name.startswith(("AMD ", "Intel "))
            assert (chip.vendor, device) not in seen, f"{device} stands twice"
            seen.add((chip.vendor, device))


def test_chips_that_rocm_builds_name_want_rocm():
    from envdoctor.knowledge import knowledge

    named = set(knowledge().rocm_archs("rocm7.2"))
    assert named, "the table of architectures names no ROCm build"
    for chip in chips():
        if chip.vendor == "amd":
            assert (chip.torch == "rocm") == (chip.gfx in named or chip.hsa_override is not None), chip.chip


@pytest.mark.parametrize(
    ("gpu", "system", "build"),
    [
        (OtherGpu(vendor="amd", pci_id="744c"), "linux", "rocm"),
        (OtherGpu(vendor="amd", pci_id="744c"), "windows", None),
        (OtherGpu(vendor="amd", name="AMD Radeon RX 7900 XTX"), "linux", "rocm"),
        (OtherGpu(vendor="amd", name="Radeon RX 9070"), "linux", "rocm"),
        (OtherGpu(vendor="amd", name="AMD Instinct MI300X"), "linux", "rocm"),
        (OtherGpu(vendor="amd", gfx="gfx1151", integrated=True), "linux", "rocm"),
        (OtherGpu(vendor="amd", name="AMD Radeon RX 580"), "linux", None),
        (OtherGpu(vendor="amd", name="AMD Radeon RX 5700 XT"), "linux", None),
        (OtherGpu(vendor="amd", name="AMD Radeon HD 7670M"), "linux", None),
        (OtherGpu(vendor="amd", name="AMD Radeon(TM) Graphics", integrated=True), "linux", None),
        (OtherGpu(vendor="intel", name="Intel(R) Arc(TM) A770 Graphics"), "windows", "xpu"),
        (OtherGpu(vendor="intel", name="Intel(R) Arc(TM) B580 Graphics"), "linux", "xpu"),
        (OtherGpu(vendor="intel", name="Intel(R) Data Center GPU Max 1550"), "linux", "xpu"),
        (OtherGpu(vendor="intel", name="Intel(R) UHD Graphics 630"), "windows", None),
        (OtherGpu(vendor="intel", name="Intel(R) Arc(TM) A770 Graphics"), "macos", None),
        (OtherGpu(vendor="intel", pci_id="64a0", integrated=True), "windows", "xpu"),
        (OtherGpu(vendor="apple", name="Apple M2"), "macos", "mps"),
        (OtherGpu(vendor="other", name="Matrox G200"), "linux", None),
    ],
)
def test_which_build_a_gpu_wants(gpu, system, build):
    assert wanted_build(gpu, system) == build


def test_ids_of_the_two_makers_do_not_mix():
    assert chip_by_pci("intel", "744c") is None
    assert chip_by_pci("amd", "744c") is not None


def test_the_live_bus_can_be_read_or_says_why():
    reading = probe_other_gpus(LiveOutside(), quick=True)
    assert reading.value is not None or reading.unknown["cards"]


@pytest.mark.parametrize(
    ("name", "gfx"),
    [
        ("AMD Radeon RX 6700", "gfx1031"),
        ("AMD Radeon RX 6700S", "gfx1032"),
        ("Radeon RX 5500 XT", "gfx1012"),
        ("AMD Radeon RX 6750 GRE 12GB", "gfx1031"),
        ("AMD Radeon RX 9060", "gfx1200"),
        ("Radeon RX Vega 64", "gfx900"),
        ("AMD Radeon VII", "gfx906"),
        ("AMD Instinct MI50", "gfx906"),
        ("AMD Radeon 780M Graphics", "gfx1103"),
        ("AMD Radeon RX 7900 XTX", "gfx1100"),
    ],
)
def test_the_chip_behind_a_product_name(name, gfx):
    chip = chip_of(OtherGpu(vendor="amd", name=name))
    assert chip is not None
    assert chip.gfx == gfx


def test_no_chip_behind_a_name_of_no_product():
    assert chip_of(OtherGpu(vendor="amd", name="AMD Radeon RX 1234")) is None
    assert chip_of(OtherGpu(vendor="amd", name="AMD Radeon Graphics")) is None
