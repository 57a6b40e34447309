"""What has to be true of the planner's answer for one cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from replicas import stock
from replicas.cells import Cell

from envdoctor.knowledge import Knowledge
from envdoctor.messages import catalogue
from envdoctor.planner import Plan, Target, judge
from envdoctor.planner.candidates import candidates
from envdoctor.planner.commands import exact_versions
from envdoctor.versions import version_numbers

__all__ = ["age", "faults_of", "offered"]

WAYS = {
    *(
        "plan.other-python",
        "plan.other-driver",
        "plan.other-driver-and-python",
        "plan.one-gpu",
        "plan.nearest",
    ),
    *("plan.conda-covers", "plan.other-source", "plan.cpu-instead", "plan.other-release", "plan.no-way-out"),
}


def faults_of(cell: Cell, target: Target, plan: Plan, tables: Knowledge) -> list[str]:
    """What is wrong with a plan or a refusal; empty: nothing."""
    faults = refusal_faults(plan) if plan.build is None else plan_faults(cell, target, plan, tables)
    return [f"{cell}: {fault}" for fault in faults]


def refusal_faults(plan: Plan) -> Iterator[str]:
    said = [each.key for each in plan.why]
    if not said or not WAYS & {*said}:
        yield f"a refusal without a way out: {said}"
    if not {*said} - WAYS:
        yield f"a refusal without a reason: {said}"
    yield from (f"no words for {each.key}" for each in plan.why if "{" in catalogue("en").say(each))


def plan_faults(cell: Cell, target: Target, plan: Plan, tables: Knowledge) -> Iterator[str]:
    build = plan.build
    assert build is not None and plan.source is not None
    if cell.tool != "conda":
        yield from listing_faults(cell, plan)
        if against := judge(target, build.torch, build.variant, tables):
            yield f"its own judge refuses {build}: {[each.key for each in against]}"
    if not target.gpus and target.accelerator in (None, "apple") and build.variant != "cpu":
        yield f"no GPU, and yet {build.variant}"
    yield from kernel_faults(cell, target, plan, tables)
    told = {each.values.get("name") for each in plan.warnings if each.key == "plan.left-out"}
    for name in cell.wishes.packages:
        if name not in plan.packages:
            yield from () if name in told else (f"{name} is left out without a word",)
        elif name != "torch" and tables.companion_fits(name, plan.packages[name], build.torch) is False:
            yield f"{name} {plan.packages[name]} is made for another torch than {build.torch}"


def kernel_faults(cell: Cell, target: Target, plan: Plan, tables: Knowledge) -> Iterator[str]:
    """What the GPUs and the driver have against a build; a CPU build has to own up to leaving them unused."""
    build = plan.build
    assert build is not None
    if target.capabilities and not build.variant.startswith("cu"):
        if "plan.no-gpu-build" not in (key := "".join(each.key for each in plan.warnings)):
            yield f"an NVIDIA GPU gets {build.variant} without a word: {key}"
        return
    if not target.capabilities:
        return
    sass, ptx = carried(build.torch, build.variant, build.platform, cell.tool, tables)
    for capability in target.capabilities:
        how = tables.coverage(capability, sass, ptx)
        if how not in ("native", "ptx"):
            yield f"{build} reaches {capability}: {how}"
        if version_numbers(capability) >= (10, 0) and version_numbers(build.variant[2:]) < (128,):
            yield f"Blackwell gets {build}"
    if target.driver is not None:
        cuda = f"{build.variant[2:-1]}.{build.variant[-1]}"
        least = tables.minimum_driver(cuda, target.driver_system)
        if least and version_numbers(target.driver) < version_numbers(least):
            yield f"driver {target.driver} does not run {build.variant}"


def carried(
    torch: str, variant: str, platform: str, tool: str, tables: Knowledge
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if tool == "conda":
        cuda = f"{variant[2:-1]}.{variant[-1]}"
        row = next(
            each
            for each in tables.conda_forge
            if (each.torch, each.cuda, each.platform) == (torch, cuda, platform)
        )
        return row.archs, row.ptx
    found = tables.archs(torch, variant, platform)  # type: ignore[arg-type]
    assert found is not None
    return found.sass, found.ptx


def listing_faults(cell: Cell, plan: Plan) -> Iterator[str]:
    """Every wheel that a plan names stands, as a file, in the listing of the place that it names."""
    build, source = plan.build, plan.source
    assert build is not None and source is not None
    variant = build.variant if source.kind in ("index", "flat") else None
    for name, version in exact_versions(plan).items():
        if not any(
            fits(tag, build.platform, build.python) and got in (version, f"{version}+{build.variant}")
            for got, tag in listed(name, variant)
        ):
            yield f"{name} {version} for Python {build.python} on {build.platform} is in no listing of {source}"


@cache
def listed(name: str, variant: str | None) -> tuple[tuple[str, str], ...]:
    wheels = stock.pypi(name) if variant is None else stock.pytorch(variant, name)
    return tuple((each.version, each.tag) for each in wheels)


@cache
def fits(tag: str, platform: str, python: str) -> bool:
    """Whether a wheel's tag is one for this system and Python, judged by its text alone."""
    interpreter, abi, place = tag.split("-")
    number = "cp" + python.rstrip("t").replace(".", "")
    if interpreter != "py3" and interpreter != number:
        return False
    if python.endswith("t") != abi.endswith("t") and interpreter != "py3":
        return False
    pattern = {
        "linux_x86_64": r"(manylinux.*|linux)_x86_64",
        "linux_aarch64": r"(manylinux.*|linux)_aarch64",
        "windows_amd64": "win_amd64",
        "windows_arm64": "win_arm64",
        "macos_arm64": r"macosx_.*_arm64",
        "macos_x86_64": r"macosx_.*_x86_64",
    }[platform]
    return place == "any" or re.fullmatch(pattern, place) is not None


def age(plan: Plan) -> tuple[tuple[int, ...], ...]:
    """The larger, the newer: the release, then its CUDA."""
    if plan.build is None:
        return ()
    return version_numbers(plan.build.torch), version_numbers(plan.build.variant.removeprefix("cu"))


def offered(cell: Cell, tables: Knowledge) -> set[tuple[str, str]]:
    """Every build that fits a cell, the chosen one and all others."""
    fitting, _ = candidates(cell.target(tables), tables, cell.wishes)
    return {(each.release.version, each.variant) for each in fitting}
