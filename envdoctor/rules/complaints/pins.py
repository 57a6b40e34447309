"""A torch that is pinned, where pip's list of what the index has is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding
from envdoctor.knowledge.early import was_early_release
from envdoctor.rules.complaints.connection import CONNECTION, SECURE
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.pythons import (
    LAST_FOR_INTEL_MACS,
    age_for,
    installing_python,
    is_past_variant,
    span,
)
from envdoctor.rules.complaints.sources import is_page_as_index
from envdoctor.rules.complaints.systems import system_without_wheels
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

_PINNED = re.compile(r"(?<![\w-])torch ?={2,3} ?(?P<version>\d[\w.]*)")


def pinned(heard: Heard) -> Iterator[Finding]:
    """A command that asks for a release which this Python never had, in a text that says that it failed."""
    machine = heard.machine
    if heard.paste.no_versions or machine.facts.torch_import is not None or "install-failed" not in heard:
        return
    python = installing_python(heard)
    for command in heard.paste.commands:
        asked = _PINNED.search(command.text)
        ages = span(machine, asked["version"]) if asked else None
        if asked is None or ages is None or python is None or ages[0] <= python <= ages[1]:
            continue
        code = "python-too-new" if python > ages[1] else "python-too-old"
        yield heard.finding(
            code,
            "install-failed",
            variant="asked",
            more=[shown(command.line, command.text)],
            python=machine.python_key or UNKNOWN,
            torch=asked["version"],
            listed=UNKNOWN,
        )
        return


_KINDS = ("no-match", "uv-no-version")


def unmatched(heard: Heard) -> Iterator[Finding]:
    """The second line alone: the requirement, without what the index lists."""
    if heard.paste.no_versions or not heard.any(*_KINDS):
        return
    if heard.any(*SECURE, *CONNECTION, "http-403"):
        return  # nothing was listed because nothing was reached
    asked = heard.subject(*_KINDS)
    version = asked.partition("==")[2]
    found = _by_name(heard, asked) or _by_system(heard, asked, version) or _by_version(heard, asked, version)
    if found is not None:
        yield found


def _by_name(heard: Heard, asked: str) -> Finding | None:
    """What the name that was asked for tells, whatever the version."""
    if asked.startswith("pytorch-triton"):  # a nightly's part, which goes with the nightly
        return _refused(heard, "torch-pin-unavailable")
    if re.match(r"pytorch(?:=|$)", asked):
        return heard.finding("torch-pin-unavailable", *_KINDS, variant="name")
    return None


def _by_system(heard: Heard, asked: str, version: str) -> Finding | None:
    """What the system tells: one that torch has no wheels for, at all or any more."""
    of_torch = re.match(r"torch(?:=|$)", asked) is not None
    if of_torch and (part := system_without_wheels(heard)) is not None:
        return _refused(heard, "platform-no-wheel", version, part)
    if of_torch and _is_past_intel_macs(heard, version):
        return _past_intel_macs(heard)
    if heard.machine.os == "macos" and "+cu" in version:
        return _refused(heard, "platform-no-wheel", version, "mac-cuda")
    return None


def _by_version(heard: Heard, asked: str, version: str) -> Finding | None:
    """What the version tells, by the Pythons it was made for, and by whether it ever was."""
    if not version:
        past = asked == "torch" and is_past_variant(heard)
        return _refused(heard, "python-too-new", variant="asked") if past else None
    number = version.partition("+")[0]
    known = heard.machine.tables.release(number) is not None or was_early_release(number)
    if asked.startswith("torch=") and (age := age_for(heard, number)) is not None:
        return _refused(heard, age, version, "asked")
    if known and _is_on_some_mac(heard) and _is_after_intel_macs(version):
        # The release has wheels for this Python and for Apple's processors: this is the other kind of Mac.
        return _past_intel_macs(heard)
    if is_page_as_index(heard):
        return heard.finding("pip-config-conflict", *_KINDS, variant="page")
    never_was = asked.startswith("torch=") and not known
    if never_was or ".dev" in version or version.endswith("+cpu"):
        return _refused(heard, "torch-pin-unavailable", version)
    return _refused(heard, "mirror-lacks-cuda-build", version) if "+cu" in version else None


def _refused(heard: Heard, code: str, version: str = "", variant: str = "said") -> Finding:
    python = heard.machine.python_key or UNKNOWN
    return heard.finding(
        code, *_KINDS, variant=variant, torch=version or UNKNOWN, listed=UNKNOWN, python=python
    )


def _past_intel_macs(heard: Heard) -> Finding:
    return heard.finding("platform-no-wheel", *_KINDS, variant="intel-mac", torch=LAST_FOR_INTEL_MACS[-1])


_LABEL = re.compile(r"\+(?:cu|rocm)\d|/whl/(?:nightly/)?(?:cu\d|rocm)")


def left_over(heard: Heard) -> Iterator[Finding]:
    """What uv says an index has of torch, where something that is asked for wants another."""
    if "uv-only" not in heard or heard.any("uv-no-version", "uv-no-wheel"):
        return
    of_cuda = any(_LABEL.search(each) for each in (heard.subject("uv-only"), *heard.commands))
    code = "mirror-lacks-cuda-build" if of_cuda else "torch-pin-unavailable"
    yield heard.finding(code, "uv-only", torch=UNKNOWN, listed=heard.subject("uv-only"))


_PIN = re.compile(r"(?<![\w-])torch==(\d[\d.]*)")


def _is_past_intel_macs(heard: Heard, version: str) -> bool:
    """Whether a later release is asked for than the last one for Intel's processors, on such a Mac."""
    pins = [found[1] for command in heard.commands if (found := _PIN.search(command))]
    return heard.machine.platform == "macos_x86_64" and _is_after_intel_macs(
        version or (pins[0] if pins else None)
    )


def _is_on_some_mac(heard: Heard) -> bool:
    """Whether this is a Mac of an unknown processor, whose Python is known."""
    machine = heard.machine
    return machine.os == "macos" and machine.arch is None and machine.python_key is not None


def _is_after_intel_macs(version: str | None) -> bool:
    return version_numbers(version) > version_numbers(LAST_FOR_INTEL_MACS[-1])


RULES = (unmatched, pinned, left_over)
