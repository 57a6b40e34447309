"""Rules about NVIDIA's driver: is it there, in control, in one piece, and new enough for this torch?"""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.facts import PciCard
from envdoctor.findings import UNKNOWN, Finding, Remedy, Words, words
from envdoctor.machine import Machine, reaches
from envdoctor.rules import remedies
from envdoctor.rules.error_texts import Cause, cuda_cause
from envdoctor.rules.evidence import said
from envdoctor.rules.levels import error, info, ok, warning
from envdoctor.rules.support import last_code, outdated, without_code
from envdoctor.versions import version_numbers

__all__ = ["NVML_GPU_IS_LOST", "RULES", "container_blind", "driver_remedies", "newer_driver"]

# Return codes of NVML (nvml.h, nvmlReturn_t)
NVML_DRIVER_NOT_LOADED = 9
NVML_VERSION_MISMATCH = 18
NVML_GPU_IS_LOST = 15
# Result codes of the CUDA driver API (cuda.h, CUresult)
CUDA_OK = 0
CUDA_NO_DEVICE = 100
CUDA_SYSTEM_NOT_READY = 802
CUDA_DRIVER_MISMATCH = 803
CUDA_COMPAT_NOT_SUPPORTED = 804


def container_blind(machine: Machine) -> bool:
    """Whether this container was given no GPU although there is one, or one was asked for."""
    nvidia = machine.facts.nvidia
    if not machine.in_container or nvidia.device_nodes or machine.is_wsl or machine.facts.paste is not None:
        return False
    if machine.is_jetson:
        return False  # its nodes have other names, and its GPU stands on no bus
    if machine.facts.nvml is not None and machine.facts.nvml.gpus:
        return False
    asked = machine.facts.environment.variables.get("NVIDIA_VISIBLE_DEVICES", "")
    if nvidia.cards:
        return True
    return nvidia.cards is None and asked not in ("", "void", "none")


def presence(machine: Machine) -> Iterator[Finding]:
    """A GPU without any driver, or with one that is not in control of it."""
    if container_blind(machine):
        yield _no_gpu_in_container(machine)
        return
    nvidia = machine.facts.nvidia
    if machine.is_wsl or machine.in_container or machine.os == "macos" or not nvidia.cards:
        return
    if machine.driver_state == "answers":
        return
    card = nvidia.cards[0]
    evidence = [
        _shown(card, _card(machine)),
        words("evidence.card-driver", driver=card.driver or "none"),
    ]
    if machine.driver_state == "installed":
        yield from _not_running(machine, card, evidence)
        return
    variant = "nouveau" if nvidia.nouveau_loaded or card.driver == "nouveau" else ""
    if machine.os == "windows":
        variant = "windows"
    yield error("driver-missing", evidence, driver_remedies(machine), variant, gpu=_card(machine))


def _no_gpu_in_container(machine: Machine) -> Finding:
    cards = machine.facts.nvidia.cards or ()
    seen = [_shown(each, _card(machine)) for each in cards]
    ways_out = [Remedy(words("remedy.container-gpus")), Remedy(words("remedy.container-toolkit"))]
    return error("container-no-gpu", [words("evidence.no-nodes"), *seen], ways_out)


def _not_running(machine: Machine, card: PciCard, evidence: list[Words]) -> Iterator[Finding]:
    """A driver that is installed and does not answer: why, as far as system and tools say."""
    nvidia, nvml, smi = machine.facts.nvidia, machine.facts.nvml, machine.facts.nvidia_smi
    if nvml is not None and nvml.code in (NVML_VERSION_MISMATCH, NVML_GPU_IS_LOST):
        return  # findings of their own
    if smi is not None and smi.error:
        evidence = [*evidence, said("nvidia-smi", smi.error)]
    if nvml is not None and nvml.message:
        evidence = [*evidence, said("NVML", nvml.message)]
    elif nvml is not None and nvml.state == "library-missing":
        evidence = [*evidence, words("unknown.no-nvml")]
    gpu = _card(machine)
    if machine.os == "windows":
        if card.driver == "" or (nvml is not None and nvml.state in ("error", "crashed")):
            yield error("driver-not-running", evidence, driver_remedies(machine), "windows", gpu=gpu)
    elif card.driver in ("nouveau", "vfio-pci"):
        remedy = Remedy(words(f"remedy.{card.driver}"))
        yield error("driver-not-running", evidence, [remedy], card.driver, gpu=gpu)
    elif nvidia.module_loaded is False or (nvml is not None and nvml.code == NVML_DRIVER_NOT_LOADED):
        load = (("sudo", "modprobe", "nvidia"), ("sudo", "dmesg"))
        yield error("driver-not-running", evidence, [Remedy(words("remedy.modprobe"), load)], gpu=gpu)


def _card(machine: Machine) -> str:
    return machine.gpu_name or "NVIDIA GPU"


def _shown(card: PciCard, name: str) -> Words:
    """A card as evidence, with its place on the bus where that is known."""
    name = card.name or name
    if card.address:
        return words("evidence.card", name=name, address=card.address)
    return words("evidence.gpu", name=name)


def newer_driver(machine: Machine) -> list[Remedy]:
    """How a newer driver comes onto this machine; empty where NVIDIA makes none for its cards."""
    cuda = machine.torch_cuda
    least = machine.tables.minimum_driver(cuda, machine.driver_system) if cuda is not None else None
    last = [machine.tables.last_branch(each) for each in machine.capabilities]
    ended = [branch for branch in last if branch is not None]
    if least is not None and ended and min(ended) < version_numbers(least)[0]:
        return []
    if machine.in_container:
        return [Remedy(words("remedy.driver-host"))]
    return driver_remedies(machine)


def driver_remedies(machine: Machine) -> list[Remedy]:
    """How NVIDIA's driver is installed on this system."""
    if machine.os is None:
        return [Remedy(words("remedy.driver-any"))]
    if machine.os == "windows" or machine.is_wsl:
        return [Remedy(words("remedy.driver-windows"))]
    ubuntu = "ubuntu" in (machine.facts.host.os_name or "").lower()
    debian = "debian" in (machine.facts.host.os_name or "").lower()
    if ubuntu:
        return [
            Remedy(words("remedy.driver-ubuntu"), (("sudo", "ubuntu-drivers", "install"), ("sudo", "reboot")))
        ]
    if debian:
        return [
            Remedy(
                words("remedy.driver-debian"),
                (("sudo", "apt", "install", "nvidia-driver"), ("sudo", "reboot")),
            )
        ]
    return [Remedy(words("remedy.driver-linux"))]


def one_piece(machine: Machine) -> Iterator[Finding]:
    """Kernel module and user library of one version; no stray copy of libcuda in front."""
    facts = machine.facts
    nvidia, nvml, cuda, smi = facts.nvidia, facts.nvml, facts.cuda_driver, facts.nvidia_smi
    stray = _stray_libcuda(machine)
    if cuda is not None and cuda.code == CUDA_COMPAT_NOT_SUPPORTED:
        yield error(
            "cuda-compat-shadow",
            _cuda_evidence(machine),
            [_no_compat(machine)],
            library=cuda.library or "libcuda.so.1",
        )
        return
    mismatch_smi = smi is not None and "version mismatch" in (smi.error or "").lower()
    mismatch = (nvml is not None and nvml.code == NVML_VERSION_MISMATCH) or mismatch_smi
    if cuda is not None and cuda.code == CUDA_DRIVER_MISMATCH and stray and not mismatch:
        yield error("cuda-compat-shadow", _cuda_evidence(machine), [_no_compat(machine)], library=stray)
        return
    if mismatch or (cuda is not None and cuda.code == CUDA_DRIVER_MISMATCH):
        evidence = [
            words(
                "evidence.versions",
                module=nvidia.driver_version or UNKNOWN,
                library=nvidia.library_version or (cuda.library_version if cuda else None) or UNKNOWN,
            )
        ]
        if nvml is not None and nvml.message:
            evidence.append(said("NVML", nvml.message))
        variant = "container" if machine.in_container else ""
        commands = () if machine.in_container else (("sudo", "reboot"),)
        yield error(
            "driver-library-mismatch",
            evidence,
            [Remedy(words("remedy.reboot-container" if machine.in_container else "remedy.reboot"), commands)],
            variant,
            module=nvidia.driver_version or UNKNOWN,
            library=nvidia.library_version or UNKNOWN,
        )


def _stray_libcuda(machine: Machine) -> str | None:
    cuda = machine.facts.cuda_driver
    if cuda is not None and cuda.library and "compat" in cuda.library:
        return cuda.library
    for shadow in machine.facts.packages.shadows:
        if shadow.by == "library-path" and shadow.name.startswith("libcuda.so"):
            return shadow.path
    return None


def _cuda_evidence(machine: Machine) -> list[Words]:
    cuda = machine.facts.cuda_driver
    if cuda is None:
        return []
    lines = []
    if cuda.code is not None:
        said_why = words("evidence.cuinit", code=cuda.code, message=cuda.message or "")
        lines.append(said_why if cuda.message else words("evidence.cuinit-code", code=cuda.code))
    elif cuda.state in ("crashed", "timed-out"):
        lines.append(words(f"evidence.cuinit-{cuda.state}"))
    if cuda.library and cuda.library_version:
        lines.append(words("evidence.libcuda", path=cuda.library, version=cuda.library_version))
    elif cuda.library:
        lines.append(words("evidence.libcuda-path", path=cuda.library))
    return lines


def _no_compat(machine: Machine) -> Remedy:
    if machine.in_container:
        return Remedy(words("remedy.no-compat-container"))
    return Remedy(words("remedy.no-compat"), (("unset", "LD_LIBRARY_PATH"),))


def initialises(machine: Machine) -> Iterator[Finding]:
    """CuInit's own answer, and torch's where cuInit was not asked."""
    facts = machine.facts
    cuda, nvidia = facts.cuda_driver, facts.nvidia
    evidence = _cuda_evidence(machine)
    ran = facts.torch_import
    if cuda is not None and cuda.code == CUDA_SYSTEM_NOT_READY:
        state = nvidia.fabric_manager
        yield error(
            "fabric-manager-down", evidence, [_fabric()], "" if state else "said", state=state or UNKNOWN
        )
    elif (
        nvidia.nvswitch
        and nvidia.fabric_manager in ("stopped", "absent")
        and not machine.cuda_proven
        and not machine.in_container
    ):
        make = error if cuda is not None and cuda.code not in (None, CUDA_OK) else warning
        yield make("fabric-manager-down", evidence, [_fabric()], state=nvidia.fabric_manager)
    elif cuda is not None and cuda.state in ("crashed", "timed-out"):
        yield error(
            "driver-init-failed",
            evidence,
            [Remedy(words("remedy.init"), (("sudo", "reboot"),) if machine.os == "linux" else ())],
            cuda.state,
            code=cuda.exit_code or 0,
        )
    elif (
        cuda is not None
        and cuda.state == "error"
        and cuda.code not in (CUDA_OK, CUDA_NO_DEVICE, CUDA_DRIVER_MISMATCH, CUDA_COMPAT_NOT_SUPPORTED)
    ):
        yield error("driver-init-failed", evidence, [Remedy(words("remedy.init"))], code=cuda.code or UNKNOWN)
    elif ran is not None and ran.outcome == "imported" and not ran.cuda_available:
        cause = cuda_cause(ran.cuda_error or "")
        if _torch_alone_fails(machine, cause) or (cause is not None and cause.code == "driver-init-failed"):
            told = ran.cuda_error or "torch.cuda.is_available() is False"
            yield error("driver-init-failed", [said("torch", told)], [Remedy(words("remedy.init"))], "torch")


def _torch_alone_fails(machine: Machine, cause: Cause | None) -> bool:
    """Whether the driver shows GPUs that torch's CUDA build does not get at, for no reason that is known."""
    facts = machine.facts
    nvml, cuda = facts.nvml, facts.cuda_driver
    answers = nvml is not None and nvml.state == "ok" and (cuda is None or cuda.state == "ok")
    if not (answers and machine.gpus) or facts.paste is not None or machine.torch_cuda is None:
        return False
    hidden = "CUDA_VISIBLE_DEVICES" in facts.environment.variables
    return cause is None or (cause.code == "no-device" and not hidden)


def _fabric() -> Remedy:
    return Remedy(
        words("remedy.fabric-manager"),
        (
            ("sudo", "systemctl", "enable", "--now", "nvidia-fabricmanager"),
            ("systemctl", "status", "nvidia-fabricmanager"),
        ),
    )


def age(machine: Machine) -> Iterator[Finding]:
    """The driver against the build, which may need a newer one, and the cards, which may need an older."""
    driver, cuda = machine.driver, machine.torch_cuda
    if driver is None:
        return
    yield from _too_new(machine, driver)
    fine = ok("driver-ok", driver=driver, cuda=machine.driver_cuda or UNKNOWN)
    if cuda is None or machine.cuda_proven:
        yield fine
        return
    least = machine.tables.minimum_driver(cuda, machine.driver_system)
    if least is None:
        return
    if reaches(driver, least):
        yield fine
    elif not _is_lifted(machine, cuda):
        yield _too_old(machine, driver, cuda, least)


def _is_lifted(machine: Machine, cuda: str) -> bool:
    """Whether NVIDIA's forward-compatibility libraries bring this CUDA's major version to an older driver."""
    loaded = machine.facts.cuda_driver
    version = loaded.cuda_version if loaded is not None else None
    return bool(version) and version_numbers(version)[:1] >= version_numbers(cuda)[:1]


def _too_old(machine: Machine, driver: str, cuda: str, least: str) -> Finding:
    evidence = [
        words("evidence.driver", version=driver, source=machine.driver_source),
        words("evidence.needs", cuda=cuda, driver=least),
    ]
    if machine.torch_version is not None:
        build = words(
            "evidence.torch", version=machine.torch_version, variant=machine.torch_variant or UNKNOWN
        )
        evidence.insert(1, build)
    ran = machine.facts.torch_import
    if ran is not None and ran.cuda_error:
        evidence.append(said("torch", ran.cuda_error))
    return error(
        "driver-too-old",
        evidence,
        [*remedies.torch(machine, "remedy.older-torch-driver"), *newer_driver(machine)],
        driver=driver,
        torch=machine.torch_version or UNKNOWN,
        cuda=cuda,
        least=least,
    )


def _too_new(machine: Machine, driver: str) -> Iterator[Finding]:
    """A card that the driver passes over: an error where it leaves torch none, else worth a word."""
    if not machine.left_behind:
        return
    card, gpu = machine.left_behind[0]
    last = machine.tables.last_branch(gpu.capability or "") or UNKNOWN
    name = gpu.name or "NVIDIA GPU"
    old = outdated(machine, gpu)
    evidence = [
        words("evidence.driver", version=driver, source=machine.driver_source),
        _shown(card, name),
        *(last_code(machine, gpu) if old else ()),
    ]
    others = ", ".join(each.name or "NVIDIA GPU" for each in machine.managed)
    advice: tuple[Remedy, ...] = (Remedy(words("remedy.legacy-driver", branch=last)),)
    make, variant = error, ""
    if others:
        make, variant, advice = info, "beside", ()
    elif old:
        variant, advice = "outdated", without_code(machine, gpu)
    yield make(
        "driver-too-new",
        evidence,
        advice,
        variant,
        gpu=name,
        driver=driver,
        last=last,
        capability=gpu.capability or UNKNOWN,
        others=others,
    )


FIRST_COMPATIBLE = (11,)
"""CUDA major from which on a build runs on any driver of its major (NVIDIA, "CUDA Compatibility")."""


def minor_compatibility(machine: Machine) -> Iterator[Finding]:
    """A driver older than the build's own CUDA, within one major version, is fine and worth a word."""
    driver, cuda = machine.driver_cuda, machine.torch_cuda
    if driver is None or cuda is None or not machine.gpus:
        return
    mine, its = version_numbers(driver), version_numbers(cuda)
    if mine[:1] == its[:1] >= FIRST_COMPATIBLE and mine[:2] < its[:2]:
        yield info(
            "driver-minor-compatibility",
            [words("evidence.driver", version=machine.driver or UNKNOWN, source=machine.driver_source)],
            driver=machine.driver or UNKNOWN,
            driver_cuda=driver,
            cuda=cuda,
        )


RULES = (presence, one_piece, initialises, age, minor_compatibility)
