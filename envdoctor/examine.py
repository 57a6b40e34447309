"""Examining the live machine: every probe side by side, each in its own limit, joined into one `Facts`."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import field, replace
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
from envdoctor.frozen import Record, record
from envdoctor.outside import Outside
from envdoctor.probes.interpreter import VERSION_LIMIT, probe_interpreter
from envdoctor.probes.locate import Patient, locate
from envdoctor.probes.reading import Reading
from envdoctor.reason import Reason, reason

__all__ = ["LIMITS", "Examination", "examine"]

LIMITS: dict[str, float] = {
    "interpreter": 15.0,
    "nvml": 10.0,
    "nvidia_smi": 10.0,
    "cuda_driver": 20.0,
    "torch_import": 60.0,
    "files": 15.0,
}
"""Seconds each probe that may hang is given; the slowest, not the sum, sets the wait.

"files" is for the probes that only read: a network mount whose server is gone holds up every look at it.
"""
GRACE = 5.0
"""Seconds beyond its children's limits after which a probe is no longer waited for."""

Progress = Callable[[str | None, float], None]


@record
class Examination(Record):
    """What to examine and how long to wait."""

    python: str | None = None
    quick: bool = False
    timeout: float | None = None
    """Seconds for every probe that may hang, in place of its own limit."""
    at_most: float | None = None
    """Seconds that no probe may take longer than, where something waits for all of them."""
    without: tuple[str, ...] = ()
    """Probes that only read files and whose facts nobody asks for; they are left out."""
    progress: Progress = field(default=lambda name, seconds: None)
    """Told every now and then which probe is awaited, and for how long already."""

    def limit(self, probe: str) -> float:
        """The seconds this probe may take."""
        own = self.timeout if self.timeout is not None else LIMITS[probe]
        return own if self.at_most is None else min(own, self.at_most)


class _Probe(threading.Thread):
    """One probe in a thread of its own; what it raises becomes its outcome.

    A thread that is stuck in the kernel can't be ended. After `limit` seconds it is left behind: it is a
    daemon, so the process ends without it.
    """

    def __init__(self, name: str, work: Callable[[], Reading[object]], limit: float) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._ends = time.monotonic() + limit
        self.reading: Reading[object] | None = None
        self.error: BaseException | None = None
        self.seconds = limit
        self.start()

    def run(self) -> None:
        """Do the work once."""
        started = time.monotonic()
        try:
            self.reading = self._work()
        except Exception as error:  # noqa: BLE001 - a probe that fails is a fact about that probe
            self.error = error
        self.seconds = time.monotonic() - started

    @property
    def waited_for(self) -> bool:
        """Whether it is still at work and within its limit."""
        return self.is_alive() and time.monotonic() < self._ends

    def wait(self) -> None:
        """Return when it has ended or its limit is over."""
        self.join(max(0.0, self._ends - time.monotonic()))

    def outcome(self) -> ProbeOutcome:
        """How it went."""
        if self.is_alive():
            return ProbeOutcome(name=self.name, outcome="timed-out", seconds=self.seconds)
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
    patient = _located(outside, wanted)
    probes = _start(outside, patient, wanted)
    _await(probes, wanted.progress)
    told = probes["interpreter"].error
    if isinstance(told, EnvdoctorError):
        raise told
    return _join(probes, wanted)


def _located(outside: Outside, wanted: Examination) -> Patient:
    limit = wanted.limit("files") + GRACE
    search = _Probe("locate", lambda: Reading(locate(outside, wanted.python, sys.executable)), limit)
    search.wait()
    if search.error is not None:
        raise search.error
    if search.reading is None:
        raise EnvdoctorError(
            f"looking for the environment took over {limit:.0f} s: a folder on PATH or the environment's own "
            "may be on a network drive that does not answer"
        )
    return cast("Patient", search.reading.value)


def _start(outside: Outside, patient: Patient, wanted: Examination) -> dict[str, _Probe]:
    probes: dict[str, _Probe] = {}
    files = wanted.limit("files")

    def start(name: str, work: Callable[[], object], limit: float = files) -> None:
        probes[name] = _Probe(name, lambda: cast("Reading[object]", work()), limit + GRACE)

    def interpreter() -> Interpreter:
        probes["interpreter"].wait()
        reading = probes["interpreter"].reading
        return cast("Interpreter", reading.value) if reading is not None else Interpreter()

    # What takes longest starts first. Each module is imported in its probe's own thread: the
    # children are started by then, and importing is what this process does while it waits.
    limit = wanted.limit
    if not wanted.quick:
        each = limit("torch_import")
        start("torch_import", lambda: _torch_import(outside, patient, limit("torch_import")), each)
    asked = limit("interpreter") + VERSION_LIMIT
    start("interpreter", lambda: probe_interpreter(outside, patient, limit("interpreter")), asked)
    if not wanted.quick:
        each = limit("cuda_driver")
        start("cuda_driver", lambda: _cuda_driver(outside, patient, limit("cuda_driver")), each)
    start("nvml", lambda: _nvml(outside, limit("nvml")), limit("nvml"))
    start("nvidia", lambda: _nvidia(outside))
    smi = limit("nvml") + limit("nvidia_smi")
    start("nvidia_smi", lambda: _smi_if_needed(outside, probes["nvml"], limit("nvidia_smi")), smi)
    start("host", lambda: _host(outside, patient))
    start("other_gpus", lambda: _other_gpus(outside, wanted.quick))
    if "toolkit" not in wanted.without:
        start("toolkit", lambda: _toolkit(outside))
    start("environment", lambda: _environment(outside, patient, interpreter), asked + files)
    start("packages", lambda: _packages(outside, interpreter, wanted.quick), asked + files)
    if "editors" not in wanted.without:
        start("editors", lambda: _editors(outside, interpreter), asked + files)
    return probes


def _torch_import(outside: Outside, patient: Patient, limit: float) -> object:
    from envdoctor.probes.torch_import import probe_torch_import

    return probe_torch_import(outside, patient.argv, limit)


def _cuda_driver(outside: Outside, patient: Patient, limit: float) -> object:
    from envdoctor.probes.cuda_driver import probe_cuda_driver

    return probe_cuda_driver(outside, patient.executable, limit)


def _nvml(outside: Outside, limit: float) -> object:
    from envdoctor.probes.nvml import probe_nvml

    return probe_nvml(outside, limit)


def _nvidia(outside: Outside) -> object:
    from envdoctor.probes.nvidia import probe_nvidia

    return probe_nvidia(outside)


def _host(outside: Outside, patient: Patient) -> object:
    from envdoctor.probes.host import probe_host

    return probe_host(outside, patient.prefix_hint)


def _other_gpus(outside: Outside, quick: bool) -> object:
    from envdoctor.probes.other_gpus import probe_other_gpus

    return probe_other_gpus(outside, quick=quick)


def _toolkit(outside: Outside) -> object:
    from envdoctor.probes.toolkit import probe_toolkit

    return probe_toolkit(outside)


def _environment(outside: Outside, patient: Patient, interpreter: Callable[[], Interpreter]) -> object:
    from envdoctor.probes.environment import probe_environment

    return probe_environment(outside, patient, interpreter())


def _packages(outside: Outside, interpreter: Callable[[], Interpreter], quick: bool) -> object:
    from envdoctor.probes.packages import probe_packages

    return probe_packages(outside, interpreter(), quick=quick)


def _editors(outside: Outside, interpreter: Callable[[], Interpreter]) -> object:
    from envdoctor.probes.editors import probe_editors

    return probe_editors(outside, interpreter())


def _smi_if_needed(outside: Outside, nvml: _Probe, limit: float) -> Reading[object]:
    """nvidia-smi is asked only where NVML did not answer: it reads the same library."""
    nvml.wait()
    answer = nvml.reading.value if nvml.reading is not None else None
    if isinstance(answer, Nvml) and answer.state == "ok":
        return Reading(None)
    from envdoctor.probes.smi_place import find

    if find(outside)[0] is None:  # what reads its answers is not imported for nothing
        return Reading(NvidiaSmi(state="absent"), unknown={"path": reason("no-nvidia-smi")})
    from envdoctor.probes.nvidia_smi import probe_nvidia_smi

    return cast("Reading[object]", probe_nvidia_smi(outside, limit))


def _await(probes: dict[str, _Probe], progress: Progress) -> None:
    started = time.monotonic()
    for probe in probes.values():
        while probe.waited_for:
            waiting = next((each.name for each in probes.values() if each.waited_for), None)
            if waiting is not None:
                progress(waiting, time.monotonic() - started)
            probe.join(0.1)
    progress(None, time.monotonic() - started)


def _join(probes: dict[str, _Probe], wanted: Examination) -> Facts:
    sources: dict[str, str] = {}
    unknown: dict[str, Reason] = {}
    values: dict[str, object] = {}
    for name, probe in probes.items():
        if probe.reading is None:
            late = reason("ended.timed-out", seconds=f"{probe.seconds:.0f}")
            failed = f"{type(probe.error).__name__}: {probe.error}"
            unknown[name] = reason("told", text=failed) if probe.error else late
            continue
        values[name] = probe.reading.value
        sources.update({f"{name}.{key}": value for key, value in probe.reading.sources.items()})
        unknown.update({f"{name}.{key}": value for key, value in probe.reading.unknown.items()})
    outcomes = [probe.outcome() for probe in probes.values()]
    left_out = (*(("torch_import", "cuda_driver") if wanted.quick else ()), *wanted.without)
    outcomes += [ProbeOutcome(name=name, outcome="skipped") for name in left_out]
    empty = Facts()
    blocks = {
        name: values[name]
        for name in ("interpreter", "environment", "packages", "host", "nvidia", "toolkit", "editors")
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
