"""Every finding code, one row each: its place among the causes, what it is about, and what follows from it.

Codes are stable and never used for something else. The order of the rows is the order in which causes come
before their effects; of several independent errors the one that stands higher has to be dealt with first.
"""

from __future__ import annotations

from collections.abc import Mapping

from envdoctor.frozen import Record, value

__all__ = ["CODES", "SUBJECTS", "Code", "by_subject"]

SUBJECTS = ("python", "environment", "installing", "torch", "driver", "gpu", "computer")
"""What a finding can be about, in the order of a list for people."""


@value
class Code(Record):
    """One code: `subject` is one of `SUBJECTS`; `explains`: what follows from it when both are shown."""

    name: str
    subject: str
    explains: tuple[str, ...] = ()


_BROKEN_IMPORT = ("torch-import-failed", "torch-missing-library", "torch-partial-install")
_NO_DEVICE = ("driver-init-failed", "driver-not-running", "driver-missing")
_WRONG_INTERPRETER = ("torch-missing", "torch-import-failed", "torch-pin-unavailable", "torch-cpu-build")

CODES: tuple[Code, ...] = (
    # An interpreter that can't be used at all
    Code("python-broken", "python", _WRONG_INTERPRETER),
    Code("env-broken", "python", ("python-broken", *_WRONG_INTERPRETER)),
    Code("python-32bit", "python", (*_WRONG_INTERPRETER, "platform-no-wheel")),
    Code(
        "python-not-cpython",
        "python",
        (*_WRONG_INTERPRETER, "python-too-old", "python-too-new", "platform-no-wheel"),
    ),
    Code("python-rosetta", "python", (*_WRONG_INTERPRETER, "platform-no-wheel", "torch-numpy-abi")),
    Code("python-too-old", "python", (*_WRONG_INTERPRETER, "torch-glibc-too-old")),
    Code("python-too-new", "python", _WRONG_INTERPRETER),
    Code("python-free-threaded", "python", _WRONG_INTERPRETER),
    Code("platform-no-wheel", "python", _WRONG_INTERPRETER),
    Code("cpu-missing-instructions", "python", _BROKEN_IMPORT),
    # The installation could not happen, or happened elsewhere
    Code("tls-failed", "installing", ("torch-missing", "mirror-unreachable")),
    Code("proxy-broken", "installing", ("torch-missing", "mirror-unreachable", "tls-failed")),
    Code("mirror-dead", "installing", ("torch-missing", "mirror-unreachable")),
    Code("mirror-unreachable", "installing", ("torch-missing",)),
    Code("mirror-lacks-cuda-build", "installing", ("torch-cpu-build",)),
    Code("torch-pin-unavailable", "installing"),
    Code("download-corrupt", "installing"),
    Code("pip-config-conflict", "installing", ("torch-missing", "torch-cpu-build")),
    Code("extension-build-isolation", "installing"),
    Code("disk-low", "computer", ("torch-missing", "torch-partial-install", "download-corrupt")),
    Code("memory-low", "computer", _BROKEN_IMPORT),
    Code("shm-small", "computer"),
    Code(
        "env-pythonpath-shadow",
        "environment",
        (*_BROKEN_IMPORT, "torch-missing", "torch-numpy-abi", "torch-companion-mismatch"),
    ),
    Code(
        "env-user-site-shadow",
        "environment",
        (
            *_BROKEN_IMPORT,
            "torch-companion-mismatch",
            "torch-numpy-abi",
            "env-duplicate-torch",
            "torch-cpu-build",
        ),
    ),
    Code(
        "env-duplicate-torch",
        "environment",
        (
            *_BROKEN_IMPORT,
            "torch-companion-mismatch",
            "torch-numpy-abi",
            "env-mixed-conda-pip",
            "torch-partial-install",
            "torch-cpu-build",
        ),
    ),
    Code("env-mixed-conda-pip", "environment", _BROKEN_IMPORT),
    Code("env-path-non-ascii", "environment", _BROKEN_IMPORT),
    Code("env-path-too-long", "environment", (*_BROKEN_IMPORT, "torch-missing")),
    Code("vscode-interpreter-mismatch", "environment"),
    Code("jupyter-kernel-mismatch", "environment"),
    Code("env-pip-mismatch", "environment", ("torch-missing",)),
    Code("env-not-isolated", "environment", ("torch-missing",)),
    # torch does not import
    Code("torch-glibc-too-old", "torch", (*_BROKEN_IMPORT, "os-too-old", "torch-missing")),
    Code("os-too-old", "computer", (*_BROKEN_IMPORT, "torch-missing")),
    Code("torch-vcredist-missing", "torch", _BROKEN_IMPORT),
    Code(
        "torch-partial-install",
        "torch",
        ("torch-import-failed", "torch-missing-library", "torch-missing", "torch-companion-mismatch"),
    ),
    Code("torch-companion-mismatch", "torch", ("torch-import-failed",)),
    Code("torch-missing-library", "torch", ("torch-import-failed",)),
    Code("torch-numpy-abi", "torch", ("torch-import-failed",)),
    # The GPU and its driver
    Code(
        "gpu-fell-off-bus",
        "gpu",
        (*_NO_DEVICE, "driver-library-mismatch", "gpu-too-old-for-build", "gpu-too-new-for-build"),
    ),
    Code(
        "container-no-gpu",
        "driver",
        (*_NO_DEVICE, "gpu-no-permission", "torch-cpu-build", "driver-library-mismatch", "driver-too-old"),
    ),
    Code("wsl-driver", "driver", (*_NO_DEVICE, "driver-too-old", "driver-library-mismatch")),
    Code(
        "driver-too-new",
        "driver",
        (*_NO_DEVICE, "torch-cpu-build", "gpu-too-old-for-build", "gpu-unsupported"),
    ),
    Code(
        "gpu-unsupported",
        "gpu",
        (
            "driver-too-old",
            "gpu-too-old-for-build",
            "torch-cpu-build",
            "driver-init-failed",
            "driver-missing",
        ),
    ),
    Code("driver-missing", "driver", ("driver-init-failed", "driver-not-running")),
    Code("driver-library-mismatch", "driver", ("driver-init-failed", "driver-not-running")),
    Code("cuda-compat-shadow", "driver", ("driver-init-failed", "driver-library-mismatch", "driver-too-old")),
    Code("driver-not-running", "driver", ("driver-init-failed",)),
    Code("fabric-manager-down", "driver", ("driver-init-failed",)),
    Code("gpu-no-permission", "gpu", ("driver-init-failed", "driver-not-running")),
    Code("gpu-hidden", "gpu", ("driver-init-failed",)),
    Code("gpu-mig", "gpu", ("driver-init-failed",)),
    Code("gpu-exclusive-mode", "gpu", ("driver-init-failed", "gpu-memory-full")),
    Code("gpu-wrong-backend", "gpu", ("torch-missing-library", "torch-import-failed", "driver-init-failed")),
    # A build without code for the card stays useless with any driver, so it stands first.
    Code("gpu-too-old-for-build", "gpu", ("driver-init-failed",)),
    Code("gpu-too-new-for-build", "gpu", ("driver-init-failed",)),
    Code("driver-too-old", "driver", ("driver-init-failed",)),
    Code("gpu-memory-full", "gpu", ("driver-init-failed",)),
    Code("driver-init-failed", "driver"),
    Code("gpu-ecc-errors", "gpu"),
    # Work on top of a torch that is fine
    Code("extension-mismatch", "torch"),
    Code("toolkit-mismatch", "torch"),
    Code("compiler-missing", "torch"),
    # Primary only where nothing more specific is shown
    Code("torch-import-failed", "torch"),
    Code("torch-cpu-build", "torch", ("extension-mismatch",)),
    Code("torch-missing", "torch"),
    Code("gpu-absent", "gpu"),
    Code("knowledge-stale", "computer"),
    # Never the cause of anything: worth knowing, of training, or of the doctor
    Code("pip-index-configured", "installing"),
    Code("driver-minor-compatibility", "driver"),
    Code("torch-wrong-numbers", "torch"),
    Code("torch-training-failed", "torch"),
    Code("torch-run-failed", "torch"),
    Code("torch-loader-failed", "torch"),
    Code("torch-compile-failed", "torch"),
    Code("cudnn-failed", "torch"),
    Code("nccl-failed", "torch"),
    Code("report-not-understood", "computer"),
    Code("doctor-rule-failed", "computer"),
)


def by_subject() -> Mapping[str, tuple[str, ...]]:
    """The names of all codes by what they are about, the earliest cause of each subject first."""
    return {about: tuple(row.name for row in CODES if row.subject == about) for about in SUBJECTS}
