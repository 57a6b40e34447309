"""What a text says about where an installer looks, in which order, and into which environment it installs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, words
from envdoctor.knowledge.early import was_early_release
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.sources import is_dead_host, plain_index, wheel_index

__all__ = ["RULES"]

CONDA = ("conda", "mamba", "micromamba")


def managed(heard: Heard) -> Iterator[Finding]:
    """The installer does not touch this environment."""
    if heard.any("externally-managed", "not-writable"):
        variant = "managed" if "externally-managed" in heard else "not-writable"
        yield heard.finding("env-not-isolated", "externally-managed", "not-writable", variant=variant)


_SYSTEMS = re.compile(
    r"^/usr/|^/Library/|^/opt/(?:homebrew|miniconda|anaconda|conda)"
    r"|Program Files|ProgramData[\\/]|WindowsApps[\\/]",
    re.IGNORECASE,
)
_OF_TORCH = re.compile(
    r"(?:site|dist)-packages[\\/]+(?:[~-]orch|torch(?:vision|audio)?[\\/-]|caffe2[\\/]|functorch[\\/])",
    re.IGNORECASE,
)


def unwritable(heard: Heard) -> Iterator[Finding]:
    """An installer was refused a file: one of torch's that is in use, or one that belongs to the system."""
    if "file-held" in heard and _is_installing(heard):
        yield heard.finding("torch-partial-install", "file-held", variant="held")
        return
    by_uv = any("os error" in each.text for each in heard.all("write-refused"))
    asked = any(re.search(r"\binstall\b", each) for each in heard.commands)
    if not by_uv and not asked and not heard.any("could-not-install", "pip-frames"):
        return
    for complaint in heard.all("write-refused"):
        path = re.sub(r"\\{2,}", r"\\", complaint.subject)
        if _OF_TORCH.search(path) and not path.startswith("/usr/"):
            yield heard.finding("torch-partial-install", "write-refused", variant="held")
            return
        if _SYSTEMS.search(path):
            yield heard.finding("env-not-isolated", "write-refused", variant="refused")
            return


def _is_installing(heard: Heard) -> bool:
    """Whether the text is about an installation of torch."""
    lines = [*heard.commands, *(each.text for each in heard.paste.complaints)]
    lines += [each.text for each in heard.paste.told]
    return any(re.search(r"\b(?:pip|conda|uv|install\w*|torch)\b|安装", each) for each in lines)


def conflict(heard: Heard) -> Iterator[Finding]:
    """A configuration that undoes what the command asks for."""
    kinds = [
        "untrusted-host",
        "pip-internal",
        "uv-first-index",
        "pip-refuses-options",
        "index-malformed",
        "hashes-required",
    ]
    settings = heard.machine.facts.environment.pip_settings
    indexes = [each for each in settings if each.name in ("index-url", "extra-index-url")]
    several = len({each.name for each in indexes}) > 1
    if heard.any(*kinds):
        yield heard.finding("pip-config-conflict", *kinds)
    elif several and any(is_dead_host(heard.machine, each.value) for each in indexes):
        lines = [
            words("evidence.said", source=each.origin, text=f"{each.name} = {each.value}") for each in indexes
        ]
        yield heard.finding("pip-config-conflict", more=lines, variant="dead-index")
    elif "said-extra-wins" in heard or _uv_extra_first(heard):
        extra = [each for each in heard.commands if "--extra-index-url" in each]
        if extra:
            lines = [words("evidence.plain", text=each) for each in extra]
            yield heard.finding("pip-config-conflict", "said-extra-wins", more=lines, variant="extra-index")


def withdrawn(heard: Heard) -> Iterator[Finding]:
    """A command that takes everything from an index which no longer serves; how it went is not shown."""
    silent = all(each.kind.startswith("said-") for each in heard.paste.complaints)
    if not silent or heard.paste.no_versions or heard.machine.torch_version is not None:
        return
    for command in heard.paste.commands:
        named = _INDEX_OPTION.search(command.text)
        if named is not None and is_dead_host(heard.machine, named[1].lower()):
            yield heard.finding("mirror-dead", more=[shown(command.line, command.text)])
            return


_INDEX_OPTION = re.compile(r"\binstall\b.*(?<!\S)(?:-i|--index-url|--index)[ =]['\"]?(https?://[^\s'\"]+)")


def _uv_extra_first(heard: Heard) -> bool:
    """Whether uv was given a second index beside PyTorch's: it takes what the second one has from there."""
    return any(
        command.startswith("uv")
        and "--extra-index-url" in command
        and re.search(r"\btorch", command) is not None
        and (asked := wheel_index(command)) is not None
        and asked[1] == "index"
        for command in heard.commands
    )


def order(heard: Heard) -> Iterator[Finding]:
    """The command names PyTorch's index only beside PyPI, or a page of links that holds none."""
    machine = heard.machine
    version = machine.torch_version
    label = (version or "").partition("+")[2]
    for command in heard.commands:
        asked = wheel_index(command)
        if asked is None or version is None or not re.search(r"\btorch\b", command) or "+cu" in command:
            continue
        variant, how = asked
        other = label != variant and (label in ("", "cpu") or machine.torch_variant == "cpu")
        if variant.startswith("cu") and how != "index" and other and machine.os == "windows":
            line = words("evidence.plain", text=command)
            yield heard.finding("pip-config-conflict", more=[line], variant=how)
            return


def source(heard: Heard) -> Iterator[Finding]:
    """The source that was used carries no CUDA build for this system."""
    machine = heard.machine
    said = machine.torch_version is None and heard.any("said-cpu-build", "torch-cpu-only")
    cpu = machine.torch_variant == "cpu" or said
    for command in heard.commands:
        if command.startswith(CONDA):
            asked = re.search(r"pytorch-cuda|cudatoolkit", command)
            lacks = bool(asked) and re.search(r"(?:^| )(?:-c|--channel)[ =]", command) is None
        else:
            ran = machine.facts.torch_import
            idle = bool(machine.gpus) and ran is not None and ran.cuda_available is False
            blind = idle or heard.any("torch-cpu-only", "cuda-unavailable")
            lacks = blind and plain_index(command) and _plain_is_cpu(machine)
        if cpu and lacks:
            line = words("evidence.plain", text=command)
            yield heard.finding(
                "mirror-lacks-cuda-build",
                "said-cpu-build",
                more=[line],
                torch=machine.torch_version or UNKNOWN,
                listed="-",
            )
            return


def _plain_is_cpu(machine: Machine) -> bool:
    """Whether the wheel that PyPI and its mirrors have for this system is the CPU build."""
    release = machine.tables.release(machine.torch_version or "") or machine.tables.releases[-1]
    return machine.platform is not None and release.pypi_variant.get(machine.platform) == "cpu"


def channels(heard: Heard) -> Iterator[Finding]:
    """A conda that does not find a package, or not one that goes with the rest of the system."""
    machine = heard.machine
    virtual = heard.subject("conda-virtual")
    if "__glibc" in virtual:
        yield heard.finding("torch-glibc-too-old", "conda-virtual", have=machine.facts.host.glibc or UNKNOWN)
    elif "__cuda" in virtual and re.search("does not match|missing on", heard.all("conda-virtual")[0].text):
        yield _without_cuda(heard)
    elif "__cuda" in virtual and heard.any("unsatisfiable", "packages-not-found"):
        yield heard.finding("driver-too-old", "conda-virtual", driver=machine.driver or UNKNOWN)
    elif re.search(r"nothing provides __cuda needed", _wanted(heard)) and machine.driver is None:
        gpu = machine.gpu_name or "NVIDIA GPU"
        yield heard.finding("driver-missing", "packages-not-found", gpu=gpu)
    elif "__osx" in virtual:
        yield heard.finding("os-too-old", "conda-virtual")
    elif "packages-not-found" in heard and re.search("torch|cuda", _wanted(heard)):
        if machine.facts.interpreter.bits == 32:
            return
        mac = machine.os == "macos" and re.search("pytorch-cuda|cudatoolkit", _wanted(heard)) is not None
        other = heard.any("conda-subdir") and machine.arch not in (None, "x86_64") and machine.os != "macos"
        code, variant = ("platform-no-wheel", "mac-cuda") if mac else ("mirror-lacks-cuda-build", "said")
        if other:
            code, variant = "platform-no-wheel", "arch"
        elif not mac and _never_was(heard):
            code, variant = "torch-pin-unavailable", "said"
        yield heard.finding(code, "packages-not-found", variant=variant, torch=UNKNOWN, listed="-")


def _without_cuda(heard: Heard) -> Finding:
    """What pixi misses where the driver is too old for an environment, or where no driver shows itself."""
    machine = heard.machine
    code, variant = "driver-missing", "said"
    if re.search(r"\[[^\]]*\b__cuda=", " ".join(each.text for each in heard.all("conda-virtual"))):
        code = "driver-too-old"
    elif machine.is_wsl:
        code = "wsl-driver"
    elif machine.in_container:
        code = "container-no-gpu"
    gpu = machine.gpu_name or "NVIDIA GPU"
    return heard.finding(code, "conda-virtual", variant=variant, driver=machine.driver or UNKNOWN, gpu=gpu)


_CONDA_PIN = re.compile(r"(?<![\w-])pytorch={1,2}(\d+\.\d+(?:\.\d+)?)(?![\d.])")


def _never_was(heard: Heard) -> bool:
    """Whether all that conda does not find is a release of torch that never was."""
    pins = set(_CONDA_PIN.findall(_wanted(heard)))
    known = heard.machine.tables
    return bool(pins) and not any(known.release(each) or was_early_release(each) for each in pins)


def _wanted(heard: Heard) -> str:
    """The lines about packages that are not there, and the names in them."""
    return " ".join(f"{each.text} {each.subject}" for each in heard.all("packages-not-found"))


RULES = (managed, unwritable, conflict, withdrawn, order, source, channels)
