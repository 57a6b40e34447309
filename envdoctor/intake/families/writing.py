"""What installers say when a file can't be written, replaced or removed, and the marks of pip's own code.

Texts: pip's "Could not install packages due to an OSError" with the codes of Windows and of C, uv's "(os error N)",
conda's PermissionError, and the sentences of Windows for its error codes 5 and 32.
"""

from __future__ import annotations

__all__ = ["ROWS"]

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "write-refused",
        (
            "winerror 5]",
            "winerror 32]",
            "errno 13] permission denied",
            "(os error 5)",
            "(os error 13)",
            "(os error 32)",
        ),
        r"(?:WinError (?:5|32)\]|Errno 13\] Permission denied)[^'\"\n]{0,120}['\"](?P<subject>[^'\"\n]{3,300})"
        r"|[`'\"](?P<other>[^`'\"\n]{3,300})[`'\"][^`\n]{0,80}\(os error (?:5|13|32)\)"
        r"|WinError (?:5|32)\]|Errno 13\]|os error",
    ),
    ("could-not-install", ("could not install packages due to an",), ""),
    (
        "pip-frames",
        ("pip\\_vendor", "pip/_vendor", "pip\\_internal", "pip/_internal"),
        r"File \"[^\"\n]{0,300}[\\/]pip[\\/]+_(?:vendor|internal)[\\/]",
    ),
)
