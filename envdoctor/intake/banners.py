"""Versions in banners and prompts: what Python, PyPy and programs print about themselves when they start."""

from __future__ import annotations

import re

from envdoctor.intake.draft import Draft
from envdoctor.intake.lines import PastedText

__all__ = ["is_way_out", "read_banners"]

_PYTHON = re.compile(
    r"(?:^|\n)(?:>+ ?|\$ ?)?Python (?P<version>\d\.\d{1,2}\.\d{1,2}\S{0,6}(?: [^\n]{0,160})?)"
)
_LOOSE = re.compile(
    r"(?<![\w.])(?:Python(?: version)?(?: (?:is|was) |: ?|[- /])|CPython[- ])"
    r"(?P<version>\d\.\d{1,2}(?:\.\d{1,2})?(?:(?:a|b|rc)\d)?)(?![\w.]*\.whl)"
)
_ELSEWHERE = re.compile(r"(?:with|under|on|in|using|by|to|用|换成|换|改用) ?(?:an? |the )?$", re.IGNORECASE)
_GOOD = re.compile(
    r"\b(?:works?|worked|is fine|goes? through|went through|runs|installs|succe\w+)\b"
    r"|\b(?:helps|helped|solve[sd]|fixe[sd]|settles?)\b"
    r"|成功|可以|正常|解决|就好",
    re.IGNORECASE,
)
"""How a sentence says that it goes well with a Python, which then is not the one that failed."""
_TORCH = re.compile(
    r"(?<![\w.=/\\-])(?:py)?torch[- /:]{1,2}(?:version[: ]{1,2})?"
    r"(?P<version>\d\.\d{1,2}\.\d{1,2}\+(?:cpu|cu\d{2,3}|rocm[\d.]+|xpu))(?![\w.]*-cp)",
    re.IGNORECASE,
)
_HAVE = re.compile(r"PyTorch \S{3,40} with CUDA \d{3,5} \(you have (?P<version>\d[\w.+]{2,30})\)")
"""What xFormers was built for, and the torch that it found."""
_BARE = re.compile(
    r"(?:^[^\w\n]{0,6}|[`'\"])(?P<version>[12]\.\d{1,2}\.\d\+(?:cpu|cu\d{2,3}))(?![\w.+-])", re.MULTILINE
)
"""A version that begins its line or stands in quotation marks, with a label as torch's alone have it."""
_HOLDS = re.compile(
    r"\b(?:container|image|environment|env|machine|venv|holds|has|have|installed|running|runs|using|uses|is)\b"
    r"[^\n;.]{0,20}?\b(?:py)?torch ?(?P<version>[12]\.\d{1,2}(?:\.\d)?)\b(?!\+)"
    r"[^\n;.]{0,14}?(?:\bCUDA ?|\bcu)(?P<major>1[0-3]|9)\.?(?P<minor>\d)\b",
    re.IGNORECASE,
)
"""A torch and its CUDA in a sentence about what is there."""
_BITS = re.compile(r"calcsize[^\n]{0,80}\n\W{0,6}32\b|maxsize ?> ?2 ?\*\* ?32[^\n]{0,20}\n?[^\n]{0,6}False")
_MACHINES = r"x86_64|aarch64|armv[67]l|i[3-6]86|ppc64le|s390x|riscv64|loongarch64"
_UNAME = re.compile(
    rf"\bLinux \S+ \d[\w.+~-]* #\d[^\n]{{0,120}}? (?P<full>{_MACHINES})\b(?: \S{{1,20}}){{0,2}} GNU/Linux"
    rf"|\buname -m\W{{0,4}}(?:\n\W{{0,3}}|[:=] ?|(?:is|says|gives|prints|returns) )(?P<machine>{_MACHINES})\b"
)
"""What the kernel says that it runs on."""
_SYSTEM = re.compile(
    r"(?<![\w.])(?P<name>Windows (?:7|8\.1|10|11)|Ubuntu \d\d\.\d\d|macOS \d{2}(?:\.\d+)*|Debian \d{1,2}"
    r"|CentOS(?: Linux)? \d)"
)
_GPU = re.compile(
    r"(?<![\w-])(?:NVIDIA )?(?:"
    r"(?:GeForce )?(?:RTX|GTX) ?(?:A?\d{3,4}|PRO \d{4})(?: ?(?:Ti|SUPER|D|Ada))?(?: Laptop)?"
    r"|(?:Tesla )?(?:A100|H100|H200|H20|V100|T4|L4|L40S?|A10G?|A30|A40|P100|P40|K80|K40|B200|A6000)"
    r")(?![\w-])",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?<![\w-])(?:AMD )?(?:"
    r"Radeon (?:RX )?(?:[5-9]\d{3}|5\d0|Vega ?\d\d|VII|Pro W[567]\d00)(?: ?(?:XTX?|GRE|M|S))?"
    r"|RX ?(?:[5-79]\d00|[67][69]50|[45][5-9]0|Vega ?\d\d)(?: ?(?:XTX?|GRE|M|S))?"
    r"|[5679]\d[05]0 ?(?:XTX?|GRE)|Instinct MI\d{2,3}X?|MI(?:\d0|\d\d0X?|\d\d5X)"
    r"|(?:Intel )?Arc(?:\(TM\))? (?:Pro )?[AB]\d{2,3}M?"
    r"|Intel(?:\(R\))? (?:U?HD|Iris(?:\(R\))?(?: Xe| Plus| Pro)?)(?: Graphics)?(?: ?\d{3,4})?)(?![\w-])",
    re.IGNORECASE,
)
_NVIDIAS_CARD = re.compile(r"NVIDIA (?:GPU|card|graphics)|GeForce|N ?卡")
_OTHER_MAKERS = re.compile(
    rf"(?<!no )(?<!without ){_NVIDIAS_CARD.pattern}|Radeon|独显|独立显卡|AMD (?:GPU|card)"
)
_GFX = re.compile(r"(?<![\w-])gfx[0-9a-f]{3,4}\b")
_MAKERS_CARD = re.compile(
    r"(?:^|(?:\b(?:an?|my|the|only|is|have|has|with|on|integrated|own|GPU|gpu|显卡)[ :：]+)"
    r"|[是为用的，。、] ?)"
    r"(?:(?P<maker>AMD|Intel|Radeon)[ -]?(?P<kind>(?:(?:integrated |discrete |dedicated |Radeon )?"
    r"(?:GPU|(?:graphics|video)(?: card)?|card|one))(?![\w-])|核显|集显|显卡)"
    r"|(?P<amd>A ?卡)|(?P<radeon>Radeon)(?=[;,.)]| and | but |$))",
    re.MULTILINE,
)
"""A card of which somebody says no more than who made it."""
SAMPLE = 400_000


def read_banners(pasted: PastedText, draft: Draft) -> None:
    """Keep the versions that stand in banners, where no report named them."""
    flat = pasted.flat[:SAMPLE]
    taken = _taken(flat)
    _kind_of(taken, draft)
    if "python" not in draft.values and "ython" in flat:
        found = _PYTHON.search(flat) or _loose(flat)
        if found:
            draft.put("python", found["version"], pasted.line_at(found.start("version")))
    if "python" not in draft.values and (python := _path_python(flat, taken)):
        draft.remarks.setdefault("path-python", python)
    if "torch" not in draft.values and (found := _torch(pasted, flat)):
        draft.put("torch", found["version"], pasted.line_at(found.start("version")))
    elif "torch" not in draft.values and "torch" in pasted.lower and (found := _HOLDS.search(flat)):
        line = pasted.line_at(found.start("version"))
        draft.put("torch", found["version"], line)
        draft.put("torch-cuda", f"{found['major']}.{found['minor']}", line)
    if ("calcsize" in flat or "maxsize" in flat) and _BITS.search(flat):
        draft.remarks.setdefault("32-bit", "the interpreter's own answer")
    if ("uname" in flat or " GNU/Linux" in flat) and (found := _UNAME.search(flat)):
        draft.put("arch", found["full"] or found["machine"], pasted.line_at(found.start()))
    if not draft.gpus and not draft.cards:
        _only_gpu(flat, pasted, draft)
    if "os" not in draft.values and "os" not in draft.missing and (found := _SYSTEM.search(flat)):
        draft.put("os", found["name"], pasted.line_at(found.start()))


_IN_PATHS = re.compile(
    r"[\\/]Python3(?P<minor>\d{1,2})(?:-\w{2,5})?[\\/]|[\\/]lib[\\/]python3\.(?P<dotted>\d{1,2})[\\/]"
    r"(?!site-packages[\\/](?:poetry|conda|mamba|pipenv|virtualenv|pipx|spyder|uv)[\\/])",
    re.IGNORECASE,
)


_TAKEN = re.compile(
    r"(?:Downloading|Using cached|Downloaded) [^\s'\"]{0,200}?"
    r"-(?P<made>cp3(?P<minor>\d{1,2})-cp3(?P=minor)[mt]?|pp3\d{1,2}-pypy\w+|[a-z]\w*-\w+)"
    r"-(?P<system>[\w.]+)\.whl"
)
"""A wheel that pip took: its tags fit the interpreter; one that names an ABI fits no other minor release."""


def _path_python(flat: str, taken: list[re.Match[str]]) -> str | None:
    """The one Python that the paths of a text belong to, else that of the wheels which pip took."""
    hits = [
        hit for hit, _ in zip(_IN_PATHS.finditer(flat) if "ython" in flat else (), range(64), strict=False)
    ]
    minors = {hit["minor"] or hit["dotted"] for hit in hits}
    if not minors:
        minors = {hit["minor"] for hit in taken if hit["minor"]}
    return f"3.{minors.pop()}" if len(minors) == 1 else None


def _taken(flat: str) -> list[re.Match[str]]:
    """The first wheels that pip took."""
    if ".whl" not in flat:
        return []
    return [hit for hit, _ in zip(_TAKEN.finditer(flat), range(64), strict=False)]


def _kind_of(taken: list[re.Match[str]], draft: Draft) -> None:
    """What the wheels that pip took say of the interpreter beside its version."""
    for hit in taken:
        if hit["system"] == "win32" or "i686" in hit["system"]:
            draft.remarks.setdefault("32-bit", hit.group())
        elif hit["minor"] and hit["made"].endswith("t"):
            draft.remarks.setdefault("free-threaded", hit.group())
        elif hit["made"].startswith("pp"):
            draft.remarks.setdefault("pypy", hit.group())
        elif "musllinux" in hit["system"] and "manylinux" not in hit["system"]:
            draft.remarks.setdefault("musl", hit.group())


_CURES = re.compile(
    r"(?:[ ,]+(?:and|with|torch\w*|[\w.]+\+\w+)){0,6}[ ,]+(?:(?!not\b|never\b)\w+ )?"
    r"(?:works?|settles?|solve[sd]|fixe[sd]|helps|helped|runs|is fine)\b"
)


def is_way_out(flat: str, found: re.Match[str]) -> bool:
    """Whether the version found is told of as the one that works, and so is not the one that failed."""
    return _CURES.match(flat, found.end()) is not None


def _loose(flat: str) -> re.Match[str] | None:
    """The first Python that is named in passing and is not the one with which it went well."""
    for found, _ in zip(_LOOSE.finditer(flat), range(16), strict=False):
        before = re.split(r"[\n;。；]|[.,] ", flat[max(0, found.start() - 160) : found.start()])[-1]
        after = re.split(r"[\n;。；]|[.,] ", flat[found.end() : found.end() + 160])[0]
        if not (_ELSEWHERE.search(before) and _GOOD.search(before + after)):
            return found
    return None


def _torch(pasted: PastedText, flat: str) -> re.Match[str] | None:
    if "torch" not in pasted.lower[:SAMPLE]:
        return _BARE.search(flat)
    found = _HAVE.search(flat) if "(you have " in flat else None
    named = zip(_TORCH.finditer(flat), range(16), strict=False)
    return (
        found or next((each for each, _ in named if not is_way_out(flat, each)), None) or _BARE.search(flat)
    )


def _only_gpu(flat: str, pasted: PastedText, draft: Draft) -> None:
    """The one card that somebody mentions; of several it can't be told which is meant."""
    found = [hit for hit, _ in zip(_GPU.finditer(flat), range(16), strict=False)]
    names = {re.sub(r"\W|nvidia|geforce|tesla", "", hit.group().lower()) for hit in found}
    if not names:
        _only_other(flat, pasted, draft)
    if len(names) == 1:
        draft.gpus[0] = found[0].group()
        draft.lines.setdefault("gpus", pasted.line_at(found[0].start()))


def _only_other(flat: str, pasted: PastedText, draft: Draft) -> None:
    """The one card of AMD or Intel that somebody mentions."""
    found = [hit for hit, _ in zip(_OTHER.finditer(flat), range(16), strict=False)]
    names = {re.sub(r"\W|amd|radeon|intel|tm|rx", "", hit.group().lower()) for hit in found}
    if not names:
        _makers_only(flat, pasted, draft)
    if len(names) != 1:
        return
    name = found[0].group()
    if name.startswith("Intel") and "Arc" not in name and _OTHER_MAKERS.search(flat):
        return  # the processor's own graphics beside a card that is named by its maker only
    maker = "Intel" if "arc" in name.lower() else "AMD Radeon RX"
    gfx = {hit.group() for hit, _ in zip(_GFX.finditer(flat), range(16), strict=False)}
    plain = name if re.search("radeon|rx|arc|mi|intel", name, re.IGNORECASE) else f"{maker} {name}"
    draft.gpus[0] = f"{plain} ({gfx.pop()})" if len(gfx) == 1 else plain
    draft.lines.setdefault("gpus", pasted.line_at(found[0].start()))


def _makers_only(flat: str, pasted: PastedText, draft: Draft) -> None:
    """A card that is told by its maker alone: AMD's is a card, Intel's a part of the processor."""
    hits = [hit for hit, _ in zip(_MAKERS_CARD.finditer(flat), range(16), strict=False)]
    makers = {"Intel" if hit["maker"] == "Intel" else "AMD" for hit in hits}
    if len(makers) != 1 or _NVIDIAS_CARD.search(flat.replace("check that you have an NVIDIA GPU", "")):
        return
    draft.gpus[0] = "AMD GPU" if makers == {"AMD"} else "Intel Graphics"
    draft.lines.setdefault("gpus", pasted.line_at(hits[0].start()))
