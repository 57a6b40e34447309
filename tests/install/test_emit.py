"""The files of `--emit`, read by real pip and real uv against copies of the indexes, give the plan's packages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from replicas import Replicas

from envdoctor.planner.asked import Asked
from envdoctor.planner.recipe import recipe
from envdoctor.reports.emit import emit
from tests.install.conftest import LINUX, Make

UV = os.path.join(os.path.dirname(sys.executable), "uv")
LAPTOP = ("os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce RTX 4060")
AMD = ("gpu=AMD Radeon RX 7900 XTX",)
PLANS = [
    (LAPTOP, Asked(mirror="tuna"), "windows"),
    (LAPTOP, Asked(mirror="aliyun"), "windows"),
    (LAPTOP, Asked(), "windows"),
    (("driver=535.129.03", "gpu=NVIDIA GeForce RTX 4060"), Asked(mirror="bfsu"), "x86_64-manylinux_2_39"),
    (("driver=580.65.06", "gpu=NVIDIA GeForce RTX 5090"), Asked(), "x86_64-manylinux_2_39"),
    ((), Asked(mirror="nju", packages=("torch", "torchvision")), "x86_64-manylinux_2_39"),
    (("os=macos", "python=3.12"), Asked(mirror="tuna"), "aarch64-apple-darwin"),
    (("os=macos", "arch=x86_64", "python=3.12"), Asked(), "x86_64-apple-darwin"),
]


def moved(text: str, replicas: Replicas) -> str:
    """The file with every address replaced by the one here."""
    return re.sub(r"https?://[^\s\"]+", lambda found: replicas.at(found.group()), text)


def compiled(file: Path, platform: str, replicas: Replicas, tmp_path: Path) -> dict[str, str]:
    """What uv resolves a file to."""
    argv = [UV, "pip", "compile", str(file), "--python-platform", platform, "--python-version", "3.12", "-q"]
    if "default = true" not in file.read_text() and "--index-url" not in file.read_text():
        argv += ["--default-index", f"{replicas.url}/default.index/simple"]
    env = replicas.environment(tmp_path)
    # uv reads the tables of the project itself only where configuration is read at all.
    env.pop("UV_NO_CONFIG")
    env["MACOSX_DEPLOYMENT_TARGET"] = "14.0"
    ran = subprocess.run(argv, capture_output=True, text=True, env=env, cwd=file.parent, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return dict(re.findall(r"^(torch\w*)==(\S+)", ran.stdout, re.MULTILINE))


@pytest.mark.parametrize(
    ("form", "facts", "asked", "platform"),
    [("uv", *row) for row in PLANS] + [("requirements", *row) for row in PLANS[:2]],
)
def test_uv_resolves_the_file_to_the_plan(
    machine: Make,
    replicas: Replicas,
    tmp_path: Path,
    form: str,
    facts: tuple[str, ...],
    asked: Asked,
    platform: str,
) -> None:
    made = recipe(machine(*facts, facts=LINUX), asked)
    file = tmp_path / ("pyproject.toml" if form == "uv" else "requirements.txt")
    file.write_text(moved(emit(made, form), replicas))  # type: ignore[arg-type]
    got = compiled(file, platform, replicas, tmp_path)
    pins = {name: made.plan.packages[name] for name in made.plan.packages}
    assert {name: version.partition("+")[0] for name, version in got.items()} == pins
    build = made.plan.build
    assert build is not None
    if made.plan.source is not None and made.plan.source.kind != "pypi" and "macos" not in build.platform:
        assert {version.partition("+")[2] for version in got.values()} == {build.variant}


@pytest.mark.parametrize(("facts", "asked", "platform"), [row for row in PLANS if row[2] == "windows"])
def test_pip_takes_the_requirements_for_what_the_plan_names(
    machine: Make, replicas: Replicas, tmp_path: Path, facts: tuple[str, ...], asked: Asked, platform: str
) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(moved(emit(recipe(machine(*facts), asked), "requirements"), replicas))
    report = tmp_path / "report.json"
    ran = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "-r", str(file), "--report", str(report),
         "--platform", "win_amd64", "--python-version", "3.12", "--only-binary=:all:", "--target", str(tmp_path / "t")],
        capture_output=True, text=True, env=replicas.environment(tmp_path), timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    rows = json.loads(report.read_text())["install"]
    assert {row["metadata"]["name"]: row["metadata"]["version"] for row in rows} == {
        "torch": "2.14.1+cu126",
        "torchvision": "0.29.1+cu126",
        "torchaudio": "2.11.0+cu126",
    }


def test_a_torch_built_for_numpy_1_brings_the_bound_into_every_file(machine: Make) -> None:
    made = recipe(machine("os=macos", "arch=x86_64", "python=3.12"), Asked())
    for form in ("requirements", "environment", "uv"):
        assert "numpy<2" in emit(made, form)  # type: ignore[arg-type]


def test_what_only_pytorchs_index_has_is_found_for_rocm(machine: Make) -> None:
    # uv ties an explicit index to direct demands only; ROCm's triton is a demand of torch's.
    text = emit(recipe(machine(*AMD), Asked()), "uv")
    assert "explicit" not in text and "whl/rocm7.2" in text


def test_the_environment_file_names_pip_and_python(machine: Make) -> None:
    made = recipe(machine(*LAPTOP), Asked(mirror="tuna", environment="work", tool="conda"))
    text = emit(made, "environment")
    assert "name: work\n" in text
    assert "  - https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud/conda-forge\n  - nodefaults\n" in text
    assert "  - python=3.12\n  - pip\n" in text and "pytorch-gpu=" in text
    text = emit(recipe(machine(*LAPTOP), Asked()), "environment")
    assert "  - conda-forge\n" in text
    assert "    - torch==2.14.1+cu126\n" in text and "    - --index-url https://download" in text


def test_credentials_stand_in_no_file(machine: Make) -> None:
    made = recipe(machine(*LAPTOP), Asked(mirror="https://ann:geheim@pypi.example.org/simple"))
    for form in ("requirements", "environment", "uv"):
        text = emit(made, form)  # type: ignore[arg-type]
        assert "https://pypi.example.org/simple" in text
        assert "geheim" not in text
