"""AMD's and Intel's GPUs: their names, which are a part of a processor, which build of torch they want."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Literal

from envdoctor.facts import OtherGpu
from envdoctor.frozen import Record, record
from envdoctor.knowledge.loading import DATA_FOLDER, read
from envdoctor.outside import System

__all__ = [
    "AMD_ON_WINDOWS",
    "OtherGpuChip",
    "amd_may_serve",
    "chip_by_pci",
    "chip_of",
    "chips",
    "computes",
    "is_integrated",
    "looks_integrated",
    "wanted_build",
]

Build = Literal["rocm", "xpu", "mps"]

AMD_ON_WINDOWS = "https://rocm.docs.amd.com/projects/radeon-ryzen/"
"""AMD's own pages on its builds of torch for Windows, which stand on no index (read on 2026-11-24)."""

INTEGRATED_NAMES = (
    r"Intel(\(R\))?( Corporation)? (U?HD|Iris(?!\W.*\bMAX\b)|GMA)\b",
    r"Intel(\(R\))?( Corporation)? [Gg]raphics\b",
    r"Intel(\(R\))?( Corporation)? Arc(\(TM\))? (Pro )?((1[34]0[TV]|B3[79]0)\b|Graphics\b)",
    r"Radeon(\(TM\))? Graphics\b",
    r"Radeon(\(TM\))? (RX )?Vega ([23689]|1[01])( Mobile)? Graphics\b",
    r"Radeon(\(TM\))? ([678][1-9]0M|80[456]0S)\b",
    r"Radeon(\(TM\))? R[2-7] Graphics\b",
    # lspci's names, from the PCI id database: the product in brackets, or the processor's code name.
    r"\[(U?HD|Iris( Xe| Plus| Pro)?) Graphics\b",
    r"Integrated Graphics Controller",
    r"\[Radeon Vega (\d+ )?(Mobile )?Series|\[Radeon [678][1-9]0M|\[Radeon R[2-7] Graphics",
    r"\b(Kaveri|Carrizo|Stoney|Raven( Ridge| 2)?|Picasso|Renoir|Lucienne|Cezanne|Barcelo|Rembrandt|Mendocino"
    r"|Raphael|Phoenix\d?|Hawk ?Point\d?|Granite Ridge|Strix( Halo)?|Krackan)\b",
)
"""What drivers call a GPU that is a part of the processor."""


@record
class OtherGpuChip(Record):
    """One chip of AMD or Intel and the PCI devices that carry it."""

    vendor: Literal["amd", "intel"]
    chip: str
    gfx: str | None
    integrated: bool
    torch: Literal["rocm", "xpu"] | None
    """The build of torch that has code for it; `None`: none that is published."""
    hsa_override: str | None
    """Runs the code of a sibling when HSA_OVERRIDE_GFX_VERSION holds this."""
    devices: Mapping[str, str]
    """PCI device id → product name."""


@functools.cache
def chips() -> tuple[OtherGpuChip, ...]:
    """Every chip in the table.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    table = read(DATA_FOLDER, "other_gpus")
    return tuple(
        table.rows(
            "chips",
            lambda row: OtherGpuChip(
                vendor=row["vendor"],
                chip=row["chip"],
                gfx=row.get("gfx"),
                integrated=row["integrated"],
                torch=row["torch"],
                hsa_override=row.get("hsa_override"),
                devices=row["devices"],
            ),
        )
    )


def chip_by_pci(vendor: str, device_id: str) -> OtherGpuChip | None:
    """The chip of a PCI device id ("744c", lower-case) of "amd" or "intel"."""
    return _by_pci().get((vendor, device_id))


@functools.cache
def _by_pci() -> Mapping[tuple[str, str], OtherGpuChip]:
    return {(chip.vendor, device): chip for chip in chips() for device in chip.devices}


def looks_integrated(name: str) -> bool | None:
    """Whether a driver's name for an AMD or Intel GPU is one that only GPUs inside processors have."""
    return True if any(re.search(pattern, name) for pattern in INTEGRATED_NAMES) else None


def is_integrated(gpu: OtherGpu) -> bool:
    """Whether a GPU is known to be a part of the processor, by its name or its chip."""
    chip = chip_of(gpu)
    return bool(gpu.integrated or looks_integrated(gpu.name or "") or (chip is not None and chip.integrated))


def computes(gpu: OtherGpu) -> bool:
    """Whether it is a card of AMD's or Intel's, or graphics in a processor that a build is made for."""
    if gpu.vendor not in ("amd", "intel"):
        return False
    chip = chip_of(gpu)
    made_for = chip is not None and chip.torch is not None
    return made_for or not is_integrated(gpu) or re.search(r"\bArc\b", gpu.name or "") is not None


def amd_may_serve(gpu: OtherGpu, system: System | None) -> bool:
    """Whether AMD's own builds for Windows may use a GPU there, which no build of PyTorch's does."""
    return system == "windows" and gpu.vendor == "amd" and computes(gpu)


def wanted_build(gpu: OtherGpu, system: System | None) -> Build | None:
    """The kind of torch build that can use this GPU on this system; `None`: none, as far as is known.

    ROCm builds are published for Linux only. Where the card itself was not recognised, its architecture or
    its name decides.
    """
    if gpu.vendor == "apple":
        return "mps" if system == "macos" else None
    chip = chip_of(gpu)
    if chip is None or chip.torch is None:
        return None
    if chip.torch == "rocm":
        return "rocm" if system == "linux" else None
    return "xpu" if system in ("linux", "windows") else None


def chip_of(gpu: OtherGpu) -> OtherGpuChip | None:
    """The chip of a GPU, by its PCI id, its gfx name or its product name; `None`: not known."""
    return chip_by_pci(gpu.vendor, gpu.pci_id or "") or _by_gfx().get(gpu.gfx or "") or _by_name(gpu)


@functools.cache
def _by_gfx() -> Mapping[str, OtherGpuChip]:
    return {chip.gfx: chip for chip in chips() if chip.gfx}


def _by_name(gpu: OtherGpu) -> OtherGpuChip | None:
    """The chip whose products a person's or a driver's name means: "Radeon RX 7900 XTX", "Arc A770"."""
    wanted = _model(gpu.name or "")
    if not wanted:
        return None
    if gpu.vendor == "amd" and wanted in _BY_MODEL:
        return _by_gfx().get(_BY_MODEL[wanted])
    named = _by_model(gpu.vendor)
    # The list of PCI ids does not name every sister: RX 5500 XT beside RX 5500, RX 9060 beside RX 9060 XT.
    return named.get(wanted) or named.get(_SISTER.sub("", wanted))


@functools.cache
def _by_model(vendor: str) -> Mapping[str, OtherGpuChip]:
    """The chips of one maker by model, and by what sisters have in common where no model is called so."""
    pairs = [
        (model, chip)
        for chip in chips()
        if chip.vendor == vendor
        for name in chip.devices.values()
        for model in _models(name)
    ]
    stems = [(_SISTER.sub("", model), chip) for model, chip in pairs]
    return dict(reversed([*pairs, *stems]))


_SISTER = re.compile(r"(?:XTX|XT|GRE)$")
_BY_MODEL = {
    **dict.fromkeys(("740M", "760M", "780M"), "gfx1103"),
    **dict.fromkeys(("660M", "680M"), "gfx1035"),
    **dict.fromkeys(("880M", "890M"), "gfx1150"),
    "VEGA56": "gfx900",
    "VEGA64": "gfx900",
    "VII": "gfx906",
}
"""Products whose names the list of PCI ids lacks, or writes in another way."""


def _model(name: str) -> str | None:
    """The model in a name, without what every product of the maker is called: "7900XTX", "A770", "MI300X"."""
    plain = re.sub(
        r"\((R|TM)\)|\b(AMD|Intel|Radeon|Graphics|GPU|RX|Pro|PRO|AI|Instinct|Arc|Data Center|Max)\b",
        " ",
        re.sub(r"\bRX(?=\d)", "RX ", name),
    )
    if found := re.search(r"\bVega (56|64)\b|\bVII\b", plain):
        return f"VEGA{found[1]}" if found[1] else "VII"
    found = re.search(
        r"(?<![\w-])((?:(?:MI|B)\d{2}|(?:MI|[A-Z])?\d{3,4})[A-Z]{0,2})(?: (XTX|XT|GRE))?\b", plain
    )
    return found[1] + (found[2] or "") if found else None


def _models(name: str) -> set[str]:
    return {model for part in re.split(r"\s*/\s*", name) if (model := _model(part))}
