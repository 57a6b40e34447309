"""Running the worker in the patient's interpreter, in a folder of its own that is removed afterwards."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from envdoctor.outside import Outside, Ran
from envdoctor.smoke.options import Options
from envdoctor.smoke.transcript import Listener, Transcript

__all__ = ["CPU_ANSWER", "launch"]

SCRIPTS = Path(__file__).parent.parent / "patient"
CPU_ANSWER = "may-use-cpu"
"""The file in the run's folder whose text, "yes" or "no", says whether the CPU will do."""


def launch(
    outside: Outside,
    python: Sequence[str],
    options: Options,
    folder: str,
    listener: Listener | None = None,
    prepare: Callable[[], None] = lambda: None,
) -> tuple[Transcript, Ran]:
    """Run the worker to its end or the time limit.

    Everything that torch or its compiler writes goes into `folder`. The user's own variables count, the
    working folder is never on the worker's path. `prepare` is called right before the worker is started.
    """
    token = os.urandom(8).hex()
    transcript = Transcript(token, listener)
    told = {
        "device": options.device,
        "require_gpu": options.require_gpu,
        "steps": options.steps,
        "seed": options.seed,
        "dtype": options.dtype,
        "compile": options.compile,
        "explain": options.explain,
        "limit": options.timeout,
        "folder": folder,
        "ask_for_cpu": options.device == "auto",
        "ranks": options.in_ranks,
    }
    prepare()
    argv = [*python, "-B", *_torchrun(options), str(SCRIPTS / "smoke_worker.py"), token, json.dumps(told)]
    try:
        ran = outside.run(argv, timeout=options.timeout, env=_environment(folder), hear=transcript.hear)
    finally:
        if options.in_ranks:
            _end_all(token)
    return transcript, ran


def _torchrun(options: Options) -> list[str]:
    """What stands before the worker when several processes are to train together."""
    if not options.in_ranks:
        return []
    wanted = options.nproc_per_node or "auto"
    launcher = str(SCRIPTS / "smoke_launch.py")
    return [launcher, wanted, options.device, str(options.nnodes), options.rdzv_endpoint or ""]


def _end_all(token: str) -> None:
    """End every process of this run that is left: torchrun puts each into a session of its own.

    The token, made for this run alone, stands in the command line of each.
    """
    import psutil

    for process in psutil.process_iter(["pid", "cmdline"]):
        if process.pid != os.getpid() and token in (process.info["cmdline"] or []):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _environment(folder: str) -> dict[str, str | None]:
    inside = os.path.join(folder, "cache")
    return {
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder),
        "TORCHINDUCTOR_CACHE_DIR": os.path.join(inside, "inductor"),
        "TRITON_CACHE_DIR": os.path.join(inside, "triton"),
        "CUDA_CACHE_PATH": os.path.join(inside, "cuda"),
        "PYTHONUNBUFFERED": None,
    }
