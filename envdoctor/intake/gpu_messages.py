"""What torch's own warnings tell of GPUs and builds: names, capabilities, the list of architectures."""

from __future__ import annotations

import re

from envdoctor.intake.draft import MOST_KEPT, Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_gpu_messages"]

_WITH = re.compile(
    r"(?:^|\n|Warning: )(?P<name>[^\n:]{3,80}?)"
    r" with CUDA capability sm_(?P<major>\d{1,2})(?P<minor>\d)[af]?\b"
)
_FOUND = re.compile(
    r"Found GPU ?(?P<index>\d{1,3}) (?P<name>[^\n]{3,80}?)"
    r" which is of (?:cuda|compute) capability (?:\(CC\) )?(?P<capability>\d{1,2}\.\d)"
)
_IMAGE = re.compile(r"Detected (?P<name>[^\n:]{3,60}?) GPU, which (?:is not|may not)")
"""The entry point of NVIDIA's images."""
_FLAGS = re.compile(r"NVCC architecture flags:(?P<flags>[^\n]{10,2000})")
"""torch.__config__.show() of a CUDA build."""
_PROPERTIES = re.compile(
    r"CudaDeviceProperties\(name='(?P<name>[^'\n]{3,80})', major=(?P<major>\d{1,2}), minor=(?P<minor>\d)\b"
)
_XPU = re.compile(r"_XpuDeviceProperties\(name='(?P<name>[^'\n]{3,80})'")
_ARCHS = re.compile(r"(?:\[? ?'?(?:sm|compute)_\d{2,3}[af]?'?,? ?){2,40}")
_SUPPORTS = re.compile(r"- (\d{1,2})\.(\d)[af]? which supports hardware CC")
_OWN = re.compile(r"Your installed torch==([\w.+-]{1,60}) does not include kernels")
_ULTRALYTICS = re.compile(r"CUDA:(?P<index>\d{1,2}) \((?P<name>[^,()]{3,60}), \d+MiB\)")
_TOLD = re.compile(
    r"(?<!minimum )(?<!maximum )(?<!supports )(?<!requires )(?<!needs )(?<!lowest )(?<!with )(?<!supported )"
    r"\b(?:compute|cuda) capability(?: version)?(?: is| of|:| =|=)? ?\(?"
    r"(?P<capability>[1-9]\d?\.\d)\b(?!\.\d)"
    r"(?! ?(?:or|and) (?:above|higher|later|newer|up|lower|below)| ?\+| ?-| and | or )",
    re.IGNORECASE,
)
_VERSION = re.compile(r"found version (\d{4,6})")
_ALONE = re.compile(
    r"^'?(?P<name>(?:NVIDIA |GeForce |Tesla |Quadro |TITAN |RTX |GTX )\w[\w .-]{1,50})'?$", re.MULTILINE
)


def read_gpu_messages(pasted: PastedText, draft: Draft) -> None:
    """Keep the values that torch's warnings about GPUs hold."""
    flat = pasted.flat
    if "with CUDA capability sm_" in pasted.one_line:
        for found in _first(_WITH, flat):
            _gpu(
                draft,
                found["name"],
                f"{found['major']}.{found['minor']}",
                pasted.line_at(found.start("name")),
            )
    if "CudaDeviceProperties(" in flat:
        for found in _first(_PROPERTIES, flat):
            _gpu(draft, found["name"], f"{found['major']}.{found['minor']}", pasted.line_at(found.start()))
    if "_XpuDeviceProperties(" in flat:
        for found in _first(_XPU, flat):
            if found["name"] not in draft.gpus.values():
                draft.gpus[max(draft.gpus, default=-1) + 1] = found["name"]
                draft.lines.setdefault("gpus", pasted.line_at(found.start()))
    if "Found GPU" in flat:
        for found in _first(_FOUND, pasted.one_line):
            _gpu(
                draft, found["name"], found["capability"], pasted.line_at(found.start()), int(found["index"])
            )
    if " GPU, which " in flat:
        for found in _first(_IMAGE, flat):
            if found["name"] not in draft.gpus.values():
                draft.gpus[max(draft.gpus, default=-1) + 1] = found["name"]
    if "CUDA:" in flat:
        for found in _first(_ULTRALYTICS, flat):
            draft.gpus.setdefault(int(found["index"]), found["name"])
    if not draft.gpus:
        _bare_names(flat, draft, pasted)
    if "which supports hardware CC" in flat:
        draft.arch_list = tuple(f"sm_{found[1]}{found[2]}" for found in _first(_SUPPORTS, pasted.one_line))
    elif "sm_" in flat and (archs := _longest_list(pasted)):
        draft.arch_list = archs
    elif "NVCC architecture flags" in flat and (flags := _FLAGS.search(pasted.one_line)):
        draft.arch_list = tuple(re.findall(r"code=((?:sm|compute)_\d{2,3}[af]?)\b", flags["flags"]))
    if "does not include kernels" in flat and (own := _OWN.search(pasted.one_line)):
        draft.put("torch", own[1], pasted.line_at(own.start()))
    if "capability" in pasted.lower:
        _told_capability(pasted, draft)
    number = _VERSION.search(pasted.one_line) if "found version" in pasted.lower else None
    if number is not None:
        draft.put("driver-cuda-number", number[1], pasted.line_at(number.start()))


def _told_capability(pasted: PastedText, draft: Draft) -> None:
    """The one capability that the text tells of its GPU in words; bounds are about builds."""
    told = {found["capability"]: found for found in _first(_TOLD, pasted.flat)}
    if len(told) == 1 and not draft.capabilities:
        capability, found = told.popitem()
        draft.put("capability", capability, pasted.line_at(found.start()))


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    found = []
    for hit in pattern.finditer(text):
        found.append(hit)
        if len(found) >= 16:
            break
    return found


def _bare_names(flat: str, draft: Draft, pasted: PastedText) -> None:
    """A product alone on its line: what `torch.cuda.get_device_name()` prints."""
    from envdoctor.knowledge import knowledge

    for found in _first(_ALONE, flat):
        if knowledge().gpu_by_name(found["name"]) is not None:
            draft.gpus[0] = found["name"]
            draft.lines.setdefault("gpus", pasted.line_at(found.start()))
            return


def _gpu(draft: Draft, name: str, capability: str, line: int, index: int | None = None) -> None:
    name = name.strip(" -*\t").removeprefix("UserWarning: ").strip()
    draft.capabilities[name] = capability
    if name not in draft.gpus.values() and len(draft.gpus) < MOST_KEPT:
        place = index if index is not None and index not in draft.gpus else max(draft.gpus, default=-1) + 1
        draft.gpus[place] = name
        draft.lines.setdefault("gpus", line)


def _longest_list(pasted: PastedText) -> tuple[str, ...]:
    """The architectures of the build, from torch's warning or from `torch.cuda.get_arch_list()`."""
    for trigger in ("supports cuda capabilities", "get_arch_list", "['sm_", "arch list"):
        place = pasted.lower.find(trigger)
        if place >= 0 and (found := _ARCHS.search(pasted.one_line, place, place + 700)):
            return tuple(re.findall(r"(?:sm|compute)_\d{2,3}[af]?", found.group()))
    return ()
