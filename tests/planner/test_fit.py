"""Why a build does not fit, at the last value on either side of each number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from envdoctor.knowledge import Knowledge
from envdoctor.planner import Target
from envdoctor.planner.fit import Code, Driver, driver_of, is_native, release_unfit, variant_unfit

LINUX = Target(platform="linux_x86_64", os="linux", arch="x86_64", python="3.12", glibc="2.35")
NEWEST = Driver("999.1", "13.2")


def why(
    tables: Knowledge, variant: str, code: Code | None, capability: str, driver: Driver = NEWEST
) -> str | None:
    target = replace(LINUX, accelerator="nvidia", capabilities=(capability,))
    words = variant_unfit("9.0", variant, code, target, driver, tables)
    return words.key if words is not None else None


@pytest.mark.parametrize(
    ("variant", "code", "capability", "driver", "reason"),
    [
        # Machine code of the same major version runs; of another it does not.
        ("cu126", Code(("8.6",), ()), "8.9", NEWEST, None),
        ("cu126", Code(("8.6",), ()), "9.0", NEWEST, "plan.no-code"),
        ("cu126", None, "8.9", NEWEST, "plan.no-evidence"),
        # PTX becomes machine code on a driver that knows the build's own CUDA, and on no older one.
        ("cu126", Code((), ("8.0",)), "8.9", Driver("560.35.03", "12.6"), None),
        ("cu126", Code((), ("8.0",)), "8.9", Driver("550.54.14", "12.4"), "plan.ptx-driver"),
        # Before CUDA 12.8 cuBLAS and cuDNN hold nothing for Blackwell, whatever PTX is there.
        ("cu126", Code(("9.0",), ("9.0",)), "12.0", NEWEST, "plan.no-code"),
        ("cu128", Code(("9.0",), ("9.0",)), "12.0", NEWEST, None),
        ("cu126", Code(("9.0",), ("9.0",)), "9.0", NEWEST, None),
        # The least driver of CUDA 12 on Linux, and the one before it.
        ("cu126", Code(("8.9",), ()), "8.9", Driver("525.60.13", "12.0"), None),
        ("cu126", Code(("8.9",), ()), "8.9", Driver("525.60.12", "12.0"), "plan.driver"),
    ],
)
def test_a_build_and_a_gpu(
    tables: Knowledge, variant: str, code: Code | None, capability: str, driver: Driver, reason: str | None
) -> None:
    assert why(tables, variant, code, capability, driver) == reason


def test_only_machine_code_for_every_gpu_is_native(tables: Knowledge) -> None:
    target = replace(LINUX, capabilities=("8.9", "9.0"))
    assert is_native(Code(("8.6", "9.0"), ()), target, tables)
    assert not is_native(Code(("8.6",), ("8.6",)), target, tables)


def test_an_unknown_driver_is_the_newest_that_drives_every_gpu(tables: Knowledge) -> None:
    for capabilities, oldest in ((("6.1", "12.0"), "6.1"), (("3.5", "6.1"), "3.5")):
        found = driver_of(replace(LINUX, accelerator="nvidia", capabilities=capabilities), tables)
        assert found.assumed
        assert found.version == f"{tables.last_branch(oldest)}.999"


@pytest.mark.parametrize(("glibc", "fits"), [("2.28", True), ("2.27", False)])
def test_a_wheel_needs_its_c_library(tables: Knowledge, glibc: str, fits: bool) -> None:
    release = tables.release("2.14.1")
    assert release is not None and release.min_glibc["linux_x86_64"] == "2.28"
    words = release_unfit(release, replace(LINUX, glibc=glibc), "linux_x86_64", "3.12")
    assert (words is None) is fits
