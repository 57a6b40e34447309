"""A real conda solver, on a replica of conda-forge, comes to exactly the build that the plan names."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from replicas import Replicas
from replicas.cells import SOAK, SYSTEMS, TODAY, Cell, sample

from envdoctor.knowledge import Knowledge, knowledge
from envdoctor.planner import Plan, Target, Wishes, choose, conda_commands

rattler = pytest.importorskip("rattler", reason="py-rattler is in the extra `test`")
SolverError = pytest.importorskip("rattler.exceptions").SolverError

SUBDIRS = {
    "linux_x86_64": "linux-64",
    "linux_aarch64": "linux-aarch64",
    "windows_amd64": "win-64",
    "macos_arm64": "osx-arm64",
    "macos_x86_64": "osx-64",
}


@dataclass(frozen=True)
class Solved:
    """Name → (version, build string, channel) of a solution; `error` where there is none."""

    records: dict[str, tuple[str, str, str]]
    error: str = ""


@pytest.fixture(scope="module")
def solve(replica_server: Replicas, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Solved]:
    gateway = rattler.Gateway(cache_dir=tmp_path_factory.mktemp("rattler"))

    def solved(command: tuple[str, ...], target: Target, cuda: str | None) -> Solved:
        argv = replica_server.argv(command)
        channel, specs = argv[argv.index("-c") + 1], argv[argv.index("-c") + 2 :]
        assert "--override-channels" in argv and argv.count("-c") == 1
        assert target.platform is not None
        try:
            found = asyncio.run(
                rattler.solve(
                    [rattler.Channel(channel)],
                    specs,
                    gateway=gateway,
                    platforms=[SUBDIRS[target.platform], "noarch"],
                    virtual_packages=_virtual_packages(target, cuda),
                )
            )
        except SolverError as error:
            return Solved({}, str(error))
        return Solved(
            {each.name.normalized: (str(each.version), str(each.build), str(each.channel)) for each in found}
        )

    return solved


def _virtual_packages(target: Target, cuda: str | None) -> list[object]:
    found = {"__archspec": "1"}
    if target.os == "linux":
        found.update({"__unix": "0", "__linux": "6.8", "__glibc": target.glibc or "2.35"})
    elif target.os == "macos":
        found.update({"__unix": "0", "__osx": target.macos or "15.1"})
    else:
        found["__win"] = "10"
    if cuda is not None:
        found["__cuda"] = cuda
    return [
        rattler.GenericVirtualPackage(
            rattler.PackageName(name), rattler.Version(version), rattler.BuildString("0")
        )
        for name, version in found.items()
    ]


def detected(plan: Plan, target: Target, tables: Knowledge) -> str | None:
    """The `__cuda` that conda sees: the driver's CUDA, or what CONDA_OVERRIDE_CUDA sets as the plan says."""
    if target.driver is not None:
        return target.driver_cuda or tables.driver_cuda(target.driver)
    told = (str(each.values["cuda"]) for each in plan.warnings if each.key == "plan.conda-override")
    return next(told, None)


def cells() -> list[tuple[Cell, Plan]]:
    """Cells with a plan for conda, one of every kind first."""
    tables = knowledge()
    by_kind: dict[tuple[object, ...], list[tuple[Cell, Plan]]] = {}
    for cell in sample(500, tools=("conda",), seed=2):
        plan = choose(cell.target(tables), tables, cell.wishes)
        if plan.build is not None:
            kind = (cell.system, plan.build.torch, plan.build.variant)
            by_kind.setdefault(kind, []).append((cell, plan))
    rounds = itertools.zip_longest(*by_kind.values())
    found = [each for one_of_each in rounds for each in one_of_each if each is not None]
    return found if SOAK else found[:60]


def misread(plan: Plan, solved: Solved) -> str | None:
    """How a solution differs from the plan; `None`: it is what the plan names."""
    assert plan.build is not None
    if solved.error:
        return solved.error
    kind = plan.build.variant.replace("cu", "cuda") if plan.build.variant != "cpu" else "cpu"
    version, build, _ = solved.records["pytorch"]
    if version != plan.build.torch or not build.startswith(f"{kind}_"):
        return f"pytorch {version} {build}, planned was {plan.build.torch} {kind}"
    for name, planned in plan.packages.items():
        if name != "torch" and solved.records[name][0] != planned:
            return f"{name} {solved.records[name][0]}, planned was {planned}"
    if not solved.records["python"][0].startswith(f"{plan.build.python}."):
        return f"Python {solved.records['python'][0]}"
    return None if "pip" in solved.records else "no pip"


def test_the_solver_comes_to_the_planned_build(solve: Callable[..., Solved], tables: Knowledge) -> None:
    asked = cells()
    assert len(asked) >= 40
    assert {cell.system for cell, _ in asked} == set(SYSTEMS) - {"windows-arm"}
    wrong = []
    for cell, plan in asked:
        target = cell.target(tables)
        (command,) = conda_commands(plan, "mamba", "dl", create=True)
        problem = misread(plan, solve(command, target, detected(plan, target, tables)))
        wrong += [f"{cell}\n  {' '.join(command)}\n  {problem}"] if problem else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("tool", ["conda", "mamba", "micromamba"])
def test_each_program_gets_its_own_name_and_the_same_words(
    machine: Callable[..., Target], tables: Knowledge, tool: str
) -> None:
    plan = choose(machine("linux"), tables, Wishes(today=TODAY, tool="conda"))
    (created,) = conda_commands(plan, tool, "dl", create=True)
    assert created[:5] == (tool, "create", "-y", "-n", "dl")
    assert {"python=3.12", "pip"} <= {*created}
    (added,) = conda_commands(plan, tool, "dl")
    assert added[:2] == (tool, "install")
    assert "pip" not in added
    assert not [word for word in created if "pkgs/main" in word or word.endswith("/pytorch")]


def test_without_a_driver_a_gpu_build_needs_the_override(
    solve: Callable[..., Solved], machine: Callable[..., Target], tables: Knowledge
) -> None:
    target = machine("linux", None, ["NVIDIA GeForce RTX 4090"])
    plan = choose(target, tables, Wishes(today=TODAY, tool="conda"))
    (command,) = conda_commands(plan, "conda", "dl", create=True)
    assert "__cuda" in solve(command, target, None).error
    assert detected(plan, target, tables) is not None
    assert misread(plan, solve(command, target, detected(plan, target, tables))) is None


def test_what_the_old_commands_asked_for_has_no_solution(
    solve: Callable[..., Solved], machine: Callable[..., Target]
) -> None:
    target = machine("windows", "580.97", ["NVIDIA GeForce RTX 4060"])
    channel = ("--override-channels", "-c", "https://conda.anaconda.org/conda-forge")
    start = ("conda", "create", "-y", "-n", "dl", *channel, "python=3.12", "pip")
    whole = (*start, "torchvision", "torchaudio", "pytorch-gpu=2.13.0", "cuda-version=13.0")
    assert "torchaudio" in solve(whole, target, "13.0").error
    # Left to itself, the solver pairs a torchvision that is made for another torch.
    loose = (*start, "pytorch-gpu=2.10.0", "torchvision", "cuda-version=13.0")
    assert solve(loose, target, "13.0").records["torchvision"][0] == "0.26.0"
