"""nvidia-smi's answers in pasted text: the table of any driver, -L, -q and the listing."""

from __future__ import annotations

import re
from dataclasses import replace

from envdoctor.facts import MigInstance, NvmlGpu
from envdoctor.intake.draft import MOST_KEPT, Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_card", "read_smi", "read_tables"]

_HEAD = re.compile(r"NVIDIA-SMI:? v?(\d{3}\.[\d.]+)")
_DRIVER = re.compile(r"(?:Driver|KMD) Version:? ?:? ?(\d{3}\.\d[\d.]*)")
_CUDA = re.compile(r"CUDA (?:UMD )?Version ?: ?(\d{1,2}\.\d)")
_MIG = re.compile(r"MIG (\S{2,24}) Device (\d{1,3}): ?\(UUID: ?(MIG-[\w/-]{1,90})\)")
_QUERY = re.compile(
    r"(Product Name|Compute Mode|MIG Mode|Current|Driver Model|CUDA Version|Driver Version) ?: ?(.+)$"
)


def read_smi(line: str, number: int, draft: Draft) -> bool:
    """Keep what a line of nvidia-smi outside its table's body says."""
    if "Version" in line and ("NVIDIA-SMI" in line or "Driver Version" in line or "KMD Version" in line):
        head, driver, cuda = _HEAD.search(line), _DRIVER.search(line), _CUDA.search(line)
        if head or driver:
            draft.formats.setdefault("nvidia-smi")
            draft.put("smi-driver", (driver or head)[1], number)  # type: ignore[index]
            if cuda:
                draft.put("smi-cuda", cuda[1], number)
            return True
    if line.startswith("MIG ") and (found := _MIG.match(line)):
        draft.formats.setdefault("nvidia-smi")
        instance = MigInstance(name=f"MIG {found[1]}")
        index = max(draft.gpus, default=0)
        known = next((gpu for gpu in draft.smi_gpus if gpu.index == index), None)
        if known is None:
            draft.smi_gpus.append(
                NvmlGpu(index=index, name=draft.gpus.get(index), mig=True, mig_instances=(instance,))
            )
        elif len(known.mig_instances) < MOST_KEPT:
            draft.smi_gpus[draft.smi_gpus.index(known)] = replace(
                known, mig=True, mig_instances=(*known.mig_instances, instance)
            )
        return True
    if " : " in line and (found := _QUERY.match(line)):
        return _query(draft, found[1], found[2].strip(), number)
    return False


_CARD = re.compile(
    r"(?:[0-9a-f]{4}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7] (?:VGA compatible|3D|Display) controller"
    r"(?: \[\d{4}\])?: (?P<maker>NVIDIA|Advanced Micro|AMD|ATI|Intel|VMware|Red Hat|ASPEED|Matrox|Cirrus"
    r"|InnoTek)"
    r"(?P<name>.{3,140}?)(?: \(rev \w+\))?(?: \(prog-if.*)?$"
)


def read_card(line: str, number: int, draft: Draft) -> bool:
    """Keep a display controller of lspci's list, where no GPU was named by the driver."""
    found = _CARD.match(line) if "controller" in line else None
    if found is None or len(draft.cards) >= MOST_KEPT:
        return False
    name = re.sub(
        r"^ Corporation|^ Devices,? ?Inc\.? ?(?:\[AMD/ATI\])?|\[[0-9a-f]{4}:[0-9a-f]{4}\]", "", found["name"]
    )
    maker = "AMD" if found["maker"].startswith(("Advanced", "ATI", "AMD")) else found["maker"]
    draft.cards.append(f"{maker} {name.strip()}")
    draft.lines.setdefault("gpus", number)
    return True


def read_tables(pasted: PastedText, draft: Draft) -> None:
    """Keep the GPUs of nvidia-smi's table and of its `--query-gpu` listing."""
    if "MiB /" in pasted.flat or "NVIDIA-SMI" in pasted.flat:
        from envdoctor.probes.smi_output import table

        for gpu in table(pasted.flat)[:MOST_KEPT]:
            draft.formats.setdefault("nvidia-smi")
            if all(each.index != gpu.index for each in draft.smi_gpus):
                draft.smi_gpus.append(gpu)
            if gpu.name and gpu.index not in draft.gpus:
                draft.gpus[gpu.index] = gpu.name
    place = pasted.lower.find("driver_version")
    for _ in range(4):
        if place < 0:
            return
        _listing(pasted, place, draft)
        place = pasted.lower.find("driver_version", place + 14)


def _listing(pasted: PastedText, place: int, draft: Draft) -> None:
    """The rows under a header such as "name, driver_version, memory.total [MiB]"."""
    number = pasted.line_at(place)
    header = [cell.partition("[")[0].strip() for cell in pasted.line_text(number).split(",")]
    if not {"name", "driver_version"} <= set(header):
        return
    for offset, line in enumerate(pasted.lines[number : number + 16]):
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != len(header):
            return
        row = dict(zip(header, cells, strict=True))
        draft.formats.setdefault("nvidia-smi")
        draft.put("smi-driver", row["driver_version"], number + 1 + offset)
        draft.gpus.setdefault(len(draft.gpus), row["name"][:100])
        draft.lines.setdefault("gpus", number + 1)


def _query(draft: Draft, label: str, value: str, number: int) -> bool:
    """One line of `nvidia-smi -q`."""
    if label == "Product Name":
        draft.formats.setdefault("nvidia-smi")
        index = len(draft.gpus)
        if index < MOST_KEPT:
            draft.gpus[index] = value[:100]
            draft.lines.setdefault("gpus", number)
            draft.smi_gpus.append(NvmlGpu(index=index, name=value[:100]))
    elif label == "Driver Version":
        draft.put("smi-driver", value.split(maxsplit=1)[0], number)
    elif label == "CUDA Version":
        draft.put("smi-cuda", value.split(maxsplit=1)[0], number)
    elif label == "Compute Mode" and draft.smi_gpus:
        from envdoctor.probes.smi_output import COMPUTE_MODES

        mode = COMPUTE_MODES.get(value.lower())
        if mode is not None:
            draft.smi_gpus[-1] = replace(draft.smi_gpus[-1], compute_mode=mode)
    elif label == "MIG Mode":
        draft.remarks["in mig"] = "yes"
    elif label == "Current" and draft.remarks.pop("in mig", "") and draft.smi_gpus:
        if value in ("Enabled", "Disabled"):
            draft.smi_gpus[-1] = replace(draft.smi_gpus[-1], mig=value == "Enabled")
    else:
        return False
    return True
