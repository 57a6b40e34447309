"""Rows of the tables of releases as a package index has them now: those that are known, and new ones."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from envdoctor.errors import UsageError
from envdoctor.knowledge import loading
from envdoctor.knowledge.package_index import PackageIndex, Wheel
from envdoctor.knowledge.wheel_facts import (
    megabytes,
    pypi_variants,
    pythons,
    requirements,
    told_by,
    torch_demand,
)
from envdoctor.versions import every_number

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row

__all__ = ["introduced", "new_companion", "new_release", "newer", "renewed_rows"]

_OFFICIAL_ONLY = (
    "windows_arm64"  # these wheels are on PyTorch's own index, so a package index says nothing of them
)


def renewed_rows(project: str, rows: list[Row], found: dict[str, list[Wheel]]) -> tuple[list[Row], list[str]]:
    """The rows with what the index tells of them, and each difference as a line."""
    renewed, lines = [], []
    for row in rows:
        wheels = found.get(row["version"])
        label = f"{project} {row['version']}"
        if wheels is None:
            lines.append(f"{label}: not on this index; the row stays")
            renewed.append(row)
            continue
        changed = dict(row)
        for field, told in told_by(wheels).items():
            value = told
            if isinstance(told, dict):
                kept = {
                    key: row[field][key] for key in row[field] if key == _OFFICIAL_ONLY and key not in told
                }
                value = _in_order({**told, **kept}, like=row[field])
            if field in row and _plain(row[field]) != _plain(value):
                lines += _differences(label, field, row[field], value)
                changed[field] = value
        renewed.append(changed)
    return renewed, lines


def _differences(label: str, field: str, old: object, new: object) -> Iterable[str]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        yield f"{label}: {field} is {new} (the table says {old or 'nothing'})"
        return
    for key in dict.fromkeys([*old, *new]):
        gone = [item for item in old.get(key, ()) if item not in new.get(key, ())]
        come = [item for item in new.get(key, ()) if item not in old.get(key, ())]
        for items, verb in ((come, "gains"), (gone, "loses")):
            if items:
                yield f"{label}: {key} {verb} Python {', '.join(items)}"


def newer(rows: list[Row], found: dict[str, list[Wheel]]) -> list[str]:
    """The versions that no row has, from the oldest row on, oldest first."""
    known = {row["version"] for row in rows}
    oldest = min(every_number(version) for version in known)
    return sorted((v for v in found if v not in known and every_number(v) >= oldest), key=every_number)


def new_companion(index: PackageIndex, name: str, version: str, wheels: list[Wheel]) -> Row:
    """The row of a torchvision or torchaudio release."""
    demands = [torch_demand(line) for line in requirements(index, wheels)]
    told = told_by(wheels)
    return {
        "name": name,
        "version": version,
        "released": told.get("released") or _unknown(name, version, "upload dates"),
        "torch": next((demand for demand in demands if demand), ""),
        "requires_python": told.get("requires_python", ""),
        "pythons": told["pythons"],
    }


def new_release(
    index: PackageIndex, version: str, wheels: list[Wheel], before: Row, companions: list[Row], today: date
) -> Row:
    """The row of a torch release; what the index does not tell is that of the release before."""
    told = told_by(wheels)
    variants = pypi_variants(index, wheels)
    official = {
        platform: list(dict.fromkeys([*names, *([variants[platform]] if platform in variants else [])]))
        for platform, names in before["official_variants"].items()
    }
    inferred = sorted(
        {name for names in official.values() for name in names if name != "cpu"}, key=_variant_key
    )
    notes = ["PyTorch's own index was not asked: its variants are those of the release before."]
    unknown = [p for p in ("linux_x86_64", "linux_aarch64") if p in pythons(wheels) and p not in variants]
    if unknown:
        notes.append(f"The CUDA build of the wheels for {', '.join(unknown)} is not known.")
    offered = told["pythons"]
    assert isinstance(offered, dict)
    if _OFFICIAL_ONLY in before["pythons"] and _OFFICIAL_ONLY not in offered:
        offered[_OFFICIAL_ONLY] = before["pythons"][_OFFICIAL_ONLY]
        inferred.append(f"cpu@{_OFFICIAL_ONLY}")
    return {
        "version": version,
        "released": told.get("released") or _unknown("torch", version, "upload dates"),
        "requires_python": told.get("requires_python", ""),
        "pythons": _in_order(offered, like=before["pythons"]),
        "pypi_variant": variants,
        "official_variants": official,
        "inferred_variants": inferred,
        "min_glibc": _lowest({w.platform: w.min_glibc for w in wheels if w.platform.startswith("linux")}),
        "min_macos": min(
            (w.min_macos for w in wheels if w.min_macos), key=every_number, default=before["min_macos"]
        ),
        "torchvision": _partner("torchvision", version, companions) or before["torchvision"],
        "torchaudio": _partner("torchaudio", version, companions) or before["torchaudio"],
        "wheel_megabytes": megabytes(wheels),
        "numpy2": before["numpy2"],
        "source": f"the package index, read on {today.isoformat()}",
        "notes": notes,
    }


def introduced(row: Row) -> Iterable[str]:
    """What is to be said of a new row, what was inferred in it above all."""
    version = row["version"]
    builds = ", ".join(f"{platform} {variant}" for platform, variant in row["pypi_variant"].items())
    yield f"torch {version}: new, {row['released']}, on the package index as {builds}"
    yield f"torch {version}: pairs with torchvision {row['torchvision']} and torchaudio {row['torchaudio']}"
    yield f"torch {version}: inferred, not read: official variants {', '.join(row['inferred_variants'])}"
    minor = ".".join(version.split(".")[:2])
    builds_known = loading.read(loading.DATA_FOLDER, "archs").content["builds"]
    if not any(build["torch"] == minor for build in builds_known):
        yield f"torch {version}: archs.json has no row for {minor}; add its GPU architectures by hand"


def _partner(name: str, torch: str, companions: list[Row]) -> str | None:
    """The newest companion that demands exactly this torch, else the newest that takes it."""
    rows = [row for row in companions if row["name"] == name and row["torch"]]
    rows.sort(key=lambda row: every_number(row["version"]))
    exact = [row["version"] for row in rows if row["torch"] == f"=={torch}"]
    takes = [
        row["version"]
        for row in rows
        if row["torch"].startswith(">=") and every_number(row["torch"]) <= every_number(torch)
    ]
    return next(reversed(exact), None) or next(reversed(takes), None)


def _in_order(values: dict[str, list[str]], *, like: dict[str, object]) -> dict[str, list[str]]:
    return {key: values[key] for key in dict.fromkeys([*like, *values]) if key in values}


def _plain(value: object) -> object:
    """A value to compare: a range of versions means the same in any order."""
    return sorted(value.replace(" ", "").split(",")) if isinstance(value, str) else value


def _lowest(values: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _variant_key(variant: str) -> tuple[str, tuple[int, ...]]:
    return variant.rstrip("0123456789."), every_number(variant)


def _unknown(project: str, version: str, what: str) -> str:
    raise UsageError(
        f"This index gives no {what} for {project} {version} (PEP 700). Choose another: --index-url URL"
    )
