"""Whose GPU is this? The names in a text, sorted by maker."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from envdoctor.facts import OtherGpu
from envdoctor.intake.draft import Draft
from envdoctor.intake.remembered import remembered

__all__ = ["GpuNames", "sorted_names"]

_AMD = re.compile(
    r"\bAMD\b|\bATI\b|radeon|instinct|\bgfx\d|\bMI\d{2,3}X?\b|\bRX ?[5-9]\d{2,3}\b", re.IGNORECASE
)
_INTEL = re.compile(
    r"\bintel\b|\bArc\b ?(?:\(TM\) )?(?:Pro )?[AB]\d|\bU?HD Graphics|\biris\b"
    r"|data center gpu (?:max|flex)|\bBattlemage\b",
    re.IGNORECASE,
)
_APPLE = re.compile(r"\bapple\b|\bM[1-9] (?:Pro|Max|Ultra)\b", re.IGNORECASE)
_NVIDIA = re.compile(
    r"nvidia|geforce|quadro|tesla|titan|\b[GR]TX? ?\d|\bGT ?\d{3}|\bNVS\b|\bGRID\b|\bJetson\b"
    r"|\b[ABHLTVPKM]\d{1,3}[sSmM]?\b|\b(?:GB?H?|RTX )[12]00\b"
    r"|\b(?:Orin|Xavier|Thor)\b|\bnvgpu\b|\bTegra\b"
    r"|\bMX\d{3}|\b\d{3,4} ?(?:Ti|SUPER|M)\b|\b[2345]0[5-9]0\b|\bGTX\b|\bRTX\b",
    re.IGNORECASE,
)
_VIRTUAL = re.compile(
    r"virtualbox|vmware|svga|microsoft (?:basic|remote)|hyper-v|llvmpipe|matrox|aspeed"
    r"|cirrus|\bqxl\b|virtio|parallels",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\[([^\][]{3,80})\]")


@dataclass(slots=True)
class GpuNames:
    """The GPUs of one text: NVIDIA's by their index, and the others."""

    nvidia: dict[int, str] = field(default_factory=dict)
    others: tuple[OtherGpu, ...] = ()


def sorted_names(draft: Draft) -> GpuNames:
    """Every GPU name of the draft, with its maker told from the name."""
    found = GpuNames()
    others: list[OtherGpu] = []
    rocm = bool(draft.get("torch-hip")) or "+rocm" in (draft.get("torch") or "")
    for index, name in sorted(draft.gpus.items()):
        other = _other(name, rocm)
        if other is not None:
            if other not in others:
                others.append(other)
        elif _NVIDIA.search(name):
            found.nvidia[index] = _plain(name)
    if not draft.gpus:
        for index, name in enumerate(draft.cards):
            other = _other(name, rocm)
            if other is not None:
                others.append(other)
            elif _NVIDIA.search(name):
                found.nvidia[index] = _plain(name)
    found.others = tuple(others)
    return found


@remembered
def _other(name: str, rocm: bool) -> OtherGpu | None:
    from envdoctor.knowledge.other_gpus import looks_integrated

    if re.search("nvidia|geforce|quadro", name, re.IGNORECASE):
        return None
    if _VIRTUAL.search(name):
        return OtherGpu(vendor="other", name=name, integrated=None)
    if _AMD.search(name) or rocm:
        gfx = re.search(r"\bgfx[0-9a-f]{3,5}\b", name)
        return OtherGpu(
            vendor="amd", name=name, gfx=gfx.group() if gfx else None, integrated=looks_integrated(name)
        )
    if _INTEL.search(name):
        return OtherGpu(vendor="intel", name=name, integrated=looks_integrated(name))
    if _APPLE.search(name):
        return OtherGpu(vendor="apple", name=name, integrated=True)
    return None


def _plain(name: str) -> str:
    """The product in lspci's "GF108M [GeForce GT 540M]" and before what people add in parentheses."""
    inside = _BRACKETS.search(name)
    if inside and _NVIDIA.search(inside[1]):
        return inside[1]
    return re.sub(r" ?[(,].*$", "", name).strip()
