"""An index that does not list the version asked for: what it lists tells why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import NoVersion
from envdoctor.findings import UNKNOWN, Finding, Remedy
from envdoctor.knowledge.early import was_early_release
from envdoctor.machine import Machine
from envdoctor.rules import remedies
from envdoctor.rules.complaints.connection import CONNECTION, SECURE
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.pythons import (
    LAST_FOR_INTEL_MACS,
    age_by_cure,
    age_for,
    installing_python,
    is_past_variant,
    looked_in,
    of_its_time,
    span,
)
from envdoctor.rules.complaints.sources import (
    is_dead_host,
    is_page_as_index,
    is_page_for_others,
    lacks_variant,
    wheel_index,
)
from envdoctor.rules.complaints.systems import system_without_wheels
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

FAMILY = ("torch", "torchvision", "torchaudio")


def refused(heard: Heard) -> Iterator[Finding]:
    """Every "Could not find a version", one requirement at a time."""
    for refusal in heard.paste.no_versions:
        if refusal.name in FAMILY:
            found = _why(heard, refusal)
        elif refusal.name == "pytorch":
            found = _finding(heard, refusal, "torch-pin-unavailable", "name")
        elif refusal.listed and not refusal.versions and (code := _not_for_here(heard, refusal.name)):
            found = _finding(heard, refusal, code, "asked" if code == "python-too-new" else "arch")
        elif _is_bare(heard, refusal):
            found = _not_there(heard, refusal)
        else:
            found = None
        if found is not None:
            yield found


def _is_bare(heard: Heard, refusal: NoVersion) -> bool:
    """Whether an index that was named lists nothing of a package, or PyTorch's own not this release."""
    if refusal.versions:
        return refusal.version not in (None, *refusal.versions) and _asks_torchs_alone(heard)
    return refusal.listed and not _other_cause(heard) and _index_given(heard)


def _not_there(heard: Heard, refusal: NoVersion) -> Finding:
    """An index that lists nothing of a package; PyTorch's own has torch and what it needs, and no more."""
    if _asks_torchs_alone(heard):
        line = shown(refusal.line, _shown(refusal))
        subject = refusal.requirement if refusal.versions else refusal.name
        return heard.finding("pip-config-conflict", variant="torchs-alone", more=[line], subject=subject)
    return _finding(heard, refusal, "mirror-unreachable", "lists-nothing")


def _asks_torchs_alone(heard: Heard) -> bool:
    """Whether PyTorch's own index takes the place of PyPI."""
    asked = [*heard.commands, *looked_in(heard)]
    return any(_TORCHS_ALONE.search(each) and "extra-index" not in each for each in asked)


_TORCHS_ALONE = re.compile(
    r"(?:(?<!\S)-i|--index-url)[ =]['\"]?https?://download\.pytorch\.org/whl/(?:(?:nightly|test)/)?(?:cu\d+|cpu|rocm|xpu)"
)
LINUX_ONLY = re.compile(r"triton|pytorch-triton|nvidia-nccl-cu\d+|nvidia-nvshmem-cu\d+|nvidia-cufile-cu\d+")
DIRECTML_PYTHONS = (3, 10)
"""The newest Python that most releases of torch-directml have a wheel for."""


def _not_for_here(heard: Heard, name: str) -> str | None:
    """Why an index lists nothing of a package around torch: its wheels are for other systems or Pythons."""
    machine = heard.machine
    if LINUX_ONLY.fullmatch(name) and machine.os in ("windows", "macos"):
        return "platform-no-wheel"
    if name == "torch-directml" and machine.python is not None and machine.python > DIRECTML_PYTHONS:
        return "python-too-new"
    return None


def _why(heard: Heard, refusal: NoVersion) -> Finding | None:
    """The cause in the order of what is certain: the system, the interpreter's age, the index, the pin."""
    machine = heard.machine
    version, _, label = (refusal.version or "").partition("+")
    if machine.os == "macos" and (mac := _on_a_mac(heard, refusal, label) or _on_an_x86_mac(heard, refusal)):
        return mac
    if _other_cause(heard) or ("untrusted-host" in heard and not refusal.versions):
        return None
    if (python := _by_python(heard, refusal, version)) is not None:
        return python
    if not refusal.versions and (code := _by_tags(heard)) is not None:
        return _finding(heard, refusal, code, "asked")
    if not refusal.listed:
        return _unlisted(heard, refusal)
    if not refusal.versions:
        return _nothing_listed(heard, refusal)
    listed = sorted((each.partition("+")[0] for each in refusal.versions), key=version_numbers)
    if listed[-1].startswith("0.1.2") and refusal.name == "torch":
        return _sources_only(heard, refusal)
    if not version and refusal.name == "torch":
        return _by_bounds(heard, refusal, listed)
    labelled = any("+" in each for each in refusal.versions)
    if (
        version
        and version_numbers(version) < version_numbers(listed[0])
        and _published(machine, version, refusal)
    ):
        if _is_before_variant(heard, refusal, version):
            return _finding(heard, refusal, "mirror-lacks-cuda-build")
        return _finding(heard, refusal, "python-too-new", "asked")
    if label and not labelled and is_page_as_index(heard):
        return _finding(heard, refusal, "pip-config-conflict", "page")
    if label and not labelled and version in listed and is_page_for_others(heard):
        return _finding(heard, refusal, "platform-no-wheel", "arch")
    if label and _is_variant(label) and not labelled:
        if version in listed or _published(machine, version, refusal):
            return _finding(heard, refusal, "mirror-lacks-cuda-build")
        return _finding(heard, refusal, "torch-pin-unavailable")
    if refusal.name != "torch" or not _published(machine, version, refusal):
        return _finding(heard, refusal, "torch-pin-unavailable")
    if version in listed and _was_built(machine, version, label):
        return _finding(heard, refusal, "mirror-lacks-cuda-build")
    if version_numbers(version) > version_numbers(listed[-1]):
        if listed[-1] in LAST_FOR_INTEL_MACS and machine.os in (None, "macos"):
            return _intel_mac(heard, refusal, listed[-1])
        return _above_the_list(heard, refusal, version)
    return _finding(heard, refusal, "torch-pin-unavailable", "behind")


def _above_the_list(heard: Heard, refusal: NoVersion, version: str) -> Finding:
    """A release above all listed ones: Python is too old for it, or this Linux, or the index is behind."""
    machine = heard.machine
    python, ages = installing_python(heard), span(machine, version)
    if python is None or ages is None or python < ages[0]:
        return _finding(heard, refusal, "python-too-old", "asked")
    release, have = machine.tables.release(version), machine.facts.host.glibc
    need = release.min_glibc.get(machine.platform or "linux_x86_64") if release else None
    if need and have and version_numbers(have) < version_numbers(need):
        line = shown(refusal.line, _shown(refusal))
        return heard.finding(
            "torch-glibc-too-old", variant="ahead", more=[line], have=have, torch=version, need=need
        )
    return _finding(heard, refusal, "torch-pin-unavailable", "behind")


def _is_before_variant(heard: Heard, refusal: NoVersion, version: str) -> bool:
    """Whether the index is one CUDA's, for which this release was never built, while the Python fits."""
    machine = heard.machine
    labels = {each.partition("+")[2] for each in refusal.versions}
    release = machine.tables.release(version)
    if release is None or len(labels) != 1 or not _is_variant(label := labels.pop()):
        return False
    python, ages = installing_python(heard), span(machine, version)
    fits = python is None or ages is None or ages[0] <= python <= ages[1]
    return fits and not any(label in built for built in release.official_variants.values())


def _by_bounds(heard: Heard, refusal: NoVersion, listed: list[str]) -> Finding:
    """A range of versions of which the index lists none: all are older, or all are newer."""
    machine = heard.machine
    low, high = _bounds(refusal.requirement)
    newest, oldest = version_numbers(listed[-1]), version_numbers(listed[0])
    if high and oldest >= high:
        return _finding(heard, refusal, "python-too-new", "asked")
    exists = any(version_numbers(each.version) >= low for each in machine.tables.releases)
    if low and newest < low and exists:
        intel = listed[-1] in LAST_FOR_INTEL_MACS and machine.os in (None, "macos")
        code, variant = ("platform-no-wheel", "intel-mac") if intel else ("python-too-old", "asked")
        return _finding(heard, refusal, code, variant)
    return _finding(heard, refusal, "torch-pin-unavailable")


def _bounds(requirement: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The lowest version that a requirement allows, and the first above it; empty: no bound."""
    low: tuple[int, ...] = ()
    high: tuple[int, ...] = ()
    for sign, text in re.findall(r"(>=|~=|<=|==|>|<) ?v?(\d[\d.]*)", requirement):
        numbers = version_numbers(text.rstrip("."))
        if sign in (">=", ">", "~=", "=="):
            low = max(low, numbers)
        if sign in ("<", "<="):
            high = numbers if sign == "<" else (*numbers, 1)
        elif sign in ("~=", "=="):
            kept = numbers[:-1] if sign == "~=" else numbers
            high = (*kept[:-1], kept[-1] + 1) if kept else ()
    return low, high


def _sources_only(heard: Heard, refusal: NoVersion) -> Finding:
    """Only the placeholder's source package fits: no wheel for this interpreter or this system."""
    odd = heard.machine.arch not in (None, "x86_64") or "said-musl" in heard
    code, variant = ("platform-no-wheel", "placeholder") if odd else ("python-too-new", "asked")
    return _finding(heard, refusal, code, variant)


def _finding(heard: Heard, refusal: NoVersion, code: str, variant: str = "said") -> Finding:
    return heard.finding(
        code,
        variant=variant,
        remedies=_with_its_python(heard, refusal) if variant == "asked" else None,
        more=[shown(refusal.line, _shown(refusal))],
        torch=refusal.version or UNKNOWN,
        listed=_listed(refusal),
        python=heard.machine.python_key or UNKNOWN,
    )


def _with_its_python(heard: Heard, refusal: NoVersion) -> tuple[Remedy, ...] | None:
    """An environment with the newest Python that has the torch asked for; `None`: the usual way out."""
    version = (refusal.version or "").partition("+")[0]
    ages = span(heard.machine, version) if version and refusal.name == "torch" else None
    if ages is None:
        return None
    return (remedies.environment_for(heard.machine, version, ".".join(map(str, ages[1]))),)


def _on_a_mac(heard: Heard, refusal: NoVersion, label: str) -> Finding | None:
    """A Mac asks for another system's build: by the version's label, or by the index of a CUDA variant."""
    asked = next((found for command in heard.commands if (found := wheel_index(command))), None)
    if label.startswith("cu"):
        return _finding(heard, refusal, "platform-no-wheel", "mac-cuda")
    if _is_variant(label):
        return _finding(heard, refusal, "platform-no-wheel", "mac-label")
    if asked is not None and asked[0].startswith("cu") and not refusal.versions:
        return heard.finding(
            "gpu-wrong-backend",
            variant="apple",
            more=[shown(refusal.line, _shown(refusal))],
            gpu="Apple GPU",
            torch=refusal.version or UNKNOWN,
        )
    return None


def _on_an_x86_mac(heard: Heard, refusal: NoVersion) -> Finding | None:
    """The list ends where torch for Intel's processors ended, and something later is asked for."""
    if refusal.name != "torch" or not refusal.versions:
        return None
    newest = max((each.partition("+")[0] for each in refusal.versions), key=version_numbers)
    asked = re.search(r"(?:==|>=|~=|>) ?v?(\d+(?:\.\d+){0,2})", refusal.requirement)
    if newest not in LAST_FOR_INTEL_MACS or asked is None:
        return None
    if version_numbers(asked[1]) <= version_numbers(newest) or _other_cause(heard):
        return None
    if (_by_python(heard, refusal, refusal.version or "")) is not None:
        return None
    if heard.machine.facts.host.apple_silicon:
        return _finding(heard, refusal, "python-rosetta", "wheels")
    return _intel_mac(heard, refusal, newest)


def _intel_mac(heard: Heard, refusal: NoVersion, last: str) -> Finding:
    more = [shown(refusal.line, _shown(refusal))]
    return heard.finding("platform-no-wheel", variant="intel-mac", more=more, torch=last)


def _other_cause(heard: Heard) -> bool:
    """What makes an index list nothing and is named by its own finding."""
    interpreter = heard.machine.facts.interpreter
    odd = interpreter.bits == 32 or interpreter.implementation not in (None, "cpython")
    return odd or heard.any(*SECURE, "http-403", "http-404", *CONNECTION)


def _by_python(heard: Heard, refusal: NoVersion, version: str) -> Finding | None:
    """The interpreter is older or newer than every wheel of what was asked for."""
    if span(heard.machine, version) is None or installing_python(heard) is None:
        return None
    if heard.machine.facts.interpreter.free_threaded:
        return _finding(heard, refusal, "python-free-threaded", "")
    age = age_for(heard, version)
    return _finding(heard, refusal, age, "asked") if age is not None else None


def _by_tags(heard: Heard) -> str | None:
    """What the tags of the wheels that pip skipped say of this Python; `None`: nothing."""
    python = installing_python(heard)
    tags = [each.subject.removeprefix("cp") for each in heard.all("wheel-tags") if each.subject]
    made = [(int(tag[0]), int(tag[1:])) for tag in tags if len(tag) > 1]
    if python is None or not made:
        return None
    if python > max(made):
        return "python-too-new"
    return "python-too-old" if python < min(made) else None


def _nothing_listed(heard: Heard, refusal: NoVersion) -> Finding | None:
    """The answer "from versions: none" to an interpreter that is no reason for it."""
    machine = heard.machine
    version = (refusal.version or "").partition("+")[0]
    places = [*heard.commands, *(each.value for each in machine.facts.environment.pip_settings)]
    if any(is_dead_host(machine, each) for each in places):
        return _finding(heard, refusal, "mirror-dead")
    if is_page_as_index(heard):
        return _finding(heard, refusal, "pip-config-conflict", "page")
    if lacks_variant(machine, " ".join(places)):
        return _finding(heard, refusal, "mirror-lacks-cuda-build")
    if version and not _published(machine, version, refusal):
        return _finding(heard, refusal, "torch-pin-unavailable")
    if (part := system_without_wheels(heard)) is not None:
        return _finding(heard, refusal, "platform-no-wheel", part)
    if machine.platform == "windows_arm64" and not _index_given(heard):
        return _finding(heard, refusal, "platform-no-wheel", "arch")
    if is_past_variant(heard):
        return _finding(heard, refusal, "python-too-new", "asked")
    if (age := age_by_cure(heard)) is not None:
        return _finding(heard, refusal, age, "asked")
    if (code := of_its_time(heard)) is not None:
        return _finding(heard, refusal, code, "young" if code == "python-too-new" else "")
    if machine.python is not None or _index_given(heard):
        return _finding(heard, refusal, "mirror-unreachable", "lists-nothing")
    return None


def _published(machine: Machine, version: str, refusal: NoVersion) -> bool:
    """Whether a release of this number ever was; a nightly is gone after some weeks."""
    if not version or ".dev" in version:
        return not version
    if refusal.name != "torch":
        return machine.tables.companion(refusal.name, version) is not None
    return machine.tables.release(version) is not None or was_early_release(version)


def _was_built(machine: Machine, version: str, label: str) -> bool:
    """Whether PyTorch's own indexes have, or had, this variant of a release."""
    release = machine.tables.release(version)
    built = release.official_variants.values() if release else ()
    return bool(label) and any(label in each for each in built)


def _is_variant(label: str) -> bool:
    return re.fullmatch(r"cu\d{2,3}|cpu|rocm[\d.]+|xpu", label) is not None


def _shown(refusal: NoVersion) -> str:
    if not (refusal.versions or refusal.listed):
        return refusal.requirement  # only pip's last line is there, which lists none
    return f"{refusal.requirement} (from versions: {_listed(refusal)})"


def _listed(refusal: NoVersion) -> str:
    versions = refusal.versions
    if len(versions) > 6:
        return f"{', '.join(versions[:2])} ... {', '.join(versions[-2:])}"
    return ", ".join(versions) or ("none" if refusal.listed else UNKNOWN)


def _index_given(heard: Heard) -> bool:
    option = re.compile(r"(?:-i|--index-url|--extra-index-url|-f|--find-links)[ =]")
    return any(option.search(each) for each in heard.commands) or bool(
        heard.machine.facts.environment.pip_settings
    )


def _unlisted(heard: Heard, refusal: NoVersion) -> Finding | None:
    """The text ends before the list: only the number itself can be judged."""
    version, _, label = (refusal.version or "").partition("+")
    if is_page_as_index(heard):
        return _finding(heard, refusal, "pip-config-conflict", "page")
    if version and not _published(heard.machine, version, refusal):
        return _finding(heard, refusal, "torch-pin-unavailable")
    if label.startswith("cu") and not _is_variant(label):
        return _finding(heard, refusal, "torch-pin-unavailable")
    if (part := system_without_wheels(heard)) is not None and refusal.name == "torch":
        return _finding(heard, refusal, "platform-no-wheel", part)
    if ".post" in version and refusal.name == "torch":
        return _finding(heard, refusal, "torch-pin-unavailable", "behind")
    return _finding(heard, refusal, "mirror-lacks-cuda-build") if _is_variant(label) else None


RULES = (refused,)
