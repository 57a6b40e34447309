"""The loss as a picture: SVG that parses, HTML that needs nothing else, PNG that a reader of its own can decode."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from envdoctor.commands.smoke_train import Request
from envdoctor.errors import UsageError
from envdoctor.findings import Words
from envdoctor.messages import catalogue
from envdoctor.reports import smoke_plot
from envdoctor.reports.smoke_plot import HEIGHT, NOISE, WIDTH, as_inline_svg, as_svg, picture
from envdoctor.reports.smoke_png import SCALE, as_png
from envdoctor.reports.smoke_text import sparkline
from envdoctor.smoke.result import Check, SmokeResult

LOSSES = tuple(1.0 / (1 + step) + 0.02 for step in range(240))
FACTS = {"noise_floor": 0.0256, "loss_bound": 0.033, "torch": "2.9.0 <b>&"}


def result(losses: tuple[float, ...] = LOSSES, **facts: object) -> SmokeResult:
    check = Check(name="training", status="passed", detail=Words("smoke.head"))
    return SmokeResult(
        verdict="passed", device="cuda:0", checks=(check,), losses=losses, facts={**FACTS, **facts}
    )


def decoded(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and the rows of pixels, read chunk by chunk with their checksums."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(name + data)
        chunks[name], at = data, at + 12 + length
    width, height, depth, kind, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, kind, list(chunks)[-1]) == (8, 2, b"IEND")
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (1 + 3 * width)
    return width, height, rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_svg_parses_and_names_what_it_shows(language: str) -> None:
    words = catalogue(language)
    root = ElementTree.fromstring(as_svg(picture(result(), words)))
    texts = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words.text("plot.noise", loss="0.0256") in texts
    assert any("<b>&" in (text or "") for text in texts), "what came from the machine is text, not markup"
    curve = max(
        root.iter("{http://www.w3.org/2000/svg}polyline"), key=lambda line: len(line.get("points") or "")
    )
    points = [tuple(map(float, pair.split(","))) for pair in (curve.get("points") or "").split()]
    assert len(points) == 240
    assert points[0][1] < points[-1][1], "the loss falls, and down is where y grows"
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)


def test_the_picture_in_a_page_takes_its_colours_from_the_page() -> None:
    inline = as_inline_svg(picture(result(), catalogue("en")))
    assert 'class="curve"' in inline and "#" not in inline
    css = Path(smoke_plot.__file__).with_name("page.css").read_text(encoding="utf-8")
    for role in set(re.findall(r'class="(\w+)"', inline)):
        assert f".{role} {{" in css, role


def test_png_shows_the_curve_where_the_svg_has_it() -> None:
    drawn = picture(result(), catalogue("en"))
    width, height, rows = decoded(as_png(drawn))
    assert (width, height) == (WIDTH * SCALE, HEIGHT * SCALE)
    row = 1 + 3 * width
    curve = drawn.lines[-1]
    for x, y in curve.points[20::60]:
        at = int(y * SCALE) * row + 1 + 3 * int(x * SCALE)
        assert rows[at] < 128 < rows[at + 2], "blue under the curve"
    assert bytes.fromhex(NOISE[1:]) in rows, "the noise has its line"


def test_odd_runs_are_drawn_too() -> None:
    for losses in ((), (0.5,), (float("nan"), 1.0), tuple(0.1 for _ in range(5000))):
        drawn = picture(result(losses, noise_floor=None, loss_bound=None), catalogue("en"))
        ElementTree.fromstring(as_svg(drawn))
        assert max((len(line.points) for line in drawn.lines), default=0) <= WIDTH + 1


def test_a_picture_that_can_t_be_written_is_refused_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.png, \.svg or \.html"):
        Request(plot=tmp_path / "curve.bmp")
    with pytest.raises(UsageError, match="the folder is missing"):
        Request(plot=tmp_path / "none" / "curve.png")


def test_bars_fall_and_fit_the_encoding() -> None:
    bars = sparkline(LOSSES, 12)
    assert len(bars) == 12 and bars[0] == "█" and bars[-1] == "▁"
    assert sparkline(LOSSES, 12, "ascii").isascii()
    assert sparkline(LOSSES, 12, "gbk") == bars, "GBK has the bars"
    assert sparkline((float("nan"),), 12) == ""
