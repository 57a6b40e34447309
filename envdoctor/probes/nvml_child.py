"""Asks NVIDIA's management library, in a child of the doctor, because a sick driver can hang or crash it.

It runs under the doctor's own interpreter with nvidia-ml-py; it does not import envdoctor.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
COMPUTE_MODES = ("default", "exclusive-thread", "prohibited", "exclusive-process")
DRIVER_MODELS = ("WDDM", "TCC", "MCDM")


def main() -> None:
    """Answer in lines that start with the token given on the command line."""
    token = sys.argv[1]
    channel = os.dup(1)
    os.dup2(2, 1)

    def say(kind: str, data: dict[str, object]) -> None:
        os.write(channel, f"\n{token}:{kind} {json.dumps(data)}\n".encode("ascii"))

    import pynvml

    def asked(work: Callable[..., Result], *arguments: object) -> Result | None:
        """The answer, or None where this driver or GPU does not know."""
        try:
            return work(*arguments)
        except Exception:  # noqa: BLE001 - an older library lacks functions in many ways, not all NVMLError
            return None

    try:
        pynvml.nvmlInit()  # type: ignore[no-untyped-call]  # the library is untyped
    except pynvml.NVMLError as error:
        code = int(getattr(error, "value", 0))
        missing = code == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND
        say(
            "done",
            {
                "state": "library-missing" if missing else "error",
                "code": code,
                "message": str(error),
            },
        )
        return
    cuda = asked(pynvml.nvmlSystemGetCudaDriverVersion_v2) or asked(pynvml.nvmlSystemGetCudaDriverVersion)
    say(
        "part",
        {
            "state": "ok",
            "driver_version": plain(asked(pynvml.nvmlSystemGetDriverVersion)),
            "library_version": plain(asked(pynvml.nvmlSystemGetNVMLVersion)),
            "cuda_version": f"{cuda // 1000}.{cuda % 1000 // 10}" if cuda else None,
        },
    )
    gpus: list[dict[str, object]] = []
    for index in range(asked(pynvml.nvmlDeviceGetCount) or 0):
        gpus.append(gpu(pynvml, asked, index))
        say("part", {"gpus": gpus})
    say("done", {"gpus": gpus})


def plain(value: object) -> str | None:
    """Text, whether the library gave str or bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else None


def gpu(pynvml, asked, index: int) -> dict[str, object]:  # type: ignore[no-untyped-def]  # the library is untyped
    """One GPU; what it does not know is left out."""
    row: dict[str, object] = {"index": index}
    try:
        handle = pynvml.nvmlDeviceGetHandleByIndex(index)
    except pynvml.NVMLError as error:
        return {**row, "error": str(error)}
    row["name"] = plain(asked(pynvml.nvmlDeviceGetName, handle))
    row["uuid"] = plain(asked(pynvml.nvmlDeviceGetUUID, handle))
    if pci := asked(pynvml.nvmlDeviceGetPciInfo, handle):
        row["pci"] = plain(pci.busId)
    if capability := asked(pynvml.nvmlDeviceGetCudaComputeCapability, handle):
        row["compute_capability"] = f"{capability[0]}.{capability[1]}"
    if memory := asked(pynvml.nvmlDeviceGetMemoryInfo, handle):
        row["memory_total"], row["memory_used"] = int(memory.total), int(memory.used)
    row["processes"] = [
        {"pid": each.pid, "memory": each.usedGpuMemory}
        for each in asked(pynvml.nvmlDeviceGetComputeRunningProcesses, handle) or []
    ][:32]
    mode = asked(pynvml.nvmlDeviceGetComputeMode, handle)
    if mode is not None and 0 <= mode < len(COMPUTE_MODES):
        row["compute_mode"] = COMPUTE_MODES[mode]
    if mig := asked(pynvml.nvmlDeviceGetMigMode, handle):
        row["mig"] = bool(mig[0])
        if mig[0]:
            row["mig_instances"] = instances(pynvml, asked, handle)
    ecc = asked(
        pynvml.nvmlDeviceGetTotalEccErrors,
        handle,
        pynvml.NVML_MEMORY_ERROR_TYPE_UNCORRECTED,
        pynvml.NVML_VOLATILE_ECC,
    )
    if ecc is not None:
        row["ecc_uncorrected"] = int(ecc)
    model = asked(pynvml.nvmlDeviceGetCurrentDriverModel, handle) if sys.platform == "win32" else None
    if model is not None and 0 <= model < len(DRIVER_MODELS):
        row["driver_model"] = DRIVER_MODELS[model]
    return {key: value for key, value in row.items() if value is not None}


def instances(pynvml, asked, handle) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]  # as above
    """The MIG devices that a process could be given."""
    found: list[dict[str, object]] = []
    for index in range(asked(pynvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
        device = asked(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
        if device is not None:
            found.append({"name": plain(asked(pynvml.nvmlDeviceGetName, device)) or f"MIG {index}"})
    return found


if __name__ == "__main__":
    main()
