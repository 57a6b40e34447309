"""A plan as the commands that carry it out, argument by argument."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from envdoctor.planner.fit import cuda_of
from envdoctor.planner.wishes import FAMILY
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge
    from envdoctor.planner.plan import Build, Plan
    from envdoctor.planner.sources import Source

__all__ = ["conda_commands", "exact_versions", "install", "pip_commands", "uv_commands"]

Commands = tuple[tuple[str, ...], ...]

LABELLED_AARCH64 = (2, 6)
"""From this release on torch's own wheels for Linux on Arm carry their variant in the version."""


def install(plan: Plan, tables: Knowledge, python: str, *, installed: bool, uv: bool = False) -> Commands:
    """The commands of pip, or of uv where the environment has no pip."""
    del tables  # what is asked of them stands in the plan
    if uv:
        return uv_commands(plan, python, installed_torch=installed)
    return pip_commands(plan, (python,), installed_torch=installed)


def pip_commands(plan: Plan, python: tuple[str, ...], *, installed_torch: bool) -> Commands:
    """The calls of pip that make the environment hold exactly the plan's packages.

    Arguments:
        plan: a plan for "pip"; without a build there are no commands.
        python: how the patient's interpreter is started.
        installed_torch: a torch is there. It is taken out first: to pip another build of the same version
            counts as "already satisfied".

    """
    if plan.build is None or plan.source is None:
        return ()
    pip = (*python, "-m", "pip")
    commands = [(*pip, "uninstall", "-y", *FAMILY)] if installed_torch else []
    source = plan.source
    where: tuple[str, ...] = ()
    if source.kind == "flat":
        where = (*_option("--index-url", source.pypi), "--find-links", source.url or "")
    elif source.kind == "index" and (source.pypi or not source.complete):
        # The labels in the pins decide which of the two indexes serves what; the order does not matter.
        where = (*_option("--index-url", source.pypi), *_option("--extra-index-url", source.url))
    elif source.kind != "file":
        where = _option("--index-url", source.url)
    if source.file is not None:
        commands.append(("wget", "-O", source.file, source.url or ""))
    commands.append((*pip, "install", *_pins(plan), *where, *_trusted(source)))
    return tuple(commands)


def uv_commands(plan: Plan, python: str | None, *, installed_torch: bool) -> Commands:
    """The calls of uv that make the environment hold exactly the plan's packages.

    Arguments:
        plan: a plan for "uv" or "pip"; without a build there are no commands.
        python: the patient's interpreter; `None`: the environment that uv finds by itself.
        installed_torch: a torch is there, and is taken out first.

    """
    if plan.build is None or plan.source is None:
        return ()
    into = _option("--python", python)
    commands = [("uv", "pip", "uninstall", *into, *FAMILY)] if installed_torch else []
    source = plan.source
    where: tuple[str, ...] = ()
    if source.kind == "flat":
        where = (*_option("--default-index", source.pypi), "--find-links", source.url or "")
    elif source.kind == "index" and (source.pypi or not source.complete):
        # uv takes a package from the first index that has it, and --index stands before --default-index.
        where = (*_option("--default-index", source.pypi), *_option("--index", source.url))
    elif source.kind != "file":
        where = _option("--default-index", source.url)
    commands.append(("uv", "pip", "install", *into, *_pins(plan), *where))
    return tuple(commands)


def conda_commands(
    plan: Plan, tool: str = "conda", environment: str | None = None, *, create: bool = False
) -> Commands:
    """The call of conda, mamba or micromamba for a plan that was made for "conda".

    Arguments:
        plan: without a build there are no commands.
        tool: the program's name.
        environment: name of the environment; `None`: the active one.
        create: the environment does not exist yet. It gets the plan's Python, and pip: conda does not
            bring pip from Python 3.14 on, and without it `pip` would be that of the base environment.

    """
    if plan.build is None or plan.source is None:
        return ()
    cuda = cuda_of(plan.build.variant)
    specs = [f"python={plan.build.python}", "pip"] if create else []
    specs.append(f"pytorch-{'gpu' if cuda else 'cpu'}={plan.build.torch}")
    # Pinned: conda-forge built some companions for an older pytorch than they are made for.
    specs += [f"{name}={version}" for name, version in plan.packages.items() if name != "torch"]
    specs += plan.extra
    channel = ("--override-channels", "-c", plan.source.url or "conda-forge")
    action = "create" if create else "install"
    return ((tool, action, "-y", *_option("-n", environment), *channel, *specs),)


def _trusted(source: Source) -> tuple[str, ...]:
    """Pip's leave to ask hosts over http, which it otherwise passes by; this machine itself needs none."""
    hosts: dict[str, None] = {}
    for url in (source.pypi, source.url):
        if url and url.startswith("http://"):
            host = url.removeprefix("http://").partition("/")[0].rpartition("@")[2]
            if not re.fullmatch(r"(localhost|127\.[\d.]+|\[::1\])(:\d+)?", host):
                hosts[host] = None
    return tuple(word for host in hosts for word in ("--trusted-host", host))


def _option(name: str, value: str | None) -> tuple[str, ...]:
    return (name, value) if value else ()


def exact_versions(plan: Plan) -> dict[str, str]:
    """Each package with the version that its source shows, with the variant's label where it has one."""
    build, source = plan.build, plan.source
    if build is None or source is None:
        return dict(plan.packages)
    labelled = source.kind in ("index", "flat")
    return {
        name: f"{version}+{build.variant}" if labelled and _has_label(name, build) else version
        for name, version in plan.packages.items()
    }


def _pins(plan: Plan) -> list[str]:
    source = plan.source
    if source is not None and source.kind == "file":
        # One wheel, by its name here or by its address.
        return [source.file or source.url or "", *plan.extra]
    return [*(f"{name}=={version}" for name, version in exact_versions(plan).items()), *plan.extra]


def _has_label(name: str, build: Build) -> bool:
    """Whether PyTorch's own index has the variant in this wheel's version ("2.14.1+cu126").

    Where it does not, or that is not sure, the plain pin matches both.
    """
    if build.platform in ("linux_x86_64", "windows_amd64"):
        return True
    if build.platform == "windows_arm64":
        return name == "torch"
    return (
        build.platform == "linux_aarch64"
        and name == "torch"
        and version_numbers(build.torch) >= LABELLED_AARCH64
    )
