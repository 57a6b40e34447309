"""Random combinations of faults, one run of `envdoctor check` each, and what has to be true after every run.

`python -m tests.faults.soak --runs 200 --seed 0`; a run that failed is repeated with `--runs 1 --seed ITS NUMBER`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
from comparison.standin_torch import broken, healthy
from standins import driver

from .combinations import TORCH, Case, case

__all__ = ["Ground", "faults_of"]

DOCTOR = [sys.executable, "-m", "envdoctor"]
SETTINGS = {
    "check": ("--timeout", "1"),
    "install": (),
    "smoke-train": ("--timeout", "2", "--device", "cpu", "--steps", "20"),
}
"""What keeps each command short; `install` plans only."""
PATIENCE = 40.0
"""Seconds after which a run counts as hanging. Limit and grace of the slowest chain of probes are 13; the rest
is for a machine that has other work to do."""
FORBIDDEN = ("\x1b", "\x07", "Traceback (most recent call last)")


class Ground:
    """A patient, NVIDIA's driver as stand-ins, and folders to watch; the same for all runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.gpu = driver(folder / "driver")
        patient = folder / "patient"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(patient)], check=True)
        self.python = patient / "bin" / "python"
        self.site = next((patient / "lib").glob("python*/site-packages"))

    def plant(self, torch: str) -> None:
        """Put this torch into the patient, and nothing of the one before."""
        for each in self.site.iterdir():
            if each.name.startswith("torch"):
                shutil.rmtree(each)
        source = TORCH[torch]
        if source is None:
            return
        for name, text in (broken(source) if source else healthy()).items():
            path = self.site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@contextlib.contextmanager
def _output(place: str, folder: Path) -> Iterator[tuple[int | None, Path]]:
    """A descriptor for standard output, and the file in which it can be read afterwards; `None`: closed."""
    kept = folder / "stdout"
    if place == "closed":
        kept.touch()
        yield None, kept
    elif place == "full":
        kept.touch()
        full = os.open("/dev/full", os.O_WRONLY)
        yield full, kept
        os.close(full)
    elif place == "reader leaves":
        kept.touch()
        reading, writing = os.pipe()
        os.close(reading)
        yield writing, kept
        os.close(writing)
    else:
        with kept.open("wb") as file:
            yield file.fileno(), kept


def faults_of(ground: Ground, each: Case) -> list[str]:
    """What is wrong with how the doctor came through this combination; empty: nothing."""
    ground.plant(each.torch)
    token = uuid.uuid4().hex
    with tempfile.TemporaryDirectory(dir=ground.folder) as folder_name:
        folder = Path(folder_name)
        home, temporary, here = folder / "home", folder / "tmp", folder / "here"
        for place in (home, temporary, here):
            place.mkdir()
        environ = {
            **{key: os.environ[key] for key in ("LANG", "LC_CTYPE") if key in os.environ},
            **ground.gpu,
            "HOME": str(home),
            "TMPDIR": str(temporary),
            "NO_COLOR": "1",
            "PYTHONIOENCODING": "utf-8",
            **each.variables,
            "SOAK": token,
        }
        argv = [
            *DOCTOR,
            each.command,
            "--python",
            str(ground.python),
            *SETTINGS[each.command],
            *each.arguments,
        ]
        if each.place == "file":
            argv += ["--output", str(folder / "report")]
        errors = folder / "stderr"
        with _output(each.place, folder) as (stdout, kept), errors.open("wb") as stderr:
            if stdout is None:
                argv = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *argv]
            doctor = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env=environ, cwd=here
            )
            wrong = list(_ending(doctor, each))
        wrong += [f"left {name} running" for name in _left(token)]
        for name, place in (("temporary folder", temporary), ("home", home), ("working folder", here)):
            wrong += [f"left {path.name} in the {name}" for path in place.iterdir()]
        out, said = kept.read_bytes().decode("utf-8", "replace"), errors.read_text("utf-8", "replace")
        if each.place == "file" and (folder / "report").exists():
            out = (folder / "report").read_text("utf-8")
        if not (each.signal and set(re.findall(r"envdoctor/(\w+)\.py", said)) <= {"__init__", "__main__"}):
            # Until the signals are heeded the end is Python's own, with its traceback.
            wrong += [f"{text!r} on standard error: {said[-300:]}" for text in FORBIDDEN if text in said]
        wrong += _report(out, each, doctor.returncode)
        wrong += [
            f"{path.name} is left beside the report"
            for path in folder.iterdir()
            if path.name.startswith(".report")
        ]
    return wrong


def _ending(doctor: subprocess.Popen[bytes], each: Case) -> Iterator[str]:
    """How the process ended, where that is wrong."""
    started = time.monotonic()
    if each.signal:
        with contextlib.suppress(subprocess.TimeoutExpired):
            doctor.wait(each.after)
        doctor.send_signal(signal.Signals[each.signal])
    try:
        code = doctor.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        yield f"no answer within {PATIENCE:.0f} s"
        doctor.kill()
        doctor.wait()
        return
    allowed = {0, 1}
    if each.place in ("closed", "full"):
        allowed = {3}
    if each.signal:
        number = signal.Signals[each.signal]
        # A signal may come before the handlers are set up; Python itself then ends with 1.
        allowed = allowed | {128 + number, -number, 1}
    if code not in allowed:
        yield f"exit code {code} after {time.monotonic() - started:.1f} s"


def _left(token: str) -> list[str]:
    """The processes that carry the token in their environment, after a moment to end; each is ended here."""
    deadline = time.monotonic() + 2
    while True:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get("SOAK") == token and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        if not found or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    names = []
    for process in found:
        with contextlib.suppress(psutil.Error):
            names.append(" ".join(process.cmdline())[-80:])
            process.kill()
    return names


def _report(out: str, each: Case, code: int) -> Iterator[str]:
    """What is wrong with what was reported."""
    for text in FORBIDDEN[:2]:
        if text in out:
            yield f"{text!r} in the report"
    if code not in (0, 1) or each.place not in ("pipe", "file"):
        return
    if "json" in each.arguments:
        try:
            report = json.loads(out)
        except ValueError as error:
            yield f"the report is no JSON: {error}: {out[:200]!r}"
            return
        bad = (
            report["build"] is None
            if each.command == "install"
            else report["verdict"] in ("errors", "failed")
        )
        if report["schema"] != 1 or (code == 1) != bad:
            yield f"exit code {code} with {'no ' * (bad is False)}fault in the report"
    elif not out.startswith("envdoctor "):
        yield f"no report: {out[:200]!r}"


def main() -> int:
    """Run the combinations one after the other; 1 where any of them failed."""
    parser = argparse.ArgumentParser(description="random combinations of faults")
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0, help="the number of the first combination")
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground(Path(folder))
        for number in range(asked.seed, asked.seed + asked.runs):
            started = time.monotonic()
            each = case(number)
            wrong = faults_of(ground, each)
            failed += bool(wrong)
            print(
                f"{number:>5} {time.monotonic() - started:5.1f} s  {'ok' if not wrong else 'FAILED'}  {each}",
                flush=True,
            )
            for fault in wrong:
                print(f"        {fault}", flush=True)
    print(f"{asked.runs} combinations, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
