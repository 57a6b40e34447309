"""What nvidia-smi says, wherever it lies: often off PATH on Windows, and in a folder of its own under WSL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import NvidiaSmi, NvmlGpu
from envdoctor.outside import Outside, Ran
from envdoctor.probes.patient import how_it_ended
from envdoctor.probes.reading import Reading

__all__ = ["find", "probe_nvidia_smi", "rows", "versions"]

QUERY = "index,name,uuid,pci.bus_id,memory.total,memory.used,driver_version"


def probe_nvidia_smi(outside: Outside, timeout: float) -> Reading[NvidiaSmi]:
    """The driver's and the GPUs' description by nvidia-smi, `timeout` seconds for each of two calls."""
    path, on_path = find(outside)
    if path is None:
        return Reading(NvidiaSmi(state="absent"), {}, {"path": "nvidia-smi is nowhere to be found"})
    table = outside.run([path], timeout=timeout)
    source = {"state": path}
    if table.outcome != "exited" or table.exit_code != 0:
        return Reading(_failure(path, on_path, table), source)
    driver, cuda = versions(table.stdout)
    if driver is None:
        return Reading(
            NvidiaSmi(path=path, on_path=on_path, state="unreadable", error=table.stdout.strip()[:200]),
            source,
        )
    query = outside.run([path, f"--query-gpu={QUERY}", "--format=csv,noheader,nounits"], timeout=timeout)
    gpus = tuple(rows(query.stdout)) if query.exit_code == 0 else None
    value = NvidiaSmi(
        path=path,
        on_path=on_path,
        state="ok",
        exit_code=0,
        driver_version=driver,
        cuda_version=cuda,
        gpus=gpus,
    )
    return Reading(value, {**source, "driver_version": path, "cuda_version": path, "gpus": path})


def find(outside: Outside) -> tuple[str | None, bool]:
    """The program's path, and whether PATH finds it."""
    if found := outside.which("nvidia-smi"):
        return found, True
    return next((path for path in _places(outside) if outside.is_file(path)), None), False


def _places(outside: Outside) -> Iterator[str]:
    join = outside.path.join
    if outside.system != "windows":
        yield from ("/usr/lib/wsl/lib/nvidia-smi", "/usr/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")
        return
    root = outside.environ.get("SYSTEMROOT", r"C:\Windows")
    yield join(root, "System32", "nvidia-smi.exe")
    yield join(
        outside.environ.get("PROGRAMFILES", r"C:\Program Files"),
        "NVIDIA Corporation",
        "NVSMI",
        "nvidia-smi.exe",
    )
    store = join(root, "System32", "DriverStore", "FileRepository")
    for name in outside.list_folder(store) or ():
        if name.lower().startswith("nv"):
            yield join(store, name, "nvidia-smi.exe")


def _failure(path: str, on_path: bool, ran: Ran) -> NvidiaSmi:
    text = " ".join((ran.stdout.strip() or ran.stderr.strip() or ran.error).split())[:500]
    if ran.outcome == "exited":
        state = "crashed" if how_it_ended(ran) == "crashed" else "error"
        return NvidiaSmi(path=path, on_path=on_path, state=state, exit_code=ran.exit_code, error=text)  # type: ignore[arg-type]
    ended = "timed-out" if ran.outcome == "timed-out" else "unreadable"
    return NvidiaSmi(path=path, on_path=on_path, state=ended, error=text)  # type: ignore[arg-type]


def versions(table: str) -> tuple[str | None, str | None]:
    """Driver version and CUDA version of the table's head; `None` where it does not say."""
    driver = re.search(r"Driver Version:\s*(\d{3}\.[\d.]+)", table)
    cuda = re.search(r"CUDA Version:\s*(\d+\.\d+)", table)
    return (driver[1] if driver else None), (cuda[1] if cuda else None)


def rows(listing: str) -> Iterator[NvmlGpu]:
    """The GPUs of a `--query-gpu` listing; a line of another shape is passed over."""
    for line in listing.splitlines():
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(QUERY.split(",")) or not cells[0].isdigit():
            continue
        index, name, uuid, pci, total, used, _driver = cells
        yield NvmlGpu(
            index=int(index),
            name=name,
            uuid=uuid,
            pci=pci,
            memory_total=_mebibytes(total),
            memory_used=_mebibytes(used),
        )


def _mebibytes(cell: str) -> int | None:
    return int(cell) << 20 if cell.isdigit() else None
