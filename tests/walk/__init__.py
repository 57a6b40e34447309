"""Every cell of the supported space, walked whole: `python -m tests.walk`."""

import sys
from pathlib import Path

# `python -m tests.walk` finds `tests.replicas`; the tests know it as `replicas`.
_tests = str(Path(__file__).parents[1])
if _tests not in sys.path:
    sys.path.insert(0, _tests)
