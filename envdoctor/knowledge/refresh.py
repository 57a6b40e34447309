"""Renews what a package index can tell of torch, torchvision and torchaudio.

Run as `python -m envdoctor.knowledge.refresh`. An index tells releases, dates, Python versions, sizes and the
CUDA build of its Linux wheels. It does not tell which variants PyTorch's own index has: they are taken over
from the release before. Nor does it tell for which GPUs a build carries code. Both are named in the output.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.knowledge import loading, schema
from envdoctor.knowledge.package_index import PackageIndex, Wheel, default_index_url

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row

__all__ = ["main", "render"]

_COMPANIONS = ("torchvision", "torchaudio")
_OFFICIAL_ONLY = (
    "windows_arm64"  # these wheels are on PyTorch's own index, so a package index says nothing of them
)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 2 a wrong option or index, 3 the index could not be read."""
    options = _options(arguments)
    try:
        lines = refresh(
            PackageIndex(options.index_url or default_index_url(os.environ), timeout=options.timeout),
            today=date.today(),
            write_to=options.into if options.write else None,
        )
    except EnvdoctorError as error:
        sys.stderr.write(f"error: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m envdoctor.knowledge.refresh", description=__doc__)
    parser.add_argument("--index-url", metavar="URL", help="the package index to ask (default: pip's)")
    parser.add_argument("--write", action="store_true", help="write the renewed tables")
    parser.add_argument(
        "--into",
        metavar="DIR",
        type=Path,
        default=loading.DATA_FOLDER,
        help="the folder that --write writes into (default: the tables of this installation)",
    )
    parser.add_argument("--timeout", metavar="SECONDS", type=float, default=30.0, help="for each answer")
    options = parser.parse_args(arguments)
    if not 0 < options.timeout < 3600:
        parser.error("--timeout: a number of seconds between 0 and 3600")
    return options


def refresh(index: PackageIndex, *, today: date, write_to: Path | None) -> list[str]:
    """The differences between the index and the shipped tables, as lines; written if `write_to` is given."""
    torch_table = loading.read(loading.DATA_FOLDER, "torch_releases").content
    companion_table = loading.read(loading.DATA_FOLDER, "companions").content
    found = {name: _by_version(index.wheels(name)) for name in ("torch", *_COMPANIONS)}
    lines: list[str] = []

    companions: list[Row] = []
    for name in _COMPANIONS:
        known = [row for row in companion_table["companions"] if row["name"] == name]
        renewed, told = _renew(name, known, found[name])
        for version in _newer(known, found[name]):
            row = _new_companion(index, name, version, found[name][version])
            renewed.append(row)
            demand = f"demands torch{row['torch']}" if row["torch"] else "names no torch version"
            told.append(f"{name} {version}: new, {row['released']}, {demand}")
        companions += renewed
        lines += told

    releases, told = _renew("torch", torch_table["releases"], found["torch"])
    lines += told
    for version in _newer(torch_table["releases"], found["torch"]):
        before = [row for row in releases if _number(row["version"]) < _number(version)][-1]
        row = _new_release(index, version, found["torch"][version], before, companions, today)
        releases = sorted([*releases, row], key=lambda row: _number(row["version"]))
        lines += _introduced(row)

    summary = f"{index.url}: " + (f"{len(lines)} differences" if lines else "no differences")
    if write_to is not None:
        day = today.isoformat()
        tables = {
            "torch_releases": {**torch_table, "as_of": day, "releases": releases},
            "companions": {**companion_table, "as_of": day, "companions": companions},
        }
        for table, content in tables.items():
            schema.validate(table, content)
        for table, content in tables.items():
            _write(write_to / f"{table}.json", render(content))
        lines.append(f"written: torch_releases.json and companions.json in {write_to}")
    elif lines:
        lines.append("Nothing was written; --write renews the tables.")
    return [summary, *lines]


# -- rows that the tables have


def _renew(project: str, rows: list[Row], found: dict[str, list[Wheel]]) -> tuple[list[Row], list[str]]:
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
        for field, told in _told(wheels).items():
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


def _told(wheels: list[Wheel]) -> dict[str, object]:
    """The fields of a row that an index tells, where it tells them."""
    told: dict[str, object] = {"pythons": _pythons(wheels)}
    dates = [wheel.uploaded for wheel in wheels if wheel.uploaded]
    if len(dates) == len(wheels):
        told["released"] = min(dates)
    demands = {wheel.requires_python for wheel in wheels}
    if len(demands) == 1 and None not in demands:
        told["requires_python"] = demands.pop()
    return told


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


# -- rows that are new


def _newer(rows: list[Row], found: dict[str, list[Wheel]]) -> list[str]:
    """The versions that no row has, from the oldest row on, oldest first."""
    known = {row["version"] for row in rows}
    oldest = min(_number(version) for version in known)
    return sorted((v for v in found if v not in known and _number(v) >= oldest), key=_number)


def _new_companion(index: PackageIndex, name: str, version: str, wheels: list[Wheel]) -> Row:
    demands = [_torch_demand(line) for line in _requirements(index, wheels)]
    told = _told(wheels)
    return {
        "name": name,
        "version": version,
        "released": told.get("released") or _unknown(name, version, "upload dates"),
        "torch": next((demand for demand in demands if demand), ""),
        "requires_python": told.get("requires_python", ""),
        "pythons": told["pythons"],
    }


def _new_release(
    index: PackageIndex, version: str, wheels: list[Wheel], before: Row, companions: list[Row], today: date
) -> Row:
    told = _told(wheels)
    variants = _pypi_variants(index, wheels)
    official = {
        platform: list(dict.fromkeys([*names, *([variants[platform]] if platform in variants else [])]))
        for platform, names in before["official_variants"].items()
    }
    inferred = sorted(
        {name for names in official.values() for name in names if name != "cpu"}, key=_variant_key
    )
    notes = ["PyTorch's own index was not asked: its variants are those of the release before."]
    unknown = [p for p in ("linux_x86_64", "linux_aarch64") if p in _pythons(wheels) and p not in variants]
    if unknown:
        notes.append(f"The CUDA build of the wheels for {', '.join(unknown)} is not known.")
    pythons = told["pythons"]
    assert isinstance(pythons, dict)
    if _OFFICIAL_ONLY in before["pythons"] and _OFFICIAL_ONLY not in pythons:
        pythons[_OFFICIAL_ONLY] = before["pythons"][_OFFICIAL_ONLY]
        inferred.append(f"cpu@{_OFFICIAL_ONLY}")
    return {
        "version": version,
        "released": told.get("released") or _unknown("torch", version, "upload dates"),
        "requires_python": told.get("requires_python", ""),
        "pythons": _in_order(pythons, like=before["pythons"]),
        "pypi_variant": variants,
        "official_variants": official,
        "inferred_variants": inferred,
        "min_glibc": _lowest({w.platform: w.min_glibc for w in wheels if w.platform.startswith("linux")}),
        "min_macos": min(
            (w.min_macos for w in wheels if w.min_macos), key=_number, default=before["min_macos"]
        ),
        "torchvision": _partner("torchvision", version, companions) or before["torchvision"],
        "torchaudio": _partner("torchaudio", version, companions) or before["torchaudio"],
        "wheel_megabytes": _megabytes(wheels),
        "numpy2": before["numpy2"],
        "source": f"the package index, read on {today.isoformat()}",
        "notes": notes,
    }


def _introduced(row: Row) -> Iterable[str]:
    version = row["version"]
    builds = ", ".join(f"{platform} {variant}" for platform, variant in row["pypi_variant"].items())
    yield f"torch {version}: new, {row['released']}, on the package index as {builds}"
    yield f"torch {version}: pairs with torchvision {row['torchvision']} and torchaudio {row['torchaudio']}"
    yield f"torch {version}: inferred, not read: official variants {', '.join(row['inferred_variants'])}"
    minor = ".".join(version.split(".")[:2])
    builds_known = loading.read(loading.DATA_FOLDER, "archs").content["builds"]
    if not any(build["torch"] == minor for build in builds_known):
        yield f"torch {version}: archs.json has no row for {minor}; add its GPU architectures by hand"


def _pypi_variants(index: PackageIndex, wheels: list[Wheel]) -> dict[str, str]:
    """Platform → the variant of the plain wheel; a Linux platform without readable metadata is left out."""
    found: dict[str, str] = {}
    for platform in _pythons(wheels):
        if not platform.startswith("linux"):
            found[platform] = "cpu"
            continue
        demands = _requirements(index, [wheel for wheel in wheels if wheel.platform == platform])
        if demands:
            found[platform] = _cuda_of(demands, platform.removeprefix("linux_"))
    return found


def _requirements(index: PackageIndex, wheels: list[Wheel]) -> list[str]:
    """What one of these wheels demands; empty where the index hands out none of their metadata."""
    said = [wheel for wheel in wheels if wheel.has_metadata]
    return index.requirements((said or wheels)[-1]) or []


def _cuda_of(requirements: list[str], machine: str) -> str:
    """The variant that the demands of a Linux wheel give away: "cu132"; without NVIDIA's libraries "cpu"."""
    from packaging.requirements import InvalidRequirement, Requirement

    environment = {
        "platform_system": "Linux",
        "sys_platform": "linux",
        "platform_machine": machine,
        "extra": "",
    }
    for line in requirements:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if not re.fullmatch(r"cuda-toolkit|nvidia-cuda-runtime(-cu\d+)?", requirement.name):
            continue
        if requirement.marker and not requirement.marker.evaluate(environment):
            continue
        pinned = re.search(r"==(\d+)\.(\d+)", str(requirement.specifier))
        if pinned:
            return f"cu{pinned[1]}{pinned[2]}"
    return "cpu"


# -- small things


def _by_version(wheels: list[Wheel]) -> dict[str, list[Wheel]]:
    found: dict[str, list[Wheel]] = {}
    for wheel in wheels:
        found.setdefault(wheel.version, []).append(wheel)
    return found


def _pythons(wheels: list[Wheel]) -> dict[str, list[str]]:
    found: dict[str, set[str]] = {}
    for wheel in wheels:
        found.setdefault(wheel.platform, set()).add(wheel.python)
    return {
        key: sorted(found[key], key=lambda v: (_number(v), v)) for key in schema.PLATFORMS if key in found
    }


def _megabytes(wheels: list[Wheel]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for wheel in wheels:
        if wheel.bytes:
            sizes[wheel.platform] = max(sizes.get(wheel.platform, 0), round(wheel.bytes / 1e6))
    return {platform: size for platform, size in sizes.items() if size > 0}


def _lowest(values: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _partner(name: str, torch: str, companions: list[Row]) -> str | None:
    """The newest companion that demands exactly this torch, else the newest that takes it."""
    rows = [row for row in companions if row["name"] == name and row["torch"]]
    rows.sort(key=lambda row: _number(row["version"]))
    exact = [row["version"] for row in rows if row["torch"] == f"=={torch}"]
    takes = [
        row["version"]
        for row in rows
        if row["torch"].startswith(">=") and _number(row["torch"]) <= _number(torch)
    ]
    return next(reversed(exact), None) or next(reversed(takes), None)


def _torch_demand(line: str) -> str:
    match = re.match(r"torch\s*\(?\s*((?:==|>=)[\d.]+)\)?\s*(?:;|$)", line)
    return match[1] if match else ""


def _in_order(values: dict[str, list[str]], *, like: dict[str, object]) -> dict[str, list[str]]:
    return {key: values[key] for key in dict.fromkeys([*like, *values]) if key in values}


def _plain(value: object) -> object:
    """A value to compare: a range of versions means the same in any order."""
    return sorted(value.replace(" ", "").split(",")) if isinstance(value, str) else value


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _variant_key(variant: str) -> tuple[str, tuple[int, ...]]:
    return variant.rstrip("0123456789."), _number(variant)


def _unknown(project: str, version: str, what: str) -> str:
    raise UsageError(
        f"This index gives no {what} for {project} {version} (PEP 700). Choose another: --index-url URL"
    )


def render(content: Row) -> str:
    """The text of a table: one row a line, so that a change reads as one."""
    parts = []
    for key, value in content.items():
        if isinstance(value, list) and value:
            body = ",\n".join(f"  {json.dumps(item, ensure_ascii=False)}" for item in value)
            parts.append(f' "{key}": [\n{body}\n ]')
        elif isinstance(value, dict) and value:
            body = ",\n".join(f"  {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
            parts.append(f' "{key}": {{\n{body}\n }}')
        else:
            parts.append(f' "{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _write(path: Path, text: str) -> None:
    """The file, written whole or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, encoding="utf-8", newline="\n")
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror or error}.") from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
