"""NVIDIA's management library, asked in a child process."""

from __future__ import annotations

from pathlib import Path

from envdoctor.errors import UsageError
from envdoctor.facts import Nvml
from envdoctor.outside import Outside
from envdoctor.probes.nvidia import library_files
from envdoctor.probes.patient import ask_own, how_it_ended
from envdoctor.probes.reading import Reading
from envdoctor.reason import reason

__all__ = ["probe_nvml"]

CHILD = Path(__file__).with_name("nvml_child.py")


def probe_nvml(outside: Outside, timeout: float) -> Reading[Nvml | None]:
    """What libnvidia-ml / nvml.dll answered within `timeout` seconds; `None` where there can be none."""
    if outside.system == "macos":
        return Reading(None, {}, {"state": reason("no-cuda-on-macos")})
    if not _libraries(outside):
        # Spares a process on the many machines without NVIDIA.
        return Reading(Nvml(state="library-missing"), unknown={"library": reason("no-nvml")})
    answer = ask_own(outside, CHILD, timeout=timeout)
    data = {key: value for key, value in answer.data.items() if value is not None}
    if answer.state != "answered":
        data = {
            **data,
            "state": how_it_ended(answer.ran),
            "message": answer.ran.stderr.strip()[-300:] or answer.ran.error,
        }
    from envdoctor.reviving import revive

    try:
        block = revive(Nvml, data, "nvml")
    except UsageError as error:
        return Reading(Nvml(state="unreadable", message=str(error)))
    return Reading(block, dict.fromkeys(data, "NVML"))


def _libraries(outside: Outside) -> tuple[str, ...]:
    """The files that nvidia-ml-py would find."""
    if outside.system == "linux":
        return library_files(outside, "libnvidia-ml.so.1")
    join = outside.path.join
    paths = (
        join(outside.environ.get("WINDIR", r"C:\Windows"), "System32", "nvml.dll"),
        join(
            outside.environ.get("PROGRAMFILES", r"C:\Program Files"),
            "NVIDIA Corporation",
            "NVSMI",
            "nvml.dll",
        ),
    )
    return tuple(path for path in paths if outside.is_file(path))
