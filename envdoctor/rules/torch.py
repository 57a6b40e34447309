"""Rules about torch and its family as they lie on disk and as they import."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.facts import TorchImport
from envdoctor.findings import Finding, Remedy, Words, words
from envdoctor.machine import Machine, version_numbers
from envdoctor.rules import remedies
from envdoctor.rules.build import error, info, ok, said, warning, why
from envdoctor.rules.error_texts import Cause, import_cause
from envdoctor.rules.libraries import library_remedies, stray

__all__ = ["RULES"]

SIGILL, SIGBUS, SIGKILL = -4, -7, -9
WINDOWS_ILLEGAL_INSTRUCTION = 0xC000001D


def missing(machine: Machine) -> Iterator[Finding]:
    """Torch is not in the interpreter that runs the code."""
    ran = machine.facts.torch_import
    nowhere = machine.torch_version is None and machine.facts.packages.torch is None
    listed = machine.facts.packages.distributions is not None and machine.facts.paste is None
    known = listed or (ran is not None and ran.outcome == "absent")
    if not (nowhere and known) or (ran is not None and ran.outcome not in ("absent", "unreadable")):
        return
    where = machine.facts.interpreter.prefix or machine.facts.interpreter.executable or "?"
    yield error(
        "torch-missing",
        [words("evidence.environment", path=where)],
        remedies.torch(machine, "remedy.install"),
    )


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
    if cause is None:
        yield error(
            "torch-import-failed",
            evidence,
            remedies.torch(machine, "remedy.reinstall"),
            ran.outcome,
            error=_first_line(ran),
            seconds=f"{ran.seconds or 0:.0f}",
        )
        return
    yield _from_cause(machine, cause, evidence)


def _from_cause(machine: Machine, cause: Cause, evidence: list[Words]) -> Finding:
    values = {"subject": cause.subject or "torch"}
    if cause.code == "torch-vcredist-missing":
        remedy = [Remedy(words("remedy.vcredist"), (("winget", "install", "Microsoft.VCRedist.2015+.x64"),))]
    elif cause.code == "torch-glibc-too-old":
        have = machine.facts.host.glibcxx if cause.subject.startswith("GLIBCXX") else machine.facts.host.glibc
        return error(
            cause.code,
            evidence,
            remedies.torch(machine, "remedy.older-torch"),
            cause.variant,
            **values,
            have=have or "?",
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
    elif cause.code == "env-mixed-conda-pip":
        remedy = [remedies.environment(machine)]
    else:
        remedy = list(remedies.torch(machine, "remedy.reinstall"))
    return error(cause.code, evidence, remedy, cause.variant, **values)


def _import_evidence(ran: TorchImport) -> list[Words]:
    lines = [said("import torch", ran.error)] if ran.error else []
    if ran.outcome == "crashed" and ran.exit_code is not None:
        lines.append(words("evidence.exit", code=ran.exit_code))
    return lines


def _first_line(ran: TorchImport) -> str:
    text = (ran.error or "").strip().splitlines()
    return f"{ran.error_type}: {text[0]}" if ran.error_type and text else (text[0] if text else ran.outcome)


def files(machine: Machine) -> Iterator[Finding]:
    """A run that was cut off; files that RECORD lists and the disk lacks; remains of a broken uninstall."""
    packages = machine.facts.packages
    if packages.unfinished_run is not None:
        # Whatever else is missing is so because of it.
        make = error if machine.torch_imports is not True else warning
        facts = machine.facts
        where = () if facts.environment.active else ("--python", facts.interpreter.prefix or "")
        remedy = Remedy(words("remedy.undo-run"), (("envdoctor", "install", "--run", *where),))
        yield make("torch-partial-install", [], [remedy], "cut-off", what=packages.unfinished_run)
        return
    broken = [
        each
        for each in packages.distributions or ()
        if each.missing_files and each.name in ("torch", "torchvision", "torchaudio", "numpy")
    ]
    evidence = [
        words(
            "evidence.missing-files",
            name=e.name,
            count=e.missing_files or 0,
            sample=", ".join(e.missing_sample[:3]),
        )
        for e in broken
    ]
    torch_broken = any(each.name == "torch" for each in broken)
    if broken:
        # A torch that imports and computes does so without the files that are gone.
        make = error if machine.torch_imports is not True and torch_broken else warning
        yield make(
            "torch-partial-install",
            evidence,
            remedies.torch(machine, "remedy.reinstall"),
            "files",
            name=broken[0].name,
            count=broken[0].missing_files or 0,
        )
    elif short := [each for each in packages.distributions or () if each.short_files]:
        # `strip` makes libraries smaller too and breaks nothing, so what imports is left alone.
        if machine.torch_imports is not True:
            make = error if machine.torch_imports is False else warning
            yield make(
                "torch-partial-install",
                [words("evidence.short-files", name=e.name, sample=", ".join(e.short_sample)) for e in short],
                remedies.torch(machine, "remedy.reinstall"),
                "short",
                name=short[0].name,
                count=short[0].short_files or 0,
            )
    elif packages.leftovers:
        make = error if machine.torch_imports is False else warning
        yield make(
            "torch-partial-install",
            [words("evidence.leftover", path=p) for p in packages.leftovers],
            [Remedy(words("remedy.leftovers", names=", ".join(packages.leftovers)))],
            "leftovers",
            names=", ".join(packages.leftovers),
        )
    elif packages.torch is not None and packages.torch.version is None and not packages.torch.source_tree:
        yield error(
            "torch-partial-install",
            [words("evidence.folder", path=packages.torch.path or "torch")],
            remedies.torch(machine, "remedy.reinstall"),
            "no-version",
        )
    elif machine.installed("torch") and packages.torch is None and machine.facts.paste is None:
        if packages.distributions is not None and machine.torch_imports is not True:
            yield error(
                "torch-partial-install",
                [
                    words(
                        "evidence.distribution",
                        name="torch",
                        version=machine.installed("torch")[0].version,
                        path=machine.installed("torch")[0].location,
                    )
                ],
                remedies.torch(machine, "remedy.reinstall"),
                "no-folder",
            )


def companions(machine: Machine) -> Iterator[Finding]:
    """Torchvision and torchaudio must be made for this torch, and for the same variant."""
    torch, ran = machine.torch_version, machine.facts.torch_import
    if torch is None:
        return
    for name in ("torchvision", "torchaudio"):
        imported = ran.companions.get(name) if ran else None
        copies = machine.installed(name)
        version = imported or (copies[0].version if copies else None)
        failure = ran.companion_errors.get(name) if ran else None
        cause = import_cause(failure) if failure else None
        if cause is not None and cause.code == "torch-numpy-abi":
            yield _numpy_finding(machine, name, failure or "")
            continue
        if version is None:
            continue
        evidence = [words("evidence.pair", torch=torch, name=name, version=version)]
        if failure:
            evidence.append(said(f"import {name}", failure))
        theirs, ours = version.partition("+")[2], torch.partition("+")[2]
        other_variant = bool(theirs and ours and theirs != ours and _is_variant(theirs) and _is_variant(ours))
        # On Windows a torchvision without a label beside a labelled CUDA torch is PyPI's CPU build.
        plain = machine.os == "windows" and ours.startswith("cu") and not theirs and name == "torchvision"
        fits = machine.tables.companion_fits(name, version, torch)
        if failure or other_variant or fits is False:
            # A pasted list alone shows no failure; what was said of one is heard elsewhere.
            proven = machine.facts.paste is not None or (
                ran is not None and name in ran.companions and not failure
            )
            make = warning if proven else error
            yield make(
                "torch-companion-mismatch",
                evidence,
                remedies.torch(machine, "remedy.companions"),
                name=name,
                version=version,
                torch=torch,
            )
        elif plain:
            yield warning(
                "torch-companion-mismatch",
                evidence,
                remedies.torch(machine, "remedy.companions"),
                "plain",
                name=name,
                version=version,
                torch=torch,
            )


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
        return
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
            driver=machine.driver or "?",
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
            "torch-ok", version=machine.torch_version or "?", device=ran.devices[0].name, count=len(checked)
        )
    elif ran.mps_available or ran.xpu_available:
        name = ran.devices[0].name if ran.devices else ("Apple GPU" if ran.mps_available else "Intel GPU")
        yield ok("torch-ok", version=machine.torch_version or "?", device=name, count=1)
    elif machine.torch_version and (machine.facts.paste is None or ran.cuda_available is not None):
        yield ok("torch-ok-cpu", version=machine.torch_version)


def compiler(machine: Machine) -> Iterator[Finding]:
    """A local CUDA toolkit is said to be irrelevant; a missing compiler matters for torch.compile only."""
    toolkit = machine.facts.toolkit
    if (
        toolkit.version
        and machine.torch_cuda
        and toolkit.version.split(".")[:2] != machine.torch_cuda.split(".")[:2]
    ):
        yield info(
            "toolkit-mismatch",
            [words("evidence.toolkit", version=toolkit.version, path=toolkit.nvcc or "?")],
            toolkit=toolkit.version,
            cuda=machine.torch_cuda,
        )
    if machine.torch_version and machine.os == "linux" and "toolkit.compiler" in machine.facts.unknown:
        yield info("compiler-missing", [why(machine.facts.unknown["toolkit.compiler"])])


RULES = (missing, import_failure, files, companions, numpy, variant, healthy, compiler)
