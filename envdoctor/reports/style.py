"""What a terminal or a file can show: its width, colours and letters. Light, since every command needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from envdoctor.findings import Severity
from envdoctor.frozen import Record, value
from envdoctor.late import late

if TYPE_CHECKING:
    from envdoctor.messages import Catalogue

__all__ = ["NARROWEST", "SIGNS", "WIDEST", "Style", "fits", "fits_html", "fits_json", "is_unicode", "sign"]

SIGNS = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.INFO: "·", Severity.OK: "√"}
WIDEST = 100
_HALVES = late("[\ud800-\udfff]")
"""Halves of letters, which no encoding has and JSON can escape."""
NARROWEST = 24
_PLAIN = str.maketrans(
    {
        "×": "x",
        "·": "-",
        "√": "+",
        "→": "->",
        "—": "-",
        "–": "-",
        "…": "...",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "≥": ">=",
        "≤": "<=",
    }
)


@value
class Style(Record):
    """What the place that the text goes to can show."""

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"
    verbose: bool = False
    links: bool = False
    """Whether the code of a finding may be a hyperlink to its explanation."""

    spoken: bool = False
    """Whether words stand where signs would: what reads a terminal aloud calls "√" a square root."""

    @property
    def columns(self) -> int:
        """The width that lines are wrapped to."""
        return max(NARROWEST, min(self.width, WIDEST))


def fits(text: str, encoding: str) -> str:
    """The text in letters that the encoding has; what it lacks is put another way, never raised."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        try:
            return text.translate(_PLAIN).encode(encoding, "replace").decode(encoding, "replace")
        except LookupError:
            return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")
    return text


def fits_json(text: str, encoding: str) -> str:
    """JSON, which is UTF-8; where the output is not, it is ASCII: what else there is, is escaped."""
    if text.isascii() or (is_unicode(encoding) and not _HALVES.search(text)):
        return text
    # Outside ASCII there are only the insides of strings, so every letter may be escaped by itself.
    return "".join(each if each.isascii() else _json_escape(each) for each in text)


def fits_html(text: str, encoding: str) -> str:
    """The page, which says that it is UTF-8: true in any encoding once it is ASCII."""
    return text if is_unicode(encoding) else text.encode("ascii", "xmlcharrefreplace").decode()


def is_unicode(encoding: str) -> bool:
    """Whether what is written in this encoding is UTF-8."""
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")


def _json_escape(letter: str) -> str:
    """The letter as JSON escapes it: one or two times backslash, u and four digits."""
    pair = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{pair[start : start + 4]}" for start in range(0, len(pair), 4))


def sign(severity: Severity, words: Catalogue, style: Style) -> str:
    """The mark of a severity; a word where the encoding lacks the marks, or where somebody may listen."""
    try:
        "".join(SIGNS.values()).encode(style.encoding)
    except (UnicodeEncodeError, LookupError):
        return words.text(f"sign.{severity.value}")
    return words.text(f"sign.{severity.value}") if style.spoken else SIGNS[severity]
