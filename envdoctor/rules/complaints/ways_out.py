"""What to do about each finding that a text bears out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from envdoctor.findings import Remedy, words
from envdoctor.machine import Machine
from envdoctor.rules import other_makers, remedies

__all__ = ["way_out"]


def way_out(code: str, variant: str, machine: Machine) -> Sequence[Remedy]:
    """The remedies for a finding on this machine; none where its own words say all."""
    exact = _VARIANT.get((code, variant))
    if exact is not None:
        return exact(machine)
    build = _TORCH.get(code)
    if build is not None:
        return remedies.torch(machine, build, wanted="nvidia" if code in _FOR_A_GPU else None)
    key = _ENVIRONMENT.get(code)
    if key is not None:
        return (remedies.environment(machine, key),)
    plain = _PLAIN.get(code)
    if plain is not None:
        return (Remedy(words(plain[0]), plain[1]),)
    special = _SPECIAL.get(code)
    return special(machine) if special is not None else ()


_FOR_A_GPU = ("torch-cpu-build", "mirror-lacks-cuda-build", "pip-config-conflict")
"""Who reports these wants an NVIDIA GPU used, whether or not the text shows it."""
_TORCH = {
    "torch-missing": "remedy.install",
    "torch-cpu-build": "remedy.torch",
    "torch-import-failed": "remedy.reinstall",
    "torch-partial-install": "remedy.reinstall",
    "torch-companion-mismatch": "remedy.companions",
    "torch-glibc-too-old": "remedy.older-torch",
    "torch-pin-unavailable": "remedy.torch",
    "env-duplicate-torch": "remedy.one-torch",
    "gpu-too-old-for-build": "remedy.build-for-gpu",
    "gpu-too-new-for-build": "remedy.build-for-gpu",
    "gpu-unsupported": "remedy.cpu-build",
    "gpu-wrong-backend": "remedy.torch",
    "mirror-lacks-cuda-build": "remedy.torch",
    "pip-config-conflict": "remedy.torch",
}
_ENVIRONMENT = {
    "python-broken": "remedy.environment",
    "env-broken": "remedy.environment",
    "python-too-old": "remedy.environment",
    "python-too-new": "remedy.environment",
    "python-32bit": "remedy.python-64bit",
    "python-not-cpython": "remedy.cpython",
    "python-free-threaded": "remedy.environment",
    "python-rosetta": "remedy.python-arm64",
    "platform-no-wheel": "remedy.environment",
    "env-not-isolated": "remedy.environment",
    "env-mixed-conda-pip": "remedy.environment",
}
_PLAIN: dict[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "torch-vcredist-missing": ("remedy.vcredist", (("winget", "install", "Microsoft.VCRedist.2015+.x64"),)),
    "memory-low": ("remedy.memory-low", ()),
    "cpu-missing-instructions": ("remedy.cpu-missing-instructions", ()),
    "shm-small": ("remedy.shm", ()),
    "disk-low": ("remedy.disk-low", (("python", "-m", "pip", "cache", "purge"),)),
    "container-no-gpu": ("remedy.container-gpus", ()),
    "gpu-ecc-errors": ("remedy.ecc", (("nvidia-smi", "-q", "-d", "ECC"),)),
    "gpu-fell-off-bus": ("remedy.fell-off-bus", ()),
    "gpu-exclusive-mode": ("remedy.compute-mode", (("sudo", "nvidia-smi", "-c", "DEFAULT"),)),
    "gpu-memory-full": ("remedy.memory-full", (("nvidia-smi",),)),
    "gpu-mig": ("remedy.mig-choose", (("nvidia-smi", "-L"),)),
    "gpu-no-permission": ("remedy.video-group", (("sudo", "usermod", "-aG", "video,render", "$USER"),)),
    "driver-init-failed": ("remedy.init", ()),
    "driver-library-mismatch": ("remedy.reboot", ()),
    "driver-not-running": ("remedy.modprobe", (("sudo", "modprobe", "nvidia"), ("sudo", "dmesg"))),
    "driver-too-new": ("remedy.legacy-driver-named", ()),
    "fabric-manager-down": (
        "remedy.fabric-manager",
        (
            ("sudo", "systemctl", "enable", "--now", "nvidia-fabricmanager"),
            ("systemctl", "status", "nvidia-fabricmanager"),
        ),
    ),
    "cuda-compat-shadow": ("remedy.no-compat", (("unset", "LD_LIBRARY_PATH"),)),
    "env-pip-mismatch": ("remedy.one-python", (("python", "-m", "pip", "--version"),)),
    "env-user-site-shadow": ("remedy.no-user-site", (("export", "PYTHONNOUSERSITE=1"),)),
    "env-pythonpath-shadow": ("remedy.away-from-source", ()),
    "env-path-non-ascii": ("remedy.plain-path", ()),
    "os-too-old": ("remedy.macos-update", ()),
    "jupyter-kernel-mismatch": (
        "remedy.kernel",
        (
            ("python", "-m", "pip", "install", "ipykernel"),
            ("python", "-m", "ipykernel", "install", "--user", "--name", "dl"),
        ),
    ),
    "vscode-interpreter-mismatch": ("remedy.editor", ()),
    "extension-build-isolation": ("remedy.no-build-isolation", ()),
    "extension-mismatch": ("remedy.rebuild-extension", ()),
    "toolkit-mismatch": ("remedy.matching-toolkit", ()),
    "compiler-missing": ("remedy.compiler", ()),
    "tls-failed": ("remedy.tls", ()),
    "proxy-broken": ("remedy.proxy", ()),
    "mirror-unreachable": ("remedy.another-source", (("envdoctor", "mirrors", "--measure"),)),
    "mirror-dead": ("remedy.another-source", (("envdoctor", "mirrors"),)),
    "download-corrupt": ("remedy.download-again", (("python", "-m", "pip", "cache", "purge"),)),
}


def _numpy(machine: Machine) -> Sequence[Remedy]:
    return (remedies.packages(machine, "remedy.numpy-1", "install", "numpy<2"),)


def _driver(machine: Machine) -> Sequence[Remedy]:
    from envdoctor.rules.driver import driver_remedies

    return driver_remedies(machine)


def _wsl(machine: Machine) -> Sequence[Remedy]:
    return (
        Remedy(words("remedy.wsl-update"), (("wsl", "--update"), ("wsl", "--shutdown"))),
        Remedy(words("remedy.driver-windows")),
    )


def _old_driver(machine: Machine) -> Sequence[Remedy]:
    from envdoctor.rules.driver import newer_driver

    newer, older = newer_driver(machine), remedies.torch(machine, "remedy.older-torch-driver")
    # What can be done at once comes first; which build it takes may have to be asked.
    return (*newer, *older) if older == (remedies.ASK_FIRST,) else (*older, *newer)


def _one_index(machine: Machine) -> Sequence[Remedy]:
    return (Remedy(words("remedy.one-index"), (("python", "-m", "pip", "config", "debug"),)),)


def _rocminfo(machine: Machine) -> Sequence[Remedy]:
    return (Remedy(words("remedy.rocminfo"), (("rocminfo",),)),)


def _library(variant: str) -> Callable[[Machine], Sequence[Remedy]]:
    from envdoctor.rules.libraries import library_remedies

    return lambda machine: library_remedies(machine, variant)


_VARIANT: dict[tuple[str, str], Callable[[Machine], Sequence[Remedy]]] = {
    ("driver-init-failed", "hip"): _rocminfo,
    ("torch-import-failed", "stack"): lambda machine: (remedies.environment(machine),),
    ("torch-import-failed", "map"): lambda machine: (remedies.environment(machine),),
    ("torch-missing-library", "mkl"): _library("mkl"),
    ("torch-missing-library", "wrong-copy"): _library("wrong-copy"),
    ("torch-missing-library", "omp140"): _library("omp140"),
    ("pip-config-conflict", "said"): _one_index,
    ("pip-config-conflict", "dead-index"): _one_index,
    ("pip-config-conflict", "torchs-alone"): lambda machine: (),  # the words say what to leave out
    # No other Python has a wheel for this processor; a newer torch compiles with this Python.
    ("platform-no-wheel", "arch"): lambda machine: (),
    ("python-too-new", "compile"): remedies.torch,
    ("platform-no-wheel", "mac-label"): remedies.torch,
    ("platform-no-wheel", "musl"): lambda machine: (Remedy(words("remedy.musl")),),
    ("platform-no-wheel", "intel-mac"): other_makers.last_for_intel_macs,
    ("gpu-wrong-backend", "amd"): other_makers.amd,
    ("gpu-wrong-backend", "amd-windows"): other_makers.amd,
    ("gpu-wrong-backend", "apple"): other_makers.apple,
    ("gpu-wrong-backend", "apple-code"): other_makers.apple_in_code,
    ("gpu-wrong-backend", "apple-build"): other_makers.apple,
}
_SPECIAL: dict[str, Callable[[Machine], Sequence[Remedy]]] = {
    "torch-numpy-abi": _numpy,
    "driver-missing": _driver,
    "driver-too-old": _old_driver,
    "torch-missing-library": _library("said"),
    "gpu-hidden": remedies.unset_variable,
    "env-path-too-long": remedies.long_paths,
    "wsl-driver": _wsl,
}
