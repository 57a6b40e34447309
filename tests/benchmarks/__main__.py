"""Every figure of `docs/benchmarks.md` in one run: `python -m tests.benchmarks`; nothing here passes or fails.

`--write` renews the page. The other tools are measured where `python -m tests.comparison.traps` has installed them.
"""

from __future__ import annotations

import argparse
import compileall
import importlib.metadata
import os
import platform
import tempfile
from pathlib import Path

import envdoctor
from tests.comparison.document import DOCS, renew, table

from .budgets import BUDGETS, against_others, kept
from .many import growth_in_number, growth_in_size

PARTS = ("budgets", "others", "many")


def main() -> None:
    """Measure, and print or write the tables."""
    parser = argparse.ArgumentParser(description="every figure of docs/benchmarks.md")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument(
        "--environments", type=Path, default=Path(tempfile.gettempdir()) / "envdoctor-comparison"
    )
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; repeatable")
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    asked = parser.parse_args()
    # As pip leaves an installation: byte code written. A checkout that was just edited has none.
    compileall.compile_dir(Path(envdoctor.__file__).parent, quiet=1)
    for part in asked.part or PARTS:
        before = os.getloadavg()[0]
        text = tables(part, asked.runs, asked.environments)
        loads = f"{before:.1f} before and {os.getloadavg()[0]:.1f} after"
        text += f"\n{about()} {asked.runs} runs; load {loads}.\n"
        if asked.write:
            renew(DOCS / "benchmarks.md", part, text)
        else:
            print(text)


def tables(part: str, runs: int, environments: Path) -> str:
    """One part of the page."""
    if part == "budgets":
        head = ("command", "s", "beside", "s", "ratio", "of work", "budget", "")
        return table(head, kept(BUDGETS, runs))
    if part == "others":
        head = ("tool", "s", "`check --quick`, s", "ratio", "`check`, s", "ratio")
        return table(head, against_others(environments, runs))
    with tempfile.TemporaryDirectory() as folder:
        number = table(
            ("reports", "number", "s", "s of work", "a second", "MB", "500 a second"),
            growth_in_number(Path(folder)),
        )
        size = table(("one pasted text", "s", "s of work", "MB", "exit code"), growth_in_size(Path(folder)))
        return f"{number}\n{size}"


def about() -> str:
    """The machine and the versions that matter."""
    try:
        torch = f", torch {importlib.metadata.version('torch')}"
    except importlib.metadata.PackageNotFoundError:
        torch = ""
    return f"Python {platform.python_version()}{torch}, {os.cpu_count()} CPUs, {platform.system()};"


if __name__ == "__main__":
    main()
