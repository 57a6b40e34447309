"""What the tools of AMD, Intel and Apple print about GPUs and the machine, each found by words of its own.

rocminfo, rocm-smi, amd-smi, xpu-smi, sycl-ls, clinfo; macOS's system_profiler and sw_vers.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from envdoctor.intake.draft import MOST_KEPT, Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_gpu_tools"]

_AGENT = re.compile(
    r"^Name: (?P<gfx>gfx[0-9a-f]{3,5})\b[^\n]*(?:\nUuid:[^\n]*)?(?:\nMarketing Name:(?P<name>[^\n]{0,80}))?",
    re.MULTILINE,
)
_ROCM_SMI = re.compile(
    r"^GPU\[(?P<index>\d{1,2})\] ?: (?:Card [Ss]eries|Card [Mm]odel|Device Name): ?(?P<name>[^\n]{3,80})$",
    re.MULTILINE,
)
_AMD_SMI = re.compile(r"^MARKET_NAME: (?P<name>[^\n]{3,80})$", re.MULTILINE)
_XPU_SMI = re.compile(r"Device Name: (?P<name>Intel[^\n|]{3,80})")
_SYCL = re.compile(
    r"^\[(?:ext_oneapi_)?(?:level_zero|opencl):gpu[^\]\n]{0,20}\][^\n]{0,90}?, "
    r"(?P<name>Intel\(R\) [^\n]{3,80}?)(?: \d+\.\d[\d.]*)?(?: \[[^\]\n]{0,60}\])?$",
    re.MULTILINE,
)
_CHIPSET = re.compile(r"^Chipset Model: (?P<name>[^\n]{3,80})$", re.MULTILINE)
_PROCESSOR = re.compile(
    r"^(?:Chip|Processor Name): (?P<name>(?:Apple|[\w-]* ?(?:Core )?Intel|Intel)[^\n]{0,60})$", re.MULTILINE
)
_SYSTEM = re.compile(
    r"^(?:System Version: (?:macOS|OS X) |ProductVersion:? ?)(?P<version>\d{2}(?:\.\d{1,2}){0,2})",
    re.MULTILINE,
)


def read_gpu_tools(pasted: PastedText, draft: Draft) -> None:
    """Keep the GPUs and the system that such a tool lists, where no report named them."""
    lower = pasted.lower
    for trigger, name, reader in _READERS:
        if trigger in lower and reader(pasted, draft):
            draft.formats.setdefault(name)


def _named(pattern: re.Pattern[str]) -> Callable[[PastedText, Draft], bool]:
    def read(pasted: PastedText, draft: Draft) -> bool:
        found = [hit for hit, _ in zip(pattern.finditer(pasted.flat), range(MOST_KEPT), strict=False)]
        for hit in found:
            _keep(draft, hit["name"].strip(), pasted.line_at(hit.start("name")))
        return bool(found)

    return read


def _keep(draft: Draft, name: str, line: int) -> None:
    if name and len(draft.gpus) < MOST_KEPT and name not in draft.gpus.values():
        draft.gpus[max(draft.gpus, default=-1) + 1] = name
        draft.lines.setdefault("gpus", line)


def _rocminfo(pasted: PastedText, draft: Draft) -> bool:
    """The agents that are GPUs: theirs is a gfx name, and no report named a GPU before."""
    known = bool(draft.gpus)
    seen = False
    for hit, _ in zip(_AGENT.finditer(pasted.flat), range(MOST_KEPT), strict=False):
        seen = True
        name = (hit["name"] or "").strip()
        if not known:
            _keep(draft, f"{name or 'AMD GPU'} ({hit['gfx']})", pasted.line_at(hit.start()))
    return seen


def _mac(pasted: PastedText, draft: Draft) -> bool:
    system, processor = _SYSTEM.search(pasted.flat), _PROCESSOR.search(pasted.flat)
    if system is not None:
        draft.put("os", f"macOS {system['version']}", pasted.line_at(system.start()))
    if processor is not None:
        draft.put("cpu", processor["name"], pasted.line_at(processor.start()))
        draft.remarks.setdefault("implied os", "macos")
    return system is not None or processor is not None


_READERS: tuple[tuple[str, str, Callable[[PastedText, Draft], bool]], ...] = (
    ("name: gfx", "rocminfo", _rocminfo),
    ("card series:", "rocm-smi", _named(_ROCM_SMI)),
    ("market_name:", "amd-smi", _named(_AMD_SMI)),
    ("device name: intel", "xpu-smi", _named(_XPU_SMI)),
    ("level_zero:gpu", "sycl-ls", _named(_SYCL)),
    ("chipset model:", "system_profiler", _named(_CHIPSET)),
    ("productversion", "sw_vers", _mac),
    ("system version: macos", "system_profiler", _mac),
    ("chip: apple", "system_profiler", _mac),
    ("processor name:", "system_profiler", _mac),
)
"""What the text must hold in lower case, the format's name, its reader."""
