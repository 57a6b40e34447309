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
FABRIC_STATES = ("not supported", "not started", "in progress", "completed")
MOST_PROCESSES = 32


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
        say("part", {"state": "ok", **driver(pynvml, asked)})
        count = pynvml.nvmlDeviceGetCount()  # type: ignore[no-untyped-call]  # as above
    except pynvml.NVMLError as error:
        code = int(getattr(error, "value", 0))
        missing = code == pynvml.NVML_ERROR_LIBRARY_NOT_FOUND
        say("done", {"state": "library-missing" if missing else "error", "code": code, "message": str(error)})
        return
    gpus: list[dict[str, object]] = []
    fabric = None
    for index in range(count):
        gpus.append(gpu(pynvml, asked, index))
        fabric = fabric or fabric_state(pynvml, asked, index)
        say("part", {"gpus": gpus})
    say("done", {"gpus": gpus, "fabric_state": fabric})


def driver(pynvml, asked) -> dict[str, object]:  # type: ignore[no-untyped-def]  # the library is untyped
    """The driver's versions, and the library that told them."""
    cuda = asked(pynvml.nvmlSystemGetCudaDriverVersion_v2)
    return {
        "driver_version": plain(asked(pynvml.nvmlSystemGetDriverVersion)),
        "library_version": plain(asked(pynvml.nvmlSystemGetNVMLVersion)),
        "cuda_version": f"{cuda // 1000}.{cuda % 1000 // 10}" if cuda else None,
        "library": loaded_file("libnvidia-ml.so"),
    }


def loaded_file(name: str) -> str | None:
    """The file that the loader really took."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            paths = ("/" + row.rstrip("\n").partition("/")[2] for row in maps)
            return next((path for path in paths if name in path), None)
    except OSError:
        return None


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
    if memory := memory_of(pynvml, asked, handle):
        row["memory_total"], row["memory_used"] = memory
    running = asked(pynvml.nvmlDeviceGetComputeRunningProcesses, handle) or []
    row["processes"] = [process(pynvml, asked, each) for each in running[:MOST_PROCESSES]]
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


def memory_of(pynvml, asked, handle) -> tuple[int, int] | None:  # type: ignore[no-untyped-def]  # as above
    """Bytes in all and in use; what the driver keeps for itself is in use only where it isn't told apart."""
    # nvidia-smi shows the second version's figures; drivers before 510 know the first only.
    memory = asked(pynvml.nvmlDeviceGetMemoryInfo, handle, getattr(pynvml, "nvmlMemory_v2", None)) or asked(
        pynvml.nvmlDeviceGetMemoryInfo, handle
    )
    return (int(memory.total), int(memory.used)) if memory else None


def process(pynvml, asked, each) -> dict[str, object]:  # type: ignore[no-untyped-def]  # as above
    """One process; from inside a container its name is not known."""
    name = plain(asked(pynvml.nvmlSystemGetProcessName, each.pid)) or ""
    # The program alone: its folder and arguments may hold what nobody wants to publish.
    program = name if "\\" in name else name.split(" ")[0]
    row = {"pid": each.pid, "memory": each.usedGpuMemory, "name": program.replace("\\", "/").split("/")[-1]}
    return {key: value for key, value in row.items() if value not in (None, "")}


def instances(pynvml, asked, handle) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]  # as above
    """The MIG devices that a process could be given."""
    found: list[dict[str, object]] = []
    for index in range(asked(pynvml.nvmlDeviceGetMaxMigDeviceCount, handle) or 0):
        device = asked(pynvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index)
        if device is not None:
            memory = memory_of(pynvml, asked, device)
            name = plain(asked(pynvml.nvmlDeviceGetName, device)) or f"MIG {index}"
            found.append({"name": name, **({"memory_total": memory[0]} if memory else {})})
    return found


def fabric_state(pynvml, asked, index: int) -> str | None:  # type: ignore[no-untyped-def]  # as above
    """How far a GPU's registration with the NVLink fabric has come; None where there is no fabric."""
    from ctypes import byref

    handle = asked(pynvml.nvmlDeviceGetHandleByIndex, index)
    if handle is None or not hasattr(pynvml, "c_nvmlGpuFabricInfo_t"):
        return None
    info = pynvml.c_nvmlGpuFabricInfo_t()
    if asked(pynvml.nvmlDeviceGetGpuFabricInfo, handle, byref(info)) is None:
        return None
    if not 0 < info.state < len(FABRIC_STATES):
        return None
    failed = f" with error {info.status}" if info.status else ""
    return FABRIC_STATES[info.state] + failed


if __name__ == "__main__":
    main()
    # A library that hangs or crashes while it is unloaded must not spoil the answer.
    os._exit(0)
