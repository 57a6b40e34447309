"""Examining the live machine: every probe side by side, each in its own limit, joined into one `Facts`."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from envdoctor.errors import EnvdoctorError
from envdoctor.facts import (
    CudaDriver,
    Facts,
    Interpreter,
    NvidiaSmi,
    Nvml,
    OtherGpu,
    ProbeOutcome,
    TorchImport,
)
from envdoctor.outside import Outside
from envdoctor.probes.environment import probe_environment
from envdoctor.probes.host import probe_host
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import Patient, locate
from envdoctor.probes.nvidia import probe_nvidia
from envdoctor.probes.other_gpus import probe_other_gpus
from envdoctor.probes.packages import probe_packages
from envdoctor.probes.reading import Reading
from envdoctor.probes.toolkit import probe_toolkit

__all__ = ["LIMITS", "Examination", "examine"]

LIMITS: dict[str, float] = {
    "interpreter": 15.0,
    "nvml": 10.0,
    "nvidia_smi": 10.0,
    "cuda_driver": 20.0,
    "torch_import": 60.0,
}
"""Seconds each probe that may hang is given; the slowest, not the sum, sets the wait."""

Progress = Callable[[str | None, float], None]


@dataclass
class Examination:
    """What to examine and how long to wait."""

    python: str | None = None
    quick: bool = False
    timeout: float | None = None
    """Seconds for every probe that may hang, in place of its own limit."""
    progress: Progress = field(default=lambda name, seconds: None)
    """Told every now and then which probe is awaited, and for how long already."""

    def limit(self, probe: str) -> float:
        """The seconds this probe may take."""
        return self.timeout if self.timeout is not None else LIMITS[probe]


class _Probe(threading.Thread):
    """One probe in a thread of its own; what it raises becomes its outcome."""

    def __init__(self, name: str, work: Callable[[], Reading[object]]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self.reading: Reading[object] | None = None
        self.error: BaseException | None = None
        self.seconds = 0.0
        self.start()

    def run(self) -> None:
        """Do the work once."""
        started = time.monotonic()
        try:
            self.reading = self._work()
        except Exception as error:  # noqa: BLE001 - a probe that fails is a fact about that probe
            self.error = error
        self.seconds = time.monotonic() - started

    def outcome(self) -> ProbeOutcome:
        """How it went."""
        if self.error is not None:
            text = f"{type(self.error).__name__}: {self.error}"
            return ProbeOutcome(name=self.name, outcome="failed", seconds=self.seconds, detail=text)
        value = self.reading.value if self.reading else None
        state = getattr(value, "state", None) or getattr(value, "outcome", None)
        timed_out: Literal["timed-out", "ok"] = "timed-out" if state == "timed-out" else "ok"
        return ProbeOutcome(name=self.name, outcome=timed_out, seconds=self.seconds)


def examine(outside: Outside, wanted: Examination) -> Facts:
    """All facts of this machine and of one patient on it.

    Raises:
        PatientNotFoundError: `wanted.python` names something that is no Python.

    """
    patient = locate(outside, wanted.python, sys.executable)
    probes = _start(outside, patient, wanted)
    _await(probes, wanted.progress)
    told = probes["interpreter"].error
    if isinstance(told, EnvdoctorError):
        raise told
    return _join(probes, wanted.quick)


def _start(outside: Outside, patient: Patient, wanted: Examination) -> dict[str, _Probe]:
    # What takes longest starts first; the files are read while the children run.
    probes: dict[str, _Probe] = {}

    def start(name: str, work: Callable[[], Reading[object]]) -> None:
        probes[name] = _Probe(name, work)

    def interpreter() -> Interpreter:
        probes["interpreter"].join()
        reading = probes["interpreter"].reading
        return cast("Interpreter", reading.value) if reading is not None else Interpreter()

    if not wanted.quick:
        from envdoctor.probes.cuda_driver import probe_cuda_driver
        from envdoctor.probes.torch_import import probe_torch_import

        start(
            "torch_import",
            lambda: cast(
                "Reading[object]", probe_torch_import(outside, patient.argv, wanted.limit("torch_import"))
            ),
        )
        start(
            "cuda_driver",
            lambda: cast(
                "Reading[object]", probe_cuda_driver(outside, patient.executable, wanted.limit("cuda_driver"))
            ),
        )
    from envdoctor.probes.nvml import probe_nvml

    start(
        "interpreter",
        lambda: cast("Reading[object]", probe_interpreter(outside, patient, wanted.limit("interpreter"))),
    )
    start("nvml", lambda: cast("Reading[object]", probe_nvml(outside, wanted.limit("nvml"))))
    start("nvidia", lambda: cast("Reading[object]", probe_nvidia(outside)))
    start("nvidia_smi", lambda: _smi_if_needed(outside, probes["nvml"], wanted.limit("nvidia_smi")))
    start("host", lambda: cast("Reading[object]", probe_host(outside, patient.prefix_hint)))
    start("other_gpus", lambda: cast("Reading[object]", probe_other_gpus(outside, quick=wanted.quick)))
    start("toolkit", lambda: cast("Reading[object]", probe_toolkit(outside)))
    start("environment", lambda: cast("Reading[object]", probe_environment(outside, patient, interpreter())))
    start(
        "packages",
        lambda: cast("Reading[object]", probe_packages(outside, interpreter(), quick=wanted.quick)),
    )
    return probes


def _smi_if_needed(outside: Outside, nvml: _Probe, limit: float) -> Reading[object]:
    """nvidia-smi is asked only where NVML did not answer: it reads the same library."""
    nvml.join()
    answer = nvml.reading.value if nvml.reading is not None else None
    if isinstance(answer, Nvml) and answer.state == "ok":
        return Reading(None)
    from envdoctor.probes.nvidia_smi import probe_nvidia_smi

    return cast("Reading[object]", probe_nvidia_smi(outside, limit))


def _await(probes: dict[str, _Probe], progress: Progress) -> None:
    started = time.monotonic()
    for probe in probes.values():
        while probe.is_alive():
            waiting = next((each.name for each in probes.values() if each.is_alive()), None)
            if waiting is not None:
                progress(waiting, time.monotonic() - started)
            probe.join(0.1)
    progress(None, time.monotonic() - started)


def _join(probes: dict[str, _Probe], quick: bool) -> Facts:
    sources: dict[str, str] = {}
    unknown: dict[str, str] = {}
    values: dict[str, object] = {}
    for name, probe in probes.items():
        if probe.reading is None:
            unknown[name] = f"{type(probe.error).__name__}: {probe.error}" if probe.error else "no answer"
            continue
        values[name] = probe.reading.value
        sources.update({f"{name}.{key}": value for key, value in probe.reading.sources.items()})
        unknown.update({f"{name}.{key}": value for key, value in probe.reading.unknown.items()})
    outcomes = [probe.outcome() for probe in probes.values()]
    if quick:
        outcomes += [ProbeOutcome(name=name, outcome="skipped") for name in ("torch_import", "cuda_driver")]
    empty = Facts()
    blocks = {
        name: values[name]
        for name in ("interpreter", "environment", "packages", "host", "nvidia", "toolkit")
        if values.get(name) is not None
    }
    facts = replace(empty, **blocks)  # type: ignore[arg-type]  # each probe fills the block it is named for
    return replace(
        facts,
        torch_import=cast("TorchImport | None", values.get("torch_import")),
        nvml=cast("Nvml | None", values.get("nvml")),
        nvidia_smi=cast("NvidiaSmi | None", values.get("nvidia_smi")),
        cuda_driver=cast("CudaDriver | None", values.get("cuda_driver")),
        other_gpus=cast("tuple[OtherGpu, ...] | None", values.get("other_gpus")),
        probes=tuple(outcomes),
        sources=sources,
        unknown=unknown,
    )
