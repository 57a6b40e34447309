"""The commands name exactly the plan's wheels, in the form that each installer and source takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from envdoctor.knowledge import Knowledge
from envdoctor.planner import Target, Wishes, choose, conda_commands, pip_commands, uv_commands
from envdoctor.shell import shell

TODAY = date(2026, 11, 24)
Make = Callable[..., Target]
OFFICIAL = "https://download.pytorch.org/whl"
TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"


def pip(target: Target, tables: Knowledge, mirror: str | None = None, installed: bool = False) -> list[str]:
    plan = choose(target, tables, Wishes(today=TODAY, mirror=mirror))
    return [shell(argv, "linux") for argv in pip_commands(plan, ("python",), installed_torch=installed)]


def uv(target: Target, tables: Knowledge, mirror: str | None = None) -> list[str]:
    plan = choose(target, tables, Wishes(today=TODAY, mirror=mirror, tool="uv"))
    return [shell(argv, "linux") for argv in uv_commands(plan, None, installed_torch=False)]


def conda(target: Target, tables: Knowledge, mirror: str | None = None, **more: object) -> list[str]:
    plan = choose(target, tables, Wishes(today=TODAY, mirror=mirror, tool="conda"))
    return [shell(argv, "linux") for argv in conda_commands(plan, **more)]  # type: ignore[arg-type]


CU126 = "torch==2.14.1+cu126 torchvision==0.29.1+cu126 torchaudio==2.11.0+cu126"


def test_the_official_index_serves_everything_alone(machine: Make, tables: Knowledge) -> None:
    target = machine("windows", "551.61", ["NVIDIA GeForce RTX 4060"])
    assert pip(target, tables) == [f"python -m pip install {CU126} --index-url {OFFICIAL}/cu126"]
    assert uv(target, tables) == [f"uv pip install {CU126} --default-index {OFFICIAL}/cu126"]


def test_an_installed_torch_is_taken_out_first(machine: Make, tables: Knowledge) -> None:
    first, second = pip(machine("linux"), tables, installed=True)
    assert first == "python -m pip uninstall -y torch torchvision torchaudio"
    assert second.startswith("python -m pip install ")
    plan = choose(machine("linux"), tables, TODAY)
    assert uv_commands(plan, "/e/bin/python", installed_torch=True)[0] == (
        *("uv", "pip", "uninstall", "--python", "/e/bin/python"),
        *("torch", "torchvision", "torchaudio"),
    )


def test_no_gpu_on_linux_is_not_gigabytes_of_cuda(machine: Make, tables: Knowledge) -> None:
    (line,) = pip(machine("linux"), tables)
    assert line.endswith(f"torchaudio==2.11.0+cpu --index-url {OFFICIAL}/cpu")


def test_a_mirror_without_wheels_names_the_place_they_come_from(machine: Make, tables: Knowledge) -> None:
    target = machine("windows", "551.61", ["NVIDIA GeForce RTX 4060"])
    nju = "https://mirror.nju.edu.cn/pytorch/whl/cu126"
    # pip takes the highest version of both; uv the first index that has the package, and --index is first.
    assert pip(target, tables, "tuna") == [
        f"python -m pip install {CU126} --index-url {TUNA} --extra-index-url {nju}"
    ]
    assert uv(target, tables, "tuna") == [f"uv pip install {CU126} --default-index {TUNA} --index {nju}"]
    plan = choose(target, tables, Wishes(today=TODAY, mirror="tuna"))
    assert [each.values["source"] for each in plan.why if each.key == "plan.why-source"] == ["nju"]


def test_a_flat_page_is_no_index(machine: Make, tables: Knowledge) -> None:
    target = machine("windows", "551.61", ["NVIDIA GeForce RTX 4060"])
    index, page = "https://mirrors.aliyun.com/pypi/simple", "https://mirrors.aliyun.com/pytorch-wheels/cu126/"
    assert pip(target, tables, "aliyun") == [
        f"python -m pip install {CU126} --index-url {index} --find-links {page}"
    ]
    assert uv(target, tables, "aliyun") == [
        f"uv pip install {CU126} --default-index {index} --find-links {page}"
    ]


def test_a_mirror_of_pypi_is_enough_where_its_build_is_the_right_one(
    machine: Make, tables: Knowledge
) -> None:
    plain = "torch==2.14.1 torchvision==0.29.1 torchaudio==2.11.0"
    target = machine("linux", "580.65.06", ["NVIDIA GeForce RTX 5090"])
    assert pip(target, tables, "tuna") == [f"python -m pip install {plain} --index-url {TUNA}"]
    assert pip(machine("windows"), tables) == [f"python -m pip install {plain}"]
    assert pip(machine("mac"), tables) == [f"python -m pip install {plain}"]
    assert uv(machine("mac"), tables, "tuna") == [f"uv pip install {plain} --default-index {TUNA}"]


def test_a_mirror_that_lacks_the_variant_is_passed_by(machine: Make, tables: Knowledge) -> None:
    nju = tables.mirror("nju")
    assert nju is not None and nju.wheels is not None and "rocm7.2" not in nju.wheels.variants
    (line,) = pip(machine("linux", accelerator="amd"), tables, "nju")
    assert f"--extra-index-url {OFFICIAL}/rocm7.2" in line


def test_labels_stand_where_the_index_has_them(machine: Make, tables: Knowledge) -> None:
    (line,) = pip(machine("arm", "580.65.06", ["NVIDIA GH200 480GB"]), tables)
    assert "torch==2.14.1+cu130 torchvision==0.29.1 torchaudio==2.11.0 " in line
    old = choose(machine("arm"), tables, Wishes(today=TODAY, torch="2.5.1"))
    assert "torch==2.5.1" in pip_commands(old, ("python",), installed_torch=False)[0]
    (line,) = pip(machine("windows-arm"), tables)
    assert line == f"python -m pip install torch==2.13.0+cpu --index-url {OFFICIAL}/cpu"
    (line,) = pip(machine("intel-mac"), tables)
    assert line == "python -m pip install torch==2.2.2 torchvision==0.17.2 torchaudio==2.2.2 'numpy<2'"


def test_conda_takes_conda_forge_alone_pins_everything_and_names_the_cuda(
    machine: Make, tables: Knowledge
) -> None:
    target = machine("linux", "580.65.06", ["Tesla V100-SXM2-16GB", "NVIDIA GeForce RTX 5090"])
    forge = "https://mirrors.bfsu.edu.cn/anaconda/cloud/conda-forge"
    (line,) = conda(target, tables, "bfsu", environment="dl", create=True, tool="mamba")
    assert line == (
        f"mamba create -y -n dl --override-channels -c {forge} python=3.12 pip "
        "pytorch-gpu=2.10.0 torchvision=0.25.0 torchaudio=2.10.0 cuda-version=12.9"
    )
    (line,) = conda(machine("linux"), tables)
    assert line.endswith(
        "-c https://conda.anaconda.org/conda-forge pytorch-cpu=2.10.0 torchvision=0.25.0 torchaudio=2.10.0"
    )


def test_conda_forge_has_no_torchaudio_for_windows(machine: Make, tables: Knowledge) -> None:
    target = machine("windows", "580.97", ["NVIDIA GeForce RTX 4060"])
    plan = choose(target, tables, Wishes(today=TODAY, tool="conda"))
    (argv,) = conda_commands(plan)
    assert argv[-3:] == ("pytorch-gpu=2.13.0", "torchvision=0.28.0", "cuda-version=13.0")
    assert [each.values["name"] for each in plan.warnings if each.key == "plan.left-out"] == ["torchaudio"]
    # torchvision of that day was built for Windows with CUDA 12.9, torch with 12.8: one cuda-version for both.
    older = choose(target, tables, Wishes(today=TODAY, tool="conda", torch="2.12", backend="cu128"))
    (argv,) = conda_commands(older)
    assert argv[-3:] == ("pytorch-gpu=2.12.1", "torchvision=0.27.1", "cuda-version=12.9")


def test_no_build_no_commands(machine: Make, tables: Knowledge) -> None:
    plan = choose(machine("linux", python="3.15"), tables, TODAY)
    assert pip_commands(plan, ("python",), installed_torch=True) == ()
    assert uv_commands(plan, None, installed_torch=True) == ()
    assert conda_commands(plan) == ()
