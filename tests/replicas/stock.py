"""Which wheels stand where, as file names: PyPI's shape and that of PyTorch's own indexes, from the tables.

What the tables do not hold is written here, each with its source: platform tags by age, build tags of wheels
that were uploaded again, where PyTorch's own wheels for Linux on Arm have no label.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path

from envdoctor.knowledge import Knowledge, TorchRelease, knowledge
from replicas.wheels import Wheel

FAMILY = ("torch", "torchvision", "torchaudio")
ROOT = ""
"""In place of a variant: the index that lists all variants together."""
MARKER = 'platform_system == "Linux" and platform_machine == "x86_64"'
LINUX = 'platform_system == "Linux"'
REUPLOADED = {("2.10.0", "linux_x86_64"): "3", ("2.10.0", "macos_arm64"): "2"}
"""Build tag of PyPI's wheels that were uploaded again; those for macOS 14 were not."""
LAST_WITHOUT_ABI = (2, 10)
"""Up to this release torch's wheels for the Mac name no ABI: "cp312-none"."""
MACOS_14 = ("3.13t", "3.14", "3.14t")
"""Pythons whose wheels for Apple silicon are tagged for macOS 14 whatever the release's others are."""
COMMON = {
    "filelock": "3.20.0",
    "fsspec": "2025.9.0",
    "jinja2": "3.1.6",
    "MarkupSafe": "3.0.3",
    "mpmath": "1.3.0",
    "networkx": "3.5",
    "pillow": "12.0.0",
    "pip": "25.3",
    "setuptools": "80.9.0",
    "sympy": "1.14.0",
    "typing-extensions": "4.15.0",
    "wheel": "0.45.1",
}
"""What torch's family depends on, one version each: nothing chooses between them."""
NUMPY = ("1.26.4", "2.3.4")
NEEDS = {"sympy": ("mpmath",), "jinja2": ("MarkupSafe",)}
TORCH_NEEDS = ("filelock", "typing-extensions", "sympy", "networkx", "jinja2", "fsspec")


@functools.cache
def pypi(project: str) -> tuple[Wheel, ...]:
    """The wheels of a project on PyPI and its mirrors; empty: it is not there."""
    tables = knowledge()
    if project == "torch":
        return tuple(each for release in tables.releases for each in _torch_on_pypi(release))
    if project in FAMILY:
        rows = [row for row in tables.companions if row.name == project]
        return tuple(each for row in rows for each in _companion(tables, project, row.version, None))
    return _common(project) or _cuda_parts().get(project, ())


@functools.cache
def pytorch(variant: str, project: str) -> tuple[Wheel, ...]:
    """The wheels of a project on PyTorch's own index of a variant, or of all of them (`ROOT`)."""
    tables = knowledge()
    if project not in FAMILY:
        return pypi(project)  # the index has copies of what its wheels depend on
    variants = [variant] if variant else sorted(_variants(tables))
    found: dict[str, Wheel] = {}
    for each in variants:
        if project == "torch":
            made = (one for row in tables.releases for one in _torch_on_index(row, each))
        else:
            rows = [row for row in tables.companions if row.name == project]
            made = (one for row in rows for one in _companion(tables, project, row.version, each))
        found.update((wheel.filename, wheel) for wheel in made)
    return tuple(found.values())


def projects(variant: str | None) -> tuple[str, ...]:
    """What the front page of PyPI (`None`) or of PyTorch's own index lists."""
    names = (*FAMILY, *COMMON, "numpy", *_cuda_parts())
    if variant is None:
        return names
    return tuple(name for name in names if pytorch(variant, name))


def served(variant: str) -> bool:
    """Whether PyTorch's own index has this variant at all."""
    return variant == ROOT or variant in _variants(knowledge())


def _variants(tables: Knowledge) -> set[str]:
    return {
        variant for row in tables.releases for listed in row.official_variants.values() for variant in listed
    }


# -- torch


def _torch_on_pypi(release: TorchRelease) -> Iterator[Wheel]:
    for platform, pythons in release.pythons.items():
        variant = release.pypi_variant.get(platform)
        if variant is None:
            continue  # Windows on Arm: on PyTorch's own index only
        build = REUPLOADED.get((release.version, platform), "")
        for python in pythons:
            place = _pypi_platform(release, platform, python)
            again = "" if place == "macosx_14_0_arm64" else build
            yield _torch(
                release,
                release.version,
                variant,
                platform,
                f"{_torch_python(release, python, platform)}-{place}",
                again,
            )


def _torch_on_index(release: TorchRelease, variant: str) -> Iterator[Wheel]:
    for platform, listed in release.official_variants.items():
        if variant not in listed:
            continue
        version = release.version + _label("torch", release, variant, platform)
        for python in release.pythons.get(platform, ()):
            place = _index_platform(release, platform, python)
            if platform == "linux_x86_64" and variant in release.newer_glibc:
                place = f"manylinux_{release.newer_glibc[variant].replace('.', '_')}_x86_64"
            tag = f"{_torch_python(release, python, platform)}-{place}"
            yield _torch(release, version, variant, platform, tag)


def _torch(
    release: TorchRelease, version: str, variant: str, platform: str, tag: str, build: str = ""
) -> Wheel:
    needs = (*TORCH_NEEDS, *_cuda_needs(release, variant, platform))
    return Wheel(
        "torch",
        version,
        tag,
        needs,
        release.requires_python,
        build,
        _files("torch", release, variant, platform),
    )


def _cuda_needs(release: TorchRelease, variant: str, platform: str) -> Iterator[str]:
    """The pins of the CUDA libraries: those of PyPI's build of the same CUDA, where there is one."""
    if not variant.startswith("cu") or platform not in ("linux_x86_64", "linux_aarch64"):
        return
    same = [row for row in knowledge().releases if row.pypi_variant.get("linux_x86_64") == variant]
    pins = _requires().get((release if release in same or not same else same[-1]).version, {})
    if not same:
        return
    marker = MARKER if "cuda-toolkit" not in pins else LINUX
    for name, spec in pins.items():
        yield f"{name}{spec}; {marker}"


@functools.cache
def _requires() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("cuda_requires.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)["requires"]
    return found


@functools.cache
def _cuda_parts() -> dict[str, tuple[Wheel, ...]]:
    """NVIDIA's libraries and triton, in every version that a torch demands."""
    wanted: dict[str, set[str]] = {}
    for pins in _requires().values():
        for name, spec in pins.items():
            # "<14,>=13.0.3" and "~=3.8.0" are met by the number that stands last in them.
            wanted.setdefault(name, set()).add(spec.split("=")[-1])
    platforms = "manylinux1_x86_64.manylinux2014_x86_64", "manylinux2014_aarch64"
    return {
        name: tuple(
            Wheel(name, version, f"py3-none-{platform}")
            for version in sorted(versions)
            for platform in platforms
        )
        for name, versions in wanted.items()
    }


def _common(project: str) -> tuple[Wheel, ...]:
    versions = NUMPY if project == "numpy" else tuple(filter(None, (COMMON.get(project),)))
    module = project.lower().replace("-", "_")
    return tuple(
        Wheel(
            project,
            version,
            "py3-none-any",
            NEEDS.get(project, ()),
            files=((f"{module}.py", f'__version__ = "{version}"\n'),),
        )
        for version in versions
    )


# -- torchvision and torchaudio


def _companion(tables: Knowledge, name: str, version: str, variant: str | None) -> Iterator[Wheel]:
    """The wheels of one companion release on PyPI (`None`) or on the index of a variant."""
    row = tables.companion(name, version)
    releases = [each for each in tables.releases if getattr(each, name) == version]
    assert row is not None and releases
    own = next((each for each in releases if row.torch == f"=={each.version}"), releases[0])
    if row.torch.startswith(">="):
        own = releases[-1]
    torch = f"torch{row.torch}"
    needs = (torch, "numpy", "pillow") if name == "torchvision" else (torch,) if row.torch else ()
    made: set[str] = set()
    for platform, pythons in row.pythons.items():
        if variant is not None and variant not in own.official_variants.get(platform, ()):
            continue
        label = "" if variant is None else _label(name, own, variant, platform)
        for python in pythons:
            if python == "any":
                tag = "py3-none-any"
            else:
                place = _pypi_platform if variant is None else _index_platform
                tag = f"{_python(python)}-{place(own, platform, python)}"
            wheel = Wheel(
                name,
                version + label,
                tag,
                needs,
                row.requires_python,
                files=_files(name, own, variant or own.pypi_variant.get(platform, "cpu"), platform),
            )
            if wheel.filename not in made:
                made.add(wheel.filename)
                yield wheel


# -- names


def _torch_python(release: TorchRelease, python: str, platform: str) -> str:
    number = tuple(int(part) for part in release.version.split(".")[:2])
    tag = _python(python)
    if platform.startswith("macos") and number <= LAST_WITHOUT_ABI and not python.endswith("t"):
        return f"{tag.partition('-')[0]}-none"
    return tag


def _python(python: str) -> str:
    number = "cp" + python.rstrip("t").replace(".", "")
    if python.endswith("t"):
        return f"{number}-{number}t"
    return f"{number}-cp37m" if python == "3.7" else f"{number}-{number}"


def _pypi_platform(release: TorchRelease, platform: str, python: str) -> str:
    if platform == "linux_x86_64":
        return "manylinux1_x86_64" if release.min_glibc[platform] == "2.17" else "manylinux_2_28_x86_64"
    if platform == "linux_aarch64":
        return "manylinux2014_aarch64" if release.min_glibc[platform] == "2.17" else "manylinux_2_28_aarch64"
    if platform == "macos_arm64":
        least = "14.0" if python in MACOS_14 else release.min_macos or "11.0"
        return f"macosx_{least.replace('.', '_')}_arm64"
    return {"macos_x86_64": "macosx_10_9_x86_64", "windows_amd64": "win_amd64", "windows_arm64": "win_arm64"}[
        platform
    ]


def _index_platform(release: TorchRelease, platform: str, python: str) -> str:
    """PyTorch's own index tagged its Linux wheels "linux_x86_64" as long as they fitted glibc 2.17."""
    if platform.startswith("linux") and release.min_glibc[platform] == "2.17":
        return platform
    return _pypi_platform(release, platform, python)


def _label(name: str, release: TorchRelease, variant: str, platform: str) -> str:
    """ "+cu126" where PyTorch's own index has it in the version."""
    number = tuple(int(part) for part in release.version.split("."))
    if platform in ("linux_x86_64", "windows_amd64"):
        return f"+{variant}"
    if name == "torch" and (
        platform == "windows_arm64" or (platform == "linux_aarch64" and number >= (2, 6))
    ):
        return f"+{variant}"
    return ""


# -- contents


def _files(name: str, release: TorchRelease, variant: str, platform: str) -> tuple[tuple[str, str], ...]:
    """An importable stand-in that says what it was built for, as the real package does."""
    mac = platform.startswith("macos")
    if name != "torch":
        return ((f"{name}/__init__.py", f"import torch\n__version__ = {getattr(release, name)!r}\n"),)
    version = release.version + ("" if mac else f"+{variant}")
    cuda = f"{variant[2:-1]}.{variant[-1]}" if variant.startswith("cu") else None
    hip = variant[4:] if variant.startswith("rocm") else None
    about = f"__version__ = {version!r}\ndebug = False\ncuda = {cuda!r}\nhip = {hip!r}\n"
    return (("torch/__init__.py", "from torch.version import __version__\n"), ("torch/version.py", about))
