"""`cuInit` in a child of the patient, which loads the same libcuda that torch would."""

from __future__ import annotations

import re

from envdoctor.errors import UsageError
from envdoctor.facts import CudaDriver
from envdoctor.outside import Outside
from envdoctor.probes.patient import ask, how_it_ended
from envdoctor.probes.reading import Reading
from envdoctor.reason import reason

__all__ = ["probe_cuda_driver"]


def probe_cuda_driver(outside: Outside, python: str, timeout: float) -> Reading[CudaDriver | None]:
    """CuInit's result code, the library that was loaded, and the devices it shows; `None` on macOS."""
    if outside.system == "macos":
        return Reading(None, {}, {"state": reason("no-cuda-on-macos")})
    # Isolated from PYTHON* variables only: LD_LIBRARY_PATH and the interpreter's own library path count.
    answer = ask(outside, [python], "cuda_driver", timeout=timeout)
    data = {key: value for key, value in answer.data.items() if value is not None}
    if answer.state != "answered":
        if answer.ran.outcome == "not-started" or (answer.state == "silent" and answer.ran.exit_code == 1):
            said = answer.ran.error or answer.ran.stderr.strip()[-300:]
            return Reading(None, {}, {"state": reason("told", text=said) if said else reason("no-answer")})
        data = {**data, "state": how_it_ended(answer.ran), "exit_code": answer.ran.exit_code}
        last = answer.ran.stderr.strip().rpartition("\n")[2]
        if data["state"] == "unreadable" and last:
            data["message"] = last[-300:]
    library = data.get("library")
    if isinstance(library, str) and (found := re.search(r"\.so\.(\d{3}\.[\d.]+)$", outside.resolve(library))):
        data["library_version"] = found[1]
    from envdoctor.reviving import revive

    try:
        block = revive(CudaDriver, data, "cuda_driver")
    except UsageError as error:
        return Reading(CudaDriver(state="unreadable", message=str(error)))
    return Reading(block, dict.fromkeys(data, "cuInit"))
