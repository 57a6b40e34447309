"""A walk through a smoke run with its own numbers, for whoever trains a network for the first time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from envdoctor.frozen import Record, value
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, width, wrap
from envdoctor.reports.text import Style, fits
from envdoctor.smoke.result import SmokeResult

if TYPE_CHECKING:
    from typing import TypeAlias

    Walk: TypeAlias = Mapping[str, Any]  # as the worker told it

__all__ = ["Part", "Section", "as_walk", "sections"]

WIDEST = 84
_PLAIN_LETTERS = {"ŷ": "y^", "ᵀ": "^T", "∂": "d", "Σ": "sum", "η": "eta", "←": "<-", "²": "^2", "·": "*"}
_MATHEMATICS = "".join(_PLAIN_LETTERS)
_PLAIN = str.maketrans(_PLAIN_LETTERS)
"""For an encoding that lacks some of them; half of the letters would read worse than none."""
GAP = "  "


@value
class Part(Record):
    """Prose, one line of arithmetic, or a table: a row of names and rows of numbers."""

    kind: Literal["prose", "sum", "table"]
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


@value
class Section(Record):
    """One step of the walk."""

    title: str
    parts: tuple[Part, ...]


def sections(result: SmokeResult, words: Catalogue) -> tuple[Section, ...]:
    """The walk-through; empty where the run ended before its first step or was not asked to tell of it."""
    walk = result.facts.get("walk")
    if not isinstance(walk, dict):
        return ()
    try:
        return tuple(_Walk(result, walk, words).sections())
    except (KeyError, IndexError, TypeError, ValueError):
        return ()  # the worker's numbers are not all there


def as_walk(walk: Sequence[Section], style: Style) -> str:
    """The walk-through for a terminal, ending with a line break; empty for no sections."""
    columns = max(24, min(style.width, WIDEST))
    lines: list[str] = []
    for number, section in enumerate(walk, 1):
        title = f"{number}. {section.title}"
        lines += ["", f"\x1b[1m{title}\x1b[0m" if style.colour else title]
        for part in section.parts:
            lines += _lines(part, columns)
    text = "\n".join([*lines, ""]) if lines else ""
    if fits(_MATHEMATICS, style.encoding) != _MATHEMATICS:
        text = text.translate(_PLAIN)
    return fits(text, style.encoding)


def _lines(part: Part, columns: int) -> list[str]:
    if part.kind == "table":
        return _table(part.rows)
    return (
        wrap(part.text, columns, "   ", "   ")
        if part.kind == "prose"
        else wrap(part.text, columns, "     ", "       ")
    )


class _Walk:
    def __init__(self, result: SmokeResult, walk: Walk, words: Catalogue) -> None:
        self._result, self._walk, self._words = result, walk, words

    def sections(self) -> Iterator[Section]:
        """Every section: a heading, prose, and the numbers."""
        told: tuple[tuple[str, Callable[[], list[Part]]], ...] = (
            ("task", self._task),
            ("batch", self._batch),
            ("forward", self._forward),
            ("loss", self._loss),
            ("derivative", self._derivative),
            ("step", self._step),
            ("fall", self._fall),
            ("end", self._end),
        )
        for name, parts in told:
            yield Section(self._words.text(f"walk.{name}.title"), tuple(parts()))

    def _say(self, key: str, **values: str | int | float) -> Part:
        return Part("prose", self._words.text(f"walk.{key}", **values))

    def _task(self) -> list[Part]:
        return [self._say("task.supervised"), self._say("task.unsupervised")]

    def _batch(self) -> list[Part]:
        houses = self._walk["houses"]
        head = [self._words.text(f"walk.column.{name}") for name in ("size", "age", "rooms", "price")]
        rows = [[f"{x:.1f}" for x in (*house["raw"], house["price"])] for house in houses]
        scaled = [[_number(x) for x in (*house["scaled"], house["answer"])] for house in houses]
        return [
            self._say("batch.rows", count=self._walk["batch"]),
            _rows([head, *rows]),
            self._say("batch.scaled", count=self._walk["batch"]),
            _rows([["x1", "x2", "x3", "y"], *scaled]),
        ]

    def _forward(self) -> list[Part]:
        walk, house = self._walk, self._walk["houses"][self._walk["house"]]
        outputs, inputs = walk["shapes"][0]
        pieces = [f"{_signed(x)}·{_signed(w)}" for x, w in zip(house["scaled"], walk["weight"], strict=True)]
        chain = " → ".join(str(n) for n in (inputs, *(shape[0] for shape in walk["shapes"])))
        return [
            self._say("forward.layer", batch=walk["batch"], inputs=inputs, outputs=outputs),
            _sum(f"Z = X Wᵀ + b   ({walk['batch']}×{inputs})({inputs}×{outputs}) + ({outputs})"),
            self._say("forward.one", house=walk["house"] + 1, unit=walk["unit"] + 1),
            _sum(f"z = {' + '.join(pieces)} + {_signed(walk['bias'])} = {_number(walk['sum'])}"),
            self._say("forward.relu", before=_number(walk["sum"]), after=_number(max(0.0, walk["sum"]))),
            self._say("forward.chain", chain=chain, parameters=walk["parameters"]),
        ]

    def _loss(self) -> list[Part]:
        walk = self._walk
        rows = [["ŷ", "y", "ŷ - y"]]
        rows += [[_number(h["guess"]), _number(h["answer"]), _number(h["error"])] for h in walk["houses"]]
        return [
            self._say("loss.guesses"),
            _rows(rows),
            self._say("loss.mean"),
            _sum(f"L = 1/{walk['batch']} · Σ (ŷ - y)² = {_number(walk['loss'])}"),
        ]

    def _derivative(self) -> list[Part]:
        walk = self._walk
        terms = " + ".join(f"({_number(h['error'])})·{_number(h['hidden'])}" for h in walk["houses"][:2])
        return [
            self._say("derivative.chain", column=walk["column"] + 1),
            _sum("∂L/∂w = Σ ∂L/∂ŷ · ∂ŷ/∂w = 2/N · Σ (ŷ - y) · h"),
            _sum(f"= 2/{walk['batch']} · ({terms} + ...) = {walk['slope']:.8f}"),
            self._say("derivative.autograd"),
            _sum(f"autograd: {walk['autograd']:.8f}"),
        ]

    def _step(self) -> list[Part]:
        walk = self._walk
        return [
            self._say("step.rule", rate=walk["rate"]),
            _sum("w ← w - η · ∂L/∂w"),
            _sum(f"{walk['old']:.6f} - {walk['rate']} · {_signed(walk['slope'], 6)} = {walk['new']:.6f}"),
            self._say("step.all", parameters=walk["parameters"]),
        ]

    def _fall(self) -> list[Part]:
        walk = self._walk
        expected = walk["rate"] * walk["steepness"]
        return [
            self._say("fall.why"),
            _sum(f"η · Σ (∂L/∂w)² = {walk['rate']} · {_number(walk['steepness'])} = {_number(expected)}"),
            self._say(
                "fall.this",
                before=f"{walk['loss']:.5f}",
                after=f"{walk['loss_after']:.5f}",
                change=f"{walk['loss'] - walk['loss_after']:.5f}",
            ),
        ]

    def _end(self) -> list[Part]:
        losses, result = self._result.losses, self._result
        if not losses:
            return []
        first, last = f"{losses[0]:.3f}", f"{_mean(losses[-8:]):.4f}"
        parts = [self._say("end.training", steps=len(losses), first=first, last=last)]
        held_out, noise = result.number("held_out_loss"), result.number("held_out_floor")
        if held_out is not None and noise is not None:
            parts += [self._say("end.unseen", loss=f"{held_out:.4f}", noise=f"{noise:.4f}")]
        return parts


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.4f}"


def _signed(value: float, digits: int = 4) -> str:
    """In brackets where it is negative, so that no two signs meet."""
    text = f"{value:.{digits}f}"
    return f"({text})" if value < 0 else text


def _sum(text: str) -> Part:
    return Part("sum", text)


def _rows(rows: Sequence[Sequence[str]]) -> Part:
    return Part("table", rows=tuple(tuple(row) for row in rows))


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns whose right edges stand below each other."""
    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "     " + GAP.join(padded("", w - width(cell)) + cell for cell, w in zip(row, widths, strict=True))
        for row in rows
    ]
