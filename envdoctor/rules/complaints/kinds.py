"""Kinds of messages about the driver that several rules ask for together."""

from __future__ import annotations

__all__ = ["ASKED_THE_DRIVER", "NO_CONTACT", "NO_DEVICE", "SILENT", "SPOKEN_FOR", "TOO_OLD"]

TOO_OLD = ("torch-driver-too-old", "cuda-35", "cuda-222", "newer-driver-asked", "container-cuda-requirement")
NO_DEVICE = ("torch-no-driver", "cuda-100", "no-cuda-gpus", "torch-init-failed")
ASKED_THE_DRIVER = (
    "no-cuda-gpus",
    "torch-no-driver",
    "torch-driver-too-old",
    "torch-init-failed",
    "cuda-999",
)
"""What only a torch with CUDA says: one without it never asks the driver."""
NO_CONTACT = (
    "smi-no-contact",
    "nvml-not-loaded",
    "nvml-library-missing",
    "nvml-unknown",
    "nvml-init",
    "smi-no-devices",
)
SPOKEN_FOR = (
    *TOO_OLD,
    *NO_DEVICE,
    *(
        "init-oom",
        "cuda-34",
        "cuda-46",
        "cuda-101",
        "cuda-214",
        "cuda-802",
        "cuda-803",
        "cuda-804",
        "no-kernel",
    ),
)
"""What has a meaning of its own; torch's first question to the driver fails with any of them."""


SILENT = ("no-cuda-gpus", "cuda-100", "torch-no-driver")
"""No device, and where a driver is known also no library of it that the process could load."""
