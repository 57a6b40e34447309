"""What a text says about driver, GPU and CUDA, and what that means on the machine it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding, words
from envdoctor.machine import Gpu, Machine
from envdoctor.rules.complaints.ages import is_blind, lagging
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.kinds import NO_CONTACT, NO_DEVICE, SILENT, SPOKEN_FOR, TOO_OLD
from envdoctor.rules.complaints.switches import is_switched, is_unswitched
from envdoctor.rules.remedies import unset_variable
from envdoctor.versions import version_numbers

__all__ = ["RULES", "driver_ended", "hides_all", "hides_first"]

LOST_XIDS = ("79", "119", "120", "62", "154")
ECC_XIDS = ("48", "64", "95")
"""A double-bit error, a row that could not be remapped, an error not contained (NVIDIA's Xid list)."""


def driver_age(heard: Heard) -> Iterator[Finding]:
    """The driver is too old for what torch was built with."""
    if not heard.any(*TOO_OLD):
        return
    machine = heard.machine
    if machine.cuda_proven and not heard.any(*(kind for kind in TOO_OLD if kind != "newer-driver-asked")):
        return  # advice that programs give beside anything
    if machine.facts.other_gpus and not machine.gpus and machine.driver is None:
        return  # without any NVIDIA driver the run-time says "insufficient" too
    kinds = [kind for kind in TOO_OLD if kind in heard]
    # Releases that were made of TH and THC need no driver that any card since Kepler does not have.
    early = any("/THC/" in each.text for each in heard.all(*kinds))
    if driver_ended(machine) and not early:
        yield heard.finding(
            "gpu-unsupported",
            *kinds,
            variant="driver-ended",
            gpu=machine.gpu_name or "GPU",
            capability=(machine.capabilities or (UNKNOWN,))[0],
        )
    yield heard.finding("driver-too-old", *kinds, driver=machine.driver or machine.driver_cuda or UNKNOWN)


def driver_ended(machine: Machine) -> bool:
    """Whether the last driver for every GPU here is older than this torch needs, or any of the last years."""
    tables = machine.tables
    last = [branch for gpu in machine.gpus for branch in _last_branches(machine, gpu)]
    if not last or None in last:
        return False
    if machine.torch_cuda is not None:
        cudas = [machine.torch_cuda]
    else:
        release = tables.release(machine.torch_version or machine.settled.version)
        variants = release.official_variants.get("linux_x86_64", ()) if release is not None else ()
        cudas = [f"{each[2:-1]}.{each[-1]}" for each in variants if each.startswith("cu")]
    needed = [tables.minimum_driver(each, machine.driver_system) for each in cudas]
    least = min((version_numbers(each) for each in needed if each), default=(0,))
    return all(branch is not None and branch < least[0] for branch in last)


def _last_branches(machine: Machine, gpu: Gpu) -> list[int | None]:
    """The last driver branch for every chip that goes by the GPU's name; `None`: there is none yet."""
    tables = machine.tables
    capabilities = [gpu.capability] if gpu.capability else tables.ambiguous_capabilities(gpu.name or "")
    return [tables.last_branch(each) for each in capabilities]


def _left_behind(machine: Machine) -> bool:
    """Whether the driver is newer than the last one that drives any of the GPUs here."""
    branch = machine.tables.branch(machine.driver) if machine.driver is not None else None
    last = [each for gpu in machine.gpus for each in _last_branches(machine, gpu)]
    return branch is not None and bool(last) and all(each and each < branch.branch for each in last)


def legacy(heard: Heard) -> Iterator[Finding]:
    """The kernel module itself says that it no longer drives this card."""
    last = heard.subject("legacy-driver")
    branch = heard.machine.tables.branch(heard.machine.driver or "")
    in_it = branch is not None and last.isdigit() and branch.branch <= int(last)
    if "legacy-driver" in heard and not in_it:
        yield heard.finding("driver-too-new", "legacy-driver", branch=last or "470")


def not_ready(heard: Heard) -> Iterator[Finding]:
    """The numbers with which CUDA refuses to start."""
    if "cuda-802" in heard and not heard.machine.cuda_proven:
        yield heard.finding("fabric-manager-down", "cuda-802", "fabric-manager")
    elif "fabric-manager" in heard and not heard.machine.cuda_proven and not is_unswitched(heard):
        yield heard.finding("fabric-manager-down", "fabric-manager")
    # While module and library differ, CUDA takes the newer library for a compatibility one.
    if "cuda-804" in heard and "nvml-mismatch" not in heard:
        yield heard.finding("cuda-compat-shadow", "cuda-804")
    if "cuda-803" in heard and "nvml-mismatch" not in heard:
        code = "cuda-compat-shadow" if _stray_libcuda(heard) else "driver-library-mismatch"
        yield heard.finding(code, "cuda-803")
    stub = "stubs" in heard.machine.facts.environment.variables.get("LD_LIBRARY_PATH", "")
    if "cuda-34" in heard or (stub and "torch-init-failed" in heard):
        yield heard.finding("cuda-compat-shadow", "cuda-34", "torch-init-failed")
    if "nvml-mismatch" in heard:
        variant = "said-container" if heard.machine.in_container else "said"
        yield heard.finding("driver-library-mismatch", "nvml-mismatch", variant=variant)
    ecc = [each for each in heard.all("xid") if each.subject in ECC_XIDS]
    if "cuda-214" in heard or ecc:
        yield heard.finding("gpu-ecc-errors", "cuda-214", more=heard.evidence(ecc))


def _stray_libcuda(heard: Heard) -> bool:
    path = heard.machine.facts.environment.variables.get("LD_LIBRARY_PATH", "")
    return "compat" in path or "stubs" in path or "cuda-compat" in heard.words


def parts(heard: Heard) -> Iterator[Finding]:
    """A kernel module of one version and user libraries of another."""
    module, library = heard.subject("kernel-module-version"), heard.subject("user-library-version")
    failing = is_blind(heard) or heard.any(*NO_DEVICE, *NO_CONTACT, "cuda-999", "cuda-start", "cuda-803")
    if module and library and failing and _differ(module, library) and "nvml-mismatch" not in heard:
        yield heard.finding("driver-library-mismatch", "kernel-module-version", "user-library-version")


def _differ(module: str, library: str) -> bool:
    """Whether the two differ in what both of them say: packages leave the last number out at times."""
    one, other = version_numbers(module), version_numbers(library)
    shared = min(len(one), len(other))
    return shared > 1 and one[:shared] != other[:shared]


def compat(heard: Heard) -> Iterator[Finding]:
    """nvidia-smi shows a CUDA that its driver does not implement: it loaded a compatibility library."""
    machine = heard.machine
    smi, ran = machine.facts.nvidia_smi, machine.facts.torch_import
    if smi is None or smi.cuda_version is None or smi.driver_version is None or machine.cuda_proven:
        return
    own = machine.tables.driver_cuda(smi.driver_version)
    lifted = version_numbers(smi.cuda_version)[:2] > version_numbers(own)[:2]
    blind = (ran is not None and ran.cuda_available is False) or heard.any(*NO_DEVICE, *TOO_OLD, "cuda-start")
    if lifted and (blind or "cuda-unavailable" in heard):
        line = words(
            "evidence.smi-cuda", driver=smi.driver_version, cuda=smi.cuda_version, own=own or UNKNOWN
        )
        yield heard.finding("cuda-compat-shadow", more=[line])


def lost(heard: Heard) -> Iterator[Finding]:
    """A GPU that fell off the bus."""
    xids = [each for each in heard.all("xid") if each.subject in LOST_XIDS]
    if "smi-lost" in heard or xids:
        more = heard.evidence(xids)
        yield heard.finding("gpu-fell-off-bus", "smi-lost", more=more)


def exclusive(heard: Heard) -> Iterator[Finding]:
    """Error 46, and the compute mode that it comes from."""
    if "cuda-46" in heard:
        yield heard.finding("gpu-exclusive-mode", "cuda-46")


def contact(heard: Heard) -> Iterator[Finding]:
    """nvidia-smi can't reach the driver, or the kernel says why."""
    machine = heard.machine
    if machine.is_wsl or machine.cuda_proven or (machine.in_container and "kernel-module" not in heard):
        return
    kinds = ["smi-no-contact", "nvml-not-loaded", "nvml-library-missing", "kernel-module", "smi-no-devices"]
    if "nouveau-holds" in heard:
        told = any(_INSTALLED.search(each.text) for each in heard.all("nouveau-holds"))
        installed = machine.driver is not None or heard.any(*kinds) or told
        code = "driver-not-running" if installed else "driver-missing"
        yield heard.finding(
            code, "nouveau-holds", *kinds, variant="nouveau", gpu=machine.gpu_name or "NVIDIA GPU"
        )
    elif "vfio-holds" in heard:
        yield heard.finding("driver-not-running", "vfio-holds", variant="vfio-pci")
    elif heard.any(*kinds) and _left_behind(machine):
        branches = [each or 0 for gpu in machine.gpus for each in _last_branches(machine, gpu)]
        yield heard.finding(
            "driver-too-new",
            *kinds,
            variant="",
            gpu=machine.gpu_name or "GPU",
            driver=machine.driver or UNKNOWN,
            last=max(branches),
        )
    elif heard.any(*kinds) and not heard.any("legacy-driver", "smi-lost", "nvml-mismatch"):
        yield heard.finding("driver-not-running", *kinds)
    if "nvml-unknown" in heard:
        yield heard.finding("driver-init-failed", "nvml-unknown", code=UNKNOWN)


_INSTALLED = re.compile(r"\bdriver (?:was|is|has been|had been) (?:just )?installed\b", re.IGNORECASE)

VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")
"""What can hide a GPU from CUDA, and the latter two from HIP, which heeds the first as well."""


def hidden(heard: Heard) -> Iterator[Finding]:
    """A device number that is not there, or a variable that leaves none."""
    machine = heard.machine
    variables = machine.facts.environment.variables
    amd = [each for each in VISIBLE[1:] if variables.get(each, "0") != "0"]
    name = amd[0] if amd and (machine.torch_variant or "").startswith("rocm") else VISIBLE[0]
    value = variables.get(name)
    kinds = ["cuda-101", "device-assert", "no-cuda-gpus", "cuda-100", "device-count-none"]
    smi = machine.facts.nvidia_smi
    enabled = smi is not None and any(gpu.mig for gpu in smi.gpus or ())
    if "said-mig" in heard or enabled or _mig_value(value or ""):
        return
    if hides_all(value) and is_blind(heard) and not heard.any(*TOO_OLD) and machine.torch_variant != "cpu":
        yield _hidden(heard, kinds, name, value or '""')
        return
    if heard.any(*kinds, "cuda-unavailable", "deserialize-cuda") and "said-hidden" in heard:
        yield _hidden(heard, ["said-hidden", *kinds], name, value or UNKNOWN)
        return
    if ("cuda-101" in heard and not (machine.cuda_proven and value is None)) or (
        hides_first(value) and heard.any(*kinds)
    ):
        yield _hidden(heard, kinds, name, value or UNKNOWN)
    elif "device-assert" in heard:
        yield heard.finding("gpu-hidden", "device-assert", name=name, value=value or UNKNOWN)


def _hidden(heard: Heard, kinds: list[str], name: str, value: str) -> Finding:
    remedies = unset_variable(heard.machine, name)
    return heard.finding("gpu-hidden", *kinds, remedies=remedies, name=name, value=value)


def hides_all(value: str | None) -> bool:
    """Whether CUDA_VISIBLE_DEVICES names no device: CUDA stops at what is no number and no UUID."""
    return value is not None and not re.match(r"\s*(?:\d|GPU-|MIG-)", value, re.IGNORECASE)


def hides_first(value: str | None) -> bool:
    """Whether the variable leaves out the first GPU; where there is one at all, "0" hides nothing."""
    return value is not None and re.match(r"\s*(?:0\b|GPU-|MIG-)", value, re.IGNORECASE) is None


def _mig_value(value: str) -> bool:
    return value.upper().startswith("MIG-")


def partitioned(heard: Heard) -> Iterator[Finding]:
    """MIG is on, and what is asked for is no usable instance."""
    machine = heard.machine
    value = machine.facts.environment.variables.get("CUDA_VISIBLE_DEVICES", "")
    smi = machine.facts.nvidia_smi
    enabled = smi is not None and any(gpu.mig for gpu in smi.gpus or ())
    seen = "said-mig" in heard or enabled or _mig_value(value)
    ran = machine.facts.torch_import
    failed = (ran is not None and ran.cuda_available is False) or heard.any(
        "device-assert",
        "device-index",
        "no-cuda-gpus",
        "cuda-100",
        "cuda-101",
        "cuda-unavailable",
    )
    # One instance is all that a process ever sees: that it counts one is news only where there are several.
    failed = failed or ("said-one-device" in heard and _has_several_instances(heard))
    counted = "device-assert" in heard or (_mig_value(value) and "device-count-none" in heard)
    if seen and ((failed and not machine.cuda_proven) or counted):
        yield heard.finding(
            "gpu-mig", "said-mig", "device-assert", "device-index", "device-count-none", *NO_DEVICE
        )


_SEVERAL = re.compile(
    r"\b(?:several|multiple|many|two|three|four|all|[2-7]|more than one) (?:\w+ ){0,2}?"
    r"(?:instances|slices|partitions)\b|\bother (?:two|three|four|five|six|[2-6]|instances|slices|ones)\b",
    re.IGNORECASE,
)


def _has_several_instances(heard: Heard) -> bool:
    """Whether several MIG instances are told of, or no device at all is counted."""
    if any(re.search(r"\b0\b", each.text) for each in heard.all("said-one-device")):
        return True
    return any(_SEVERAL.search(each.text) for each in heard.paste.told)


def memory(heard: Heard) -> Iterator[Finding]:
    """GPU memory that is taken; before the first tensor it is CUDA's start that found none."""
    if "init-oom" in heard:
        yield heard.finding("driver-init-failed", "init-oom", code="2")
    elif "cuda-oom" in heard:
        yield heard.finding("gpu-memory-full", "cuda-oom", index=0)


def missing(heard: Heard) -> Iterator[Finding]:
    """No driver at all, as torch says, where nothing shows one."""
    machine = heard.machine
    ran = machine.facts.torch_import
    unused = heard.any("cuda-unavailable", *NO_DEVICE) or (ran is not None and ran.cuda_available is False)
    # The driver brings nvidia-smi; only Windows may keep it where no shell looks.
    unasked = machine.torch_version is None and ran is None and machine.os == "linux"
    without_tool = "smi-not-found" in heard and bool(machine.gpus) and machine.torch_variant != "cpu"
    without_tool = without_tool and (unused or unasked)
    if machine.in_container or machine.is_wsl or machine.os == "macos":
        return
    if "torch-no-driver" not in heard and not without_tool:
        return
    nowhere = heard.any("said-virtual-machine", "said-no-gpu")
    if not machine.gpus and (machine.facts.other_gpus or nowhere):
        return
    if machine.driver is None and not heard.any(*NO_CONTACT):
        yield heard.finding(
            "driver-missing", "torch-no-driver", "smi-not-found", gpu=machine.gpu_name or "NVIDIA GPU"
        )


def start(heard: Heard) -> Iterator[Finding]:
    """CUDA does not start, and no other number says why."""
    machine = heard.machine
    kinds = ["cuda-999", "cuda-221", "cuda-304", "cuda-500", "cuda-805", "torch-init-failed"]
    if not heard.any(*SPOKEN_FOR):
        kinds.append("cuda-start")
    if _hip_blind(heard):
        yield heard.finding("driver-init-failed", *NO_DEVICE, "cuda-unavailable", variant="hip")
    elif heard.any(*kinds) and not machine.is_wsl:
        yield heard.finding("driver-init-failed", *kinds, code=_number(heard.first(*kinds)))
    elif heard.any(*SILENT) and machine.driver is not None and not machine.cuda_proven:
        yield heard.finding("driver-init-failed", *SILENT, code="100")
    elif _unexplained(heard):
        kinds = ["nvml-init", "cuda-unavailable", "smi-no-cuda", "smi-crash"]
        code, variant = (
            ("fabric-manager-down", "said") if is_switched(machine) else ("driver-init-failed", "torch")
        )
        yield heard.finding(code, *kinds, variant=variant)


def _hip_blind(heard: Heard) -> bool:
    """A ROCm build that finds no GPU, where the report shows no NVIDIA card that would explain it."""
    machine = heard.machine
    asked = any(re.search(r"/whl/(?:nightly/|test/)?rocm\d", each) for each in heard.commands)
    asked = asked and machine.torch_version is None
    if not asked and not (machine.torch_variant or "").startswith("rocm"):
        return False
    if machine.gpus or machine.cuda_proven or machine.in_container or machine.is_wsl:
        return False
    ran = machine.facts.torch_import
    blind = (ran is not None and ran.cuda_available is False) or "cuda-unavailable" in heard
    return heard.any(*NO_DEVICE) or (blind and (asked or bool(machine.facts.other_gpus)))


def _unexplained(heard: Heard) -> bool:
    """A CUDA build that sees no GPU although the driver answers, or whose first question to it fails."""
    machine = heard.machine
    ran = machine.facts.torch_import
    blind = (ran is not None and ran.cuda_available is False) or "cuda-unavailable" in heard
    if not blind or machine.cuda_proven or machine.in_container or machine.is_wsl or lagging(heard):
        return False
    variable = machine.facts.environment.variables.get("CUDA_VISIBLE_DEVICES")
    if machine.torch_variant in ("cpu", "xpu") or hides_first(variable):
        return False
    if heard.any("nvml-init", "smi-no-cuda", "smi-crash"):
        return True
    smi = machine.facts.nvidia_smi
    answers = smi is not None and smi.state == "ok" and bool(smi.driver_version)
    return machine.torch_cuda is not None and answers and not machine.facts.other_gpus


def _number(complaint: Complaint | None) -> str:
    if complaint is None or not complaint.kind.startswith("cuda-"):
        return UNKNOWN
    number = complaint.subject if complaint.subject.isdigit() else complaint.kind.removeprefix("cuda-")
    return number if number.isdigit() else UNKNOWN


RULES = (
    driver_age,
    legacy,
    not_ready,
    parts,
    compat,
    lost,
    exclusive,
    contact,
    hidden,
    partitioned,
    memory,
    missing,
    start,
)
