"""NVIDIA's management library, asked in a child process."""

from __future__ import annotations

from pathlib import Path

from envdoctor.errors import UsageError
from envdoctor.facts import Nvml, block_from_json
from envdoctor.outside import Outside
from envdoctor.probes.nvidia import library_files
from envdoctor.probes.patient import ask_own, how_it_ended
from envdoctor.probes.reading import Reading

__all__ = ["probe_nvml"]

CHILD = Path(__file__).with_name("nvml_child.py")


def probe_nvml(outside: Outside, timeout: float) -> Reading[Nvml | None]:
    """What libnvidia-ml / nvml.dll answered within `timeout` seconds; `None` where there can be none."""
    if outside.system == "macos":
        return Reading(None, {}, {"state": "macOS has no NVIDIA driver"})
    if outside.system == "linux" and not library_files(outside, "libnvidia-ml.so.1"):
        # Spares a process on the many machines without NVIDIA.
        reason = "libnvidia-ml.so.1 is in none of the loader's folders"
        return Reading(Nvml(state="library-missing", message=reason), {"state": "library folders"})
    answer = ask_own(outside, CHILD, timeout=timeout)
    data = {key: value for key, value in answer.data.items() if value is not None}
    if answer.state != "answered":
        data = {
            **data,
            "state": how_it_ended(answer.ran),
            "message": answer.ran.stderr.strip()[-300:] or answer.ran.error,
        }
    try:
        block = block_from_json(Nvml, data, "nvml")
    except UsageError as error:
        return Reading(Nvml(state="unreadable", message=str(error)))
    return Reading(block, dict.fromkeys(data, "NVML"))
