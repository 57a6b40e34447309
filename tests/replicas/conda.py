"""The channel conda-forge as repodata.json, from the tables: what a solver needs to choose pytorch's builds.

Shapes are those of the feedstocks' recipes: `pytorch-gpu` and `pytorch-cpu` point to builds of `pytorch` by their
build string, CUDA builds demand `__cuda` and a `cuda-version`, companions demand the minor release of pytorch
that they were built for. Hashes in build strings are made up, and most libraries are left out.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator
from typing import Any

from envdoctor.knowledge import CondaForgeRelease, Knowledge, knowledge

Record = dict[str, Any]
SUBDIRS = {
    "linux-64": "linux_x86_64",
    "linux-aarch64": "linux_aarch64",
    "win-64": "windows_amd64",
    "osx-64": "macos_x86_64",
    "osx-arm64": "macos_arm64",
}
PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
CUDA_VERSIONS = ("11.8", "12.0", "12.4", "12.6", "12.8", "12.9", "13.0", "13.1", "13.2")
BLAS = {"linux-64": ("generic", "mkl"), "osx-64": ("generic", "mkl"), "win-64": ("mkl",)}
"""linux-aarch64 and osx-arm64 have "generic" (OpenBLAS) alone."""
GLIBC_2_28 = ("13.0",)
"""CUDA versions whose builds need glibc 2.28; the others need 2.17."""


@functools.cache
def repodata(subdir: str) -> bytes:
    """The repodata.json of one platform."""
    records = _noarch() if subdir == "noarch" else _platform(knowledge(), subdir)
    packages = {f"{each['name']}-{each['version']}-{each['build']}.conda": each for each in records}
    content = {"info": {"subdir": subdir}, "packages": {}, "packages.conda": packages, "repodata_version": 1}
    return json.dumps(content).encode()


def _record(
    subdir: str, name: str, version: str, build: str, number: int, depends: list[str], constrains: list[str]
) -> Record:
    digest = hashlib.sha256(f"{subdir} {name} {version} {build}".encode()).hexdigest()
    return {
        "name": name,
        "version": version,
        "build": build,
        "build_number": number,
        "depends": depends,
        "constrains": constrains,
        "subdir": subdir,
        "sha256": digest,
        "md5": digest[:32],
        "size": 1000,
        "timestamp": 1_780_000_000_000,
        "license": "BSD-3-Clause",
        **({"noarch": "generic"} if subdir == "noarch" else {}),
    }


def _noarch() -> Iterator[Record]:
    for version in CUDA_VERSIONS:
        major = version.partition(".")[0]
        constrains = [f"cudatoolkit {version}|{version}.*", f"__cuda >={major}"]
        yield _record("noarch", "cuda-version", version, "hdummy00_3", 3, [], constrains)
    for name, version, depends in (
        ("pip", "26.3", ["python >=3.10,<3.15.0a0", "setuptools"]),
        ("pip", "25.0", ["python >=3.8,<3.15.0a0", "setuptools"]),
        ("setuptools", "80.9.0", ["python >=3.9"]),
        ("typing_extensions", "4.15.0", ["python >=3.9"]),
        ("filelock", "3.20.0", ["python >=3.9"]),
        ("nomkl", "1.0", []),
    ):
        yield _record("noarch", name, version, "pyhdummy_0", 0, depends, [])


def _platform(tables: Knowledge, subdir: str) -> Iterator[Record]:
    for python in PYTHONS:
        number = python.replace(".", "")
        kind = f"{number}_cp{number}" if python in ("3.13", "3.14") else "hdummy00_0_cpython"
        yield _record(subdir, "python", f"{python}.9", kind, 0, [], [])
        yield _record(subdir, "python_abi", python, f"8_cp{number}", 8, [], [f"python {python}.*"])
    for blas in ("mkl", "openblas"):
        yield _record(subdir, "libblas", "3.9.0", f"35_hdummy00_{blas}", 35, [], [])
    yield from _for_pythons(subdir, "numpy", "2.3.4")
    yield from _for_pythons(subdir, "pillow", "12.0.0")
    for release in tables.conda_forge_releases.values():
        yield from _pytorch(tables, release, subdir)
    yield from _companions(tables, subdir)


def _for_pythons(subdir: str, name: str, version: str) -> Iterator[Record]:
    for python in PYTHONS:
        build = f"py{python.replace('.', '')}hdummy00_0"
        yield _record(subdir, name, version, build, 0, _python(python), [])


def _python(python: str) -> list[str]:
    number = python.replace(".", "")
    major, minor = python.split(".")
    return [f"python >={python},<{major}.{int(minor) + 1}.0a0", f"python_abi {python}.* *_cp{number}"]


def _pytorch(tables: Knowledge, release: CondaForgeRelease, subdir: str) -> Iterator[Record]:
    platform = SUBDIRS[subdir]
    cudas = [row.cuda for row in tables.conda_forge if (row.torch, row.platform) == (release.torch, platform)]
    variants = [*cudas, *(["cpu"] if platform in release.cpu else [])]
    for variant in variants:
        for blas in BLAS.get(subdir, ("generic",)):
            yield from _pytorch_build(release, subdir, variant, blas)


def _pytorch_build(release: CondaForgeRelease, subdir: str, variant: str, blas: str) -> Iterator[Record]:
    torch, gpu = release.torch, variant != "cpu"
    number = release.build + (200 if gpu else 0) + (100 if blas == "mkl" else 0)
    kind = f"cuda{variant.replace('.', '')}" if gpu else "cpu"
    system = _system(release, subdir, variant)
    lib = f"{kind}_{blas}_hdummy00_{number}"
    meta, other = ("pytorch-gpu", "pytorch-cpu") if gpu else ("pytorch-cpu", "pytorch-gpu")
    constrains = [f"{meta} {torch}", f"{other} <0.0a0"]
    algebra = ["libblas * *mkl"] if blas == "mkl" else ["nomkl"]
    yield _record(
        subdir, "libtorch", torch, lib, number, [*system, *_cuda(variant), *algebra[:1]], constrains
    )
    for python in release.pythons:
        build = f"{kind}_{blas}_py{python.replace('.', '')}_hdummy00_{number}"
        depends = [f"libtorch {torch} {lib}", *algebra, *_python(python), "filelock", "typing_extensions"]
        depends += [*system, *_cuda(variant), *(["__cuda"] if gpu else [])]
        yield _record(subdir, "pytorch", torch, build, number, depends, constrains)
    target = f"pytorch {torch} {kind}_{blas}*{number}"
    yield _record(subdir, meta, torch, lib, number, [target], [])


def _cuda(variant: str) -> list[str]:
    """What conda-forge's CUDA compiler exports: its own minor version or a newer one of the same major."""
    if variant == "cpu":
        return []
    return [f"cuda-version >={variant},<{int(variant.partition('.')[0]) + 1}"]


def _system(release: CondaForgeRelease | None, subdir: str, variant: str) -> list[str]:
    if subdir.startswith("linux"):
        return [f"__glibc >={'2.28' if variant in GLIBC_2_28 else '2.17'},<3.0.a0"]
    if subdir.startswith("osx"):
        return [f"__osx >={release.min_macos if release else '11.0'}"]
    return []


def _companions(tables: Knowledge, subdir: str) -> Iterator[Record]:
    for row in tables.conda_forge_companions:
        built = row.builds.get(SUBDIRS[subdir])  # type: ignore[call-overload]
        if built is None:
            continue
        major, minor = row.torch.split(".")
        pin = f">={row.torch}.0,<{major}.{int(minor) + 1}.0a0"
        for variant in built.cuda:
            kind = f"cuda{variant.replace('.', '')}" if variant != "cpu" else "cpu"
            for python in built.pythons:
                if python not in PYTHONS:
                    continue
                build = f"{kind}_py{python.replace('.', '')}_hdummy{row.torch.replace('.', '')}_0"
                depends = [
                    f"pytorch * {kind[:4] if kind != 'cpu' else kind}*",
                    f"pytorch {pin}",
                    f"libtorch {pin}",
                ]
                depends += [*_python(python), *_cuda(variant), *_system(None, subdir, variant), "numpy"]
                depends += ["pillow"] if row.name == "torchvision" else []
                yield _record(subdir, row.name, row.version, build, 0, depends, [])
