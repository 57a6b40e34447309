"""Which finding explains which: the order in which causes come before their effects.

`EXPLAINS` says what follows from a finding when both are present as errors or warnings; `EARLIEST_FIRST`
settles which of several independent errors a person has to deal with first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from envdoctor.findings import Finding, Severity

__all__ = ["EARLIEST_FIRST", "EXPLAINS", "in_order", "primary"]

EARLIEST_FIRST: tuple[str, ...] = (
    # An interpreter that can't be used at all
    "python-broken",
    "env-broken",
    "python-32bit",
    "python-not-cpython",
    "python-rosetta",
    "python-too-old",
    "python-too-new",
    "python-free-threaded",
    "platform-no-wheel",
    "cpu-missing-instructions",
    # The installation could not happen, or happened elsewhere
    "tls-failed",
    "proxy-broken",
    "mirror-dead",
    "mirror-unreachable",
    "mirror-lacks-cuda-build",
    "torch-pin-unavailable",
    "download-corrupt",
    "pip-config-conflict",
    "extension-build-isolation",
    "disk-low",
    "memory-low",
    "shm-small",
    "env-pythonpath-shadow",
    "env-user-site-shadow",
    "env-duplicate-torch",
    "env-mixed-conda-pip",
    "env-path-non-ascii",
    "env-path-too-long",
    "vscode-interpreter-mismatch",
    "jupyter-kernel-mismatch",
    "env-pip-mismatch",
    "env-not-isolated",
    # torch does not import
    "torch-glibc-too-old",
    "os-too-old",
    "torch-vcredist-missing",
    "torch-partial-install",
    "torch-companion-mismatch",
    "torch-missing-library",
    "torch-numpy-abi",
    # The GPU and its driver
    "gpu-fell-off-bus",
    "container-no-gpu",
    "wsl-driver",
    "driver-too-new",
    "gpu-unsupported",
    "driver-missing",
    "driver-library-mismatch",
    "cuda-compat-shadow",
    "driver-not-running",
    "fabric-manager-down",
    "gpu-no-permission",
    "gpu-hidden",
    "gpu-mig",
    "gpu-exclusive-mode",
    "gpu-wrong-backend",
    # A build without code for the card stays useless with any driver, so it stands first.
    "gpu-too-old-for-build",
    "gpu-too-new-for-build",
    "driver-too-old",
    "gpu-memory-full",
    "driver-init-failed",
    "gpu-ecc-errors",
    # Work on top of a torch that is fine
    "extension-mismatch",
    "toolkit-mismatch",
    "compiler-missing",
    # Primary only where nothing more specific is shown
    "torch-import-failed",
    "torch-cpu-build",
    "torch-missing",
    "gpu-absent",
    "knowledge-stale",
)

_BROKEN_IMPORT = ("torch-import-failed", "torch-missing-library", "torch-partial-install")
_NO_DEVICE = ("driver-init-failed", "driver-not-running", "driver-missing")
_WRONG_INTERPRETER = ("torch-missing", "torch-import-failed", "torch-pin-unavailable", "torch-cpu-build")

EXPLAINS: dict[str, tuple[str, ...]] = {
    "python-broken": _WRONG_INTERPRETER,
    "env-broken": ("python-broken", *_WRONG_INTERPRETER),
    "python-32bit": (*_WRONG_INTERPRETER, "platform-no-wheel"),
    "python-not-cpython": (*_WRONG_INTERPRETER, "python-too-old", "python-too-new", "platform-no-wheel"),
    "python-rosetta": (*_WRONG_INTERPRETER, "platform-no-wheel", "torch-numpy-abi"),
    "python-too-old": (*_WRONG_INTERPRETER, "torch-glibc-too-old"),
    "python-too-new": _WRONG_INTERPRETER,
    "python-free-threaded": _WRONG_INTERPRETER,
    "platform-no-wheel": _WRONG_INTERPRETER,
    "cpu-missing-instructions": _BROKEN_IMPORT,
    "tls-failed": ("torch-missing", "mirror-unreachable"),
    "proxy-broken": ("torch-missing", "mirror-unreachable", "tls-failed"),
    "mirror-dead": ("torch-missing", "mirror-unreachable"),
    "mirror-unreachable": ("torch-missing",),
    "mirror-lacks-cuda-build": ("torch-cpu-build",),
    "pip-config-conflict": ("torch-missing", "torch-cpu-build"),
    "disk-low": ("torch-missing", "torch-partial-install", "download-corrupt"),
    "memory-low": _BROKEN_IMPORT,
    "env-pythonpath-shadow": (
        *_BROKEN_IMPORT,
        "torch-missing",
        "torch-numpy-abi",
        "torch-companion-mismatch",
    ),
    "env-user-site-shadow": (
        *_BROKEN_IMPORT,
        "torch-companion-mismatch",
        "torch-numpy-abi",
        "env-duplicate-torch",
        "torch-cpu-build",
    ),
    "env-duplicate-torch": (
        *_BROKEN_IMPORT,
        "torch-companion-mismatch",
        "torch-numpy-abi",
        "env-mixed-conda-pip",
        "torch-partial-install",
        "torch-cpu-build",
    ),
    "env-mixed-conda-pip": _BROKEN_IMPORT,
    "env-path-non-ascii": _BROKEN_IMPORT,
    "env-path-too-long": (*_BROKEN_IMPORT, "torch-missing"),
    "env-pip-mismatch": ("torch-missing",),
    "env-not-isolated": ("torch-missing",),
    "torch-glibc-too-old": (*_BROKEN_IMPORT, "os-too-old", "torch-missing"),
    "os-too-old": (*_BROKEN_IMPORT, "torch-missing"),
    "torch-vcredist-missing": _BROKEN_IMPORT,
    "torch-partial-install": (
        "torch-import-failed",
        "torch-missing-library",
        "torch-missing",
        "torch-companion-mismatch",
    ),
    "torch-companion-mismatch": ("torch-import-failed",),
    "torch-missing-library": ("torch-import-failed",),
    "torch-numpy-abi": ("torch-import-failed",),
    "gpu-fell-off-bus": (
        *_NO_DEVICE,
        "driver-library-mismatch",
        "gpu-too-old-for-build",
        "gpu-too-new-for-build",
    ),
    "container-no-gpu": (
        *_NO_DEVICE,
        "gpu-no-permission",
        "torch-cpu-build",
        "driver-library-mismatch",
        "driver-too-old",
    ),
    "wsl-driver": (*_NO_DEVICE, "driver-too-old", "driver-library-mismatch"),
    "gpu-unsupported": (
        "driver-too-old",
        "gpu-too-old-for-build",
        "torch-cpu-build",
        "driver-init-failed",
        "driver-missing",
    ),
    "driver-too-new": (*_NO_DEVICE, "torch-cpu-build", "gpu-too-old-for-build", "gpu-unsupported"),
    "driver-missing": ("driver-init-failed", "driver-not-running"),
    "driver-library-mismatch": ("driver-init-failed", "driver-not-running"),
    "cuda-compat-shadow": ("driver-init-failed", "driver-library-mismatch", "driver-too-old"),
    "driver-not-running": ("driver-init-failed",),
    "fabric-manager-down": ("driver-init-failed",),
    "gpu-no-permission": ("driver-init-failed", "driver-not-running"),
    "gpu-hidden": ("driver-init-failed",),
    "gpu-mig": ("driver-init-failed",),
    "gpu-exclusive-mode": ("driver-init-failed", "gpu-memory-full"),
    "driver-too-old": ("driver-init-failed",),
    "gpu-too-old-for-build": ("driver-init-failed",),
    "gpu-too-new-for-build": ("driver-init-failed",),
    "gpu-memory-full": ("driver-init-failed",),
    "torch-cpu-build": ("extension-mismatch",),
}

_RANK = {code: index for index, code in enumerate(EARLIEST_FIRST)}
_SEVERITY = {severity: index for index, severity in enumerate(Severity)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order a person acts: the root cause, what follows from it, then the rest.

    Of several findings with one code the gravest is kept, with the evidence of all of them. `caused_by`
    is set where an error present here explains another finding.
    """
    kept = _one_a_code(findings)
    errors = {finding.code for finding in kept if finding.severity is Severity.ERROR}
    linked = [_linked(finding, errors) for finding in kept]
    first = primary(linked)

    def position(finding: Finding) -> tuple[int, int, int, int]:
        # Another error's consequence is never shown before an error that stands by itself.
        return (
            0 if first is not None and first in (finding.code, finding.caused_by) else 1,
            _SEVERITY[finding.severity],
            0 if finding.caused_by is None else 1,
            _RANK.get(finding.code, len(_RANK)),
        )

    return tuple(sorted(linked, key=position))


def primary(findings: Iterable[Finding]) -> str | None:
    """The code of the root cause: the earliest error that no other error here explains."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    roots = [finding for finding in errors if finding.caused_by is None] or errors
    if not roots:
        return None
    return min(roots, key=lambda finding: _RANK.get(finding.code, len(_RANK))).code


def _one_a_code(findings: Iterable[Finding]) -> list[Finding]:
    kept: dict[str, Finding] = {}
    for finding in findings:
        other = kept.get(finding.code)
        if other is None:
            kept[finding.code] = finding
            continue
        graver, lesser = sorted((other, finding), key=lambda each: _SEVERITY[each.severity])
        more = tuple(each for each in lesser.evidence if each not in graver.evidence)
        kept[finding.code] = replace(
            graver, evidence=graver.evidence + more, remedies=graver.remedies or lesser.remedies
        )
    return list(kept.values())


def _linked(finding: Finding, errors: set[str]) -> Finding:
    cause = _cause(finding, errors)
    return finding if cause is None else replace(finding, caused_by=cause)


def _cause(finding: Finding, errors: set[str]) -> str | None:
    if finding.severity in (Severity.INFO, Severity.OK):
        return None
    causes = [code for code in errors if code != finding.code and finding.code in EXPLAINS.get(code, ())]
    return min(causes, key=lambda code: _RANK.get(code, len(_RANK)), default=None)
