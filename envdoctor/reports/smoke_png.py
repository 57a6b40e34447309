"""The picture as PNG without a drawing library: lines with soft edges, and letters made of strokes.

matplotlib would bring a hundred megabytes for one curve. Letters are capitals of the Latin alphabet only,
so the words of a PNG are English in every language.
"""

from __future__ import annotations

import itertools
import struct
import zlib

from envdoctor.reports.smoke_plot import HEIGHT, WIDTH, Line, Picture, Text

__all__ = ["as_png"]

SCALE = 2
"""Pixels for each unit of the picture: sharp on today's screens."""
DASH, HOLE = 6.0, 4.0

# Strokes on a grid 4 wide and 6 high, from the left upper corner; "|" lifts the pen. Each pair is x, y.
_GLYPHS = {
    "0": "10 30 41 45 36 16 05 01 10|41 05",
    "1": "11 20 26|16 36",
    "2": "01 10 30 41 42 06 46",
    "3": "01 10 30 41 42 33 13|33 44 45 36 16 05",
    "4": "36 30 04 44",
    "5": "40 00 03 33 44 45 36 06",
    "6": "40 20 02 05 16 36 45 44 33 03",
    "7": "00 40 16",
    "8": "10 30 41 42 33 13 02 01 10|13 04 05 16 36 45 44 33",
    "9": "43 13 02 01 10 30 41 44 26 06",
    "A": "06 20 46|14 34",
    "B": "00 06 36 45 44 33 03|33 42 41 30 00",
    "C": "41 30 10 01 05 16 36 45",
    "D": "00 06 26 44 42 20 00",
    "E": "40 00 06 46|03 33",
    "F": "40 00 06|03 33",
    "G": "41 30 10 01 05 16 36 45 43 23",
    "H": "00 06|40 46|03 43",
    "I": "10 30|20 26|16 36",
    "J": "40 45 36 16 05",
    "K": "00 06|40 03 46",
    "L": "00 06 46",
    "M": "06 00 23 40 46",
    "N": "06 00 46 40",
    "O": "10 30 41 45 36 16 05 01 10",
    "P": "06 00 30 41 42 33 03",
    "Q": "10 30 41 45 36 16 05 01 10|24 46",
    "R": "06 00 30 41 42 33 03|23 46",
    "S": "41 30 10 01 02 13 33 44 45 36 16 05",
    "T": "00 40|20 26",
    "U": "00 05 16 36 45 40",
    "V": "00 26 40",
    "W": "00 16 23 36 40",
    "X": "00 46|40 06",
    "Y": "00 23 40|23 26",
    "Z": "00 40 06 46",
    ".": "25 26",
    ",": "25 17",
    ":": "21 22|24 25",
    "-": "03 43",
    "+": "03 43|21 25",
    "/": "40 06",
    "(": "30 12 14 36",
    ")": "10 32 34 16",
    "=": "02 42|04 44",
    "_": "06 46",
}


class _Canvas:
    """White pixels of three bytes each."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.pixels = bytearray(b"\xff" * (3 * width * height))

    def stroke(
        self, start: tuple[float, float], end: tuple[float, float], colour: tuple[int, ...], width: float
    ) -> None:
        """A straight line with soft edges and round ends, in pixels."""
        (ax, ay), (bx, by) = start, end
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy or 1e-9
        reach = width / 2 + 1
        for y in range(max(0, int(min(ay, by) - reach)), min(self.height, int(max(ay, by) + reach) + 1)):
            for x in range(max(0, int(min(ax, bx) - reach)), min(self.width, int(max(ax, bx) + reach) + 1)):
                along = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length))
                distance = ((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2) ** 0.5
                cover = min(1.0, width / 2 + 0.5 - distance)
                if cover > 0.0:
                    self._blend(3 * (y * self.width + x), colour, cover)

    def _blend(self, at: int, colour: tuple[int, ...], cover: float) -> None:
        for i, value in enumerate(colour):
            before = self.pixels[at + i]
            self.pixels[at + i] = round(before + (value - before) * cover)


def as_png(drawn: Picture) -> bytes:
    """The picture as the bytes of a PNG file."""
    canvas = _Canvas(WIDTH * SCALE, HEIGHT * SCALE)
    for line in drawn.lines:
        _draw_line(canvas, line)
    for text in drawn.texts:
        _draw_text(canvas, text)
    return _encoded(canvas)


def _draw_line(canvas: _Canvas, line: Line) -> None:
    colour = _colour(line.colour)
    for start, end in itertools.pairwise(line.points):
        for a, b in _dashes(start, end) if line.dashed else ((start, end),):
            first, last = ((x * SCALE, y * SCALE) for x, y in (a, b))
            canvas.stroke(first, last, colour, line.width * SCALE)


def _dashes(
    start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    (ax, ay), (bx, by) = start, end
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    pieces, at = [], 0.0
    while at < length:
        to = min(length, at + DASH)
        pieces.append(
            tuple((ax + (bx - ax) * t / length, ay + (by - ay) * t / length) for t in (at, to)),
        )
        at += DASH + HOLE
    return [(first, last) for first, last in pieces]


def _draw_text(canvas: _Canvas, text: Text) -> None:
    unit = text.size * 0.72 / 6  # a capital is 0.72 of the size high, as in most fonts
    advance = 6 * unit
    words = text.words.upper()
    left = text.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.anchor] * advance * len(words)
    top = text.y - 6 * unit
    for letter in words:
        for strokes in _GLYPHS.get(letter, "").split("|"):
            points = [(left + int(p[0]) * unit, top + int(p[1]) * unit) for p in strokes.split()]
            for a, b in itertools.pairwise(points):
                first, last = ((x * SCALE, y * SCALE) for x, y in (a, b))
                canvas.stroke(first, last, _colour(text.colour), text.size / 10 * SCALE * 0.8)
        left += advance


def _colour(name: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(name[1:]))


def _encoded(canvas: _Canvas) -> bytes:
    """Rows without a filter, compressed (RFC 2083)."""
    row = 3 * canvas.width
    raw = b"".join(b"\0" + canvas.pixels[i : i + row] for i in range(0, len(canvas.pixels), row))
    header = struct.pack(">IIBBBBB", canvas.width, canvas.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
