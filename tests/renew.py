"""Everything in this checkout that a script writes, written anew.

`python -m tests.renew` after any change of words, rules, facts or tables; then read what it changed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WRITERS: tuple[tuple[str, ...], ...] = (
    ("envdoctor.reports.schemas",),
    ("envdoctor.reports.finding_pages",),
    ("tests.snapshots",),
    ("tests.docs.shown",),
    ("tests.docs.rooms", "--write"),
    ("tests.comparison.document",),
)


def main() -> None:
    """Run every writer, each in a process of its own as a person would; the first that fails ends it."""
    for writer in WRITERS:
        print("python -m", *writer, flush=True)
        subprocess.run([sys.executable, "-m", *writer], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
