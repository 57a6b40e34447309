"""Why an installer failed, told by what it printed: the few causes that have one name in every tool."""

from __future__ import annotations

import re
from collections.abc import Sequence

from envdoctor.findings import Words, words

__all__ = ["reason"]

# The first that fits is the cause; what a full disk or a cut line brings about comes after it.
_CAUSES = (
    ("disk", r"No space left on device|not enough space on the disk|disk quota exceeded|ENOSPC"),
    (
        "download",
        r"DO NOT MATCH THE HASHES|IncompleteRead|hash mismatch|ChecksumMismatch|BadZipFile|Connection broken"
        r"|invalid (?:zip|wheel)|is not a (?:zip|valid wheel)|unexpected end of file|end of file before"
        r"|error decoding response body|Response payload is not completed",
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


def reason(lines: Sequence[str]) -> Words | None:
    """The cause in words, with the line that shows it; `None`: it is none of the known ones."""
    for name, pattern in _CAUSES:
        for line in lines:
            if re.search(pattern, line, re.IGNORECASE):
                return words(f"run.failed.{name}", error=line.strip())
    return None
