"""Rules about torch and its family: what is installed, and whether its parts fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.rules.error_texts import import_cause
from envdoctor.rules.evidence import said, why
from envdoctor.rules.levels import error, info, ok, warning, worse_if_torch_fails
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

_WHOLE = ("torch", "torchvision", "torchaudio", "numpy")
"""Those of which a missing file is told."""


def missing(machine: Machine) -> Iterator[Finding]:
    """Torch is not in the interpreter that runs the code."""
    ran = machine.facts.torch_import
    nowhere = machine.torch_version is None and machine.facts.packages.torch is None
    listed = machine.facts.packages.distributions is not None and machine.facts.paste is None
    known = listed or (ran is not None and ran.outcome == "absent")
    if not (nowhere and known) or (ran is not None and ran.outcome not in ("absent", "unreadable")):
        return
    where = machine.facts.interpreter.prefix or machine.facts.interpreter.executable
    yield error(
        "torch-missing",
        [words("evidence.environment", path=where)] if where else [],
        remedies.torch(machine, "remedy.install"),
    )


def files(machine: Machine) -> Iterator[Finding]:
    """What an installation lacks: the gravest sign only, since the others follow from it."""
    for sign in (_cut_off, _missing_files, _short_files, _leftovers, _no_version, _no_folder):
        found = sign(machine)
        if found is not None:
            yield found
            return


def _cut_off(machine: Machine) -> Finding | None:
    """A run of `install --run` that was killed."""
    facts = machine.facts
    if facts.packages.unfinished_run is None:
        return None
    make = error if machine.torch_imports is not True else warning
    where = () if facts.environment.active else ("--python", facts.interpreter.prefix or "")
    remedy = Remedy(words("remedy.undo-run"), (("envdoctor", "install", "--run", *where),))
    return make("torch-partial-install", [], [remedy], "cut-off", what=facts.packages.unfinished_run)


def _missing_files(machine: Machine) -> Finding | None:
    """Files that RECORD lists and the disk lacks."""
    distributions = machine.facts.packages.distributions or ()
    broken = [each for each in distributions if each.missing_files and each.name in _WHOLE]
    if not broken:
        return None
    evidence = [
        words(
            "evidence.missing-files",
            name=e.name,
            count=e.missing_files or 0,
            sample=", ".join(e.missing_sample[:3]),
        )
        for e in broken
    ]
    # A torch that imports and computes does so without the files that are gone.
    torch_broken = any(each.name == "torch" for each in broken)
    make = error if machine.torch_imports is not True and torch_broken else warning
    first = broken[0]
    return make(
        "torch-partial-install",
        evidence,
        remedies.torch(machine, "remedy.reinstall"),
        "files",
        name=first.name,
        count=first.missing_files or 0,
    )


def _short_files(machine: Machine) -> Finding | None:
    """Libraries that are shorter than RECORD states."""
    short = [each for each in machine.facts.packages.distributions or () if each.short_files]
    # `strip` makes libraries smaller too and breaks nothing, so what imports is left alone.
    if not short or machine.torch_imports is True:
        return None
    make = worse_if_torch_fails(machine)
    return make(
        "torch-partial-install",
        [words("evidence.short-files", name=e.name, sample=", ".join(e.short_sample)) for e in short],
        remedies.torch(machine, "remedy.reinstall"),
        "short",
        name=short[0].name,
        count=short[0].short_files or 0,
    )


def _leftovers(machine: Machine) -> Finding | None:
    """Remains of an uninstall that did not come to its end."""
    leftovers = machine.facts.packages.leftovers
    if not leftovers:
        return None
    make = worse_if_torch_fails(machine)
    names = ", ".join(leftovers)
    evidence = [words("evidence.leftover", path=each) for each in leftovers]
    remedy = Remedy(words("remedy.leftovers", names=names))
    return make("torch-partial-install", evidence, [remedy], "leftovers", names=names)


def _no_version(machine: Machine) -> Finding | None:
    """A folder of torch's without the file that says which torch it is."""
    torch = machine.facts.packages.torch
    if torch is None or torch.version is not None or torch.source_tree:
        return None
    evidence = [words("evidence.folder", path=torch.path or "torch")]
    return error("torch-partial-install", evidence, remedies.torch(machine, "remedy.reinstall"), "no-version")


def _no_folder(machine: Machine) -> Finding | None:
    """Metadata of a torch whose folder is gone."""
    copies, packages = machine.installed("torch"), machine.facts.packages
    if not copies or packages.torch is not None or machine.facts.paste is not None:
        return None
    if packages.distributions is None or machine.torch_imports is True:
        return None
    at = words("evidence.distribution", name="torch", version=copies[0].version, path=copies[0].location)
    return error("torch-partial-install", [at], remedies.torch(machine, "remedy.reinstall"), "no-folder")


def companions(machine: Machine) -> Iterator[Finding]:
    """Torchvision and torchaudio must be made for this torch, and for the same variant."""
    torch, ran = machine.torch_version, machine.facts.torch_import
    if torch is None:
        return
    for name in ("torchvision", "torchaudio"):
        failure = ran.companion_errors.get(name) if ran else None
        cause = import_cause(failure) if failure else None
        if cause is not None and cause.code == "torch-numpy-abi":
            yield _numpy_finding(machine, name, failure or "")
            continue
        imported = ran.companions.get(name) if ran else None
        copies = machine.installed(name)
        version = imported or (copies[0].version if copies else None)
        if version is not None:
            yield from _pair(machine, torch, name, version, failure)


def _pair(machine: Machine, torch: str, name: str, version: str, failure: str | None) -> Iterator[Finding]:
    """One companion beside torch; `failure` is what its import said."""
    ran = machine.facts.torch_import
    evidence = [words("evidence.pair", torch=torch, name=name, version=version)]
    if failure:
        evidence.append(said(f"import {name}", failure))
    theirs, ours = version.partition("+")[2], torch.partition("+")[2]
    other_variant = bool(theirs and ours and theirs != ours and _is_variant(theirs) and _is_variant(ours))
    fits = machine.tables.companion_fits(name, version, torch)
    # On Windows a torchvision without a label beside a labelled CUDA torch is PyPI's CPU build.
    plain = machine.os == "windows" and ours.startswith("cu") and not theirs and name == "torchvision"
    if failure or other_variant or fits is False:
        # A pasted list alone shows no failure; what was said of one is heard elsewhere.
        imported = ran is not None and name in ran.companions and not failure
        list_only = machine.facts.paste is not None and not (
            _is_foreign(theirs, ours) or (fits is False and _alone(machine, name))
        )
        make, variant = (warning if list_only or imported else error), ""
    elif plain:
        make, variant = warning, "plain"
    else:
        return
    remedy = remedies.torch(machine, "remedy.companions")
    yield make("torch-companion-mismatch", evidence, remedy, variant, name=name, version=version, torch=torch)


_TORCH_ONLY = re.compile(r"\binstall\b[^\n]*[\s'\"]torch ?[=<~]=")


def _alone(machine: Machine, name: str) -> bool:
    """Whether a command of the report pins torch and leaves this companion as it was."""
    commands = machine.facts.paste.commands if machine.facts.paste is not None else ()
    return any(_TORCH_ONLY.search(each.text) for each in commands) and not any(
        name in each.text for each in commands
    )


_MAKERS = ("cu", "rocm", "xpu")


def _is_foreign(theirs: str, ours: str) -> bool:
    """Whether two builds are for GPUs of different makers, so that they can't go together anywhere."""
    makers = {name for label in (theirs, ours) for name in _MAKERS if label.startswith(name)}
    return len(makers) > 1


def _is_variant(label: str) -> bool:
    return label.startswith(("cpu", "cu", "rocm", "xpu"))


def numpy(machine: Machine) -> Iterator[Finding]:
    """NumPy 2 beside a torch built for NumPy 1."""
    ran = machine.facts.torch_import
    if ran is not None and ran.outcome == "imported":
        if (
            ran.numpy_bridge_error
            and "numpy" in ran.numpy_bridge_error.lower()
            and machine.installed("numpy")
        ):
            yield _numpy_finding(machine, "torch", ran.numpy_bridge_error)
        if machine.facts.paste is None:
            return  # the import was watched; of a pasted one nobody says what NumPy did
    copies = machine.installed("numpy")
    release = machine.tables.release(machine.torch_version) if machine.torch_version else None
    if (
        copies
        and release is not None
        and machine.os is not None
        and version_numbers(copies[0].version)[:1] >= (2,)
    ):
        if release.numpy2.get(machine.os) is False:
            yield _numpy_finding(machine, "torch", f"numpy {copies[0].version}, torch {release.version}")


def _numpy_finding(machine: Machine, name: str, text: str) -> Finding:
    copies = machine.installed("numpy")
    return error(
        "torch-numpy-abi",
        [said(name, text)],
        [remedies.packages(machine, "remedy.numpy-1", "install", "numpy<2")],
        name=name,
        subject=name,
        numpy=copies[0].version if copies else "2",
    )


def variant(machine: Machine) -> Iterator[Finding]:
    """A CPU-only build where a GPU could be used."""
    ran = machine.facts.torch_import
    if machine.torch_version is None or machine.torch_variant != "cpu" or machine.os == "macos":
        return
    if ran is not None and (ran.xpu_available or ran.cuda_available or ran.mps_available):
        return
    if machine.has_nvidia:
        evidence = [
            words("evidence.torch", version=machine.torch_version, variant="cpu"),
            words("evidence.gpu", name=machine.gpu_name or "NVIDIA GPU"),
        ]
        # PyPI's Windows wheel calls itself "+cpu" only once it runs; its metadata carries no label.
        recorded = [each.version for each in machine.installed("torch")] or [machine.torch_version]
        where = "windows" if machine.os == "windows" and "+" not in recorded[0] else ""
        yield error(
            "torch-cpu-build",
            evidence,
            remedies.torch(machine),
            where,
            version=machine.torch_version,
            gpu=machine.gpu_name or "GPU",
            driver=machine.driver or UNKNOWN,
        )
    elif (
        machine.has_nvidia is None
        and not machine.facts.other_gpus
        and not machine.in_container
        and not machine.is_wsl
    ):
        if machine.facts.unknown.get("nvidia.cards"):
            yield warning(
                "torch-cpu-build",
                [words("evidence.torch", version=machine.torch_version, variant="cpu")],
                variant="unknown",
                version=machine.torch_version,
            )


def healthy(machine: Machine) -> Iterator[Finding]:
    """What was seen to work."""
    ran = machine.facts.torch_import
    if ran is None or ran.outcome != "imported":
        return
    if ran.cuda_available and machine.cuda_proven and ran.devices:
        checked = [device for device in ran.devices if device.kernel is not None]
        yield ok(
            "torch-ok",
            version=machine.torch_version or UNKNOWN,
            device=ran.devices[0].name,
            count=len(checked),
        )
    elif ran.mps_available or ran.xpu_available:
        name = ran.devices[0].name if ran.devices else ("Apple GPU" if ran.mps_available else "Intel GPU")
        yield ok("torch-ok", version=machine.torch_version or UNKNOWN, device=name, count=1)
    elif machine.torch_version and (machine.facts.paste is None or ran.cuda_available is not None):
        yield ok("torch-ok-cpu", version=machine.torch_version)


def toolkit(machine: Machine) -> Iterator[Finding]:
    """A local CUDA toolkit of another version, which torch does not use."""
    found, cuda = machine.facts.toolkit, machine.torch_cuda
    if found.version and cuda and found.version.split(".")[:2] != cuda.split(".")[:2]:
        yield info(
            "toolkit-mismatch",
            [words("evidence.toolkit", version=found.version, path=found.nvcc or UNKNOWN)],
            toolkit=found.version,
            cuda=cuda,
        )


def compiler(machine: Machine) -> Iterator[Finding]:
    """No C++ compiler, which only torch.compile and extensions would need."""
    if machine.torch_version and machine.os == "linux" and "toolkit.compiler" in machine.facts.unknown:
        yield info("compiler-missing", [why(machine.facts.unknown["toolkit.compiler"])])


RULES = (missing, files, companions, numpy, variant, healthy, toolkit, compiler)
