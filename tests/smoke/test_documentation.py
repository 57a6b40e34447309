"""The page says what is so: every planted fault stands in its table, every check in its list."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from envdoctor.smoke.options import CHECKS, RANK_CHECKS

PAGE = (Path(__file__).parents[2] / "docs" / "smoke-train.md").read_text(encoding="utf-8")


def test_every_planted_fault_stands_in_the_table(faults: ModuleType) -> None:
    rows = re.findall(r"(?m)^\| ([^|`]+) \| `([a-z-]+)` \| `([a-z-]+)` \| (?:yes|no) \| (?:yes|no) \|$", PAGE)
    told = {name.strip().replace(" ", "-"): (check, code) for name, check, code in rows}
    assert told == faults.EXPECTED


def test_every_check_is_described() -> None:
    described = set(re.findall(r"(?m)^\| `([a-z-]+)` \|", PAGE))
    assert described == set(CHECKS) | set(RANK_CHECKS)
