"""Why an installer failed, told by what it printed: the few causes that have one name in every tool."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envdoctor.findings import Words, words

__all__ = ["reason", "short"]

# The first that fits is the cause; what a full disk or a cut line brings about comes after it.
_CAUSES = (
    ("disk", r"No space left on device|not enough space on the disk|disk quota exceeded|ENOSPC"),
    (
        "download",
        r"DO NOT MATCH THE HASHES|IncompleteRead|hash mismatch|ChecksumMismatch|BadZipFile"
        r"|Connection broken: |invalid (?:zip|wheel)|is not a (?:zip|valid wheel)|unexpected end of file"
        r"|end of file before|error decoding response body|Response payload is not completed",
    ),
    (
        "network",
        r"Failed to establish a new connection|Connection refused|Read timed out|ReadTimeoutError|timed out"
        r"|Name or service not known|Temporary failure in name resolution|getaddrinfo failed|dns error"
        r"|SSLError|CERTIFICATE_VERIFY_FAILED|error sending request|ProxyError|CondaHTTPError|HTTP status",
    ),
    (
        "no-build",
        r"Could not find a version that satisfies|No matching distribution|No solution found"
        r"|PackagesNotFoundError|UnsatisfiableError|ResolutionImpossible|LibMambaUnsatisfiableError",
    ),
)


_RETRY = re.compile(
    r"(?:WARNING: )?Retrying \(Retry\(.*?after connection broken by '(?:\w+\(.*?: )?(.*?)(?: \(|[\"')]).*"
)


def short(line: str) -> str:
    """The line as a person needs it: of pip's long word on a retry only why."""
    return _RETRY.sub(r"Retrying: \1", line.strip())


def reason(lines: Sequence[str]) -> Words | None:
    """The cause in words, with the line that shows it; `None`: it is none of the known ones."""
    for name, pattern in _CAUSES:
        for line in lines:
            if re.search(pattern, line, re.IGNORECASE):
                return words(f"run.failed.{name}", error=short(line).removeprefix("Retrying: "))
    return None
