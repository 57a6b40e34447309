"""Every fault that is planted in a torch after its import, in the patient.

`EXPECTED` says which step must name the fault, and under which finding code.
"""

from __future__ import annotations

import failures
import wrong_numbers
from planting import EXPECTED, PLANTERS, planted

__all__ = ["EXPECTED", "INSIDE_FAULTS", "PLANTERS", "PROCESS_FAULTS", "planted"]

# Importing the two fills the tables.
TABLES = (wrong_numbers, failures)
PROCESS_FAULTS = (
    "the-process-hangs-at-its-first-tensors",
    "all-reduce-sums-wrong",
    "training-segfaults",
    "the-process-is-killed",
    "the-process-leaves-as-if-all-were-well",
    "training-hangs",
)
INSIDE_FAULTS = tuple(name for name in EXPECTED if name not in PROCESS_FAULTS)
