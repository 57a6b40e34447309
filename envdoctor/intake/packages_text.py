"""Package lists in text: pip list, pip freeze, pip show, conda list, and what collect_env makes of them."""

from __future__ import annotations

import functools
import re

from envdoctor.facts import CondaPackage
from envdoctor.intake.draft import MOST_KEPT, Draft, PackageRow

__all__ = ["is_family", "normal_name", "read_package"]

_FAMILY = frozenset(
    """
    torch torchvision torchaudio torchtext torchao torchcodec functorch numpy triton triton-windows xformers
    flash-attn bitsandbytes mmcv mmcv-full mmdet mmengine detectron2 deepspeed vllm sglang apex
    torch-scatter torch-sparse torch-cluster torch-geometric torch-directml intel-extension-for-pytorch mkl
    pytorch pytorch-cpu pytorch-gpu pytorch-cuda
    pytorch-nightly pytorch-mutex libtorch cudatoolkit cuda-version
    intel-openmp llvm-openmp nomkl numpy-base cudnn torch-cuda80 torch-nightly pip setuptools
    """.split()  # noqa: SIM905 - a list of fifty strings would hide the names among quotes
)
_CONDA_ONLY = frozenset(
    {"pytorch", "pytorch-cpu", "pytorch-gpu", "pytorch-nightly", "pytorch-cuda", "libtorch"}
)
_TAGGED = re.compile(
    r"[-* ]{0,3}\[(pip3?|conda)\] (\S{1,80}?)(?:==|===| \(| )\(?([^\s()]{1,80})\)?"
    r"(?: (\S{1,80}))?(?: (\S{1,200}))?$"
)
_PINNED = re.compile(r"[-* ]{0,3}([A-Za-z0-9][\w.-]{0,80})(?:\[[\w,-]{1,40}\])?={2,3}([\w.+!-]{1,60})$")
_COLUMNS = re.compile(
    r"([A-Za-z0-9][\w.-]{0,80}) (?:[✅❌] )?(\d[\w.+!-]{0,60})(?:[<>=!]{1,2}\d[\d.,<>=!]{0,40})?"
    r"(?: ([\w.]{1,80}))?(?: (\S{1,200}))?$"
)
_PLANNED = re.compile(
    r"[+ ]{0,4}([a-z][\w.-]{1,60}):? {1,30}([\w./-]{1,120})::\1-(\d[^\s-]{0,40})-(\S{1,80})"
    r"|\+ ([a-z][\w.-]{1,60}) {1,30}(\d[\w.+]{0,40}) {1,30}([\w.]{1,80}) {1,30}(\S{1,120})"
)
"""A row of what conda or mamba is about to install."""
_SHOWN = re.compile(r"(Name|Version|Location): ?(\S.{0,300})$")
_BUILD = re.compile(
    r"(?:py|np|h|cuda|cpu|gpu|mkl|openblas)[\w.]*_\w+|pypi_\d+|h?[0-9a-f]{7,}_\d+|<pip>|py_\d+|cuda\d+\w*"
)


@functools.lru_cache(maxsize=1024)
def normal_name(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def is_family(name: str) -> bool:
    """Whether a distribution (normalised name) has a say in torch's health."""
    return name in _FAMILY or name.startswith(("nvidia-", "torch-", "torchvision", "torchaudio"))


def read_package(line: str, number: int, draft: Draft) -> bool:
    """Keep a row of a package list if that is what the line is."""
    if "[" in line[:5] and (found := _TAGGED.match(line)):
        name, version = normal_name(found[2]), found[3]
        draft.formats.setdefault("conda list" if found[1] == "conda" else "pip list")
        if found[1] == "conda":
            _conda(draft, name, version, found[4] or "", found[5], number)
        elif is_family(name):
            draft.add_distribution(PackageRow(name, version, number))
        return True
    if "==" in line and (found := _PINNED.match(line)):
        name = normal_name(found[1])
        if is_family(name):
            draft.formats.setdefault("pip list")
            draft.add_distribution(PackageRow(name, found[2], number))
        return True
    if ("::" in line or line[:2] == "+ ") and (found := _PLANNED.match(line)):
        name, version, build, channel = (
            (found[1], found[3], found[4], found[2]) if found[1] else (found[5], found[6], found[7], found[8])
        )
        draft.formats.setdefault("conda list")
        _conda(draft, normal_name(name), version, build, channel, number)
        return True
    if found := _COLUMNS.match(line):
        return _row(draft, normal_name(found[1]), found[2], found[3], found[4], number)
    if line[:1] in "NVL" and (found := _SHOWN.match(line)):
        return _shown(draft, found[1], found[2], number)
    return False


def _row(draft: Draft, name: str, version: str, third: str | None, fourth: str | None, number: int) -> bool:
    if not is_family(name):
        return False
    if third is not None and _BUILD.match(third):
        draft.formats.setdefault("conda list")
        _conda(draft, name, version, third, fourth, number)
        return True
    if third is None:
        draft.formats.setdefault("pip list")
        draft.add_distribution(PackageRow(name, version, number))
        return True
    return False


def _conda(draft: Draft, name: str, version: str, build: str, channel: str | None, number: int) -> None:
    if not is_family(name):
        return
    if build.startswith(("pypi", "<pip>")) or channel == "pypi" or name == "torch":
        # conda lists what pip installed too; its own package is called pytorch.
        draft.add_distribution(PackageRow(name, version, number))
        return
    row = CondaPackage(name=name, version=version, build=build, channel=channel)
    if len(draft.conda) < MOST_KEPT and row not in draft.conda:
        draft.conda.append(row)
        draft.lines.setdefault(f"conda {name}", number)


def _shown(draft: Draft, label: str, value: str, number: int) -> bool:
    """Three lines of `pip show`: the name is remembered until the version and the location come."""
    if label == "Name":
        draft.values["show name"] = normal_name(value)
        return True
    name = draft.values.get("show name")
    if name is None or not is_family(name):
        return False
    if label == "Version":
        draft.formats.setdefault("pip show")
        draft.add_distribution(PackageRow(name, value, number))
    elif row := next((each for each in draft.distributions if each.name == name), None):
        row.location = value
    return True
