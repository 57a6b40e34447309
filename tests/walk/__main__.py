"""Walk the whole space in one process: `python -m tests.walk [--share 1/4] [--record FILE]`.

With `--record` every stretch that is done is a line of JSON in that file, and a walk that was stopped goes on where
it was. Exit code 1: a fault was found.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path

from envdoctor.knowledge import knowledge

from .stretches import Stretch, Tally, stretches, walk


def main() -> int:
    """Walk, with a line of progress for every stretch, and say what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.walk", description="every cell of the planner's space"
    )
    parser.add_argument("--share", type=_share, default=(1, 1), help="K/N: the K-th of N shares")
    parser.add_argument(
        "--record", type=Path, help="file that keeps what is done; an existing one is gone on with"
    )
    asked = parser.parse_args()
    way = stretches(*asked.share)
    done = _recorded(asked.record)
    tables, started, total = knowledge(), time.monotonic(), Tally()
    for number, stretch in enumerate(way, 1):
        tally = done.get(str(stretch))
        if tally is None:
            tally = walk(stretch, tables)
            _record(asked.record, stretch, tally)
        total += tally
        print(
            f"{number}/{len(way)} {stretch}: {_said(tally)}; {time.monotonic() - started:.0f} s", flush=True
        )
        for fault in tally.faults[:20]:
            print(f"  FAULT {fault}", flush=True)
    print(f"walked: {_said(total)}")
    return 1 if total.faults else 0


def _said(tally: Tally) -> str:
    return (
        f"{tally.cells:,} cells, {tally.plans:,} plans, {tally.refusals:,} refusals, "
        f"{tally.comparisons:,} comparisons, {len(tally.faults):,} faults"
    )


def _share(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if found is None or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(f"{text!r} is no share such as 1/4")
    return int(found[1]), int(found[2])


def _recorded(path: Path | None) -> dict[str, Tally]:
    if path is None or not path.exists():
        return {}
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {row.pop("stretch"): Tally(**row) for row in rows}


def _record(path: Path | None, stretch: Stretch, tally: Tally) -> None:
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"stretch": str(stretch), **asdict(tally)}) + "\n")


if __name__ == "__main__":
    sys.exit(main())
