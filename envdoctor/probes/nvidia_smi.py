"""What nvidia-smi says, wherever it lies: often off PATH on Windows, and in a folder of its own under WSL."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from typing import Literal

from envdoctor.facts import NvidiaSmi, NvmlGpu
from envdoctor.outside import Outside, Ran
from envdoctor.probes.patient import how_it_ended
from envdoctor.probes.reading import Reading
from envdoctor.probes.smi_output import FULL_QUERY, QUERY, rows, table, versions
from envdoctor.probes.smi_place import find
from envdoctor.reason import reason

__all__ = ["probe_nvidia_smi"]


def probe_nvidia_smi(outside: Outside, timeout: float) -> Reading[NvidiaSmi]:
    """The driver's and the GPUs' description by nvidia-smi, within `timeout` seconds in all."""
    started = time.monotonic()
    path, on_path = find(outside)
    if path is None:
        return Reading(NvidiaSmi(state="absent"), {}, {"path": reason("no-nvidia-smi")})
    shown = outside.run([path], timeout=timeout)
    source = {"state": path}
    if shown.outcome != "exited" or shown.exit_code != 0:
        return Reading(_failure(path, on_path, shown), source)
    driver, cuda = versions(shown.stdout)
    if driver is None:
        error = shown.stdout.strip()[:200]
        return Reading(NvidiaSmi(path=path, on_path=on_path, state="unreadable", error=error), source)
    seen = {gpu.index: gpu for gpu in table(shown.stdout)}
    gpus: tuple[NvmlGpu, ...] = ()
    for query in (FULL_QUERY, QUERY):
        left = timeout - (time.monotonic() - started)
        if gpus or left <= 0:
            break
        listing = outside.run([path, f"--query-gpu={query}", "--format=csv,noheader,nounits"], timeout=left)
        gpus = tuple(_joined(gpu, seen.get(gpu.index)) for gpu in rows(listing.stdout, query))
    value = NvidiaSmi(
        path=path,
        on_path=on_path,
        state="ok",
        exit_code=0,
        driver_version=driver,
        cuda_version=cuda,
        gpus=gpus or tuple(seen.values()),
    )
    return Reading(value, {**source, "driver_version": path, "cuda_version": path, "gpus": path})


def _failure(path: str, on_path: bool, ran: Ran) -> NvidiaSmi:
    text = " ".join((ran.stdout.strip() or ran.stderr.strip() or ran.error).split())[:500]
    state: Literal["error", "crashed", "timed-out", "unreadable"] = how_it_ended(ran)
    if ran.outcome == "exited" and state != "crashed":
        state = "error"
    return NvidiaSmi(path=path, on_path=on_path, state=state, exit_code=ran.exit_code, error=text)


def _joined(gpu: NvmlGpu, seen: NvmlGpu | None) -> NvmlGpu:
    """The listing's GPU with what only the table told."""
    if seen is None:
        return gpu
    missing = [each.name for each in fields(gpu) if getattr(gpu, each.name) in (None, "", ())]
    return replace(gpu, **{name: getattr(seen, name) for name in missing})
