"""Reports whose lines mean something only under their heading: Lightning's, DeepSpeed's and MONAI's."""

from __future__ import annotations

import itertools
import re

from envdoctor.intake.draft import MOST_KEPT, Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_blocks"]

LONGEST_BLOCK = 40
"""Lines of one heading that are read."""
_ENTRY = re.compile(r"[-•*]? ?(?P<label>[\w ]{2,20}): ?(?P<value>\S[^\n]{0,100})?$")
_DOTS = re.compile(r"(?P<label>torch(?: cuda| hip)? version|nvcc version) \.{3,80} ?(?P<value>\S{1,60})")
_DOTTED = {
    "torch version": "torch",
    "torch cuda version": "torch-cuda",
    "torch hip version": "torch-hip",
    "nvcc version": "toolkit",
}


def read_blocks(pasted: PastedText, draft: Draft) -> None:
    """Keep what such reports say of torch and its GPUs."""
    if "CUDA:\n" in pasted.flat or "cuda:\n" in pasted.flat:
        _lightning(pasted, draft)
    if "torch cuda version ..." in pasted.lower:
        for number, line in enumerate(pasted.lines, 1):
            if found := _DOTS.match(line):
                _dotted(draft, found["label"], found["value"], number)


def _lightning(pasted: PastedText, draft: Draft) -> None:
    """The list under "CUDA:": the GPUs' names, whether torch may use them, and torch's CUDA."""
    heading = re.compile(r"\W{0,3}CUDA:$", re.IGNORECASE)
    start = next((number for number, line in enumerate(pasted.lines) if heading.match(line)), None)
    if start is None:
        return
    names: list[tuple[str, int]] = []
    told: dict[str, tuple[str, int]] = {}
    lines = itertools.islice(enumerate(pasted.lines[start + 1 :], start + 2), LONGEST_BLOCK)
    for number, line in lines:
        entry = _ENTRY.match(line)
        if entry is None or entry["value"] is None:
            names.append((line.lstrip("-•* "), number))
            continue
        told[entry["label"].lower()] = (entry["value"], number)
        if {"available", "version"} <= told.keys() or len(told) > 2:
            break
    if "available" not in told or told["available"][0] not in ("True", "False"):
        return
    draft.put("cuda-available", *told["available"])
    if re.match(r"\d{1,2}\.\d", told.get("version", ("", 0))[0]):
        draft.put("torch-cuda", *told["version"])
    for name, number in names:
        if not name.endswith(":") and len(name) > 2 and name != "None" and len(draft.gpus) < MOST_KEPT:
            draft.gpus[len(draft.gpus)] = name[:100]
            draft.lines.setdefault("gpus", number)


def _dotted(draft: Draft, label: str, value: str, number: int) -> None:
    """One row of DeepSpeed's `ds_report`."""
    name = _DOTTED[label]
    if value == "None":
        draft.missing.add(name)
    elif re.match(r"\d", value):
        draft.put(name, value, number)
