"""What nvidia-smi prints: its table, of any driver, and its listings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, cast

from envdoctor.facts import GpuProcess, MigInstance, NvmlGpu

__all__ = ["COMPUTE_MODES", "FULL_QUERY", "QUERY", "rows", "table", "versions"]

QUERY = "index,name,uuid,pci.bus_id,memory.total,memory.used,driver_version"
"""What every driver knows; one that lacks a single field of a query answers none of it."""
FULL_QUERY = (
    f"{QUERY},compute_cap,compute_mode,mig.mode.current,driver_model.current,"
    "ecc.errors.uncorrected.volatile.total"
)
ComputeMode = Literal["default", "exclusive-process", "exclusive-thread", "prohibited"]
COMPUTE_MODES: dict[str, ComputeMode] = {
    # As the listing and as the table write it.
    "default": "default",
    "exclusive_process": "exclusive-process",
    "e. process": "exclusive-process",
    "exclusive_thread": "exclusive-thread",
    "e. thread": "exclusive-thread",
    "prohibited": "prohibited",
}
DriverModel = Literal["WDDM", "TCC", "MCDM"]
WIDEST = 300
"""Letters in a line of the table at most."""
MOST_PROCESSES = 32
SIZE = r"(\d+)MiB\s*/\s*(\d+)MiB"


def versions(text: str) -> tuple[str | None, str | None]:
    """Driver version and CUDA version of the table's head; `None` where it does not say.

    Drivers from 610 on call them KMD and CUDA UMD version: the kernel's and the user's half of the driver.
    """
    driver = re.search(r"(?:Driver|KMD) Version:\s*(\d{3}\.[\d.]+)", text)
    cuda = re.search(r"CUDA (?:UMD )?Version:\s*(\d+\.\d+)", text)
    return (driver[1] if driver else None), (cuda[1] if cuda else None)


def rows(listing: str, query: str = QUERY) -> Iterator[NvmlGpu]:
    """The GPUs of a `--query-gpu` listing of these fields; a line of another shape is passed over."""
    names = query.split(",")
    for line in listing.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(names) or not cells[0].isdecimal():
            continue
        row = dict(zip(names, cells, strict=True))
        errors = row.get("ecc.errors.uncorrected.volatile.total", "")
        capability = row.get("compute_cap", "")
        yield NvmlGpu(
            index=int(row["index"]),
            name=row["name"],
            uuid=row["uuid"],
            pci=row["pci.bus_id"],
            memory_total=_mebibytes(row["memory.total"]),
            memory_used=_mebibytes(row["memory.used"]),
            compute_capability=capability if re.fullmatch(r"\d+\.\d+", capability) else None,
            compute_mode=COMPUTE_MODES.get(row.get("compute_mode", "").lower()),
            mig={"Enabled": True, "Disabled": False}.get(row.get("mig.mode.current", "")),
            driver_model=_model(row.get("driver_model.current", "")),
            ecc_uncorrected=int(errors) if errors.isdecimal() else None,
        )


def table(text: str) -> tuple[NvmlGpu, ...]:
    """The GPUs of nvidia-smi's plain table, of any driver; a name that the table cut ends in "..."."""
    gpus: list[NvmlGpu] = []
    instances: dict[int, list[MigInstance]] = {}
    processes: dict[int, list[GpuProcess]] = {}
    for line in text.splitlines():
        if len(line) > WIDEST:
            continue
        cells = [cell.rstrip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 3 and (row := _first_row(cells)):
            gpus.append(row)
        elif len(cells) == 3 and gpus:
            gpus[-1] = _further_row(gpus[-1], cells)
        elif found := re.match(rf"\s*(\d+)\s+\d+\s+\d+\s+(\d+)\s*\|\s*{SIZE}", "|".join(cells)):
            instance = MigInstance(name=f"MIG {found[2]}", memory_total=int(found[4]) << 20)
            instances.setdefault(int(found[1]), []).append(instance)
        elif len(cells) == 1 and (process := _process(cells[0])):
            processes.setdefault(process[0], []).append(process[1])
    return tuple(
        replace(
            gpu,
            mig_instances=tuple(instances.get(gpu.index, ())),
            processes=tuple(processes.get(gpu.index, ())[:MOST_PROCESSES]),
        )
        for gpu in gpus
    )


def _first_row(cells: list[str]) -> NvmlGpu | None:
    """The row that names a GPU: its index, name and mode; its bus address; its ECC errors."""
    named = re.match(r"\s*(\d+)\s+(\S.*?)\s+(On|Off|N/A|WDDM|TCC|MCDM)$", cells[0])
    address = re.match(r"\s*([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-7])\b", cells[1])
    if named is None or address is None:
        return None
    errors = cells[2].strip()
    return NvmlGpu(
        index=int(named[1]),
        name=named[2],
        pci=address[1],
        driver_model=_model(named[3]),
        ecc_uncorrected=int(errors) if errors.isdecimal() else None,
    )


def _further_row(gpu: NvmlGpu, cells: list[str]) -> NvmlGpu:
    """What the second and the third row of a GPU add: memory and compute mode; MIG mode."""
    if size := re.search(SIZE, cells[1]):
        gpu = replace(gpu, memory_used=int(size[1]) << 20, memory_total=int(size[2]) << 20)
    last = cells[2].strip()
    for shown, mode in COMPUTE_MODES.items():
        if last.lower().endswith(shown):
            return replace(gpu, compute_mode=mode)
    # A star says that the mode changes at the next reset.
    mig = {"Enabled": True, "Disabled": False}.get(last.rstrip("*"))
    return replace(gpu, mig=mig) if mig is not None else gpu


def _process(cell: str) -> tuple[int, GpuProcess] | None:
    """A row of the list of processes: the GPU's index and who holds memory on it for computing."""
    found = re.match(
        r"\s*(\d+)\s+(?:\S+\s+\S+\s+)?(\d+)\s+(C|M|C\+G|M\+C)\s+(\S.*?)\s+(?:(\d+)MiB|N/A)$", cell
    )
    if found is None:
        return None
    program = re.split(r"[\\/]", found[4])[-1]
    memory = int(found[5]) << 20 if found[5] else None
    return int(found[1]), GpuProcess(pid=int(found[2]), memory=memory, name=program)


def _model(text: str) -> DriverModel | None:
    return cast("DriverModel", text) if text in ("WDDM", "TCC", "MCDM") else None


def _mebibytes(cell: str) -> int | None:
    return int(cell) << 20 if cell.isdecimal() else None
