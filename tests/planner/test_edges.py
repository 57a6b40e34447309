"""Machines at the edge of what is published: odd interpreters, old cards, GPUs far apart, Linux on Arm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from envdoctor.facts import Facts, Host, Interpreter
from envdoctor.knowledge import Knowledge
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.planner import Plan, Target, Wishes, choose, pip_commands, uv_commands
from envdoctor.planner.builds import Candidate
from envdoctor.planner.sources import Source

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]


def said(plan: Plan, key: str) -> list[str]:
    return [catalogue("en").say(each) for each in (*plan.why, *plan.warnings) if each.key == key]


@pytest.mark.parametrize(
    ("host", "interpreter", "key"),
    [
        (
            Host(os="linux", arch="x86_64", musl="1.2"),
            Interpreter(version="3.12.9", implementation="cpython", bits=64, machine="x86_64"),
            "plan.musl",
        ),
        (
            Host(os="linux", arch="x86_64", glibc="2.35"),
            Interpreter(version="3.10.14", implementation="pypy", bits=64, machine="x86_64"),
            "plan.not-cpython",
        ),
        (
            Host(os="windows", arch="x86_64"),
            Interpreter(version="3.12.9", implementation="cpython", bits=32, machine="x86_64"),
            "plan.32bit",
        ),
    ],
)
def test_an_interpreter_that_no_wheel_fits_is_told_why(
    host: Host, interpreter: Interpreter, key: str
) -> None:
    machine = Machine(Facts(host=host, interpreter=interpreter), today=TODAY)
    for tool in ("pip", "conda"):
        plan = choose(Target.of(machine), machine.tables, Wishes(today=TODAY, tool=tool))  # type: ignore[arg-type]
        assert plan.build is None
        assert [each.key for each in plan.why] == [key]


def test_a_patch_release_that_torchvision_refuses(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", python="3.14", python_version="3.14.1"), tables, TODAY)
    assert plan.build is not None and "torchvision" in plan.packages
    row = tables.companion("torchvision", plan.packages["torchvision"])
    assert row is not None and "!=3.14.1" not in row.requires_python
    plan = choose(machine("linux", python="3.14", python_version="3.14.2"), tables, TODAY)
    assert plan.build is not None and plan.build.torch == "2.14.1"


def test_on_arm_everything_comes_from_the_one_index_of_the_variant(machine: Make, tables: Knowledge) -> None:
    target = machine("arm", "550.54.14", ["NVIDIA GH200 480GB"])
    wishes = Wishes(today=TODAY, mirror="tuna")
    plan = choose(target, tables, wishes)
    assert plan.build is not None and plan.build.variant == "cu126"
    (argv,) = pip_commands(plan, ("python",), installed_torch=False)
    # Its torchvision has no label: beside a mirror of PyPI the one for another CUDA would do as well.
    assert argv[-2:] == ("--index-url", "https://mirror.nju.edu.cn/pytorch/whl/cu126")
    (argv,) = uv_commands(plan, None, installed_torch=False)
    assert argv[-2:] == ("--default-index", "https://mirror.nju.edu.cn/pytorch/whl/cu126")
    alone = choose(target, tables, replace(wishes, packages=("torch",)))
    (argv,) = pip_commands(alone, ("python",), installed_torch=False)
    assert "torch==2.14.1+cu126" in argv and "--extra-index-url" in argv
    own = Wishes(today=TODAY, mirror="tuna", wheels="https://wheels.lab.example/whl/{variant}")
    (argv,) = pip_commands(choose(target, tables, own), ("python",), installed_torch=False)
    assert argv[-2:] == ("--index-url", "https://wheels.lab.example/whl/cu126")
    # An index of all variants, or a page of them, can't tell whose torchvision it would give.
    for there in ("https://wheels.lab.example/whl", "flat+https://wheels.lab.example/{variant}/"):
        plan = choose(target, tables, replace(own, wheels=there))
        assert plan.build is None
        assert said(plan, "plan.other-source")
    flat = choose(target, tables, Wishes(today=TODAY, mirror="aliyun"))
    assert flat.source is not None and flat.source.kind == "index"


def test_an_old_card_is_told_where_its_road_ends(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", "470.256.02", ["Tesla K80"]), tables, TODAY)
    (told,) = said(plan, "plan.end-of-road")
    assert "from torch 2.8.0 on" in told
    assert said(plan, "plan.last-driver") == ["NVIDIA's last driver branch for Tesla K80 is 470."]
    plan = choose(machine("windows", "576.02", ["NVIDIA GeForce GTX 1060 6GB"]), tables, TODAY)
    assert "from torch 2.15.0 on" in said(plan, "plan.end-of-road")[0]
    assert said(plan, "plan.last-driver")[0].endswith("is 580.")


def test_gpus_far_apart_in_age_hear_of_conda_forge(machine: Make, tables: Knowledge) -> None:
    gpus = ["Tesla V100-SXM2-16GB", "NVIDIA GeForce RTX 5090"]
    plan = choose(machine("linux", "580.65.06", gpus), tables, TODAY)
    assert plan.build is not None and plan.build.torch == "2.10.0"
    assert "torch 2.13.0+cu129" in said(plan, "plan.newer-on-conda")[0]


def test_an_intel_mac_hears_of_conda_forge(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("intel-mac"), tables, TODAY)
    assert plan.build is not None and plan.build.torch == "2.2.2"
    assert "torch 2.13.0+cpu" in said(plan, "plan.newer-on-conda")[0]
    conda = choose(machine("intel-mac"), tables, Wishes(today=TODAY, tool="conda"))
    assert conda.build is not None and conda.build.torch == "2.10.0"
    old = choose(machine("intel-mac", macos="10.15"), tables, Wishes(today=TODAY, tool="conda"))
    assert old.build is None


def test_a_release_that_conda_forge_never_built_for_windows(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("windows"), tables, Wishes(today=TODAY, tool="conda", torch="2.4.1"))
    assert plan.build is None
    assert "plan.no-platform-wheel" in {each.key for each in plan.why}


def test_a_choice_that_does_not_fit_gets_the_nearest_that_does(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "535.129.03", ["NVIDIA GeForce RTX 4060"])
    plan = choose(target, tables, Wishes(today=TODAY, torch="2.9.0", backend="cu130"))
    assert plan.build is None
    assert plan.why[0].key == "plan.driver"
    assert said(plan, "plan.nearest") == ["The nearest build that fits is torch 2.9.0+cu126."]


def test_wheels_from_a_place_that_lacks_the_variant(machine: Make, tables: Knowledge) -> None:
    target = machine("linux")
    plan = choose(target, tables, Wishes(today=TODAY, wheels="https://wheels.lab.example/whl/cu126"))
    assert plan.build is None
    assert said(plan, "plan.other-source") == ["official serves torch 2.14.1+cpu, which fits this machine."]


def test_the_gpu_that_a_prepared_environment_is_for_need_not_be_here(
    machine: Make, tables: Knowledge
) -> None:
    plan = choose(machine("linux"), tables, Wishes(today=TODAY, backend="cu126"))
    assert said(plan, "plan.no-gpu-here")
    assert not said(plan, "plan.driver-unknown")


def test_a_free_threaded_python_hears_of_a_free_threaded_one(machine: Make, tables: Knowledge) -> None:
    gpu = ["NVIDIA GeForce RTX 4090"]
    plan = choose(machine("linux", "580.65.06", gpu, python="3.13t"), tables, TODAY)
    assert said(plan, "plan.other-python") == ["With Python 3.14t this machine gets torch 2.14.1+cu130."]
    # No free-threaded Python reaches a build for this driver; another one does.
    plan = choose(machine("linux", "470.256.02", gpu, python="3.14t"), tables, TODAY)
    assert "Python 3.13t" in said(plan, "plan.other-python")[0]
    plan = choose(machine("linux", glibc="2.17", python="3.13t"), tables, TODAY)
    assert said(plan, "plan.other-python") == ["With Python 3.13 this machine gets torch 2.6.0+cpu."]


def test_a_host_that_is_asked_over_http_is_named_as_trusted(machine: Make, tables: Knowledge) -> None:
    target = machine("windows", "551.61", ["NVIDIA GeForce RTX 4060"])
    wishes = Wishes(
        today=TODAY,
        mirror="http://mirrors.tencentyun.com/pypi/simple",
        wheels="http://127.0.0.1:8080/whl/{variant}",
    )
    (argv,) = pip_commands(choose(target, tables, wishes), ("python",), installed_torch=False)
    # pip passes by what it is not told to trust; the machine itself it trusts.
    assert argv[-2:] == ("--trusted-host", "mirrors.tencentyun.com")
    (argv,) = uv_commands(choose(target, tables, wishes), None, installed_torch=False)
    assert "--trusted-host" not in argv


def test_a_variant_that_was_built_on_a_newer_glibc_is_not_for_an_old_system(
    machine: Make, tables: Knowledge
) -> None:
    """Of torch 2.6.0 the cu126 wheels alone are manylinux_2_28: CentOS 7 gets the cu124 ones."""
    old, new = (
        machine("linux", "580.65.06", ["NVIDIA GeForce RTX 3090"], glibc=each) for each in ("2.17", "2.28")
    )
    wishes = Wishes(today=TODAY, torch="2.6.0")
    chosen = [choose(each, tables, wishes).build for each in (old, new)]
    assert [each.variant for each in chosen if each is not None] == ["cu124", "cu126"]
    refused = choose(old, tables, replace(wishes, backend="cu126"))
    assert refused.build is None
    assert "torch 2.6.0+cu126 needs glibc 2.28, here is 2.17" in said(refused, "plan.glibc")


def test_of_one_release_the_build_with_every_companion_is_taken_also_where_the_newest_is_wanted(
    tables: Knowledge,
) -> None:
    release = tables.releases[-1]
    source = Source("index", "official", "https://download.pytorch.org/whl/x")
    whole = Candidate(release, "cu130", source, (("torch", "9"),), (), True, True, True, newest=True)
    lacking = whole._replace(variant="cu132", missing=("torchaudio",))
    assert whole.key > lacking.key
    older = whole._replace(release=tables.releases[-2])
    assert lacking.key > older.key, "the newest release comes before its companions"
    assert older._replace(newest=False).key > lacking._replace(newest=False).key
