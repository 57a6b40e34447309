"""The faults by subject, and random combinations of them: at most one of each subject at a time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FAULTS", "Case", "case"]

HANG = "import time as _t; _t.sleep(3600)"
SPAWN = "import subprocess as _p; _p.Popen(['sleep', '3600'])\n"
TORCH = {
    "absent": None,
    "healthy": "",
    "hangs": HANG,
    "segfaults": "import os as _o; _o.kill(_o.getpid(), 11)",
    "exits": "import sys as _s; _s.exit(0)",
    "ends the process": "import os as _o; _o._exit(3)",
    "raises": "raise ImportError('libcudart.so.12: cannot open shared object file')",
    "raises what is no text": "raise OSError(b'\\xff', object())",
    "floods": "print('flood ' * 20 + '\\x1b[2J') if 0 else [print('flood ' * 2000) for _ in range(2000)]",
    "floods its errors": "import sys as _s; [_s.stderr.write('x' * 10000) for _ in range(1000)]",
    "forges an answer": "print('{\"imported\": true}'); print('@@' * 100)",
    "closes its output": "import os as _o; _o.close(1); _o.close(2)",
    "leaves a child": SPAWN,
    "leaves a child and hangs": SPAWN + HANG,
    "ignores what would end it": "import signal as _g; _g.signal(15, 1); _g.signal(2, 1)\n" + HANG,
    "recurses": "def _f(n): return _f(n + 1)\n_f(0)",
}
"""What a torch does first when it is imported."""

FAULTS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "nvml": tuple(
        {"STANDIN_NVML": how}
        for how in (
            "ok",
            "hang",
            "crash",
            "exit",
            "rubbish",
            "chatty",
            "flood",
            "error:18",
            "count:999",
            "late-hang",
            "late-crash",
        )
    ),
    "cuda_driver": tuple(
        {"STANDIN_CUINIT": how}
        for how in (
            "ok",
            "hang",
            "crash",
            "exit",
            "flood",
            "error:999",
            "error:804",
            "late-hang",
            "late-crash",
        )
    ),
    "nvidia_smi": tuple(
        {"STANDIN_SMI": how} for how in ("ok", "hang", "crash", "flood", "rubbish", "error", "mismatch")
    ),
    "lies": (
        {},
        {"STANDIN_DRIVER": "not a version"},
        {"STANDIN_DRIVER": "999999999999.1", "STANDIN_CUDA": "-7"},
        {"STANDIN_NAME": "\x1b]0;owned\x07<b>[red]GPU[/red]" + "x" * 60},
        {"STANDIN_CAPABILITY": "99.9"},
        {"STANDIN_GPUS": "16"},
    ),
    "environment": (
        {},
        {"CUDA_VISIBLE_DEVICES": "-1"},
        {"CUDA_VISIBLE_DEVICES": "0,\x01,GPU-nonsense," * 50},
        {"PYTHONPATH": "/no/such/place:/proc/self/fd:/dev"},
        {"PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1"},
        {"PYTHONSTARTUP": "/dev/zero", "PYTHONWARNINGS": "error", "PYTHONDEVMODE": "1"},
        {"PYTHONIOENCODING": "gbk"},
        {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"},
        {"LC_ALL": "zh_CN.GB18030", "LANG": "xx_YY.nonsense"},
        {"HOME": "/proc"},
        {"HOME": "/no/such/home"},
        {"HOME": ""},
        {"COLUMNS": "-3", "LINES": "x", "TERM": "dumb"},
        {"COLUMNS": "1"},
        {"PIP_INDEX_URL": "https://u:p@[::1", "HTTPS_PROXY": "::::"},
        {"CONDA_PREFIX": "/no/such/prefix", "CONDA_DEFAULT_ENV": "\udce4"},
        {"PATH": ""},
        {"TMPDIR": "/no/such/folder"},
    ),
    "arguments": (
        {"": ""},
        {"": "--format json"},
        {"": "--verbose"},
        {"": "--lang zh"},
        {"": "--quick"},
        {"": "--quick --format json"},
        {"": "--no-redact --format json"},
        {"": "--assume driver=470.57.02"},
        {"": "--strict"},
    ),
    "place": tuple(
        {"": each} for each in ("pipe", "pipe", "pipe", "closed", "full", "reader leaves", "file")
    ),
    "end": tuple({"": each} for each in ("", "", "", "SIGINT", "SIGTERM", "SIGHUP")),
}
"""The variables that bring each fault about; what is under "" is no variable but said to the soak."""


COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("check", ("--format", "--verbose", "--lang", "--quick", "--no-redact", "--assume", "--strict")),
    ("check", ("--format", "--verbose", "--lang", "--quick", "--no-redact", "--assume", "--strict")),
    ("install", ("--format", "--lang", "--no-redact", "--assume")),
    ("smoke-train", ("--format", "--verbose", "--lang", "--no-redact")),
)
"""The commands that examine this machine, and those of the arguments above that each takes."""


@dataclass(frozen=True)
class Case:
    """One run: which command and torch, which variables, which arguments, where its output goes, and which signal ends it."""

    command: str
    torch: str
    variables: Mapping[str, str]
    arguments: tuple[str, ...]
    place: str
    signal: str
    after: float
    """Seconds after which the signal is sent."""

    def __str__(self) -> str:
        told = [
            self.command,
            f"torch {self.torch}",
            *(f"{key}={value[:30]!r}" for key, value in self.variables.items()),
        ]
        told += [" ".join(self.arguments), f"output: {self.place}"]
        if self.signal:
            told.append(f"{self.signal} after {self.after:.2f} s")
        return ", ".join(filter(None, told))


def case(seed: int) -> Case:
    """The combination of this number, always the same."""
    chance = random.Random(seed)
    chosen = {subject: chance.choice(faults) for subject, faults in FAULTS.items()}
    variables: dict[str, str] = {}
    for subject in ("nvml", "cuda_driver", "nvidia_smi", "lies", "environment"):
        variables.update(chosen[subject])
    command, takes = random.Random(f"command {seed}").choice(COMMANDS)
    words = chosen["arguments"][""]
    arguments = words.split() if any(words.startswith(option) for option in takes) else []
    return Case(
        command=command,
        torch=chance.choice(sorted(TORCH)),
        variables=variables,
        arguments=tuple(arguments),
        place=chosen["place"][""],
        signal=chosen["end"][""],
        after=chance.uniform(0.02, 2.5),
    )
