"""Bytes of a report into text, whichever program or editor wrote them."""

from __future__ import annotations

import codecs

from envdoctor.errors import UsageError

__all__ = ["SAMPLE", "decode", "decode_line", "is_binary", "marked_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's mark, so it stands before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_TEXT_CONTROLS = b"\t\n\v\f\r\x08\x1b"
_CONTROLS = bytes(code for code in range(32) if code not in _TEXT_CONTROLS) + b"\x7f"
SAMPLE = 1 << 20
"""Bytes that are looked at to tell text from something else."""
CONTROL_SHARE = 0.01
"""Text has next to no control characters; a program, a picture or an archive has one in ten bytes."""


def decode(data: bytes) -> str:
    """The text in UTF-8, UTF-16 (PowerShell's `>`), UTF-32 or GBK, with or without a byte order mark.

    Raises:
        UsageError: the bytes are no text.

    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace")
    sample = data[:SAMPLE]
    wide = _wide_encoding(sample)
    if wide is not None:
        return data.decode(wide, errors="replace")
    if is_binary(sample):
        raise UsageError("this is not text but a binary file")
    return _narrow(data)


def is_binary(sample: bytes) -> bool:
    """Whether bytes that are not of a wide encoding hold more control characters than any text."""
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    return controls > CONTROL_SHARE * len(sample)


def marked_encoding(head: bytes) -> tuple[bytes, str | None]:
    """The byte order mark, which may be empty, and the encoding where it has more than one byte a letter."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return mark, None if encoding == "utf-8" else encoding
    return b"", _wide_encoding(head[:SAMPLE])


def decode_line(line: bytes) -> str:
    """One line in UTF-8, GBK or Western European."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return _narrow(line)


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a mark: of the letters of English every second byte is zero."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half and odd > 0.5 * half and even < 0.05 * half:
        return "utf-16-le"
    if half and even > 0.5 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _narrow(data: bytes) -> str:
    """UTF-8, else GBK (its superset), else Western European; a character cut at the very end is dropped."""
    for encoding in ("utf-8", "gb18030"):
        reader = codecs.getincrementaldecoder(encoding)()
        try:
            return reader.decode(data)
        except UnicodeDecodeError:
            continue
    damaged = data.decode("utf-8", errors="replace")
    # A few broken bytes in UTF-8 are damage; more of them are another encoding.
    if damaged.count("\N{REPLACEMENT CHARACTER}") <= len(damaged) // 50 + 2:
        return damaged
    return data.decode("cp1252", errors="replace")
