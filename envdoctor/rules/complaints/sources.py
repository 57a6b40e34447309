"""Where a command looks for wheels, and whether that place still exists."""

from __future__ import annotations

import re
from typing import Literal

from envdoctor.facts import Complaint
from envdoctor.knowledge.early import early_wheels
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard

__all__ = [
    "is_about_index",
    "is_dead",
    "is_dead_host",
    "is_dead_path",
    "is_page_as_index",
    "is_page_for_others",
    "lacks_variant",
    "names_address",
    "places",
    "plain_index",
    "wheel_index",
]

_WHEELS = re.compile(
    r"(?P<option>-f|--find-links|-i|--index-url|--extra-index-url|--index|--default-index)[ =]['\"]?"
    r"https?://(?P<place>[^\s'\"]{0,200}?(?:whl|wheels?)/(?:nightly/|test/|lts/[\d.]+/)?(?P<variant>cu\d{2,3}|cpu|rocm[\d.]+|xpu))"
)
How = Literal["index", "extra-index", "links"]
_HOW: dict[str, How] = {
    "-f": "links",
    "--find-links": "links",
    "--extra-index-url": "extra-index",
    "--index": "extra-index",
}
_REMOVED = re.compile(
    r"anaconda/cloud/(?:pytorch|nvidia)|anaconda/pkgs/free|pytorch/whl/nightly|pypi\.doubanio|pypi\.douban"
)


def wheel_index(command: str) -> tuple[str, How] | None:
    """The variant whose page a command names, and how it names it; `None`: none."""
    found = _WHEELS.search(command)
    return (found["variant"], _HOW.get(found["option"], "index")) if found else None


def plain_index(command: str) -> bool:
    """Whether a command takes torch from PyPI or a mirror of it, without naming a variant."""
    if not re.search(r"\binstall\b.*\btorch\b", command) or command.startswith(
        ("conda", "mamba", "micromamba")
    ):
        return False
    return wheel_index(command) is None and "+cu" not in command and "download.pytorch.org" not in command


_INDEX = re.compile(
    r"pypi|files\.python|/simple\b|/whl\b|\.whl|wheels?/|download(?:-r2)?\.pytorch\.org|conda|repodata|/pkgs/|mirrors?[./]"
    r"|resume incomplete download|not enough bytes were received"
    r"|timed out while downloading|\bpip(?:\d|\._vendor)?\b|\buv\b"
    r"|Retrying \(Retry|looking in|for channel|this channel|package index|index URL|UV_HTTP"
    r"|registr(?:y|ies)\b|not found in the cache",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"http|url|pool|ssl|download|fetch|host|timed out|getaddrinfo|resol|ConnectionResetError|WinError 100"
    r"|response body|timeout|404|下载|reset by peer|IncompleteRead",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://(?!urllib3\.|docs\.|pip\.pypa)[^\s'\"<>)]+|host='[^']+'", re.IGNORECASE)
"""An address that was asked for; those of manuals stand in messages as advice."""


def names_address(complaint: Complaint) -> bool:
    """Whether the line says where the request went."""
    return _URL.search(complaint.text) is not None


def is_about_index(heard: Heard, complaint: Complaint) -> bool:
    """Whether a failed request went to a package index, rather than to a hub of models or a log server."""
    address = _URL.search(f"{complaint.subject} {complaint.text}")
    if address is not None:
        return _INDEX.search(address.group()) is not None
    if _INDEX.search(complaint.text):
        return True
    facts = heard.machine.facts
    if _REQUEST.search(complaint.text) is None:
        return False
    if heard.any("pip-frames", "pip-at-work", "invalid-wheel", "hash-mismatch", "install-failed"):
        return True
    installs = any(re.search(r"\b(?:install|create|sync|add)\b", each) for each in heard.commands)
    return installs or bool(heard.paste.no_versions) or bool(facts.environment.pip_settings)


def is_dead(heard: Heard, complaint: Complaint) -> bool:
    """Whether a failed request went to a service that was withdrawn for good."""
    configured = " ".join(each.value for each in heard.machine.facts.environment.pip_settings)
    text = f"{complaint.subject} {complaint.text} {' '.join(heard.commands)} {configured}".lower()
    return is_dead_host(heard.machine, text)


def is_dead_host(machine: Machine, text: str) -> bool:
    """Whether a text holds the host of an index that no longer serves."""
    if "pypi.douban" in text:
        return True
    dead = [each.pypi for each in machine.tables.mirrors if each.status == "dead" and each.pypi]
    return any(url.partition("//")[2].split("/")[0] in text for url in dead)


def is_dead_path(text: str) -> bool:
    """Whether a path that is not found was once served and withdrawn, or is a mirror's root for packages."""
    return _REMOVED.search(text) is not None


def places(heard: Heard) -> list[str]:
    """The indexes that commands and configuration name; PyPI goes without saying."""
    commands = [hit for each in heard.commands for hit in re.findall(r"https?://\S+", each)]
    settings = [each.value for each in heard.machine.facts.environment.pip_settings]
    return [*commands, *(hit for each in settings for hit in re.findall(r"https?://[^\s,]+", each))]


_VARIANT_PAGE = re.compile(r"download(?:-r2)?\.pytorch\.org/whl/(?:nightly/|test/)?(cu\d{2,3})\b")


def lacks_variant(machine: Machine, text: str, *, newer: bool = False) -> bool:
    """Whether a text names a page of PyTorch's for a CUDA that no release was built for.

    One that is newer than all in the tables counts with `newer` only: it may have come since.
    """
    asked = set(_VARIANT_PAGE.findall(text))
    if not asked:
        return False
    built = {label for _, label, *_ in (*early_wheels("linux_x86_64"), *early_wheels("windows_amd64"))}
    for release in machine.tables.releases:
        built = built.union(*release.official_variants.values())
    newest = max(_cuda(each) for each in built if each.startswith("cu"))
    return not asked & built and all(
        _cuda(each) > FIRST_CUDA_LISTED and (newer or _cuda(each) < newest) for each in asked
    )


FIRST_CUDA_LISTED = (10, 2)
"""Of earlier CUDAs, which torch 0 was built for, not all are in the tables."""


def _cuda(label: str) -> tuple[int, ...]:
    """The CUDA of a label: "cu92" → (9, 2), "cu118" → (11, 8); of one cut short, "cu11", its major number."""
    digits = label[2:]
    if len(digits) == 2 and digits[0] == "1":
        return (int(digits),)
    return int(digits[:-1]), int(digits[-1])


_PAGE = re.compile(
    r"(?:(?<!\S)-i|--(?:extra-|default-)?index(?:-url)?)[ =]['\"]?https?://[^\s'\"]{4,200}\.html(?![\w/])"
)


def is_page_as_index(heard: Heard) -> bool:
    """Whether a page of links is named where an index belongs, below which packages have folders."""
    settings = heard.machine.facts.environment.pip_settings
    named = any("index" in each.name and re.search(r"\.html(?![\w/])", each.value) for each in settings)
    return named or "page-as-index" in heard or any(_PAGE.search(each) for each in heard.commands)


def is_page_for_others(heard: Heard) -> bool:
    """Whether PyTorch's page of all wheels was looked at: it has every variant for x86-64.

    Of a list without any variant the machine is another one, unless its processor is known.
    """
    page = any(
        "download.pytorch.org/whl/torch_stable.html" in each for each in (*heard.commands, *places(heard))
    )
    return page and heard.machine.os in (None, "linux") and heard.machine.facts.host.arch is None
