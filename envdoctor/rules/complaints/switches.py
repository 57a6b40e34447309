"""Which machines have NVSwitches, and so need NVIDIA's fabric manager."""

from __future__ import annotations

import re

from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard

__all__ = ["is_switched", "is_unswitched"]

_SWITCHED = re.compile(r"SXM[3-6]|HBM3|\bH200\b|\b[GH]?B[23]00\b")
SWITCHED_BOARD = 8
"""GPUs of one board that NVSwitches join; boards of four have none.

CUDA sees none of the GPUs until NVIDIA's fabric manager has set the switches up (NVIDIA, "Fabric Manager for
NVIDIA NVSwitch Systems", user guide).
"""


_UNSWITCHED = re.compile(r"\b(?:GeForce|Quadro|TITAN|[RG]TX)\b", re.IGNORECASE)
"""GPUs of a desk or a laptop, which no NVSwitch joins."""


def is_unswitched(heard: Heard) -> bool:
    """Whether the machine has no NVSwitch, so that its fabric manager has nothing to manage and ends."""
    names = [each.name for each in heard.machine.gpus if each.name]
    return "no-nvswitch" in heard or (bool(names) and all(_UNSWITCHED.search(name) for name in names))


def is_switched(machine: Machine) -> bool:
    """Whether the GPUs are those of a board with NVSwitches."""
    names = [each.name for each in machine.gpus if each.name]
    return len(names) >= SWITCHED_BOARD and all(_SWITCHED.search(name) for name in names)
