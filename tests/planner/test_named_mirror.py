"""Mirrors and places of wheels that are given by name or URL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from envdoctor.errors import UsageError
from envdoctor.knowledge import Knowledge
from envdoctor.messages import catalogue
from envdoctor.planner import Plan, Target, Wishes, choose, pip_commands, uv_commands
from envdoctor.planner.named_mirror import mirror_of, wheels_of
from envdoctor.shell import shell

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]
PINS = "torch==2.14.1+cu126 torchvision==0.29.1+cu126 torchaudio==2.11.0+cu126"
TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"


@pytest.fixture
def laptop(machine: Make) -> Target:
    return machine("windows", "551.61", ["NVIDIA GeForce RTX 4060"])


def plan(target: Target, tables: Knowledge, **wishes: object) -> Plan:
    return choose(target, tables, Wishes(today=TODAY, **wishes).checked(tables))  # type: ignore[arg-type]


def pip(got: Plan) -> str:
    (argv,) = pip_commands(got, ("python",), installed_torch=False)
    return shell(argv, "linux")


def uv(got: Plan) -> str:
    (argv,) = uv_commands(got, None, installed_torch=False)
    return shell(argv, "linux")


def said(got: Plan) -> str:
    return "\n".join(catalogue("en").say(each) for each in (*got.why, *got.warnings))


@pytest.mark.parametrize(
    ("wheels", "where"),
    [
        ("sjtu", "--extra-index-url https://mirror.sjtu.edu.cn/pytorch-wheels/cu126"),
        ("official", "--extra-index-url https://download.pytorch.org/whl/cu126"),
        ("aliyun", "--find-links https://mirrors.aliyun.com/pytorch-wheels/cu126/"),
        (
            "https://wheels.lab.example/whl/{variant}",
            "--extra-index-url https://wheels.lab.example/whl/cu126",
        ),
        (
            "https://wheels.lab.example/torch/simple",
            "--extra-index-url https://wheels.lab.example/torch/simple",
        ),
        ("https://wheels.lab.example/torch.html", "--find-links https://wheels.lab.example/torch.html"),
        ("flat+https://wheels.lab.example/torch/", "--find-links https://wheels.lab.example/torch/"),
        ("https://download.pytorch.org/whl", "--extra-index-url https://download.pytorch.org/whl/cu126"),
        (
            "https://mirrors.aliyun.com/pytorch-wheels/cu126",
            "--find-links https://mirrors.aliyun.com/pytorch-wheels/cu126",
        ),
    ],
)
def test_the_wheels_come_from_the_place_that_was_named(
    laptop: Target, tables: Knowledge, wheels: str, where: str
) -> None:
    got = plan(laptop, tables, mirror="tuna", wheels=wheels)
    assert pip(got) == f"python -m pip install {PINS} --index-url {TUNA} {where}"
    option = "--find-links" if "--find-links" in where else "--index"
    assert uv(got) == f"uv pip install {PINS} --default-index {TUNA} {option} {where.split()[1]}"
    assert "as you asked" in said(got)


def test_a_place_of_ones_own_stands_beside_the_usual_index(laptop: Target, tables: Knowledge) -> None:
    got = plan(laptop, tables, wheels="http://127.0.0.1:8080/whl/{variant}")
    assert pip(got) == f"python -m pip install {PINS} --extra-index-url http://127.0.0.1:8080/whl/cu126"
    assert uv(got) == f"uv pip install {PINS} --index http://127.0.0.1:8080/whl/cu126"
    # PyTorch's own index and its mirrors have what the wheels depend on.
    assert pip(plan(laptop, tables, wheels="nju")).endswith(
        "--index-url https://mirror.nju.edu.cn/pytorch/whl/cu126"
    )


def test_an_address_of_one_variant_serves_that_one_alone(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "595.71.05", ["NVIDIA GeForce RTX 4090"])
    got = plan(target, tables, wheels="https://wheels.lab.example/whl/cu126")
    assert got.build is not None and got.build.variant == "cu126"
    assert plan(target, tables).build != got.build


def test_a_url_of_a_mirror_of_pypi(laptop: Target, tables: Knowledge) -> None:
    nexus = "https://nexus.lab.example/repository/pypi/simple"
    got = plan(laptop, tables, mirror=nexus)
    assert pip(got) == (
        f"python -m pip install {PINS} --index-url {nexus} "
        "--extra-index-url https://download.pytorch.org/whl/cu126"
    )
    assert "nexus.lab.example does not serve this build" in said(got)
    # The same address as that of a known mirror brings what is known of it.
    assert plan(laptop, tables, mirror=TUNA + "/").source == plan(
        laptop, tables, mirror="tuna"
    ).source._replace(pypi=TUNA + "/")


def test_a_url_of_conda_forge(machine: Make, tables: Knowledge) -> None:
    channel = "https://conda.lab.example/conda-forge"
    got = plan(machine("linux"), tables, mirror=channel, tool="conda")
    assert got.source is not None and got.source.url == channel


def test_a_mirror_by_its_other_name_is_no_other_mirror(machine: Make, tables: Knowledge) -> None:
    target = machine("linux", "580.65.06", ["NVIDIA GeForce RTX 5090"])
    assert plan(target, tables, mirror="tsinghua") == plan(target, tables, mirror="tuna")


def test_credentials_reach_the_command_and_nothing_that_is_said(laptop: Target, tables: Knowledge) -> None:
    got = plan(
        laptop,
        tables,
        mirror="https://ann:s3cret@nexus.lab.example/simple",
        wheels="https://ann:s3cret@wheels.lab.example/whl/{variant}",
    )
    assert pip(got).count("ann:s3cret@") == 2
    assert "s3cret" not in said(got)
    assert got.source is not None and "s3cret" not in got.source.mirror
    with pytest.raises(UsageError) as error:
        mirror_of("https://ann:s3cret@bad host/simple", tables)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize(
    "given",
    [
        *(
            "ftp://host/simple",
            "https://",
            "https:///simple",
            "host/simple",
            "https://host/a b",
            "file:///etc",
        ),
        *("https://host/$(id)", "https://host/`id`", "https://host/;id", "https://host/\x1b[31m"),
        *("https://host/{other}", "https://ho st/simple", 'https://host/"quoted"', "C:\\wheels"),
    ],
)
def test_what_is_no_url_is_refused(tables: Knowledge, given: str) -> None:
    with pytest.raises(UsageError, match="neither a mirror's name nor a URL"):
        mirror_of(given, tables)
    with pytest.raises(UsageError, match="neither a mirror's name nor a URL"):
        wheels_of(given, tables)


def test_a_mirror_that_is_gone_or_keeps_no_wheels_is_refused(tables: Knowledge) -> None:
    with pytest.raises(UsageError, match="Douban was shut down"):
        Wishes(today=TODAY, mirror="douban").checked(tables)
    with pytest.raises(UsageError, match=r"keeps no wheels.*official, sjtu, nju, aliyun"):
        Wishes(today=TODAY, wheels="tuna").checked(tables)
