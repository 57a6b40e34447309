"""A build that holds no code for the GPU: torch says so, or a kernel failed for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import COMPANION, extension_of
from envdoctor.rules.support import outdated
from envdoctor.versions import version_numbers

__all__ = ["RULES", "uncovered"]

NEW_CAPABILITY, OLD_CAPABILITY = (8, 0), (7, 0)
"""Where the build is not known: cards from the first on were new to builds of their day; cards below the
second are those that builds have dropped."""


def coverage(heard: Heard) -> Iterator[Finding]:
    """The build has no code for the GPU: torch says so, or a kernel failed for it."""
    machine = heard.machine
    kinds = ["torch-capability", "capability-refused", "capability-too-low"]
    if machine.gpus or not machine.facts.other_gpus:
        kinds.append("torch-capability-old")  # ROCm builds said it of cards without such a number
    refused = heard.any(*kinds) or ("torch-capability-range" in heard and not _same_major(heard))
    kinds += ["torch-capability-range", "no-kernel"]
    if refused:
        yield uncovered(heard, _is_new(heard), kinds)
        return
    # This warning is also said of embedded chips that run the code of their desktop siblings.
    if "torch-capability-list" in heard and _reach(machine) is not True:
        yield uncovered(heard, _is_new(heard), ["torch-capability-list", "no-kernel"])
        return
    told = ("said-gpu-unsupported", *_BLIND)
    if heard.any(*told) and _is_left_out(heard):
        said_new = _said_age(heard)
        new = _is_new(heard) if said_new is None else said_new
        yield uncovered(heard, new, [*told, "no-kernel"])
        return
    if _cuda_13(heard):
        yield uncovered(heard, False, ["said-cuda-13"])
    if heard.any("nvrtc-arch", "ptxas-arch"):
        yield uncovered(heard, True, ["nvrtc-arch", "ptxas-arch"])
    if "no-kernel" not in heard or heard.any("hip-invalid-function", "rocblas-arch"):
        return
    if any(COMPANION.search(f"{each.raised_in} {each.text}") for each in heard.all("no-kernel")):
        yield heard.finding("torch-companion-mismatch", "no-kernel")
        return
    owner = extension_of(heard, "no-kernel") or heard.subject("said-built-for", "extension-made-for")
    reach = _reach(machine) or ("said-torch-runs" in heard) or None
    if owner or reach is True:
        yield heard.finding("extension-mismatch", "no-kernel", variant="no-kernel", subject=owner or UNKNOWN)
    else:
        yield uncovered(heard, _is_new(heard), ["no-kernel"])


def _same_major(heard: Heard) -> bool:
    """Whether the GPUs are of the newest major that the warning names: code for 12.0 runs on 12.1."""
    said = re.findall(r"\d{1,2}\.\d", heard.subject("torch-capability-range"))
    capabilities = [version_numbers(each) for each in heard.machine.capabilities]
    if len(said) < 2 or not capabilities:
        return False
    least, most = version_numbers(said[0]), version_numbers(said[1])
    return all(least <= each and each[:1] == most[:1] for each in capabilities)


def _reach(machine: Machine) -> bool | None:
    """Whether the build's own code reaches every GPU here; `None`: not known.

    Of a release whose build is not named, no build may; that all do says little of one from elsewhere.
    """
    from envdoctor.rules.gpu_build import code_of_build, codes_of_release

    def reaches(sass: tuple[str, ...], ptx: tuple[str, ...]) -> bool:
        return all(machine.tables.coverage(each, sass, ptx) != "none" for each in machine.capabilities)

    sass, ptx, _ = code_of_build(machine)
    if not machine.capabilities:
        return None
    if sass or ptx:
        return reaches(sass, ptx)
    builds = codes_of_release(machine)
    return False if builds and not any(reaches(*code) for _, *code in builds) else None


_BLIND = ("said-gpu-fails", "cuda-unavailable", "said-no-gpu-found", "said-gpu-unseen")


def _is_left_out(heard: Heard) -> bool:
    """Whether the tables bear out that the cards here get no code from this build, or from any of today."""
    machine = heard.machine
    if machine.cuda_proven or not machine.gpus:
        return False
    if machine.is_jetson:
        return "said-gpu-unsupported" in heard and _reach(machine) is not True
    # A build without code for the card still finds it.
    if heard.any("extension-no-gpu", "extension-made-for", "triton-too-old"):
        return False
    reach = _reach(machine)
    lacking = "said-gpu-unsupported" in heard and (
        reach is False or (reach is None and not machine.torch_cuda)
    )
    return lacking or all(outdated(machine, gpu) for gpu in machine.gpus)


def _said_age(heard: Heard) -> bool | None:
    """Whether it is said that the GPU is too new, rather than no longer supported; `None`: neither is."""
    text = " ".join(each.text for each in heard.all("said-gpu-unsupported")).lower()
    if re.search(r"no longer|dropped|removed|ended|too old|太旧|太老|太低|过低|不再", text):
        return False
    return True if re.search(r"too new|太新|not yet|\byet\b", text) else None


def _cuda_13(heard: Heard) -> bool:
    """A CUDA 13 build that fails on a card which CUDA 13 dropped (everything below 7.5)."""
    capabilities = heard.machine.capabilities
    old = bool(capabilities) and all(version_numbers(each) < (7, 5) for each in capabilities)
    return old and "said-cuda-13" in heard and not heard.machine.cuda_proven


def _is_new(heard: Heard) -> bool:
    """Whether the GPU is newer than the build, rather than older."""
    from envdoctor.rules.gpu_build import code_of_build, is_newer

    machine = heard.machine
    if "capability-too-low" in heard:
        return False
    named = heard.subject("torch-capability", "capability-refused")
    if not named and any(re.search("too old|SM <", each.text) for each in heard.all("torch-capability-old")):
        return False
    said = named.removeprefix("sm_").rstrip("af")
    capability = (int(said[:-1]), int(said[-1])) if said.isdigit() and len(said) > 1 else None
    if capability is None and machine.capabilities:
        numbers = version_numbers(machine.capabilities[-1])
        capability = (numbers[0], numbers[1])
    if capability is None:
        capability = _newest_of_name(machine) or _told_capability(heard)
    if capability is None:
        return True
    sass, ptx, _ = code_of_build(machine)
    if sass or ptx:
        return is_newer(capability, (*sass, *ptx))
    return capability >= NEW_CAPABILITY or (capability >= OLD_CAPABILITY and machine.torch_cuda is None)


def _told_capability(heard: Heard) -> tuple[int, int] | None:
    """The capability that is told of a GPU which nothing names."""
    numbers = version_numbers(heard.paste.remarks.get("told-capability"))
    return (numbers[0], numbers[1]) if len(numbers) > 1 else None


def _newest_of_name(machine: Machine) -> tuple[int, int] | None:
    """The newest capability among the chips that go by the GPU's name, where there are several."""
    names = [gpu.name for gpu in machine.gpus if gpu.name]
    several = [each for name in names for each in machine.tables.ambiguous_capabilities(name)]
    found = [version_numbers(each) for each in several]
    return max(((each[0], each[1]) for each in found), default=None)


def uncovered(heard: Heard, new: bool, kinds: list[str]) -> Finding:
    """The build has no code for this GPU, which is newer than the build or was dropped from it."""
    machine = heard.machine
    code = "gpu-too-new-for-build" if new else "gpu-too-old-for-build"
    if not new and machine.gpus and all(outdated(machine, gpu) for gpu in machine.gpus):
        code = "gpu-unsupported"
    return heard.finding(
        code,
        *kinds,
        variant="" if machine.torch_version and machine.gpus else "said",
        gpu=machine.gpu_name or "GPU",
        capability=(machine.capabilities or (heard.subject("torch-capability") or UNKNOWN,))[0],
        torch=machine.torch_version or UNKNOWN,
        more=[words("evidence.gpu", name=machine.gpu_name)] if machine.gpu_name else [],
    )


RULES = (coverage,)
