"""Versions that stand in sentences: the driver's, torch's and its companions', the CUDA that a build is for.

No report prints these lines; people write them. A value of a report goes before one of a sentence, and
the CUDA of a build that nobody reported stays a remark: it says what was meant to be installed.
"""

from __future__ import annotations

import re

from envdoctor.intake.banners import is_way_out
from envdoctor.intake.draft import Draft, PackageRow
from envdoctor.intake.lines import PastedText

__all__ = ["read_told_versions"]

SAMPLE = 200_000
_DRIVER = re.compile(
    r"(?<![\w-])(?:nvidia[- ])?driver(?: version)?(?: on the host)?"
    r"(?:,? (?:is|was|at|of|version|stays at))?[ :=]{1,3}v?"
    r"(?P<version>\d{3}\.\d{2,3}(?:\.\d{2})?)(?![\w.-]*(?: or (?:newer|later|higher|above)|\+))",
    re.IGNORECASE,
)
_DOES = r"(?:supports?|goes|go|runs?|is good|reach(?:es)?|implements?|speaks?|handles?|does|do)"
_HOLDER = r"\b(?:driver|gpu|cards?|server|machine|computer|cluster)\b"
_ABLE = re.compile(
    r"\bnvidia-smi[`'\"]?(?: \w+)?(?: on (?:the )?\w+)?"
    r" (?:reports|shows?|says|said|lists|prints|gives|displays|has)"
    r"[^\n.;]{0,24}?CUDA(?: Version)?:? (?:is )?(?P<shown>\d{1,2}\.\d)(?![\d.])"
    rf"|\bdriver (?:\d[\d.]+ )?(?:can )?(?:only )?{_DOES}(?: only| at most)?(?: up)?(?: to| for)?"
    r" CUDA ?(?:up to )?(?P<able>\d{1,2}\.\d)(?![\d.])"
    rf"|{_HOLDER}[^\n.;]{{0,16}}\b{_DOES}\b[^\n.;\d]{{0,12}}\b(?:only|at most|up to|no more than)\b"
    r"[^\n.;\d]{0,12}CUDA ?(?:version )?(?P<most>\d{1,2}\.\d)(?![\d.])"
    rf"|{_HOLDER}[^\n.;]{{0,16}}\bonly {_DOES}\b"
    r"[^\n.;\d]{0,12}CUDA ?(?:version )?(?P<only>\d{1,2}\.\d)(?![\d.])"
    r"|(?:驱动|显卡|服务器|机器|电脑)[^\n。，；;,\d]{0,12}(?:最高|最多|只能?|仅)"
    r"[^\n。，；;,\d]{0,10}cuda ?[^\n。，；;,\d]{0,4}v?(?P<zh>\d{1,2}\.\d)(?![\d.])",
    re.IGNORECASE,
)
"""The newest CUDA that a driver is said to implement."""
_DEMAND = re.compile(
    r"(?:need|requir|least|newer|older|upgrad|updat|install|built for|support|minimum|try|to a|recommend|>="
    r"|until|with the)\w*\W*"
    r"(?:\w+ ){0,2}$",
    re.IGNORECASE,
)
"""What stands before a driver that is asked for, rather than there."""
_VERSIONED = re.compile(
    r"(?<![\w.=/\\-])(?:py)?(?P<name>torch(?:vision|audio)?) (?:version )?(?:is |was |at |v)?"
    r"(?P<version>\d\.\d{1,2}\.\d{1,2}\+(?:cpu|cu\d{2,3}|rocm[\d.]+|xpu))(?![\w.]*-cp)",
    re.IGNORECASE,
)
_PLAIN_TORCH = re.compile(
    r"(?<![\w.=/\\-])(?:py)?torch(?: version)?(?: is| was|:)? v?"
    r"(?P<version>[012]\.\d{1,2}(?:\.\d{1,2})?)(?![\w.+-])"
    r"|(?<=to )(?P<later>2\.\d{1,2}(?:\.\d)?)(?= by pip| with pip| from pypi)",
    re.IGNORECASE,
)
_COMMAND_CUDA = re.compile(
    r"(?:cudatoolkit|pytorch-cuda)[= ]{1,2}(?P<dotted>\d{1,2}\.\d)"
    r"|/whl/(?:nightly/|test/)?cu(?P<index>\d{2,3})\b|\+cu(?P<label>\d{2,3})\b"
    r"|torch-backend[= ]cu(?P<uv>\d{2,3})\b"
)
_SAID_CUDA = re.compile(
    r"\b(?:image|container|torch|pytorch|build|wheel|binar(?:y|ies))\b(?:[^\n.;]|\.\d){0,60}?"
    r"(?:(?:built|compiled|made|is|carries \S+ \S+) (?:with|for|against) CUDA|for CUDA|with CUDA|\(CUDA"
    r"|, CUDA|CUDA) ?"
    r"(?P<cuda>\d{1,2}\.\d)(?![\d.]*[^\n]{0,12}driver)"
    r"|:[\w.-]{0,40}(?:cuda|cu)[-_]?(?P<tag>\d{1,2}\.\d)|\bnvidia/cuda:(?P<base>\d{1,2}\.\d)"
    r"|\bcudatoolkit[ =:]{1,2}(?P<toolkit>\d{1,2}\.\d)"
    r"|\bNCCL version \d[\d.]+\+cuda(?P<nccl>(?:9|1[01])\.\d)",
    re.IGNORECASE,
)
"""The CUDA of a build in words, and NCCL's, which up to CUDA 11 was that of torch's build."""
_SCRIPTED = re.compile(
    r"^CUDA version: (?P<cuda>\d{1,2}\.\d)\n{1,2}cudnn version: \d{4,6}$", re.IGNORECASE | re.MULTILINE
)
"""How scripts print torch's own two numbers, the second as torch counts cuDNN's versions."""
_VISIBLE = re.compile(
    r"CUDA_VISIBLE_DEVICES[\]'\"]{0,3} ?(?:=|to|is) ?['\"]?(?P<value>\d{1,2}(?:,\d{1,2}){0,15})\b"
)
_MACHINES = re.compile(r"nvcc|toolkit|nvidia-smi|driver|host has|system has|installed on", re.IGNORECASE)
"""Words in which the CUDA of the machine is told, not that of the build."""


def read_told_versions(pasted: PastedText, draft: Draft) -> None:
    """Keep the versions that sentences tell, where no report named them."""
    flat = pasted.without(draft.printed)[:SAMPLE]
    lower = flat.lower()
    if "driver" in lower and "driver" not in draft.values and "smi-driver" not in draft.values:
        _driver(pasted, flat, draft)
    if "smi-cuda" not in draft.values and "cuda" in lower and (able := _ABLE.search(flat)):
        major, _, minor = next(each for each in able.groups() if each).partition(".")
        line = pasted.line_at(able.start())
        draft.put("driver-cuda-number", f"{major}0{minor}0", line)
    if "torch" in lower:
        _companions(pasted, flat, draft)
        plain = [hit["version"] or hit["later"] for hit in _first(_PLAIN_TORCH, flat)]
        if plain and "torch" not in draft.values:
            draft.remarks.setdefault("told-torch", plain[-1])
    if hidden := _VISIBLE.search(flat) if "cuda_visible_devices" in lower else None:
        draft.remarks.setdefault("told-visible", hidden["value"])
    if cuda := _of_commands(draft) or _of_packages(draft) or ("cu" in lower and _said(pasted, flat)):
        draft.remarks.setdefault("told-cuda", cuda)


def _driver(pasted: PastedText, flat: str, draft: Draft) -> None:
    for hit in _first(_DRIVER, flat):
        if _DEMAND.search(flat, max(0, hit.start() - 40), hit.start()) is None:
            draft.put("driver", hit["version"], pasted.line_at(hit.start("version")))
            return


def _companions(pasted: PastedText, flat: str, draft: Draft) -> None:
    for hit in _first(_VERSIONED, flat):
        name = hit["name"].lower()
        if (
            is_way_out(flat, hit)
            or any(each.name == name for each in draft.distributions)
            or (name == "torch" and "torch" in draft.values)
        ):
            continue
        line = pasted.line_at(hit.start())
        if name == "torch":
            draft.put("torch", hit["version"], line)
        else:
            draft.add_distribution(PackageRow(name, hit["version"], line))


def _of_commands(draft: Draft) -> str:
    """The CUDA of the build that the last shown command asks for."""
    for command in reversed(draft.commands):
        found = _COMMAND_CUDA.search(command.text)
        if found is not None:
            label = found["index"] or found["label"] or found["uv"]
            return found["dotted"] or f"{label[:-1]}.{label[-1]}"
    return ""


def _of_packages(draft: Draft) -> str:
    """The CUDA of conda's package of CUDA's libraries, which torch's own package goes with."""
    rows = [(each.name, each.version) for each in draft.conda]
    rows += [(each.name, each.version) for each in draft.distributions]
    found = next((version for name, version in rows if name in ("cudatoolkit", "pytorch-cuda")), "")
    return ".".join(found.split(".")[:2]) if re.match(r"\d{1,2}\.\d", found) else ""


def _said(pasted: PastedText, flat: str) -> str:
    if "cudnn version:" in pasted.lower and (printed := _SCRIPTED.search(pasted.flat)):
        return printed["cuda"]
    for hit in _first(_SAID_CUDA, flat):
        if hit["cuda"] is None or _MACHINES.search(hit.group()) is None:
            return next(each for each in hit.groups() if each)
    return ""


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return [hit for hit, _ in zip(pattern.finditer(text), range(16), strict=False)]
