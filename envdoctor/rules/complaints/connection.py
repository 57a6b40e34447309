"""What a text says about the way to an index, and about what arrived from there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.sources import (
    is_about_index,
    is_dead,
    is_dead_path,
    lacks_variant,
    names_address,
)
from envdoctor.rules.remedies import variable

__all__ = ["CONNECTION", "RULES"]

CONNECTION = ("timed-out", "no-connection", "incomplete-read", "http-5xx", "http-429", "index-garbled")
_UNRESOLVED = re.compile(
    "name resolution|NameResolutionError|getaddrinfo|resolve host|name or service not known"
    "|nodename nor servname|dns error|no address associated",
    re.IGNORECASE,
)
"""What resolvers say where a name has no address: getaddrinfo of glibc and macOS, urllib3, curl, uv."""
SECURE = ("proxy", "tls", "wrong-version-number", "no-ssl-module", "old-openssl", "ssl-eof")


def security(heard: Heard) -> Iterator[Finding]:
    """TLS and the proxy, which fail before any index is reached."""
    if "old-openssl" in heard:
        yield heard.finding("tls-failed", "old-openssl", variant="old-openssl")
    elif _is_elsewhere(heard):
        return
    if "no-ssl-module" in heard:
        yield heard.finding("tls-failed", "no-ssl-module", variant="no-ssl")
    elif heard.any("proxy", "wrong-version-number"):
        yield heard.finding("proxy-broken", "proxy", "wrong-version-number")
    elif "ssl-eof" in heard and "tls" not in heard:
        yield heard.finding("proxy-broken", "ssl-eof")
    elif "tls" in heard or _is_inspected(heard):
        yield heard.finding("tls-failed", "tls", "said-own-certificate")


def _is_inspected(heard: Heard) -> bool:
    """Whether what signs all that passes it by itself lies on the way, and a request came to nothing."""
    return "said-own-certificate" in heard and "no-connection" in heard


def _is_elsewhere(heard: Heard) -> bool:
    """Whether every failed handshake names an address that is no package index."""
    named = [each for each in heard.all(*SECURE) if names_address(each)]
    return bool(named) and not any(is_about_index(heard, each) for each in named)


def reach(heard: Heard) -> Iterator[Finding]:
    """The index answers no, or not at all."""
    kinds = ("http-404", "http-403", "channel-invalid", "said-unreachable", *CONNECTION)
    failed = [each for each in heard.all(*kinds) if is_about_index(heard, each)]
    if not failed and heard.any("no-match", "uv-no-version"):
        failed = [each for each in heard.all("http-403") if not names_address(each)]
    if not heard.any(*kinds):
        failed = heard.all("said-download-timeout")
    failed += heard.all("download-failed")
    dead = [each for each in failed if is_dead(heard, each)]
    if dead:
        yield heard.finding("mirror-dead", more=heard.evidence(dead), subject=dead[0].subject or UNKNOWN)
    elif denied := [each for each in failed if each.kind == "http-403" and _is_of_no_variant(heard, each)]:
        lines = heard.evidence(denied)
        yield heard.finding("mirror-lacks-cuda-build", more=lines, torch=UNKNOWN, listed="-")
    elif failed and failed[0].kind in ("http-404", "channel-invalid"):
        yield from _not_there(heard, failed[0])
    elif failed and not (
        heard.any(*SECURE, "hash-mismatch") or _is_inspected(heard) or _arrived_damaged(heard)
    ):
        variant = "unresolved" if any(_UNRESOLVED.search(each.text) for each in failed) else "said"
        yield heard.finding("mirror-unreachable", more=heard.evidence(failed), variant=variant)


def _is_of_no_variant(heard: Heard, complaint: Complaint) -> bool:
    return lacks_variant(heard.machine, f"{complaint.subject} {complaint.text}")


def _not_there(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    text = f"{complaint.subject} {complaint.text}"
    if re.search(
        r"anaconda/(?:cloud/)?(?:nvidia|pytorch)|channel (?:nvidia|pytorch)\b|whl/(?:cu|rocm|xpu)", text
    ):
        yield heard.finding(
            "mirror-lacks-cuda-build", "http-404", "channel-invalid", torch=UNKNOWN, listed="-"
        )
        return
    if re.search(r"/torch(?:vision|audio)?-\d[^/\s]*\.whl", text):
        yield heard.finding("torch-pin-unavailable", "http-404", torch=UNKNOWN, listed="-")
        return
    gone = is_dead_path(text) or "said-removed" in heard
    yield heard.finding("mirror-dead" if gone else "mirror-unreachable", "http-404", "channel-invalid")


def _arrived_damaged(heard: Heard) -> bool:
    """Whether an archive is damaged, rather than unpacked (uv) while its line broke."""
    invalid = heard.all("invalid-wheel")
    streamed = all("extract archive" in each.text.lower() for each in invalid)
    return bool(invalid) and not (streamed and heard.any(*CONNECTION))


def download(heard: Heard) -> Iterator[Finding]:
    """What arrived is not what was sent, or there was no room for it."""
    if "hash-mismatch" in heard or _arrived_damaged(heard):
        yield heard.finding("download-corrupt", "hash-mismatch", "invalid-wheel")
    if "no-space" in heard and "worker-bus-error" not in heard:
        yield heard.finding("disk-low", "no-space", path=UNKNOWN, free=UNKNOWN, need=UNKNOWN)


def unpacking(heard: Heard) -> Iterator[Finding]:
    """A file whose path is longer than Windows allows."""
    if "path-too-long" in heard and heard.machine.os in (None, "windows"):
        yield heard.finding("env-path-too-long", "path-too-long")


def memory(heard: Heard) -> Iterator[Finding]:
    """The computer's own memory, and the part of it that processes share."""
    if "worker-bus-error" in heard:
        yield heard.finding("shm-small", "worker-bus-error", mib=UNKNOWN)
    elif "bus-error" in heard and (heard.machine.in_container or "said-shm" in heard):
        yield heard.finding("shm-small", "bus-error", "said-shm", mib=UNKNOWN)
    elif heard.any("memory-error", "worker-killed", "killed") or (
        # a number alone: on a machine whose GPU works, whoever ended the process may have had other reasons
        "killed-by-number" in heard and not heard.machine.cuda_proven
    ):
        remedies = None
        if any(re.search("terminated program|died due to", each.text) for each in heard.all("killed")):
            remedies = [variable(heard.machine, "remedy.fewer-jobs", "MAX_JOBS", "2")]
        yield heard.finding(
            "memory-low", "memory-error", "worker-killed", "killed", "killed-by-number", remedies=remedies
        )


RULES = (security, reach, download, unpacking, memory)
