"""Installed distributions of torch's family in one site-packages folder, from their metadata files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from envdoctor.facts import Distribution
from envdoctor.frozen import Record, value
from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object
from envdoctor.probes.record import Compared, compare
from envdoctor.redact import without_credentials

__all__ = ["Site", "SiteKind", "distributions_in", "is_leftover"]


SiteKind = Literal["environment", "base", "user", "pythonpath"]


@value
class Site(Record):
    """A folder of installed packages and whose it is."""

    folder: str
    kind: SiteKind


_FAMILY = frozenset(
    """
    torch torchvision torchaudio torchtext torchdata torchao torchcodec torchmetrics
    pytorch-lightning lightning
    numpy triton triton-windows triton-rocm pytorch-triton intel-openmp mkl
    intel-extension-for-pytorch torch-directml functorch
    mmcv mmcv-full mmcv-lite detectron2 flash-attn xformers vllm sgl-kernel bitsandbytes pytorch3d
    apex deepspeed
    torch-scatter torch-sparse torch-cluster torch-spline-conv torch-geometric pyg-lib
    fbgemm-gpu fbgemm-gpu-genai causal-conv1d mamba-ssm
    nvdiffrast tiny-cuda-nn tinycudann gsplat spconv auto-gptq transformer-engine onnxruntime-gpu
    """.split()  # noqa: SIM905 - as a list it would fill sixty lines
)
_FAMILY_PREFIXES = ("nvidia-", "pytorch-triton-", "spconv-cu")
"""NVIDIA's libraries, and what carries its backend in its name."""
_STRANGER = "nvidia-ml-py"
"""NVIDIA's module that asks the driver; torch has no part in it."""
_CHECKED = frozenset(("torch", "torchvision", "torchaudio", "numpy"))
"""Those whose files are compared with their RECORD."""
_COMPANIONS = frozenset(("torch", "torchvision", "torchaudio"))
_LEFTOVER_NAMES = (
    "torch",
    "torchvision",
    "torchaudio",
    "torchgen",
    "functorch",
    "numpy",
    "numpy.libs",
    "triton",
    "nvidia",
)
SAMPLE = 5


def distributions_in(
    outside: Outside, site: Site, names: Sequence[str], *, quick: bool
) -> list[Distribution]:
    """The members of torch's family that are installed in a folder with these names."""
    found: dict[tuple[str, str], Distribution] = {}
    for entry in names:
        stem, dot, ending = entry.rpartition(".")
        if not dot or ending not in ("dist-info", "egg-info", "egg-link") or entry.startswith("~"):
            continue
        parsed = re.match(r"(.+?)-(\d[^-]*)(?:-(?:\d+-)?py\d.*)?$", stem)
        name = _normal(parsed[1] if parsed else stem)
        if not _of_family(name):
            continue
        info = outside.path.join(site.folder, entry)
        if ending == "egg-link":
            info = _linked(outside, info, name)
            parsed = None
        version = parsed[2] if parsed else _version_inside(outside, info)
        if version is None:
            continue
        read = _read(outside, site, info, name, version, quick=quick)
        key = (name, version)
        # One installation may leave metadata of both formats; the newer one says more.
        if key not in found or ending == "dist-info":
            found[key] = read
    return list(found.values())


def _of_family(name: str) -> bool:
    return name in _FAMILY or (name.startswith(_FAMILY_PREFIXES) and not name.startswith(_STRANGER))


def is_leftover(name: str) -> bool:
    """Whether a name is what pip leaves of a member of the family that it could not remove: "~orch".

    pip moves a folder away by overwriting the beginning of its name with "~" and letters that no name
    begins with; the length stays.
    """
    head = re.match(r"~[-~.=%0-9]*", name)
    if head is None:
        return False
    base = re.sub(r"(?<=[a-z])-\d.*$|\.(?:dist|egg)-info$", "", name)
    start = head.end()
    return any(
        len(base) == len(whole) and len(whole) - start >= 3 and base[start:] == whole[start:]
        for whole in _LEFTOVER_NAMES
    )


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _linked(outside: Outside, link: str, name: str) -> str:
    """The metadata folder of a distribution that was installed in place."""
    target = (outside.read_text(link, 4096) or "").strip().splitlines()
    folder = target[0].strip() if target else ""
    return str(outside.path.join(folder, f"{name.replace('-', '_')}.egg-info"))


def _version_inside(outside: Outside, info: str) -> str | None:
    for name in ("METADATA", "PKG-INFO", ""):
        text = outside.read_text(outside.path.join(info, name) if name else info, 65536)
        said = re.search(r"^Version:\s*(\S+)", text or "", re.MULTILINE)
        if said:
            return said[1]
    return None


def _read(outside: Outside, site: Site, info: str, name: str, version: str, *, quick: bool) -> Distribution:
    path = outside.path
    said = (outside.read_text(path.join(info, "INSTALLER"), 200) or "").strip()
    installer = said.splitlines()[0][:40] if said else None
    compared: Compared | None = None
    if name in _CHECKED:
        # conda changes the libraries it installs (prefix, rpath) after their RECORD was written.
        sizes = installer in ("pip", "uv")
        compared = compare(outside, site.folder, path.join(info, "RECORD"), name, quick=quick, sizes=sizes)
    return Distribution(
        name=name,
        version=version,
        location=site.folder,
        installer=installer,
        site=site.kind,
        direct_url=_direct_url(outside, path.join(info, "direct_url.json")),
        missing_files=len(compared.missing) if compared else None,
        missing_sample=tuple(compared.missing[:SAMPLE]) if compared else (),
        short_files=len(compared.short) if compared and sizes else None,
        short_sample=tuple(compared.short[:SAMPLE]) if compared else (),
        requires=tuple(_requires(outside, info)) if name in _COMPANIONS else (),
    )


def _direct_url(outside: Outside, file: str) -> str | None:
    url = json_object(outside.read_text(file, 65536)).get("url")
    return without_credentials(url) if isinstance(url, str) else None


def _requires(outside: Outside, info: str) -> Iterator[str]:
    for name in ("METADATA", "PKG-INFO"):
        text = outside.read_text(outside.path.join(info, name), 1 << 17)
        if text is None:
            continue
        head = re.split(r"\r?\n\r?\n", text, maxsplit=1)[0]
        for line in re.findall(r"^Requires-Dist:\s*(.+?)\s*$", head, re.MULTILINE):
            required = re.match(r"[\w.-]+", line)
            if required and _of_family(_normal(required.group())):
                yield line
        return
