"""A torch that is pinned, where pip's list of what the index has is not shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import Finding
from envdoctor.knowledge.early import was_early_release
from envdoctor.machine import version_numbers
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
            python=machine.python_key or "?",
            torch=asked["version"],
            listed="?",
        )
        return


def unmatched(heard: Heard) -> Iterator[Finding]:
    """The second line alone: the requirement, without what the index lists."""
    if heard.paste.no_versions or not heard.any("no-match", "uv-no-version"):
        return
    if heard.any(*SECURE, *CONNECTION, "http-403"):
        return  # nothing was listed because nothing was reached
    asked = heard.subject("no-match", "uv-no-version")
    if asked.startswith("pytorch-triton"):  # a nightly's part, which goes with the nightly
        yield heard.finding("torch-pin-unavailable", "uv-no-version", torch="?", listed="?")
        return
    if re.match(r"pytorch(?:=|$)", asked):
        yield heard.finding("torch-pin-unavailable", "no-match", "uv-no-version", variant="name")
        return
    version = asked.partition("==")[2]
    number = version.partition("+")[0]
    part = system_without_wheels(heard)
    kinds = ("no-match", "uv-no-version")
    if part is not None and re.match(r"torch(?:=|$)", asked):
        yield heard.finding("platform-no-wheel", *kinds, variant=part, torch=version or "?", listed="?")
        return
    if re.match(r"torch(?:=|$)", asked) and _is_past_intel_macs(heard, version):
        yield heard.finding("platform-no-wheel", *kinds, variant="intel-mac", torch=LAST_FOR_INTEL_MACS[-1])
        return
    if heard.machine.os == "macos" and "+cu" in version:
        yield heard.finding("platform-no-wheel", *kinds, variant="mac-cuda", torch=version, listed="?")
        return
    if not version:
        if asked == "torch" and is_past_variant(heard):
            have = heard.machine.python_key or "?"
            yield heard.finding("python-too-new", *kinds, variant="asked", torch="?", listed="?", python=have)
        return
    known = heard.machine.tables.release(number) is not None or was_early_release(number)
    nightly = ".dev" in version
    age = age_for(heard, number) if asked.startswith("torch=") else None
    if age is not None:
        python = heard.machine.python_key or "?"
        yield heard.finding(age, *kinds, variant="asked", torch=version, listed="?", python=python)
    elif known and _is_on_some_mac(heard) and _is_after_intel_macs(version):
        # The release has wheels for this Python and for Apple's processors: this is the other kind of Mac.
        yield heard.finding("platform-no-wheel", *kinds, variant="intel-mac", torch=LAST_FOR_INTEL_MACS[-1])
    elif is_page_as_index(heard):
        yield heard.finding("pip-config-conflict", "no-match", "uv-no-version", variant="page")
    elif (asked.startswith("torch=") and not known) or nightly or version.endswith("+cpu"):
        yield heard.finding("torch-pin-unavailable", *kinds, torch=version, listed="?")
    elif "+cu" in version:
        yield heard.finding("mirror-lacks-cuda-build", *kinds, torch=version, listed="?")


_LABEL = re.compile(r"\+(?:cu|rocm)\d|/whl/(?:nightly/)?(?:cu\d|rocm)")


def left_over(heard: Heard) -> Iterator[Finding]:
    """What uv says an index has of torch, where something that is asked for wants another."""
    if "uv-only" not in heard or heard.any("uv-no-version", "uv-no-wheel"):
        return
    of_cuda = any(_LABEL.search(each) for each in (heard.subject("uv-only"), *heard.commands))
    code = "mirror-lacks-cuda-build" if of_cuda else "torch-pin-unavailable"
    yield heard.finding(code, "uv-only", torch="?", listed=heard.subject("uv-only"))


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
