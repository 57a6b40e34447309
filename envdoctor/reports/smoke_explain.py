"""A walk through a smoke run with its own numbers, for whoever trains a network for the first time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.text import Style, fits
from envdoctor.smoke.result import SmokeResult

if TYPE_CHECKING:
    from typing import TypeAlias

    Walk: TypeAlias = Mapping[str, Any]  # as the worker told it

__all__ = ["as_walk"]

WIDEST = 84
_PLAIN_LETTERS = {"ŷ": "y^", "ᵀ": "^T", "∂": "d", "Σ": "sum", "η": "eta", "←": "<-", "²": "^2", "·": "*"}
_MATHEMATICS = "".join(_PLAIN_LETTERS)
_PLAIN = str.maketrans(_PLAIN_LETTERS)
"""For an encoding that lacks some of them; half of the letters would read worse than none."""
GAP = "  "


def as_walk(result: SmokeResult, words: Catalogue, style: Style) -> str:
    """The walk-through, ending with a line break; empty where the run ended before its first step."""
    walk = result.facts.get("walk")
    if not isinstance(walk, dict):
        return ""
    try:
        lines = _Walk(result, walk, words, style).lines()
    except (KeyError, IndexError, TypeError, ValueError):
        return ""  # the worker's numbers are not all there
    text = "\n".join(lines) + "\n"
    if fits(_MATHEMATICS, style.encoding) != _MATHEMATICS:
        text = text.translate(_PLAIN)
    return fits(text, style.encoding)


class _Walk:
    def __init__(self, result: SmokeResult, walk: Walk, words: Catalogue, style: Style) -> None:
        self._result, self._walk, self._words = result, walk, words
        self._width = max(24, min(style.width, WIDEST))
        self._colour = style.colour

    def lines(self) -> list[str]:
        """Every section: a heading, prose, and the numbers further in."""
        sections: tuple[tuple[str, Callable[[], list[str]]], ...] = (
            ("task", self._task),
            ("batch", self._batch),
            ("forward", self._forward),
            ("loss", self._loss),
            ("derivative", self._derivative),
            ("step", self._step),
            ("fall", self._fall),
            ("end", self._end),
        )
        lines: list[str] = []
        for number, (name, section) in enumerate(sections, 1):
            title = f"{number}. {self._words.text(f'walk.{name}.title')}"
            lines += ["", f"\x1b[1m{title}\x1b[0m" if self._colour else title, *section()]
        return lines

    def _say(self, key: str, **values: str | int | float) -> list[str]:
        return wrap(self._words.text(f"walk.{key}", **values), self._width, "   ", "   ")

    def _sum(self, text: str) -> list[str]:
        return wrap(text, self._width, "     ", "       ")

    def _task(self) -> list[str]:
        return [*self._say("task.supervised"), *self._say("task.unsupervised")]

    def _batch(self) -> list[str]:
        houses = self._walk["houses"]
        head = [self._words.text(f"walk.column.{name}") for name in ("size", "age", "rooms", "price")]
        rows = [[f"{x:.1f}" for x in (*house["raw"], house["price"])] for house in houses]
        scaled = [[_number(x) for x in (*house["scaled"], house["answer"])] for house in houses]
        return [
            *self._say("batch.rows", count=self._walk["batch"]),
            *_table([head, *rows]),
            *self._say("batch.scaled", count=self._walk["batch"]),
            *_table([["x1", "x2", "x3", "y"], *scaled]),
        ]

    def _forward(self) -> list[str]:
        walk, house = self._walk, self._walk["houses"][self._walk["house"]]
        outputs, inputs = walk["shapes"][0]
        pieces = [f"{_signed(x)}·{_signed(w)}" for x, w in zip(house["scaled"], walk["weight"], strict=True)]
        chain = " → ".join(str(n) for n in (inputs, *(shape[0] for shape in walk["shapes"])))
        return [
            *self._say("forward.layer", batch=walk["batch"], inputs=inputs, outputs=outputs),
            *self._sum(f"Z = X Wᵀ + b   ({walk['batch']}×{inputs})({inputs}×{outputs}) + ({outputs})"),
            *self._say("forward.one", house=walk["house"] + 1, unit=walk["unit"] + 1),
            *self._sum(f"z = {' + '.join(pieces)} + {_signed(walk['bias'])} = {_number(walk['sum'])}"),
            *self._say("forward.relu", before=_number(walk["sum"]), after=_number(max(0.0, walk["sum"]))),
            *self._say("forward.chain", chain=chain, parameters=walk["parameters"]),
        ]

    def _loss(self) -> list[str]:
        walk = self._walk
        rows = [["ŷ", "y", "ŷ - y"]]
        rows += [[_number(h["guess"]), _number(h["answer"]), _number(h["error"])] for h in walk["houses"]]
        return [
            *self._say("loss.guesses"),
            *_table(rows),
            *self._say("loss.mean"),
            *self._sum(f"L = 1/{walk['batch']} · Σ (ŷ - y)² = {_number(walk['loss'])}"),
        ]

    def _derivative(self) -> list[str]:
        walk = self._walk
        terms = " + ".join(f"({_number(h['error'])})·{_number(h['hidden'])}" for h in walk["houses"][:2])
        return [
            *self._say("derivative.chain", column=walk["column"] + 1),
            *self._sum("∂L/∂w = Σ ∂L/∂ŷ · ∂ŷ/∂w = 2/N · Σ (ŷ - y) · h"),
            *self._sum(f"= 2/{walk['batch']} · ({terms} + ...) = {walk['slope']:.8f}"),
            *self._say("derivative.autograd"),
            *self._sum(f"autograd: {walk['autograd']:.8f}"),
        ]

    def _step(self) -> list[str]:
        walk = self._walk
        return [
            *self._say("step.rule", rate=walk["rate"]),
            *self._sum("w ← w - η · ∂L/∂w"),
            *self._sum(
                f"{walk['old']:.6f} - {walk['rate']} · {_signed(walk['slope'], 6)} = {walk['new']:.6f}"
            ),
            *self._say("step.all", parameters=walk["parameters"]),
        ]

    def _fall(self) -> list[str]:
        walk = self._walk
        expected = walk["rate"] * walk["steepness"]
        return [
            *self._say("fall.why"),
            *self._sum(
                f"η · Σ (∂L/∂w)² = {walk['rate']} · {_number(walk['steepness'])} = {_number(expected)}"
            ),
            *self._say(
                "fall.this",
                before=f"{walk['loss']:.5f}",
                after=f"{walk['loss_after']:.5f}",
                change=f"{walk['loss'] - walk['loss_after']:.5f}",
            ),
        ]

    def _end(self) -> list[str]:
        losses, result = self._result.losses, self._result
        if not losses:
            return []
        lines = self._say(
            "end.training", steps=len(losses), first=f"{losses[0]:.3f}", last=f"{_mean(losses[-8:]):.4f}"
        )
        held_out, noise = result.number("held_out_loss"), result.number("held_out_floor")
        if held_out is not None and noise is not None:
            lines += self._say("end.unseen", loss=f"{held_out:.4f}", noise=f"{noise:.4f}")
        return lines


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.4f}"


def _signed(value: float, digits: int = 4) -> str:
    """In brackets where it is negative, so that no two signs meet."""
    text = f"{value:.{digits}f}"
    return f"({text})" if value < 0 else text


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns whose right edges stand below each other."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "     " + GAP.join(padded("", w - width(cell)) + cell for cell, w in zip(row, widths, strict=True))
        for row in rows
    ]
