"""envdoctor beside the tools that people use today, each run for real: `docs/comparison.md` is written from here.

- `python -m tests.comparison.uv_grid` compares its choice of a build with uv's `--torch-backend auto`.
- `python -m tests.comparison.traps` lets each tool examine the same broken environments.

With `--write` the tables in `docs/comparison.md` are renewed.
"""

import sys
from pathlib import Path

# `python -m tests.comparison...` finds `tests.replicas`; the copies know themselves as `replicas`.
_tests = str(Path(__file__).parents[1])
if _tests not in sys.path:
    sys.path.insert(0, _tests)
