"""The likeliest cause where a text shows a failure and nothing in it says why, with what to ask for.

These rules are asked only where no other rule found an error. Each names what is certain (a first call that
failed, a GPU that CUDA does not show) and the cause that is behind it most often.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Remedy, Severity, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints import elsewhere
from envdoctor.rules.complaints.ages import builds_named, is_behind, is_blind, told_cuda
from envdoctor.rules.complaints.device import hides_first
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.kinds import NO_DEVICE
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.whose import extension_in
from envdoctor.rules.remedies import unset_variable
from envdoctor.rules.support import outdated
from envdoctor.versions import version_numbers

__all__ = ["GUESSES", "REMARKS"]

ASK = (("nvidia-smi",), ("python", "-m", "torch.utils.collect_env"))
VISIBLE = "CUDA_VISIBLE_DEVICES"
NONE_SHOWN = ("no-cuda-gpus", "cuda-100", "device-count-none")
"""CUDA's library loads and shows no device: without that library torch says that there is no driver."""


_ASKED = re.compile(r"--gres[= ]\S*gpu|--gpus(?:-per-\w+)?[= ]|--nv\b|-G ?\d")
"""A job or container that did ask for GPUs: that it was given none is no variable's doing."""


_COMPANION = re.compile(r"torch(?:vision|audio)\b", re.IGNORECASE)


def _ask(*commands: tuple[str, ...]) -> list[Remedy]:
    return [Remedy(words("remedy.ask"), commands or ASK)]


def filtered(heard: Heard) -> Iterator[Finding]:
    """A variable that leaves out the first GPU, and a process that sees none."""
    machine = heard.machine
    value = machine.facts.environment.variables.get(VISIBLE, heard.paste.remarks.get("told-visible"))
    blind = is_blind(heard) or heard.any(*NONE_SHOWN)
    if hides_first(value) and blind and machine.torch_variant != "cpu":
        yield heard.finding(
            "gpu-hidden",
            *NONE_SHOWN,
            "cuda-unavailable",
            remedies=unset_variable(machine, VISIBLE),
            name=VISIBLE,
            value=value or UNKNOWN,
        )


def compat(heard: Heard) -> Iterator[Finding]:
    """CUDA's compatibility library in front of the driver's own, and a process that sees no GPU."""
    path = heard.machine.facts.environment.variables.get("LD_LIBRARY_PATH", "")
    if "/compat" in path and (is_blind(heard) or heard.any(*NO_DEVICE)):
        yield heard.finding("cuda-compat-shadow", "cuda-unavailable", *NO_DEVICE)


def driver(heard: Heard) -> Iterator[Finding]:
    """No driver, a module that is gone since the kernel changed, a driver that a restart brings back."""
    machine = heard.machine
    blind = is_blind(heard) or heard.any(*NO_DEVICE)
    foreign = bool(machine.facts.other_gpus) and not machine.gpus
    if machine.is_wsl or machine.os == "macos" or machine.cuda_proven:
        return
    if machine.in_container:
        if "said-no-driver" in heard and not foreign and machine.torch_variant != "cpu":
            yield heard.finding("container-no-gpu", "said-no-driver")
        return
    if "said-no-driver" in heard and not foreign and not heard.any("said-no-gpu", "said-virtual-machine"):
        yield heard.finding("driver-missing", "said-no-driver", gpu=machine.gpu_name or "NVIDIA GPU")
    elif "said-module-lost" in heard:
        yield heard.finding("driver-not-running", "said-module-lost")
    elif "nvml-init" in heard and blind:
        yield heard.finding("driver-not-running", "nvml-init", *NO_DEVICE, variant="likely", remedies=_ask())
    elif blind and "said-reset-helps" in heard and machine.torch_variant != "cpu":
        yield heard.finding("driver-init-failed", "said-reset-helps", "cuda-unavailable", code=UNKNOWN)


def older(heard: Heard) -> Iterator[Finding]:
    """A build for an older CUDA sees the GPU that this one does not: the driver is too old for this one."""
    machine = heard.machine
    cuda = machine.torch_cuda or told_cuda(heard)
    elsewhere = machine.is_wsl or machine.driver is not None
    if cuda is None or elsewhere or not is_blind(heard) or machine.facts.other_gpus:
        return
    newest = version_numbers(cuda)
    for each in heard.paste.told:
        named = [version_numbers(other) for other in builds_named(each.text)]
        good = has(each.text, "works") or re.search(r"\b(?:found|seen|detected|True)\b", each.text)
        if not good or has(each.text, "fails"):
            newest = max(newest, *named) if machine.torch_cuda is None and named else newest
        elif named and max(named) < newest:
            more = [shown(each.line, each.text), words("evidence.told")]
            yield heard.finding("driver-too-old", "cuda-unavailable", more=more, driver=UNKNOWN)
            return


def young(heard: Heard) -> Iterator[Finding]:
    """A build for the newest CUDA that sees nothing of a card it is made for, where no driver is named."""
    machine = heard.machine
    elsewhere = machine.in_container or machine.is_wsl or machine.os == "macos"
    cuda = machine.torch_cuda if machine.gpus and machine.driver is None and not elsewhere else None
    if cuda is None or version_numbers(cuda)[0] < _newest_cuda(machine) or not is_blind(heard):
        return
    if (
        machine.facts.other_gpus
        or heard.any(*NO_DEVICE)
        or any(outdated(machine, each) for each in machine.gpus)
    ):
        return
    yield heard.finding(
        "driver-too-old", "cuda-unavailable", "said-gpu-unseen", remedies=_ask(), driver=UNKNOWN
    )


def _newest_cuda(machine: Machine) -> int:
    """The major number of the newest CUDA that the settled torch is built for: many drivers are before it."""
    built = machine.settled.official_variants.get("linux_x86_64", ())
    return max((int(each[2:-1]) for each in built if each.startswith("cu")), default=0)


def inside(heard: Heard) -> Iterator[Finding]:
    """A container whose torch sees no GPU: the driver's tool answers in there, or nothing was handed over."""
    machine = heard.machine
    blind = is_blind(heard) or ("device-count-none" in heard and not machine.cuda_proven)
    if not machine.in_container or machine.is_wsl or not blind or machine.torch_variant == "cpu":
        return
    if machine.facts.nvidia_smi is not None and machine.facts.nvidia_smi.state == "ok":
        yield heard.finding("driver-init-failed", "cuda-unavailable", variant="torch")
    elif machine.torch_cuda is not None or "device-count-none" in heard:
        yield heard.finding("container-no-gpu", "cuda-unavailable", "device-count-none")


def behind(heard: Heard) -> Iterator[Finding]:
    """A CUDA build inside WSL that sees no GPU: what Windows's driver hands over does not arrive."""
    machine = heard.machine
    if machine.is_wsl and machine.torch_cuda is not None and is_blind(heard) and not machine.facts.other_gpus:
        yield heard.finding("wsl-driver", "cuda-unavailable")


def wsl(heard: Heard) -> Iterator[Finding]:
    """WSL brings nvidia-smi from Windows's driver: without it, there is none that WSL could use."""
    if heard.machine.is_wsl and "smi-not-found" in heard and not heard.machine.cuda_proven:
        yield heard.finding("wsl-driver", "smi-not-found")


WSL_GPU = 19044
"""The first build of Windows whose WSL has GPUs: Windows 10 21H2."""


def old_windows(heard: Heard) -> Iterator[Finding]:
    """A Windows whose WSL has no GPU yet."""
    build = heard.subject("windows-build")
    old = build.isdigit() and int(build) < WSL_GPU
    if old and heard.machine.is_wsl and is_blind(heard) and heard.machine.torch_variant != "cpu":
        ways = [Remedy(words("remedy.windows-update"), (("wsl", "--update"),))]
        yield heard.finding("os-too-old", "windows-build", variant="wsl", remedies=ways)


def nodes(heard: Heard) -> Iterator[Finding]:
    """Device nodes that even the container's host does not have: its driver has not come up."""
    if "device-missing" in heard and not heard.machine.cuda_proven:
        yield heard.finding("driver-not-running", "device-missing")


def unseen(heard: Heard) -> Iterator[Finding]:
    """CUDA starts and shows no device: something keeps the GPUs from this process."""
    machine = heard.machine
    elsewhere = machine.in_container or machine.is_wsl or machine.os == "macos" or machine.cuda_proven
    if elsewhere or machine.torch_variant == "cpu" or machine.facts.other_gpus or machine.is_jetson:
        return
    asked = any(_ASKED.search(each) for each in heard.commands)
    if asked or heard.any("said-no-gpu", "said-virtual-machine", "none-hidden"):
        return
    if heard.any(*NONE_SHOWN):
        yield heard.finding(
            "gpu-hidden",
            *NONE_SHOWN,
            variant="likely",
            remedies=_ask(("nvidia-smi", "-L"), ("printenv", VISIBLE)),
            name=VISIBLE,
            value=UNKNOWN,
        )


def started(heard: Heard) -> Iterator[Finding]:
    """What says only that something did not start: worth a question, not a verdict."""
    if "nvml-init" in heard and not heard.machine.cuda_proven:
        yield heard.finding(
            "driver-not-running", "nvml-init", variant="likely", severity=Severity.WARNING, remedies=_ask()
        )
    if "cuda-init-error" in heard and not heard.machine.cuda_proven:
        # In a process that was forked off one which uses CUDA it is the program's doing;
        # a bare line says too little.
        machine = heard.machine
        alone = not machine.gpus and machine.os is None and machine.torch_version is None
        yield heard.finding(
            "driver-init-failed",
            "cuda-init-error",
            variant="likely",
            severity=Severity.WARNING if alone or "forked" in heard else Severity.ERROR,
            remedies=_ask(),
            code="3",
        )


def stale(heard: Heard) -> Iterator[Finding]:
    """A driver too old for the torch that pip takes today, and nothing known of the torch here."""
    if is_behind(heard) and is_blind(heard):
        driver = heard.machine.driver or UNKNOWN
        yield heard.finding("driver-too-old", "cuda-unavailable", "computes-on-cpu", driver=driver)


def silent(heard: Heard) -> Iterator[Finding]:
    """A CUDA build that sees no GPU although a card is named, of whose driver nothing is shown."""
    machine = heard.machine
    elsewhere = machine.in_container or machine.is_wsl or machine.os != "linux" or machine.is_jetson
    if elsewhere or not machine.gpus or machine.facts.other_gpus or machine.driver is not None:
        return
    if machine.torch_cuda is not None and is_blind(heard):
        yield heard.finding(
            "driver-not-running", "cuda-unavailable", variant="likely", remedies=_ask(("nvidia-smi",))
        )


def card(heard: Heard) -> Iterator[Finding]:
    """The kernel module does not know a card that is there: it came after this driver."""
    if "driver-without-card" not in heard:
        return
    row = heard.machine.tables.gpu_by_pci(heard.subject("driver-without-card"))
    last = heard.machine.tables.last_branch(row.compute_capability) if row else None
    said = re.search(r"NVIDIA (\d{3})\.", " ".join(each.text for each in heard.all("driver-without-card")))
    driver = said[1] if said else heard.machine.driver
    newer = heard.machine.tables.left_behind(driver, row.compute_capability if row else None)
    code = "driver-too-new" if newer else "driver-too-old"
    yield heard.finding(
        code,
        "driver-without-card",
        variant="" if newer else "said",
        gpu=row.name if row else "GPU",
        driver=heard.machine.driver or UNKNOWN,
        last=last or UNKNOWN,
    )


def held(heard: Heard) -> Iterator[Finding]:
    """GPU memory that a process which is gone still holds: what nvidia-smi is shown for."""
    shown = "nvidia-smi" in heard.paste.formats or any(
        "nvidia-smi" in each.text for each in heard.paste.complaints
    )
    memory = any(
        re.search("mem|gib|mib|gb|显存", each.text, re.IGNORECASE) for each in heard.all("said-memory-held")
    )
    if "said-memory-held" in heard and (shown or memory):
        yield heard.finding("gpu-memory-full", "said-memory-held", index=0)


def shadows(heard: Heard) -> Iterator[Finding]:
    """Another copy of torch, or another Python, told by where it lies or by what cures it."""
    if "said-pythonpath" in heard:
        yield heard.finding("env-pythonpath-shadow", "said-pythonpath", name="torch", path=UNKNOWN)
    elif "said-site-shadow" in heard and ("said-env" in heard or heard.machine.facts.environment.kind):
        yield heard.finding("env-user-site-shadow", "said-site-shadow", names="torch")
    elif "said-kernel-elsewhere" in heard:
        yield heard.finding("jupyter-kernel-mismatch", "said-kernel-elsewhere")


def built(heard: Heard) -> Iterator[Finding]:
    """An extension that is said to be built for another torch, and fails."""
    failed = heard.any("undefined-symbol", "undefined-symbol-bare", "no-kernel", "library-missing")
    subject = heard.subject("said-built-for")
    if failed and subject and subject.lower() != "torch":
        yield heard.finding("extension-mismatch", "said-built-for", subject=subject)


def crashed(heard: Heard) -> Iterator[Finding]:
    """An extension whose import brings the interpreter down."""
    if name := extension_in(heard.subject("extension-crash")):
        yield heard.finding("extension-mismatch", "extension-crash", subject=name)


def eaten(heard: Heard) -> Iterator[Finding]:
    """A build or a run that takes all of the computer's memory."""
    if "said-memory-eaten" in heard:
        yield heard.finding("memory-low", "said-memory-eaten")


def demanded(heard: Heard) -> Iterator[Finding]:
    """Packages that pip names as missing or as made for another torch, where nothing else is amiss."""
    machine = heard.machine
    if "torch-lacks-package" in heard and machine.os != "windows" and not machine.cuda_proven:
        yield heard.finding("torch-missing-library", "torch-lacks-package")
    demands = [each for each in heard.all("torch-requirement") if _COMPANION.match(each.subject)]
    if demands and not machine.cuda_proven:
        yield heard.finding("torch-companion-mismatch", more=heard.evidence(demands))


def unbuilt(heard: Heard) -> Iterator[Finding]:
    """An extension whose build failed beside a torch that is there, where nothing shows why."""
    known = heard.machine.torch_version is not None
    for each in heard.all("wheel-build-failed"):
        if name := extension_in(each.subject):
            severity = Severity.ERROR if known else Severity.WARNING
            yield heard.finding(
                "extension-mismatch", "wheel-build-failed", variant="unbuilt", severity=severity, subject=name
            )
            return


def cut(heard: Heard) -> Iterator[Finding]:
    """A download that broke off; whose it was is known only where something of pip's is shown."""
    if "incomplete-read" in heard:
        ours = bool(heard.commands) or re.search(r"\.whl|\bpip\b", heard.words) is not None
        severity = Severity.ERROR if ours else Severity.WARNING
        yield heard.finding("mirror-unreachable", "incomplete-read", severity=severity)


REMARKS = (
    *elsewhere.RULES,
    card,
    older,
    filtered,
    compat,
    driver,
    nodes,
    old_windows,
    wsl,
    held,
    eaten,
    crashed,
    demanded,
    shadows,
    built,
)
"""What is said of the machine itself."""
GUESSES = (inside, behind, unseen, young, started, silent, stale, unbuilt, cut)
"""What is behind a symptom most often."""
