"""The loss of a smoke run as a picture: shapes laid out once, written as SVG or (beside) PNG."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from envdoctor.findings import UNKNOWN
from envdoctor.messages import Catalogue
from envdoctor.smoke.result import SmokeResult

__all__ = ["Line", "Picture", "Text", "as_inline_svg", "as_svg", "picture"]

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 24, 52, 48
INK, FAINT, RAW, CURVE, NOISE, BOUND = "#1f2933", "#d9dee4", "#b9cdea", "#1f5fbf", "#2f855a", "#c05621"
_ROLES = {INK: "ink", FAINT: "grid", RAW: "raw", CURVE: "curve", NOISE: "noise", BOUND: "bound"}
"""The names by which a page's style sheet knows the colours."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, in pixels from the left upper corner."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a point: their left end, middle or right end, on the base line."""

    x: float
    y: float
    words: str
    anchor: str = "start"
    size: int = 13
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes in the order they are drawn."""

    title: str
    lines: tuple[Line, ...]
    texts: tuple[Text, ...]


class _Scale:
    """From step and loss to pixels; the loss is on a logarithmic scale."""

    def __init__(self, steps: int, low: float, high: float) -> None:
        self.steps, self.low, self.high = steps, math.log10(low), math.log10(high)

    def at(self, step: float, loss: float) -> tuple[float, float]:
        """The point of a loss."""
        span = (self.high - self.low) or 1.0
        x = LEFT + (WIDTH - LEFT - RIGHT) * (step - 1) / max(1, self.steps - 1)
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(max(loss, 1e-12)) - self.low) / span
        return round(x, 2), round(y, 2)


def picture(result: SmokeResult, words: Catalogue) -> Picture:
    """The losses, their running mean, and the noise and the bound where they are known."""
    losses = [(i + 1, loss) for i, loss in enumerate(result.losses) if math.isfinite(loss) and loss > 0]
    marks = {"noise": result.number("noise_floor"), "bound": result.number("loss_bound")}
    known = [loss for _, loss in losses] + [mark for mark in marks.values() if mark]
    low, high = (min(known) / 1.3, max(known) * 1.3) if known else (0.01, 1.0)
    scale = _Scale(max(2, len(result.losses)), low, high)
    title = words.text(
        "plot.title",
        device=result.device or UNKNOWN,
        torch=result.text("torch") or UNKNOWN,
        verdict=words.text(f"plot.verdict.{result.verdict}"),
    )
    lines, texts = _frame(scale, words)
    texts.append(Text(LEFT, 28, title, size=16))
    for (name, mark), colour in zip(marks.items(), (NOISE, BOUND), strict=True):
        if mark:
            left, right = scale.at(1, mark), scale.at(scale.steps, mark)
            lines.append(Line((left, right), colour, 1.4, dashed=True))
            label = words.text(f"plot.{name}", loss=f"{mark:.3g}")
            # On the left, where the curve is still far above both lines.
            place = left[1] - 6 if name == "bound" else left[1] + 16
            texts.append(Text(left[0] + 8, place, label, size=12, colour=colour))
    if losses:
        lines.append(Line(tuple(scale.at(*each) for each in _thinned(losses)), RAW, 1.0))
        lines.append(Line(tuple(scale.at(*each) for each in _thinned(_running(losses))), CURVE, 2.2))
    return Picture(title, tuple(lines), tuple(texts))


def _frame(scale: _Scale, words: Catalogue) -> tuple[list[Line], list[Text]]:
    lines: list[Line] = []
    texts: list[Text] = []
    for exponent in range(math.floor(scale.low), math.ceil(scale.high) + 1):
        for factor in (1, 2, 5):
            loss = factor * 10.0**exponent
            if scale.low <= math.log10(loss) <= scale.high:
                x, y = scale.at(1, loss)
                lines.append(Line(((x, y), (WIDTH - RIGHT, y)), FAINT))
                texts.append(Text(x - 8, y + 4, f"{loss:g}", "end", 12))
    for step in _ticks(scale.steps):
        x, _ = scale.at(step, 1.0)
        lines.append(Line(((x, HEIGHT - BOTTOM), (x, HEIGHT - BOTTOM + 5)), INK))
        texts.append(Text(x, HEIGHT - BOTTOM + 19, str(step), "middle", 12))
    corner = (LEFT, HEIGHT - BOTTOM)
    lines.append(Line(((LEFT, TOP), corner, (WIDTH - RIGHT, HEIGHT - BOTTOM)), INK, 1.2))
    texts.append(Text((WIDTH + LEFT - RIGHT) / 2, HEIGHT - 8, words.text("plot.step"), "middle"))
    texts.append(Text(12, TOP - 6, words.text("plot.loss")))
    return lines, texts


def _ticks(steps: int) -> list[int]:
    """Round numbers of steps, about six of them."""
    rough = steps / 6
    unit = 10 ** math.floor(math.log10(max(1.0, rough)))
    unit *= next(factor for factor in (1, 2, 5, 10) if unit * factor >= rough)
    return [1, *range(unit, steps + 1, unit)] if unit > 1 else list(range(1, steps + 1))


def _running(losses: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    """The mean of a twentieth of the run around each step, on the logarithmic scale."""
    reach = max(1, len(losses) // 40)
    logs = [math.log(loss) for _, loss in losses]
    means = []
    for i, (step, _) in enumerate(losses):
        part = logs[max(0, i - reach) : i + reach + 1]
        means.append((step, math.exp(sum(part) / len(part))))
    return means


def _thinned(losses: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
    """No more points than the picture has columns."""
    if len(losses) <= WIDTH:
        return losses
    return [losses[i * len(losses) // WIDTH] for i in range(WIDTH)] + [losses[-1]]


def as_svg(drawn: Picture) -> str:
    """The picture as an SVG document, ending with a line break."""
    return _svg(drawn, lambda element, colour: f'{element}="{colour}"', ' fill="white"')


def as_inline_svg(drawn: Picture) -> str:
    """The picture as a part of an HTML page, whose style sheet gives it its colours, light or dark."""
    return _svg(drawn, lambda element, colour: f'class="{_ROLES[colour]}"', ' class="ground"')


def _svg(drawn: Picture, paint: Callable[[str, str], str], ground: str) -> str:
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{html.escape(drawn.title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}"{ground}/>',
    ]
    for line in drawn.lines:
        points = " ".join(f"{x:g},{y:g}" for x, y in line.points)
        dash = ' stroke-dasharray="6 4"' if line.dashed else ""
        rows.append(
            f'<polyline points="{points}" fill="none" {paint("stroke", line.colour)} '
            f'stroke-width="{line.width:g}"{dash} stroke-linejoin="round"/>'
        )
    rows += [
        f'<text x="{text.x:g}" y="{text.y:g}" font-family="sans-serif" font-size="{text.size}" '
        f'text-anchor="{text.anchor}" {paint("fill", text.colour)}>{html.escape(text.words)}</text>'
        for text in drawn.texts
    ]
    return "\n".join([*rows, "</svg>"]) + "\n"
