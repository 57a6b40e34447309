"""GPU names as drivers, shops and people write them, matched to the rows of the product table."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from envdoctor.late import late

if TYPE_CHECKING:
    from envdoctor.knowledge.loading import Row

__all__ = ["find", "similar"]

_MAKER = re.compile(r"\(r\)|\(tm\)|®|™|nvidia|corporation|\bmig\b.*$")
_MEMORY = re.compile(r"\d+ ?g(?:i?b)?\b|\bhbm\d?e?\b|\bgddr\dx?\b|\bpci-?e\b|\bsxm\d?\b|\bdgxs?\b|\bnvl\b")
# What a table of devices adds and a driver never says.
_UNSAID = re.compile(r"\boem\b|\brev\.? ?\d\b|\blite hash rate\b|\bmac edition\b|\bengineering sample\b")
# What tells one fitting of a chip from another; all of them have the chip's capability.
_FITTING = late(
    r"\blaptop\b|\bmobile\b|\bwith\b|\bmax[- ]?q\b|\bdesign\b|\bembedded\b|\bgpu\b|\bgraphics\b|\bcard\b"
    r"|\bedition\b|\bworkstation\b|\bserver\b|\bgeneration\b|\bcollectors\b|\bceo\b|\bactive\b"
    r"|\(nvgpu\)|\bls$|\bg2\b|(?<=\d) 3e$"
)
_FAMILY = late(
    r"\bgeforce\b|\btesla\b|\bquadro\b|\bgrid\b|\bada\b|\bblackwell\b|\blaptop|\bjetson\b|\bagx\b|\btegra\b"
)
_VGPU = re.compile(r"^(?:grid )?(.+?)(?:-\d)?-\d+[abcq](?:me)?$")
_MODEL_NUMBER = re.compile(r"\d{3,4} ?(?:ti|super|ti super|m|d)?$")
_WORKSTATION_NUMBER = re.compile(r"a[1-6][05]00$")
_BOARD_SUFFIX = re.compile(r"(?<=\d)(?:dx|xm|d|x|l|s|c|g|p)$")


def find(rows: list[Row], name: str) -> list[Row]:
    """The rows of the products that this name may mean, by the strictest reading that any row answers."""
    wanted = _MAKER.sub(" ", name.lower()).strip()
    rows = [row for row in rows if not row.get("seldom")]
    for spelling in _spellings(wanted):
        # Only rows with the same number come into question, which keeps the look-up short.
        digits = re.findall(r"\d+", _MEMORY.sub(" ", spelling.replace("-", " ")))
        near = _containing(rows, max(digits, key=len)) if digits else rows
        for reading in (_exact, _fitted, _bare):
            key = reading(spelling)
            found = [row for row in near if key and any(reading(known) == key for known in _known_names(row))]
            if found:
                return found
    return []


def similar(rows: list[Row], name: str) -> tuple[str, ...]:
    """The product names nearest to this one, best first, at most three."""
    import difflib

    by_key = {_bare(row["name"].lower()): row["name"] for row in reversed(rows)}
    key = _bare(_MAKER.sub(" ", name.lower()))
    return tuple(by_key[near] for near in difflib.get_close_matches(key, by_key, n=3, cutoff=0.6))


def _spellings(wanted: str) -> list[str]:
    """The name; for a virtual GPU ("grid v100d-8c") the names of the board that it is cut from."""
    spellings = [wanted]
    vgpu = _VGPU.match(wanted)
    for board in (vgpu[1], _BOARD_SUFFIX.sub("", vgpu[1])) if vgpu else ():
        spellings += [f"quadro {board}", board] if board.startswith("rtx") else [board]
    if _MODEL_NUMBER.match(wanted):
        spellings += [f"{series} {wanted}" for series in ("rtx", "gtx", "gt")]
    if _WORKSTATION_NUMBER.match(wanted):
        spellings.append(f"rtx {wanted}")
    return spellings


def _known_names(row: Row) -> list[str]:
    return [part for known in (row["name"], *row.get("aliases", ())) for part in _parts(known.lower())]


@functools.lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, ...]:
    """A row's name, and each of its halves where it stands for two products ("Quadro RTX 6000/8000")."""
    if "/" not in name:
        return (name,)
    left, right = (half.strip() for half in name.split("/", 1))
    return (name, left, right, f"{left.rpartition(' ')[0]} {right}")


def _containing(rows: list[Row], part: str) -> list[Row]:
    return [
        row for row in rows if part in row["name"] or any(part in known for known in row.get("aliases", ()))
    ]


@functools.lru_cache(maxsize=8192)
def _exact(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _UNSAID.sub(" ", name))


@functools.lru_cache(maxsize=8192)
def _fitted(name: str) -> str:
    return _exact(_FITTING.sub(" ", _MEMORY.sub(" ", name.replace("-", " "))))


@functools.lru_cache(maxsize=8192)
def _bare(name: str) -> str:
    return _exact(_FAMILY.sub(" ", _FITTING.sub(" ", _MEMORY.sub(" ", name.replace("-", " ")))))
