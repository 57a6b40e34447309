"""What a text says of macOS: images that its loader refused and whose they are, a system that is too old."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import COMPANION, extension_in, is_torch_path
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

FIRST_WITH_METAL = (12, 3)
"""The first macOS whose Metal torch's "mps" can use, in torch's own words when asked for the device."""


def images(heard: Heard) -> Iterator[Finding]:
    """The loader met an image of another architecture, or none."""
    if "macho-arch" in heard:
        yield heard.finding("python-rosetta", "macho-arch", variant="image")
    for complaint in heard.all("dyld-library"):
        owner = extension_in(complaint.text)
        code = "extension-mismatch" if owner else "torch-missing-library"
        yield heard.finding(code, "dyld-library", subject=owner or complaint.subject or UNKNOWN)
    for complaint in heard.all("dyld-symbol"):
        yield from _dyld_symbol(heard, complaint)


def too_old(heard: Heard) -> Iterator[Finding]:
    """A macOS before the one that Metal, or the build, needs."""
    system = heard.machine.os
    version = version_numbers(heard.machine.facts.host.os_version)
    if "mps-unavailable" in heard and system == "macos" and (0,) < version < FIRST_WITH_METAL:
        yield heard.finding("os-too-old", "mps-unavailable")
    told = heard.first("macos-too-old")
    if told is None or system not in (None, "macos"):
        return
    needed = version_numbers(heard.subject("macos-too-old"))
    general = re.search("MPS (?:needs|requires)", told.text) is not None
    if general and (not version or version >= needed):
        return  # what is needed in general, beside a macOS that has it or is not known
    # Torch's own number is at times that of the release before: a newer macOS within it still is too old.
    if not (needed and version and version[0] > needed[0] > 0):
        yield heard.finding("os-too-old", "macos-too-old")


def _dyld_symbol(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    """A symbol that macOS's loader does not find: whose file wants it tells what does not go together."""
    where = complaint.subject or complaint.raised_in
    if COMPANION.search(where):
        yield heard.finding("torch-companion-mismatch", "dyld-symbol")
    elif owner := extension_in(where):
        yield heard.finding("extension-mismatch", "dyld-symbol", subject=owner)
    elif is_torch_path(where):
        yield heard.finding("torch-missing-library", "dyld-symbol", variant="wrong-copy", subject=where)


RULES = (images, too_old)
