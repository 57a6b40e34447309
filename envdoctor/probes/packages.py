"""torch and its family as they are installed in the patient, read from files only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import CondaPackage, Distribution, Interpreter, Packages
from envdoctor.late import late
from envdoctor.outside import Outside
from envdoctor.probes.distributions import Site, SiteKind, distributions_in, is_leftover
from envdoctor.probes.paths import is_within, same_place
from envdoctor.probes.reading import Reading
from envdoctor.probes.shadows import find_shadows, search_path_entries
from envdoctor.probes.torch_files import find_torch
from envdoctor.probes.unfinished import unfinished_run
from envdoctor.reason import Reason, reason
from envdoctor.redact import without_credentials

__all__ = ["probe_packages"]

_CONDA_FAMILY = late(
    r"(?:py|lib)?torch(?:vision|audio|text|triton|data)?(?:-(?:cpu|gpu|cuda|mutex|nightly|base))*|triton"
    r"|torchvision-extra-decoders|numpy|numpy-base|mkl|mkl-service|intel-openmp|llvm-openmp|_openmp_mutex|blas|libblas"
    r"|cudatoolkit|cuda-(?:version|cudart|runtime|libraries|nvrtc|toolkit|nvcc|compat)|cudnn|libcudnn\d*|nccl"
    r"|libcublas|libnvjitlink|libmagma|magma(?:-cuda\d+)?|xformers|pytorch3d|flash-attn|bitsandbytes|pip"
)
_WITH_CHANNEL = late(r"(?:py|lib)?torch.*|numpy|mkl|cudatoolkit")
LEFTOVERS = 20
"""Remains of uninstalls that are named at most."""


def probe_packages(outside: Outside, interpreter: Interpreter, *, quick: bool = False) -> Reading[Packages]:
    """What of torch's family is installed, whole or damaged, and what would be taken in its stead.

    `quick` looks only for the files of each package that matter most; no package is ever imported.
    """
    sites = list(_sites(outside, interpreter))
    unknown: dict[str, Reason] = {}
    sources: dict[str, str] = {}
    found: list[Distribution] = []
    leftovers: list[str] = []
    read = False
    for site in sites:
        names = outside.list_folder(site.folder)
        if names is None:
            continue
        # What PYTHONPATH names may be any folder; only the interpreter's own prove that nothing is there.
        read = read or site.kind in ("environment", "base")
        found += distributions_in(outside, site, names, quick=quick)
        if site.kind == "environment":
            leftovers += [name for name in names if is_leftover(name)]
    if not read:
        folders = ", ".join(site.folder for site in sites if site.kind in ("environment", "base"))
        unknown["distributions"] = (
            reason("unreadable", path=folders) if folders else reason("no-site-packages")
        )
    else:
        sources["distributions"] = interpreter.site_packages[0]
    torch, torch_parent = find_torch(outside, [site.folder for site in sites])
    if torch is not None and torch.path is not None:
        sources["torch"] = outside.path.join(torch.path, "version.py")
    meta = outside.path.join(interpreter.prefix, "conda-meta") if interpreter.prefix else None
    value = Packages(
        distributions=tuple(found) if read else None,
        conda=tuple(_conda_packages(outside, meta)) if meta else (),
        leftovers=tuple(leftovers[:LEFTOVERS]),
        unfinished_run=unfinished_run(outside, interpreter.prefix) if interpreter.prefix else None,
        torch=torch,
        shadows=find_shadows(outside, interpreter, [site.folder for site in sites], torch_parent),
    )
    return Reading(value, sources, unknown)


def _sites(outside: Outside, interpreter: Interpreter) -> Iterator[Site]:
    """The folders that hold installed packages, each once, in the order in which Python looks there."""
    seen: list[str] = []
    own = [(folder, _whose(outside, interpreter, folder)) for folder in interpreter.site_packages]
    real = {outside.resolve(folder) for folder, _ in own}
    candidates: list[Site] = []
    for folder in search_path_entries(outside):
        if outside.resolve(folder) not in real:
            candidates.append(Site(folder, "pythonpath"))
    if interpreter.user_site and interpreter.user_site_enabled:
        candidates.append(Site(interpreter.user_site, "user"))
    candidates += [Site(folder, kind) for folder, kind in own]
    for site in candidates:
        # lib64 is often a link to lib: the same folder under two names holds nothing twice.
        place = outside.resolve(site.folder)
        if place not in seen:
            seen.append(place)
            yield site


def _whose(outside: Outside, interpreter: Interpreter, folder: str) -> SiteKind:
    prefix, base = interpreter.prefix, interpreter.base_prefix
    if (
        prefix is None
        or base is None
        or same_place(outside, prefix, base)
        or is_within(outside, folder, prefix)
    ):
        return "environment"
    return "base"


def _conda_packages(outside: Outside, meta: str) -> Iterator[CondaPackage]:
    for name in outside.list_folder(meta) or ():
        parts = name[:-5].rsplit("-", 2) if name.endswith(".json") else []
        if len(parts) != 3 or not _CONDA_FAMILY.fullmatch(parts[0]):
            continue
        channel = None
        if _WITH_CHANNEL.fullmatch(parts[0]):
            head = outside.read_text(outside.path.join(meta, name), 4096) or ""
            said = re.search(r'"channel"\s*:\s*"([^"]+)"', head)
            channel = without_credentials(said[1]) if said else None
        yield CondaPackage(name=parts[0], version=parts[1], build=parts[2], channel=channel)
