"""Real pip and real uv, asked on replicas of the indexes, select exactly the build that the plan names."""

from __future__ import annotations

import itertools
import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from replicas import Replicas
from replicas.asking import UV, Answer, Question, ask_pip, ask_uv
from replicas.cells import SOAK, SYSTEMS, Cell, sample

from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.planner import Plan, choose, pip_commands, uv_commands

Case = tuple[Cell, Plan, Question]


COUNTS = {"pip": 32, "uv": 60}
"""How many questions a normal run asks; a soak asks all of them."""


@lru_cache(maxsize=1)
def plans() -> list[tuple[Cell, Plan]]:
    """Cells with a build, spread over systems, sources and variants, one of every kind first."""
    tables = knowledge()
    by_kind: dict[tuple[object, ...], list[tuple[Cell, Plan]]] = {}
    for cell in sample(1200, tools=("pip",), seed=4):
        plan = choose(cell.target(tables), tables, cell.wishes)
        if plan.build is not None and plan.source is not None:
            kind = (cell.system, plan.source.kind, plan.build.variant)
            by_kind.setdefault(kind, []).append((cell, plan))
    rounds = itertools.zip_longest(*by_kind.values())
    return [each for one_of_each in rounds for each in one_of_each if each is not None]


@lru_cache(maxsize=2)
def cases(tool: str) -> list[Case]:
    """The plans as questions to a tool, none of them twice."""
    found: dict[Question, Case] = {}
    for cell, plan in plans():
        assert plan.build is not None
        if tool == "uv" and cell.python.endswith("t"):
            continue  # uv's --python-version knows no free-threaded Python
        target = SYSTEMS[cell.system]
        commands = (
            pip_commands(plan, ("python",), installed_torch=False)
            if tool == "pip"
            else uv_commands(plan, None, installed_torch=False)
        )
        question = Question(commands[-1], plan.build.platform, cell.python, target.glibc, target.macos)
        found.setdefault(question, (cell, plan, question))
    return list(found.values())[: None if SOAK else COUNTS[tool]]


HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64" or HERE not in ("3.11", "3.12", "3.13", "3.14"),
    reason="asks for this very system: Linux on x86-64 with a Python that the newest torch has wheels for",
)
@pytest.mark.parametrize(("driver", "variant"), [("550.54.14", "cu126"), ("580.65.06", "cu130")])
def test_with_all_dependencies_for_this_very_interpreter(
    replicas: Replicas, tables: Knowledge, tmp_path: Path, driver: str, variant: str
) -> None:
    cell = Cell("linux", HERE, driver, ("8.9",), "tuna", "pip")
    plan = choose(cell.target(tables), tables, cell.wishes)
    assert plan.build is not None and plan.build.variant == variant
    python = (sys.executable, "-I")
    (pip,) = pip_commands(plan, python, installed_torch=False)
    (uv,) = uv_commands(plan, sys.executable, installed_torch=False)
    nowhere = ("--dry-run", "--target", str(tmp_path / "nowhere"))
    answers = []
    for argv in (
        [*replicas.argv(pip), *nowhere, "--report", str(tmp_path / "report.json"), "--quiet"],
        [str(UV), *replicas.argv(uv)[1:], *nowhere],
    ):
        ran = subprocess.run(
            argv, env=replicas.environment(tmp_path), capture_output=True, text=True, timeout=300
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        answers.append(ran.stderr)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    by_pip = {each["metadata"]["name"]: each["metadata"]["version"] for each in report["install"]}
    by_uv = dict(re.findall(r"^ \+ ([\w-]+)==(\S+)$", answers[1], re.MULTILINE))
    for found in (by_pip, by_uv):
        label = "+cu126" if variant == "cu126" else ""  # cu130 is what PyPI itself has of this release
        assert found["torch"] == f"2.14.1{label}"
        assert found["torchvision"] == f"0.29.1{label}"
        assert found["torchaudio"] == f"2.11.0{label}"
        assert ("nvidia-cudnn-cu12" if variant == "cu126" else "nvidia-cudnn-cu13") in found
        assert "sympy" in found


def misread(case: Case, answer: Answer, tables: Knowledge) -> str | None:
    """How the answer differs from the plan; `None`: it is what the plan names."""
    cell, plan, question = case
    about = f"{cell}\n  {' '.join(question.command)}\n "
    if answer.error:
        return f"{about} nothing was selected: {answer.error[-600:]}"
    assert plan.build is not None and plan.source is not None
    for name, version in plan.packages.items():
        got, origin = answer.found.get(name, ("nothing", ""))
        public, _, label = got.partition("+")
        if public != version:
            return f"{about} {name}: {got}, planned was {version}"
        place = _place(origin)
        if plan.source.kind == "pypi":
            if label or place:
                return f"{about} {name} {got} came from {origin}, planned was PyPI or a mirror of it"
            continue
        if label not in ("", plan.build.variant) or (not label and name == "torch" and not _bare(plan)):
            return f"{about} {name}: {got}, planned was +{plan.build.variant}"
        if place != plan.build.variant:
            return f"{about} {name} {got} came from {origin}, planned was the place of {plan.build.variant}"
    return None


def _place(origin: str) -> str | None:
    """The variant whose index or page a wheel came from; `None`: it came from PyPI or a mirror of it."""
    found = re.search(r"/(?:whl|pytorch-wheels)/(cpu|cu\d+|rocm[\d.]+|xpu)(?:/|$)", origin)
    return found[1] if found else None


def _bare(plan: Plan) -> bool:
    """Whether torch's own wheels carry no label there."""
    assert plan.build is not None
    old = tuple(int(part) for part in plan.build.torch.split(".")) < (2, 6)
    return plan.build.platform.startswith("macos") or (plan.build.platform == "linux_aarch64" and old)


def reported(problems: Iterable[str | None]) -> str:
    return "\n".join(each for each in problems if each)


def test_pip_selects_the_planned_build(replicas: Replicas, tables: Knowledge, tmp_path: Path) -> None:
    asked = cases("pip")
    answers = ask_pip(replicas, [question for _, _, question in asked], tmp_path)
    assert not reported(misread(case, answer, tables) for case, answer in zip(asked, answers, strict=True))


def test_uv_selects_the_planned_build(replicas: Replicas, tables: Knowledge, tmp_path: Path) -> None:
    asked = cases("uv")
    answers = [ask_uv(replicas, question, tmp_path) for _, _, question in asked]
    assert not reported(misread(case, answer, tables) for case, answer in zip(asked, answers, strict=True))


@pytest.mark.parametrize("tool", ["pip", "uv"])
def test_the_sample_is_broad(tool: str) -> None:
    asked = cases(tool)
    assert {cell.system for cell, _, _ in asked} == set(SYSTEMS)
    assert {plan.source.kind for _, plan, _ in asked if plan.source} == {"pypi", "index", "flat"}
    variants = {plan.build.variant for _, plan, _ in asked if plan.build}
    assert {"cpu", "cu118", "cu126", "cu130", "rocm7.2", "xpu"} <= variants
    assert {plan.source.mirror for _, plan, _ in asked if plan.source} >= {
        "official",
        "nju",
        "sjtu",
        "aliyun",
    }


@pytest.mark.parametrize("kind", ["index", "one variant", "all variants", "flat"])
def test_wheels_from_an_address_of_ones_own(
    replicas: Replicas, tables: Knowledge, tmp_path: Path, kind: str
) -> None:
    there = {
        "index": f"{replicas.url}/download.pytorch.org/whl/{{variant}}",
        "one variant": f"{replicas.url}/download.pytorch.org/whl/cu126",
        "all variants": f"{replicas.url}/download.pytorch.org/whl",
        "flat": f"flat+{replicas.url}/mirrors.aliyun.com/pytorch-wheels/cu126/",
    }
    cell = Cell("windows", "3.12", "551.61", ("8.9",), "tuna", "pip")
    wishes = replace(cell.wishes, wheels=there[kind]).checked(tables)
    plan = choose(cell.target(tables), tables, wishes)
    assert plan.build is not None and plan.build.variant == "cu126"
    planned = {"torch": "2.14.1+cu126", "torchvision": "0.29.1+cu126", "torchaudio": "2.11.0+cu126"}
    (pip,) = pip_commands(plan, ("python",), installed_torch=False)
    (uv,) = uv_commands(plan, None, installed_torch=False)
    (by_pip,) = ask_pip(replicas, [Question(pip, "windows_amd64", "3.12")], tmp_path)
    by_uv = ask_uv(replicas, Question(uv, "windows_amd64", "3.12"), tmp_path)
    for answer in (by_pip, by_uv):
        assert {name: answer.found[name][0] for name in planned} == planned, answer.error
