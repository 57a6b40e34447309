"""What well-known machines get, how sure the plan is, and what it says about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from envdoctor.knowledge import Knowledge
from envdoctor.messages import catalogue
from envdoctor.planner import Plan, Target, Wishes, best_python, choose

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]


def keys(plan: Plan) -> list[str]:
    return [each.key for each in (*plan.why, *plan.warnings)]


def said(plan: Plan, key: str) -> str:
    sentences = [catalogue("en").say(each) for each in (*plan.why, *plan.warnings) if each.key == key]
    assert sentences, f"{key} is not among {keys(plan)}"
    return " ".join(sentences)


MACHINES = [
    ("windows", {"driver": "551.61", "gpus": ["NVIDIA GeForce GTX 1060 6GB"]}, "2.14.1+cu126", "minor"),
    ("linux", {"driver": "580.65.06", "gpus": ["NVIDIA GeForce RTX 5090"]}, "2.14.1+cu130", "direct"),
    ("linux", {"driver": "535.129.03", "gpus": ["NVIDIA GeForce RTX 4060"]}, "2.14.1+cu126", "minor"),
    ("linux", {"driver": "595.71.05", "gpus": ["NVIDIA GeForce RTX 4090"]}, "2.14.1+cu130", "direct"),
    ("linux", {"driver": "470.256.02", "gpus": ["NVIDIA GeForce RTX 2080"]}, "2.7.1+cu118", "minor"),
    ("linux", {"driver": "470.256.02", "gpus": ["Tesla K80"]}, "2.7.1+cu118", "minor"),
    ("linux", {"driver": None, "gpus": ["Tesla K80"]}, "2.7.1+cu118", "minor"),
    ("linux", {"driver": "580.65.06", "gpus": ["Tesla V100-SXM2-16GB"]}, "2.14.1+cu126", "direct"),
    (
        "linux",
        {"driver": "580.65.06", "gpus": ["Tesla V100-SXM2-16GB", "NVIDIA GeForce RTX 5090"]},
        "2.10.0+cu129",
        "direct",
    ),
    (
        "windows",
        {"driver": "580.97", "gpus": ["NVIDIA GeForce GTX 1060 6GB", "NVIDIA GeForce RTX 5090"]},
        "2.8.0+cu128",
        "direct",
    ),
    ("arm", {"driver": "580.65.06", "gpus": ["NVIDIA GH200 480GB"]}, "2.14.1+cu130", "direct"),
    ("wsl", {"driver": "528.49", "gpus": ["NVIDIA GeForce RTX 3060"]}, "2.14.1+cu126", "minor"),
    (
        "linux",
        {"driver": "580.65.06", "gpus": ["NVIDIA GeForce RTX 4090"], "python": "3.13t"},
        "2.12.0+cu130",
        "direct",
    ),
    (
        "linux",
        {"driver": "550.54.14", "gpus": ["NVIDIA GeForce RTX 3090"], "glibc": "2.17"},
        "2.6.0+cu124",
        "direct",
    ),
    ("linux", {"python": "3.8"}, "2.4.1+cpu", "direct"),
    ("linux", {}, "2.14.1+cpu", "direct"),
    ("windows", {}, "2.14.1+cpu", "direct"),
    ("windows-arm", {}, "2.13.0+cpu", "direct"),
    ("mac", {}, "2.14.1+cpu", "direct"),
    ("mac", {"macos": "13.6"}, "2.11.0+cpu", "direct"),
    ("intel-mac", {}, "2.2.2+cpu", "direct"),
    ("linux", {"accelerator": "amd", "gfx": ("gfx1100",)}, "2.14.1+rocm7.2", "direct"),
    ("linux", {"accelerator": "amd"}, "2.14.1+rocm7.2", "direct"),
    ("linux", {"accelerator": "intel"}, "2.14.1+xpu", "direct"),
    ("windows", {"accelerator": "intel"}, "2.14.1+xpu", "direct"),
    ("linux", {"driver": "580.65.06", "gpus": ["NVIDIA Unheard Of"]}, "2.14.1+cu130", "unverified"),
]


@pytest.mark.parametrize(("system", "facts", "build", "certainty"), MACHINES)
def test_a_well_known_machine_gets_its_build(
    machine: Make, tables: Knowledge, system: str, facts: dict[str, Any], build: str, certainty: str
) -> None:
    plan = choose(machine(system, **facts), tables, TODAY)
    assert plan.build is not None, keys(plan)
    assert (f"{plan.build.torch}+{plan.build.variant}", plan.certainty) == (build, certainty)


@pytest.mark.parametrize(("torch", "certainty"), [("2.8.0", "unverified"), ("2.9.1", "direct")])
def test_code_that_is_only_guessed_makes_a_build_uncertain(
    machine: Make, tables: Knowledge, torch: str, certainty: str
) -> None:
    """Of torch 2.8's wheel for CUDA 12.9 and Arm nobody has read what it carries."""
    asked = Wishes(today=TODAY, torch=torch, backend="cu129" if torch == "2.8.0" else "cu130")
    plan = choose(machine("arm", driver="580.65.06", gpus=["NVIDIA GH200 480GB"]), tables, asked)
    assert plan.build is not None and plan.certainty == certainty, keys(plan)


def test_every_sentence_of_every_plan_is_in_the_catalogue_and_filled(
    machine: Make, tables: Knowledge
) -> None:
    words = catalogue("en")
    for system, facts, _, _ in MACHINES:
        for wishes in (
            Wishes(today=TODAY),
            Wishes(today=TODAY, mirror="tuna"),
            Wishes(today=TODAY, tool="conda"),
        ):
            plan = choose(machine(system, **facts), tables, wishes)
            for each in (*plan.why, *plan.warnings, *(row.reason for row in plan.rejected)):
                assert each.key in words.sentences
                assert "{" not in words.say(each)


def test_every_key_in_the_planner_is_in_the_catalogue_and_none_is_idle(
    request: pytest.FixtureRequest,
) -> None:
    folder = request.config.rootpath / "envdoctor" / "planner"
    code = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'"(plan\.[a-z0-9-]+)"', code))
    known = {key for key in catalogue("en").sentences if key.startswith("plan.")}
    assert used == known


def test_a_gpu_near_the_end_of_its_road_is_told(machine: Make, tables: Knowledge) -> None:
    old = choose(machine("windows", "551.61", ["NVIDIA GeForce GTX 1060 6GB"]), tables, TODAY)
    assert "2.15.0" in said(old, "plan.end-of-road")
    new = choose(machine("windows", "551.61", ["NVIDIA GeForce RTX 3060"]), tables, TODAY)
    assert "plan.end-of-road" not in keys(new)


def test_an_old_driver_gets_the_old_build_and_hears_of_the_newer_driver(
    machine: Make, tables: Knowledge
) -> None:
    plan = choose(machine("linux", "470.256.02", ["NVIDIA GeForce RTX 2080"]), tables, TODAY)
    assert "580" in said(plan, "plan.newer-driver")
    # No driver after 470 drives a K80, so there is nothing to say.
    assert "plan.newer-driver" not in keys(
        choose(machine("linux", "470.256.02", ["Tesla K80"]), tables, TODAY)
    )


def test_a_driver_too_old_for_every_build_of_this_python_gets_both_ways_out(
    machine: Make, tables: Knowledge
) -> None:
    plan = choose(machine("linux", "470.256.02", ["NVIDIA GeForce RTX 2080"], python="3.14"), tables, TODAY)
    assert plan.build is None
    assert said(plan, "plan.other-python") == "With Python 3.13 this machine gets torch 2.7.1+cu118."
    assert "580" in said(plan, "plan.other-driver")


def test_an_unknown_driver_is_taken_for_a_current_one_and_that_is_said(
    machine: Make, tables: Knowledge
) -> None:
    plan = choose(machine("linux", None, ["NVIDIA GeForce RTX 4090"]), tables, TODAY)
    assert plan.build is not None and plan.build.variant == "cu130"
    assert "plan.driver-unknown" in keys(plan)


@pytest.mark.parametrize(("settled", "chosen"), [("3.12", "3.12"), ("3.15", "3.14"), ("3.9", "3.10")])
def test_a_new_environment_gets_the_settled_python_or_the_one_next_to_it(
    settled: str, chosen: str, machine: Make, tables: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2.14.1 has wheels for 3.10 to 3.14: within these the settled Python is taken as it is."""
    monkeypatch.setitem(vars(tables), "settled_python", replace(tables.settled_python, version=settled))
    assert best_python(machine("linux"), tables, Wishes(today=TODAY)) == chosen


def test_a_python_that_is_too_new_gets_the_one_that_all_packages_have(
    machine: Make, tables: Knowledge
) -> None:
    plan = choose(machine("linux", python="3.15"), tables, TODAY)
    assert plan.build is None
    assert "Python 3.14" in said(plan, "plan.other-python")
    assert best_python(machine("linux"), tables, Wishes(today=TODAY)) == "3.14"
    # Once 2.15.0 has settled it has wheels for 3.15, but torchaudio has none: 3.14 stays the better choice.
    later = Wishes(today=date(2027, 1, 15))
    assert best_python(machine("linux"), tables, later) == "3.14"
    plan = choose(machine("linux", python="3.15"), tables, later)
    assert plan.build is not None and plan.build.torch == "2.15.0"
    assert "torchaudio" not in plan.packages
    assert "torchaudio" in said(plan, "plan.left-out")


def test_a_python_that_is_too_old_hears_of_a_newer_one(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", python="3.8"), tables, TODAY)
    assert "2.14.1" in said(plan, "plan.other-python")


def test_gpus_that_no_build_covers_together_get_the_choice(machine: Make, tables: Knowledge) -> None:
    gpus = ["NVIDIA GeForce GTX 1060 6GB", "NVIDIA GeForce RTX 5090"]
    plan = choose(machine("linux", "580.65.06", gpus), tables, TODAY)
    assert plan.build is None
    told = said(plan, "plan.one-gpu")
    assert "GTX 1060 6GB alone: torch 2.14.1+cu126" in told
    assert "RTX 5090 alone: torch 2.14.1+cu130" in told
    assert "12.9" in said(plan, "plan.conda-covers")


def test_a_gpu_that_nothing_reaches_gets_no_build_but_the_way_on(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", "390.157", ["GeForce GTX 580"]), tables, TODAY)
    assert plan.build is None
    assert "plan.cpu-instead" in keys(plan)


def test_a_mac_of_macos_13_needs_an_older_python_for_its_last_build(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("mac", macos="13.6", python="3.14"), tables, TODAY)
    assert plan.build is None
    assert said(plan, "plan.other-python") == "With Python 3.13 this machine gets torch 2.11.0+cpu."


def test_a_torch_built_for_numpy_1_brings_the_bound(machine: Make, tables: Knowledge) -> None:
    assert choose(machine("intel-mac"), tables, TODAY).extra == ("numpy<2",)
    assert choose(machine("mac"), tables, TODAY).extra == ()


def test_an_amd_gpu_on_windows_computes_on_the_cpu_and_that_is_said(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("windows", other_gpu="Radeon RX 7900 XTX"), tables, TODAY)
    assert plan.build is not None and plan.build.variant == "cpu"
    assert "Radeon RX 7900 XTX" in said(plan, "plan.no-gpu-build")


def test_a_gfx_without_code_is_no_rocm_build(machine: Make, tables: Knowledge) -> None:
    assert choose(machine("linux", accelerator="amd", gfx=("gfx803",)), tables, TODAY).build is None


def test_every_pair_of_gpu_and_newer_release_has_its_reason(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", "470.256.02", ["NVIDIA GeForce RTX 2080"]), tables, TODAY)
    rejected = {(row.torch, row.variant) for row in plan.rejected}
    assert ("2.15.0", "") in rejected
    assert {("2.14.1", variant) for variant in ("cu126", "cu130", "cu132")} <= rejected
    assert {row.reason.key for row in plan.rejected if row.torch == "2.14.1"} == {"plan.driver"}
    plan = choose(machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"]), tables, TODAY)
    reasons = {row.variant: row.reason.key for row in plan.rejected if row.torch == "2.14.1"}
    # torchaudio stopped before cu132 came.
    assert reasons == {"cu126": "plan.second", "cu132": "plan.no-companion"}
