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
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.knowledge import loading, schema
from envdoctor.knowledge.package_index import PackageIndex, default_index_url
from envdoctor.knowledge.renewal import introduced, new_companion, new_release, newer, renewed_rows
from envdoctor.knowledge.wheel_facts import by_version
from envdoctor.versions import every_number

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row

__all__ = ["main", "render"]

_COMPANIONS = ("torchvision", "torchaudio")


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
    companions, of_companions = _companions(index, companion_table["companions"])
    releases, of_torch = _releases(index, torch_table["releases"], companions, today)
    lines = [*of_companions, *of_torch]
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


def _companions(index: PackageIndex, rows: list[Row]) -> tuple[list[Row], list[str]]:
    """The rows of torchvision and torchaudio, and what is new in them."""
    companions: list[Row] = []
    lines: list[str] = []
    for name in _COMPANIONS:
        known = [row for row in rows if row["name"] == name]
        found = by_version(index.wheels(name))
        renewed, told = renewed_rows(name, known, found)
        for version in newer(known, found):
            row = new_companion(index, name, version, found[version])
            renewed.append(row)
            demand = f"demands torch{row['torch']}" if row["torch"] else "names no torch version"
            told.append(f"{name} {version}: new, {row['released']}, {demand}")
        companions += renewed
        lines += told
    return companions, lines


def _releases(
    index: PackageIndex, rows: list[Row], companions: list[Row], today: date
) -> tuple[list[Row], list[str]]:
    """The rows of torch, and what is new in them."""
    found = by_version(index.wheels("torch"))
    releases, lines = renewed_rows("torch", rows, found)
    for version in newer(rows, found):
        before = [row for row in releases if every_number(row["version"]) < every_number(version)][-1]
        row = new_release(index, version, found[version], before, companions, today)
        releases = sorted([*releases, row], key=lambda row: every_number(row["version"]))
        lines += introduced(row)
    return releases, lines


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
