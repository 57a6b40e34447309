"""Rules about NVIDIA's Jetson boards: a torch that was built for other machines, or for another JetPack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Words, words
from envdoctor.knowledge.jetson import JetsonBuild, JetsonRelease, in_words, jetson_releases, made_for
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.rules.levels import error

__all__ = ["RULES"]

USUAL_WHEELS_FROM = "38"
"""From this Jetson Linux on the usual wheels for Linux on Arm run on the boards too."""


def foreign(machine: Machine) -> Iterator[Finding]:
    """A torch that finds no GPU, or does not import, and was built for something else than this board."""
    rows, version = machine.jetson, machine.torch_version
    if not rows or version is None or machine.cuda_proven:
        return
    ran = machine.facts.torch_import
    blind = ran is not None and (ran.cuda_available is False or machine.torch_imports is False)
    jetpack, l4t = in_words(rows)
    board = words("evidence.jetson", jetpack=jetpack, l4t=l4t)
    own, variant = made_for(version), ""
    if own is not None and not any(row.l4t in own.l4t for row in rows) and (blind or _other_cuda(own, rows)):
        built, variant = _built_for(own), "jetpack"
    elif own is None and blind and _is_usual_wheel(machine, rows):
        built, variant = (
            words("evidence.torch", version=version, variant=machine.torch_variant or UNKNOWN),
            "jetson",
        )
    if variant:
        yield error(
            "gpu-wrong-backend",
            [built, board],
            remedies.torch(machine),
            variant,
            torch=version,
            jetpack=jetpack,
        )


def _built_for(own: JetsonBuild) -> Words:
    """The line that says for which JetPack this torch was built."""
    theirs = tuple(each for each in jetson_releases() if each.l4t in own.l4t)
    jetpack, l4t = in_words(theirs)
    return words("evidence.jetson-build", torch=own.torch, jetpack=jetpack, l4t=l4t, cuda=own.cuda)


def _other_cuda(own: JetsonBuild, rows: tuple[JetsonRelease, ...]) -> bool:
    """Whether the libraries of the board's own CUDA have other names than those that this torch asks for."""
    return all(row.cuda.partition(".")[0] != own.cuda.partition(".")[0] for row in rows)


def _is_usual_wheel(machine: Machine, rows: tuple[JetsonRelease, ...]) -> bool:
    """Whether torch is PyTorch's own wheel with CUDA, on a Jetson Linux that runs none of these."""
    labelled = re.search(r"\+cu\d{2,3}$", machine.torch_version or "") is not None
    return labelled and all(row.l4t.partition(".")[0] < USUAL_WHEELS_FROM for row in rows)


RULES = (foreign,)
