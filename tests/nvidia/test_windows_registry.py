"""NVIDIA cards and their driver in Windows's registry."""

from __future__ import annotations

import pytest

from envdoctor.probes.nvidia import probe_nvidia
from envdoctor.probes.nvml import probe_nvml

ADAPTERS = r"HKLM\SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
PCI = r"HKLM\SYSTEM\CurrentControlSet\Enum\PCI"
LISTED = r"HKLM\SYSTEM\CurrentControlSet\Services\nvlddmkm\Enum"


def adapter(device: str, name: str, version: str, maker: str = "NVIDIA") -> dict[str, str]:
    return {
        "DriverDesc": name,
        "ProviderName": maker,
        "DriverVersion": version,
        "MatchingDeviceId": rf"pci\ven_10de&dev_{device}",
    }


def instance(device: str, service: str | None, kind: str = "CC_0300") -> dict[str, dict[str, str]]:
    key = rf"{PCI}\VEN_10DE&DEV_{device.upper()}&SUBSYS_14471025&REV_A1\4&2a9e&0&0008"
    values = {"CompatibleIDs": rf"['PCI\\VEN_10DE&{kind}00', 'PCI\\{kind}']"}
    return {key: {**values, **({"Service": service} if service else {})}}


INTEL = {"DriverDesc": "Intel(R) UHD", "ProviderName": "Intel Corporation", "DriverVersion": "31.0.101.2115"}


@pytest.mark.parametrize(
    ("written", "version"),
    [
        ("31.0.15.5186", "551.86"),
        ("32.0.15.6094", "560.94"),
        ("27.21.14.5671", "456.71"),
        ("9.18.13.546", "305.46"),
        ("32.0.16.1042", "610.42"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_drivers_own_number_is_in_the_last_five_digits(
    machine_of, written: str, version: str | None
) -> None:  # type: ignore[no-untyped-def]
    registry = {
        rf"{ADAPTERS}\0000": INTEL,
        rf"{ADAPTERS}\0001": adapter("28e0", "NVIDIA GeForce RTX 4060 Laptop GPU", written),
    }
    reading = probe_nvidia(machine_of(system="windows", registry=registry))
    assert reading.value.driver_version == version
    assert ("driver_version" in reading.unknown) is (version is None)
    cards = reading.value.cards
    assert cards is not None
    assert [(card.device_id, card.name, card.driver) for card in cards] == [
        ("28e0", "NVIDIA GeForce RTX 4060 Laptop GPU", "nvidia")
    ]


def test_microsofts_basic_adapter_on_an_nvidia_card_is_a_card_without_driver(machine_of) -> None:  # type: ignore[no-untyped-def]
    basic = adapter("2504", "Microsoft Basic Display Adapter", "10.0.26100.1", "Microsoft")
    nvidia = probe_nvidia(machine_of(system="windows", registry={rf"{ADAPTERS}\0000": basic})).value
    assert [(card.device_id, card.name, card.driver) for card in nvidia.cards or ()] == [("2504", None, "")]
    assert nvidia.driver_version is None


def test_a_card_that_no_driver_has_claimed_is_on_the_bus(machine_of) -> None:  # type: ignore[no-untyped-def]
    registry = {
        rf"{ADAPTERS}\0000": INTEL,
        **instance("2d04", None),
        **instance("22bd", "HDAudBus", kind="CC_0403"),
    }
    nvidia = probe_nvidia(machine_of(system="windows", registry=registry)).value
    assert [(card.device_id, card.driver) for card in nvidia.cards or ()] == [("2d04", "")]


def test_a_card_that_was_taken_out_does_not_count(machine_of) -> None:  # type: ignore[no-untyped-def]
    old, new = (
        adapter("1c03", "NVIDIA GeForce GTX 1060", "30.0.14.7168"),
        adapter("2504", "NVIDIA GeForce RTX 3060", "32.0.15.6094"),
    )
    registry = {
        rf"{ADAPTERS}\0000": old,
        rf"{ADAPTERS}\0001": new,
        **instance("1c03", "nvlddmkm"),
        **instance("2504", "nvlddmkm"),
        LISTED: {"0": r"PCI\VEN_10DE&DEV_2504&SUBSYS_14471025&REV_A1\4&2a9e&0&0008", "Count": "1"},
    }
    nvidia = probe_nvidia(machine_of(system="windows", registry=registry)).value
    assert [card.device_id for card in nvidia.cards or ()] == ["2504"]
    assert nvidia.driver_version == "560.94"


def test_without_the_drivers_list_every_key_counts(machine_of) -> None:  # type: ignore[no-untyped-def]
    registry = {
        rf"{ADAPTERS}\0000": adapter("2504", "NVIDIA GeForce RTX 3060", "32.0.15.6094"),
        rf"{ADAPTERS}\0001": adapter("1c03", "NVIDIA GeForce GTX 1060", "32.0.15.6094"),
    }
    nvidia = probe_nvidia(machine_of(system="windows", registry=registry)).value
    assert [card.device_id for card in nvidia.cards or ()] == ["2504", "1c03"]


def test_a_registry_without_adapters_tells_nothing(machine_of) -> None:  # type: ignore[no-untyped-def]
    reading = probe_nvidia(machine_of(system="windows"))
    assert reading.value.cards is None
    assert "cards" in reading.unknown


@pytest.mark.parametrize("place", [r"Windows\System32", r"Program Files\NVIDIA Corporation\NVSMI"])
def test_nvml_is_asked_on_windows_only_where_its_library_lies(machine_of, place: str) -> None:  # type: ignore[no-untyped-def]
    scripts = {"nvml": {"state": "ok", "driver_version": "551.86", "gpus": []}}
    without = machine_of(system="windows", scripts=scripts)
    missing = probe_nvml(without, 5).value
    assert missing is not None
    assert (missing.state, without.ran) == ("library-missing", [])
    found = probe_nvml(machine_of(system="windows", scripts=scripts, files={rf"C:\{place}\nvml.dll": ""}), 5)
    assert found.value is not None
    assert (found.value.state, found.value.driver_version) == ("ok", "551.86")
