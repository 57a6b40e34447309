"""What goes wrong on real machines, made to go wrong here: `python -m tests.faults.soak --runs 200 --seed 0`."""

import sys
from pathlib import Path

# `python -m tests.faults.soak` finds `tests.comparison`; the tests know it as `comparison`.
_tests = str(Path(__file__).parents[1])
if _tests not in sys.path:
    sys.path.insert(0, _tests)
