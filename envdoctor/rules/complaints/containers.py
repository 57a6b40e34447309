"""What container engines, WSL and job schedulers say where a process gets no GPU, or may not open it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints.ages import lagging
from envdoctor.rules.complaints.device import hides_all
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.kinds import NO_CONTACT, NO_DEVICE, SPOKEN_FOR

__all__ = ["RULES"]


DENIED = ("device-denied", "render-group", "cgroup-denied", "nvml-no-permission", "said-denied")


def denied(heard: Heard) -> Iterator[Finding]:
    """Device nodes that may not be opened."""
    kinds = DENIED
    ran = heard.machine.facts.torch_import
    blind = (ran is not None and ran.cuda_available is False) or heard.any(
        *NO_DEVICE, *NO_CONTACT, "cuda-unavailable"
    )
    # That it works for root says that it does not for others.
    rooted = any("sudo" in each.text or "root" in each.text for each in heard.all("said-denied"))
    if heard.any(*kinds[:-1]) or ("said-denied" in heard and (blind or rooted)):
        yield heard.finding("gpu-no-permission", *kinds)


_OTHER_CAUSE = re.compile(
    r"unsatisfied condition|version mismatch|gpu is lost|device rules|bpf_prog|insufficient permissions"
    r"|no adapters were found",
    re.IGNORECASE,
)
"""Of the failures of nvidia-container-cli, those whose cause has a code of its own."""


def container(heard: Heard) -> Iterator[Finding]:
    """A container engine that could not hand over a GPU, or was never asked to."""
    refusals = ["docker-no-gpu-driver", "docker-no-runtime", "ngc-no-driver", "kubernetes-no-gpu"]
    cli = [each for each in heard.all("container-cli") if not _OTHER_CAUSE.search(each.text)]
    if heard.any(*refusals) or cli:
        yield heard.finding("container-no-gpu", *refusals, more=heard.evidence(cli))
        return
    machine = heard.machine
    blind = heard.any(*_no_device(machine), *NO_CONTACT, "smi-not-found", "device-missing")
    # An image is built without a GPU: that none is seen then is no fault of a build that says what it lacks.
    blind = blind or ("cuda-unavailable" in heard and "detected-cuda" not in heard)
    blind = blind or ("device-count-none" in heard and _keeps_all_back(machine))
    if machine.cuda_proven or hides_all(machine.facts.environment.variables.get("CUDA_VISIBLE_DEVICES")):
        return
    if machine.in_container and "said-no-gpus-flag" in heard:
        yield heard.finding("container-no-gpu", "said-no-gpus-flag", *NO_DEVICE)
    elif "engine-no-gpu" in heard and (blind or _unavailable(machine)) and machine.torch_variant != "cpu":
        yield heard.finding(
            "container-no-gpu", "engine-no-gpu", *NO_DEVICE, "smi-not-found", "cuda-unavailable"
        )
    elif any("executable file not found" in each.text for each in heard.all("smi-not-found")):
        yield heard.finding("container-no-gpu", "smi-not-found")
    elif "said-mig" not in heard and machine.in_container and blind:
        others = ("cuda-802", "cuda-804", "nvml-blocked", "said-hidden", *DENIED)
        if machine.torch_variant != "cpu" and not heard.any(*others) and lagging(heard) is None:
            yield heard.finding(
                "container-no-gpu",
                *NO_DEVICE,
                *NO_CONTACT,
                "smi-not-found",
                "cuda-unavailable",
            )


def _no_device(machine: Machine) -> tuple[str, ...]:
    """What says that no device was handed over.

    That the driver's library does not start says it only where nvidia-smi does not show a GPU beside it:
    without devices that library counts none.
    """
    smi = machine.facts.nvidia_smi
    answers = smi is not None and smi.state == "ok"
    return tuple(each for each in NO_DEVICE if not (answers and each == "torch-init-failed"))


def _keeps_all_back(machine: Machine) -> bool:
    """Whether the variable of NVIDIA's container runtime asks for no GPU."""
    return machine.facts.environment.variables.get("NVIDIA_VISIBLE_DEVICES") in ("", "void", "none")


def nodes(heard: Heard) -> Iterator[Finding]:
    """Device nodes that are not there, such as /dev/nvidia-uvm before anything has loaded its module."""
    machine = heard.machine
    blind = _unavailable(machine) or heard.any(*NO_DEVICE, *NO_CONTACT, "cuda-unavailable", "cuda-999")
    if "device-missing" in heard and blind and not machine.in_container and not machine.is_wsl:
        yield heard.finding("driver-init-failed", "device-missing", code=UNKNOWN)


def _unavailable(machine: Machine) -> bool:
    ran = machine.facts.torch_import
    return ran is not None and ran.cuda_available is False


def scheduler(heard: Heard) -> Iterator[Finding]:
    """A job that asked its scheduler for no GPU: the node has some, the job sees none."""
    machine = heard.machine
    blind = heard.any(*NO_DEVICE, "cuda-unavailable", "smi-no-devices") or _unavailable(machine)
    if "hidden-by-scheduler" in heard and not machine.cuda_proven:
        kinds = ("hidden-by-scheduler", *NO_DEVICE)
        yield heard.finding("gpu-hidden", *kinds, name="CUDA_VISIBLE_DEVICES", value="NoDevFiles")
    elif (
        "said-no-gres" in heard
        and not machine.in_container
        and blind
        and not machine.cuda_proven
        and machine.torch_variant != "cpu"
    ):
        value = machine.facts.environment.variables.get("CUDA_VISIBLE_DEVICES", UNKNOWN)
        yield heard.finding(
            "gpu-hidden", "said-no-gres", *NO_DEVICE, name="CUDA_VISIBLE_DEVICES", value=value
        )


def wsl(heard: Heard) -> Iterator[Finding]:
    """No GPU inside WSL."""
    machine = heard.machine
    kinds = ["cuda-999", "cuda-500", "smi-no-cuda", "smi-crash"]
    if not heard.any(*SPOKEN_FOR):
        kinds.append("cuda-start")
    if machine.torch_cuda is not None and (_unavailable(machine) or "cuda-unavailable" in heard):
        kinds.append("smi-not-found")
    if heard.any("nvml-blocked", "wsl-no-adapter") or (machine.is_wsl and "nvml-unavailable" in heard):
        yield heard.finding("wsl-driver", "nvml-blocked", "wsl-no-adapter", "nvml-unavailable")
    elif "said-hidden" in heard:
        return
    elif "said-wsl1" in heard and heard.any(*NO_DEVICE, *NO_CONTACT, "cuda-unavailable"):
        remedy = Remedy(words("remedy.wsl2"), (("wsl", "--list", "--verbose"),))
        yield heard.finding("wsl-driver", "said-wsl1", "cuda-unavailable", variant="wsl1", remedies=[remedy])
    elif not machine.is_wsl or machine.in_container or machine.cuda_proven:
        return
    elif heard.any(*NO_DEVICE, *NO_CONTACT, *kinds):
        yield heard.finding("wsl-driver", *NO_DEVICE, *NO_CONTACT, *kinds)


RULES = (denied, container, nodes, scheduler, wsl)
