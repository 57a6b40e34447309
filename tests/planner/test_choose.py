"""The build that is chosen for known machines, and laws that hold for all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from envdoctor.knowledge import knowledge
from envdoctor.messages import catalogue
from envdoctor.planner import Plan, Target, Wishes, choose, install, usual_python
from envdoctor.versions import version_numbers

TODAY = date(2026, 11, 24)
TABLES = knowledge()
LINUX = Target(platform="linux_x86_64", python="3.12", glibc="2.35")
WINDOWS = Target(platform="windows_amd64", python="3.12", driver_system="windows")


def nvidia(base: Target, driver: str | None, *capabilities: str) -> Target:
    cuda = TABLES.driver_cuda(driver) if driver else None
    return replace(base, accelerator="nvidia", driver=driver, driver_cuda=cuda, capabilities=capabilities)


def picked(target: Target) -> str | None:
    build = choose(target, TABLES, TODAY).build
    return f"{build.torch}+{build.variant}" if build else None


CENTOS_7 = replace(LINUX, glibc="2.17")


def test_what_stopped_the_way_up_is_told_of_the_release_right_above() -> None:
    plan = choose(CENTOS_7, TABLES, TODAY)
    told = [each.values for each in plan.why if each.key == "plan.glibc"]
    assert plan.build is not None and plan.build.torch == "2.6.0"
    assert [values["torch"] for values in told] == ["2.7.0"]


def test_where_nothing_fits_a_wheel_that_can_not_run_says_more_than_one_that_is_not_there() -> None:
    plan = choose(replace(nvidia(LINUX, "418.39", "7.5"), python="3.8"), TABLES, TODAY)
    keys = [each.key for each in plan.why]
    assert plan.build is None and "plan.driver" in keys and "plan.no-wheel" not in keys


def test_a_driver_that_is_new_enough_is_not_to_be_renewed() -> None:
    """torch 2.7.1 has no wheel for Python 3.8: another Python is the way out, and no driver."""
    target = replace(nvidia(LINUX, "535.129.03", "8.9"), python="3.8")
    plan = choose(target, TABLES, Wishes(today=TODAY, torch="2.7.1"))
    keys = [each.key for each in plan.why]
    assert plan.build is None and "plan.other-python" in keys
    assert not {"plan.other-driver", "plan.other-driver-and-python", "plan.cpu-instead"} & set(keys)


def test_the_cpu_is_a_way_out_where_no_other_is() -> None:
    apart = choose(nvidia(LINUX, "580.65.06", "3.7", "12.0"), TABLES, TODAY)
    keys = [each.key for each in apart.why]
    assert apart.build is None and "plan.one-gpu" in keys and "plan.cpu-instead" not in keys
    left_behind = choose(nvidia(LINUX, "470.256.02", "3.0"), TABLES, TODAY)
    assert "plan.cpu-instead" in [each.key for each in left_behind.why]


def test_conda_is_spoken_of_where_wheels_have_left_something_behind() -> None:
    apart = choose(nvidia(LINUX, "580.65.06", "7.0", "12.0"), TABLES, TODAY)
    assert "plan.newer-on-conda" in [each.key for each in apart.warnings]
    assert "plan.newer-on-conda" not in [each.key for each in choose(CENTOS_7, TABLES, TODAY).warnings]


@pytest.mark.parametrize("driver", ["470.57.02", "535.129.03", "580.65.06", "610.43.02"])
@pytest.mark.parametrize("capabilities", [("7.5",), ("8.9",), ("6.1", "8.9"), ("7.0", "12.0")])
def test_nothing_older_than_the_choice_is_said_to_be_passed_over(
    driver: str, capabilities: tuple[str, ...]
) -> None:
    plan = choose(nvidia(LINUX, driver, *capabilities), TABLES, TODAY)
    number = version_numbers(plan.build.torch) if plan.build is not None else ()
    assert all(version_numbers(row.torch) >= number for row in plan.rejected)


def test_where_no_release_has_every_companion_the_older_ones_are_not_passed_over_either() -> None:
    plan = choose(Target(platform="windows_arm64", python="3.12", driver_system="windows"), TABLES, TODAY)
    assert plan.build is not None and "torchaudio" not in plan.packages
    number = version_numbers(plan.build.torch)
    assert all(version_numbers(row.torch) >= number for row in plan.rejected)


@pytest.mark.parametrize(
    ("name", "target", "build"),
    [
        ("RTX 4060 laptop with 551.86", nvidia(WINDOWS, "551.86", "8.9"), "2.14.1+cu126"),
        ("GTX 1060 with 551.61", nvidia(WINDOWS, "551.61", "6.1"), "2.14.1+cu126"),
        ("V100 with 580", nvidia(LINUX, "580.82.07", "7.0"), "2.14.1+cu126"),
        ("RTX 5090 with 580", nvidia(LINUX, "580.65.06", "12.0"), "2.14.1+cu130"),
        ("RTX 4090 with 535", nvidia(LINUX, "535.129.03", "8.9"), "2.14.1+cu126"),
        ("RTX 2080 with 470", nvidia(LINUX, "470.57.02", "7.5"), "2.7.1+cu118"),
        ("RTX 4090 with 595", nvidia(LINUX, "595.71.05", "8.9"), "2.14.1+cu130"),
        ("no GPU on Linux", LINUX, "2.14.1+cpu"),
        ("no GPU on Windows", WINDOWS, "2.14.1+cpu"),
        ("CentOS 7", replace(LINUX, glibc="2.17"), "2.6.0+cpu"),
        ("Python 3.8", replace(LINUX, python="3.8"), "2.4.1+cpu"),
        ("Python 3.16", replace(LINUX, python="3.16"), None),
        ("Intel Mac", Target(platform="macos_x86_64", python="3.11", accelerator="apple"), "2.2.2+cpu"),
        (
            "Apple silicon",
            Target(platform="macos_arm64", python="3.12", macos="14.5", accelerator="apple"),
            "2.14.1+cpu",
        ),
        ("GTX 780", nvidia(LINUX, "470.256.02", "3.5"), None),
        ("Intel Arc", replace(LINUX, accelerator="intel"), "2.14.1+xpu"),
        ("V100 beside RTX 5090", nvidia(LINUX, "580.65.06", "7.0", "12.0"), "2.10.0+cu129"),
    ],
)
def test_a_known_machine_gets_its_build(name: str, target: Target, build: str | None) -> None:
    assert picked(target) == build


def test_a_plan_says_how_sure_it_is() -> None:
    assert choose(nvidia(LINUX, "535.129.03", "8.9"), TABLES, TODAY).certainty == "minor"
    assert choose(nvidia(LINUX, "580.65.06", "8.9"), TABLES, TODAY).certainty == "direct"


def test_what_is_passed_over_has_a_reason_in_words() -> None:
    plan = choose(nvidia(LINUX, "470.57.02", "7.5"), TABLES, TODAY)
    said = catalogue("en")
    assert plan.rejected
    for each in plan.rejected:
        assert each.reason.key in said.sentences
        assert "{" not in said.say(each.reason)


def test_a_build_that_has_torchaudio_comes_before_a_newer_one_that_has_not() -> None:
    plan = choose(nvidia(LINUX, "595.71.05", "8.9"), TABLES, TODAY)
    assert plan.build is not None
    assert plan.build.variant == "cu130", "torchaudio stopped at 2.11.0, which had no cu132"
    assert "torchaudio" in plan.packages


def test_the_commands_pin_every_package_and_take_the_old_torch_out_first() -> None:
    plan = choose(nvidia(WINDOWS, "551.86", "8.9"), TABLES, TODAY)
    first, second = install(plan, TABLES, "python", installed=True)
    assert first[:5] == ("python", "-m", "pip", "uninstall", "-y")
    pins = [word for word in second if "==" in word]
    assert len(pins) == 3
    assert all(pin.endswith("+cu126") for pin in pins)
    (only,) = install(plan, TABLES, "/x/python", installed=False, uv=True)
    assert only[:5] == ("uv", "pip", "install", "--python", "/x/python")


def test_a_mac_needs_no_index_and_no_label() -> None:
    plan = choose(
        Target(platform="macos_arm64", python="3.12", macos="14.5", accelerator="apple"), TABLES, TODAY
    )
    (only,) = install(plan, TABLES, "python", installed=False)
    assert "--index-url" not in only
    assert not [word for word in only if "+" in word]


def test_the_usual_python_has_wheels_for_all_three_packages() -> None:
    python = usual_python("linux_x86_64", TABLES, TODAY)
    assert python is not None
    assert choose(replace(LINUX, python=python), TABLES, TODAY).build is not None


DRIVERS = [
    "418.39",
    "450.80.02",
    "470.57.02",
    "510.39.01",
    "525.60.13",
    "535.129.03",
    "550.54.14",
    "560.35.03",
    "570.26",
    "580.65.06",
    "595.71.05",
]
CAPABILITIES = ["3.5", "3.7", "5.2", "6.1", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "10.0", "12.0"]


def _place(plan: Plan) -> tuple[int, ...]:
    return version_numbers(plan.build.torch) if plan.build else (0,)


@settings(max_examples=60, deadline=None)
@given(
    some.sampled_from(["3.9", "3.10", "3.12", "3.13"]),
    some.sampled_from(CAPABILITIES),
    some.sampled_from(range(len(DRIVERS) - 1)),
    some.sampled_from([LINUX, WINDOWS]),
)
def test_a_newer_driver_never_gives_an_older_build(
    python: str, capability: str, index: int, base: Target
) -> None:
    older = choose(nvidia(replace(base, python=python), DRIVERS[index], capability), TABLES, TODAY)
    newer = choose(nvidia(replace(base, python=python), DRIVERS[index + 1], capability), TABLES, TODAY)
    assert _place(newer) >= _place(older)


@settings(max_examples=60, deadline=None)
@given(some.sampled_from(CAPABILITIES), some.sampled_from(CAPABILITIES), some.sampled_from(DRIVERS))
def test_another_gpu_never_widens_the_choice(one: str, other: str, driver: str) -> None:
    alone = choose(nvidia(LINUX, driver, one), TABLES, TODAY)
    both = choose(nvidia(LINUX, driver, one, other), TABLES, TODAY)
    assert _place(both) <= _place(alone)


@settings(max_examples=80, deadline=None)
@given(
    some.sampled_from(["3.9", "3.11", "3.13", "3.14"]),
    some.sampled_from(CAPABILITIES),
    some.sampled_from(DRIVERS),
)
def test_a_chosen_build_has_code_for_the_gpu_and_runs_on_the_driver(
    python: str, capability: str, driver: str
) -> None:
    plan = choose(nvidia(replace(LINUX, python=python), driver, capability), TABLES, TODAY)
    if plan.build is None:
        return
    release = TABLES.release(plan.build.torch)
    row = TABLES.archs(plan.build.torch, plan.build.variant, plan.build.platform)
    assert release is not None
    assert row is not None
    assert python in release.pythons["linux_x86_64"]
    assert TABLES.coverage(capability, row.sass, row.ptx) != "none"
    cuda = f"{plan.build.variant[2:-1]}.{plan.build.variant[-1]}"
    least = TABLES.minimum_driver(cuda, "linux")
    assert least is not None
    assert version_numbers(driver) >= version_numbers(least)
