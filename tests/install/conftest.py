"""Machines to make recipes for, put together from a few facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from linux_venv import LINUX, TODAY

from envdoctor.assume import assume
from envdoctor.facts import (
    CondaPackage,
    Distribution,
    Facts,
    Packages,
    TorchFiles,
)
from envdoctor.machine import Machine

Make = Callable[..., Machine]


def conda(facts: Facts, *, base: bool = False, tool: str = "conda", channel: str | None = None) -> Facts:
    """The same machine with a conda environment; `channel`: where its torch came from."""
    environment = replace(
        facts.environment,
        kind="conda",
        name="base" if base else "dl",
        conda_base=base,
        conda_root="/opt/conda",
        found_by="CONDA_PREFIX",
        tools={tool: f"/opt/conda/bin/{tool}"},
    )
    packages = facts.packages
    if channel is not None:
        rows = ("pytorch", "torchvision")
        packages = Packages(
            distributions=(
                Distribution(name="torch", version="2.5.1", location="/envs/dl/lib", installer="conda"),
            ),
            conda=tuple(
                CondaPackage(name=name, version="2.5.1", build="0", channel=channel) for name in rows
            ),
            torch=TorchFiles(path="/envs/dl/lib/torch", version="2.5.1", cuda="12.4"),
        )
    return replace(facts, environment=environment, packages=packages)


def with_torch(facts: Facts, version: str, cuda: str | None = None, *others: tuple[str, str]) -> Facts:
    """The same machine with a torch, and its companions, that pip installed."""
    rows = [("torch", version), *others]
    return replace(
        facts,
        packages=Packages(
            distributions=tuple(
                Distribution(name=name, version=number, location="/envs/dl/lib", installer="pip")
                for name, number in rows
            ),
            torch=TorchFiles(path="/envs/dl/lib/torch", version=version, cuda=cuda),
        ),
    )


@pytest.fixture(scope="session")
def machine() -> Make:
    """`machine("driver=551.61", "gpu=...", facts=..., environment={...})`: the Linux venv, changed."""

    def make(*assumptions: str, facts: Facts = LINUX, **environment: object) -> Machine:
        changed = replace(facts, environment=replace(facts.environment, **environment))  # type: ignore[arg-type]
        return Machine(assume(changed, assumptions), today=TODAY)

    return make
