"""Rules about `import torch`: why it fails, and what Windows lacks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from envdoctor.facts import TorchImport
from envdoctor.findings import UNKNOWN, Finding, Remedy, Words, words
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.rules.error_texts import Cause, import_cause
from envdoctor.rules.evidence import said
from envdoctor.rules.levels import error, warning
from envdoctor.rules.libraries import library_remedies, stray

__all__ = ["RULES"]

SIGILL, SIGBUS, SIGKILL = -4, -7, -9
SIGNALS = {4: "SIGILL", 6: "SIGABRT", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}
"""Those that have the same number on every POSIX."""
WINDOWS_STATUS = 0xC0000000
"""Exit codes from here on are errors of Windows itself, which are written in hexadecimal."""
VCREDIST = Remedy(words("remedy.vcredist"), (("winget", "install", "Microsoft.VCRedist.2015+.x64"),))
WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D


def import_failure(machine: Machine) -> Iterator[Finding]:
    """What went wrong while torch was imported, by the words the failure left."""
    ran = machine.facts.torch_import
    if ran is None or ran.outcome in ("imported", "absent", "unreadable"):
        return
    if machine.python is not None and machine.python < (3, 6):
        return  # our own script does not run there; the interpreter's age says enough
    text = "\n".join(filter(None, [*ran.traceback, ran.error or "", ran.output or ""]))
    cause = import_cause(text)
    if ran.outcome == "crashed" and ran.exit_code in (SIGILL, WINDOWS_ILLEGAL_INSTRUCTION):
        cause = Cause("cpu-missing-instructions")
    elif (
        ran.outcome == "crashed"
        and ran.exit_code == SIGBUS
        and ran.phase == "import"
        and machine.os == "linux"
    ):
        # The loader touched a part of a library that its file no longer has.
        cause = Cause("torch-partial-install", "file")
    elif ran.outcome == "crashed" and ran.exit_code == SIGKILL:
        cause = Cause("memory-low", "killed")
    evidence = _import_evidence(ran)
    cause = _without_run_time(machine, cause)
    if cause is None:
        slow = ran.outcome == "timed-out"
        yield error(
            "torch-import-failed",
            evidence,
            _patience(machine) if slow else remedies.torch(machine, "remedy.reinstall"),
            ran.outcome,
            error=_first_line(ran),
            seconds=f"{ran.seconds or 0:.0f}",
        )
        return
    yield _from_cause(machine, cause, evidence)


def _from_cause(machine: Machine, cause: Cause, evidence: list[Words]) -> Finding:
    values = {"subject": cause.subject or "torch"}
    if cause.code == "torch-vcredist-missing":
        evidence, remedy = [*evidence, *_run_time(machine)], [VCREDIST]
    elif cause.code == "torch-glibc-too-old":
        have = machine.facts.host.glibcxx if cause.subject.startswith("GLIBCXX") else machine.facts.host.glibc
        return error(
            cause.code,
            evidence,
            remedies.torch(machine, "remedy.older-torch"),
            cause.variant,
            **values,
            have=have or UNKNOWN,
        )
    elif cause.code in ("memory-low", "cpu-missing-instructions"):
        remedy = [Remedy(words(f"remedy.{cause.code}"))]
    elif cause.code == "python-rosetta":
        remedy = [remedies.environment(machine, "remedy.python-arm64")]
    elif cause.code == "torch-numpy-abi":
        remedy = [remedies.packages(machine, "remedy.numpy-1", "install", "numpy<2")]
    elif cause.code == "torch-missing-library":
        evidence = evidence + [words("evidence.shadow", name=s.name, path=s.path) for s in stray(machine)]
        remedy = library_remedies(machine, cause.variant)
    elif cause.code == "env-mixed-conda-pip" or (cause.code, cause.variant) == ("torch-import-failed", "map"):
        remedy = [remedies.environment(machine)]
    else:
        remedy = list(remedies.torch(machine, "remedy.reinstall"))
    return error(cause.code, evidence, remedy, cause.variant, **values)


def _import_evidence(ran: TorchImport) -> list[Words]:
    lines = [said("import torch", ran.error)] if ran.error else []
    if ran.outcome in ("crashed", "exited") and ran.exit_code is not None:
        lines.append(_end(ran.exit_code, silent=not lines))
    return lines


def _end(code: int, *, silent: bool) -> Words:
    """How the process ended: by a signal of POSIX, with an NTSTATUS of Windows, or with a code of its own."""
    if code < 0:
        name = SIGNALS.get(-code)
        key = "evidence.signal-silent" if silent else "evidence.signal"
        return words(key, signal=f"{-code} ({name})" if name else -code)
    key = "evidence.exit-silent" if silent else "evidence.exit"
    return words(key, code=code if code < WINDOWS_STATUS else f"0x{code:08X}")


def _patience(machine: Machine) -> list[Remedy]:
    """For an import that did not end in time: most end when they get more of it."""
    again = ("envdoctor", "check", "--timeout", "600")
    slow = "remedy.import-slow-windows" if machine.os == "windows" else "remedy.import-slow"
    first = [Remedy(words("remedy.import-again"), (again,)), Remedy(words(slow))]
    anew = remedies.torch(machine, "remedy.reinstall")
    return first + [_last(each) if each.summary.key == "remedy.reinstall" else each for each in anew]


def _last(remedy: Remedy) -> Remedy:
    return replace(remedy, summary=words("remedy.reinstall-last"))


def _without_run_time(machine: Machine, cause: Cause | None) -> Cause | None:
    """The cause, which is the missing C++ run-time where Windows can't load a library and has none."""
    unloaded = cause is not None and cause.code == "torch-missing-library" and cause.variant != "omp140"
    if cause is not None and unloaded and machine.os == "windows" and machine.facts.host.vc_runtime == "":
        return Cause("torch-vcredist-missing", subject=cause.subject)
    return cause


def _run_time(machine: Machine) -> list[Words]:
    """What is known of Microsoft's C++ run-time, as evidence."""
    version = machine.facts.host.vc_runtime
    if version is None:
        return []
    return [words("evidence.vc-runtime", version=version) if version else words("evidence.no-vc-runtime")]


def run_time(machine: Machine) -> Iterator[Finding]:
    """No C++ run-time on Windows for a torch that nobody has tried to import."""
    conda = {each.name for each in machine.facts.packages.conda}
    brought = not conda.isdisjoint({"vc14_runtime", "vs2015_runtime"})
    untried = machine.torch_version is not None and machine.facts.torch_import is None
    if machine.os == "windows" and machine.facts.host.vc_runtime == "" and untried and not brought:
        yield warning("torch-vcredist-missing", _run_time(machine), [VCREDIST], "absent")


def _first_line(ran: TorchImport) -> str:
    text = (ran.error or "").strip().splitlines()
    return f"{ran.error_type}: {text[0]}" if ran.error_type and text else (text[0] if text else ran.outcome)


RULES = (import_failure, run_time)
