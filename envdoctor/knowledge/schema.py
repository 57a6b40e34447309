"""What each knowledge table must look like; the first bad row is named with its table, row and field.

Used by the tests and by the refresh. The look-ups themselves make do with a cheap check of what they read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from envdoctor.errors import KnowledgeError
from envdoctor.knowledge import loading
from envdoctor.knowledge.checks import (
    Check,
    fields_wrong,
    is_day,
    is_flag,
    is_positive,
    is_rate,
    is_text,
    list_of,
    map_of,
    matching,
    maybe,
    one_of,
    record_of,
)
from envdoctor.knowledge.loading import SCHEMA, row_label
from envdoctor.knowledge.tables import Platform

__all__ = ["validate", "validate_folder"]

PLATFORMS = get_args(Platform)


_VERSION = matching(r"\d+(\.\d+)+(\.post\d+)?", "a version")
_DOTTED = matching(r"\d+\.\d+", 'two numbers with a dot ("12.6")')
_DRIVER = matching(r"\d{3}(\.\d+)*", "a driver version")
_PYTHON = matching(r"3\.\d+t?", 'a Python version ("3.13", "3.13t")')
_ANY_PYTHON = matching(r"3\.\d+t?|any", 'a Python version ("3.13", "3.13t", "any")')
_VARIANT = matching(r"cpu|cu\d{2,3}|rocm\d+(\.\d+){1,2}|xpu", 'a variant ("cpu", "cu126", "rocm7.2", "xpu")')
_INFERRED = matching(
    r"(cpu|cu\d{2,3}|rocm\d+(\.\d+){1,2}|xpu)(@(" + "|".join(PLATFORMS) + "))?",
    'a variant, or "cu126@platform"',
)
_SPECIFIER = matching(r"(==|>=)\d+(\.\d+)+|", 'a demand on torch ("==2.14.0", ">=2.14.0" or nothing)')
_PYTHON_RANGE = matching(r"[<>=!~\d., ]*", "a range of Python versions")
_URL = matching(r"https?://[^\s]+", "an address")
_PREFIX = matching(r"https?://[^\s/]+(/[^\s/]+)*", "an address without a final slash")
_WHEELS = matching(r"https?://[^\s]*\{variant\}/?", 'an address with "{variant}"')
_PCI = matching(r"[0-9a-f]{4}", "a PCI device id (four small hexadecimal digits)")
_GFX = matching(r"gfx[0-9a-f]{3,4}", "a gfx name")
_CHANNEL = matching(r"[a-z0-9][a-z0-9_.-]*", "a channel")
_ID = matching(r"[a-z0-9]+", "an id of small letters")
_PLATFORM = one_of(*PLATFORMS)

_TORCH_RELEASE: Mapping[str, Check] = {
    "version": _VERSION,
    "released": is_day,
    "requires_python": _PYTHON_RANGE,
    "pythons": map_of(PLATFORMS, list_of(_PYTHON, empty=False)),
    "pypi_variant": map_of(PLATFORMS, _VARIANT),
    "official_variants": map_of(PLATFORMS, list_of(_VARIANT, empty=False)),
    "inferred_variants": list_of(_INFERRED),
    "min_glibc": map_of(("linux_x86_64", "linux_aarch64"), _DOTTED),
    "newer_glibc?": map_of(_VARIANT, _DOTTED),
    "min_macos": maybe(_DOTTED),
    "torchvision": maybe(_VERSION),
    "torchaudio": maybe(_VERSION),
    "wheel_megabytes": map_of(PLATFORMS, is_positive),
    "numpy2": map_of(("linux", "windows", "macos"), is_flag),
    "source": is_text,
    "notes": list_of(is_text),
}
_COMPANION: Mapping[str, Check] = {
    "name": one_of("torchvision", "torchaudio"),
    "version": _VERSION,
    "released": is_day,
    "torch": _SPECIFIER,
    "requires_python": _PYTHON_RANGE,
    "pythons": map_of(PLATFORMS, list_of(_ANY_PYTHON, empty=False)),
}
_BUILD: Mapping[str, Check] = {
    "torch": _DOTTED,
    "variant": matching(r"cu\d{2,3}", "a CUDA variant"),
    "platform": _PLATFORM,
    "sass": list_of(_DOTTED, empty=False),
    "ptx": list_of(_DOTTED),
    "confidence": one_of("build-script", "wheel-table", "observed", "medium", "low"),
    "source": is_text,
}
_GPU: Mapping[str, Check] = {
    "name": is_text,
    "compute_capability": _DOTTED,
    "architecture": is_text,
    "segment": one_of("geforce", "workstation", "datacenter", "embedded", "other"),
    "aliases?": list_of(is_text),
    "pci_ids?": list_of(_PCI),
    "seldom?": is_flag,
}
_MIRROR: Mapping[str, Check] = {
    "id": _ID,
    "name": is_text,
    "other_names": list_of(_ID),
    "status": one_of("ok", "unverified", "stale", "dead"),
    "pypi": maybe(_PREFIX),
    "pypi_alternatives": list_of(_PREFIX),
    "conda": map_of(_CHANNEL, _PREFIX),
    "wheels": maybe(
        record_of({"url": _WHEELS, "kind": one_of("index", "flat"), "variants": list_of(_VARIANT)}),
    ),
    "companion": maybe(_ID),
    "quirks": list_of(is_text),
    "source": is_text,
}
_CONDA_FORGE: Mapping[str, Check] = {
    "torch": _VERSION,
    "cuda": _DOTTED,
    "platform": _PLATFORM,
    "archs": list_of(_DOTTED, empty=False),
    "ptx": list_of(_DOTTED),
    "min_glibc": maybe(_DOTTED),
}
_CHIP: Mapping[str, Check] = {
    "vendor": one_of("amd", "intel"),
    "chip": is_text,
    "gfx?": _GFX,
    "integrated": is_flag,
    "torch": maybe(one_of("rocm", "xpu")),
    "hsa_override?": matching(r"\d+\.\d+\.\d+", "a version for HSA_OVERRIDE_GFX_VERSION"),
    "devices": map_of(_PCI, is_text),
}
_CONDA_RELEASE: Mapping[str, Check] = {
    "torch": _VERSION,
    "build": lambda value: None if value == 0 and value is not False else is_positive(value),
    "pythons": list_of(_PYTHON, empty=False),
    "cpu": list_of(_PLATFORM, empty=False),
    "min_macos": _DOTTED,
}
_CONDA_COMPANION: Mapping[str, Check] = {
    "name": one_of("torchvision", "torchaudio"),
    "version": _VERSION,
    "torch": _DOTTED,
    "builds": map_of(
        PLATFORMS,
        record_of(
            {
                "cuda": list_of(matching(r"cpu|\d+\.\d+", "a CUDA version or cpu"), empty=False),
                "pythons": list_of(_PYTHON, empty=False),
            }
        ),
    ),
}
_MINIMUM: Mapping[str, Check] = {"cuda": _DOTTED, "linux": _DRIVER, "windows": _DRIVER, "inferred": is_flag}
_BRANCH: Mapping[str, Check] = {
    "branch": is_positive,
    "cuda": _DOTTED,
    "first_linux": maybe(_DRIVER),
    "first_windows": maybe(_DRIVER),
}
_LAST_BRANCH: Mapping[str, Check] = {
    "capabilities": list_of(_DOTTED, empty=False),
    "branch": is_positive,
    "source": is_text,
}

_PYTHON_ROW: Mapping[str, Check] = {
    "python": _PYTHON,
    "current": is_positive,
    "asked": is_positive,
    "lack": list_of(is_text),
}
_DOWNLOAD: Mapping[str, Check] = {
    "torch": _VERSION,
    "platform": one_of(*PLATFORMS),
    "variant": _VARIANT,
    "megabytes": is_positive,
    "whole": is_flag,
    "source": is_text,
}
_CONDA_DOWNLOAD: Mapping[str, Check] = {
    "torch": _VERSION,
    "platform": one_of(*PLATFORMS),
    "kind": one_of("cpu", "cuda"),
    "megabytes": is_positive,
    "packages": is_positive,
    "source": is_text,
}
_UNPACKED: Mapping[str, Check] = {
    "kind": one_of("cpu", "cuda"),
    "times": lambda value: (
        None if isinstance(value, float) and value >= 1 else "not a number of at least 1.0"
    ),
}
_GPU_SPEED: Mapping[str, Check] = {
    "names": list_of(is_text, empty=False),
    "fp32_tflops": maybe(is_rate),
    "tf32_tflops": maybe(is_rate),
    "bf16_tflops": maybe(is_rate),
    "memory_gbs": maybe(is_rate),
    "source": is_text,
}

_EARLY_BUILD: Mapping[str, Check] = {
    "torch": list_of(_VERSION, empty=False),
    "variant": _VARIANT,
    "platform": _PLATFORM,
    "package": one_of("wheel", "conda", "any"),
    "sass": list_of(_DOTTED, empty=False),
    "ptx": list_of(_DOTTED),
    "source": is_text,
}
_EARLY_RELEASE: Mapping[str, Check] = {
    "version": _VERSION,
    "pythons": map_of(PLATFORMS, list_of(_PYTHON, empty=False)),
    "pypi_variant": _VARIANT,
}

_L4T = matching(r"\d{2}\.\d+\.\d+", 'a release of Jetson Linux ("36.4.3")')
_JETSON_RELEASE: Mapping[str, Check] = {
    "l4t": _L4T,
    "jetpack": matching(r"\d\.\d(\.\d)?", 'a JetPack ("6.2.1")'),
    "python": _PYTHON,
    "cuda": _DOTTED,
    "kernel": maybe(matching(r"\d+\.\d+\.\d+", "a kernel's version")),
    "boards": list_of(_DOTTED, empty=False),
    "source": is_text,
}
_JETSON_BUILD: Mapping[str, Check] = {
    "torch": matching(r"\d+\.\d+\.\d+(a0)?(\+[\w.]+)?", "a version of torch"),
    "torchvision": maybe(_VERSION),
    "l4t": list_of(_L4T, empty=False),
    "python": _PYTHON,
    "cuda": _DOTTED,
    "boards": list_of(_DOTTED, empty=False),
    "by": is_text,
    "index": maybe(_PREFIX),
    "url": maybe(matching(r"https://[^\s]+\.whl", "the address of a wheel")),
    "file": maybe(matching(r"torch-[\w.+]+-cp\d+-cp\d+m?-linux_aarch64\.whl", "the name of a wheel")),
    "numpy2": is_flag,
    "source": is_text,
}

# Table → section → (fields of a row, fields that no two rows share).
_ROWS: Mapping[str, Mapping[str, tuple[Mapping[str, Check], tuple[str, ...]]]] = {
    "torch_releases": {"releases": (_TORCH_RELEASE, ("version",))},
    "companions": {"companions": (_COMPANION, ("name", "version"))},
    "archs": {"builds": (_BUILD, ("torch", "variant", "platform"))},
    "early": {
        "builds": (_EARLY_BUILD, ("torch", "variant", "platform", "package")),
        "releases": (_EARLY_RELEASE, ("version",)),
    },
    "drivers": {
        "minimum": (_MINIMUM, ("cuda",)),
        "branches": (_BRANCH, ("branch",)),
        "last_branches": (_LAST_BRANCH, ("branch",)),
    },
    "gpus": {"gpus": (_GPU, ("name", "compute_capability"))},
    "mirrors": {"mirrors": (_MIRROR, ("id",))},
    "pythons": {"pythons": (_PYTHON_ROW, ("python",))},
    "downloads": {
        "wheels": (_DOWNLOAD, ("torch", "platform", "variant")),
        "conda": (_CONDA_DOWNLOAD, ("platform", "kind")),
        "unpacked": (_UNPACKED, ("kind",)),
    },
    "gpu_speed": {"gpus": (_GPU_SPEED, ("names",))},
    "conda_forge": {
        "builds": (_CONDA_FORGE, ("torch", "cuda", "platform")),
        "releases": (_CONDA_RELEASE, ("torch",)),
        "companions": (_CONDA_COMPANION, ("name", "version", "torch")),
    },
    "other_gpus": {"chips": (_CHIP, ("vendor", "chip", "torch"))},
    "jetson": {
        "releases": (_JETSON_RELEASE, ("l4t",)),
        "builds": (_JETSON_BUILD, ("torch",)),
    },
}
# Table → section that is no list of rows → its check.
_OTHER: Mapping[str, Mapping[str, Check]] = {
    "archs": {"rocm": map_of(matching(r"rocm\d+(\.\d+){1,2}", "a ROCm variant"), list_of(_GFX, empty=False))},
    "early": {"older": list_of(_VERSION, empty=False)},
    "mirrors": {"invented_urls": list_of(_URL)},
    "other_gpus": {"notes": list_of(is_text)},
}


def validate(table: str, content: object) -> None:
    """The content of a table is sound; raises `KnowledgeError` with the first thing that is not."""
    if not isinstance(content, dict):
        raise KnowledgeError(f"knowledge table {table}: it is not a JSON object.")
    head = {
        "schema": lambda value: None if value == SCHEMA else f"{value!r} is not {SCHEMA}",
        "as_of": is_day,
        "sources": list_of(is_text, empty=False),
    }
    sections = _ROWS[table]
    others = _OTHER.get(table, {})
    # The sections themselves are checked row by row below, so that a bad row can be named.
    wrong = fields_wrong({**head, **dict.fromkeys(sections, lambda _: None), **others}, content)
    if wrong:
        raise KnowledgeError(f"knowledge table {table}: {wrong}.")
    for section, (fields, unique) in sections.items():
        _validate_rows(table, section, content[section], fields, unique)


def _validate_rows(
    table: str, section: str, rows: object, fields: Mapping[str, Check], unique: tuple[str, ...]
) -> None:
    if not isinstance(rows, list) or not rows:
        raise KnowledgeError(f"knowledge table {table}: {section!r} is not a list of rows.")
    seen: set[str] = set()
    for index, row in enumerate(rows):
        wrong = record_of(fields)(row)
        if not wrong:
            key = " ".join(str(row[name]) for name in unique)
            wrong = f"{', '.join(unique)}: there is a row for {key} already" if key in seen else None
            seen.add(key)
        if wrong:
            label = row_label(row)
            place = f"row {index + 1} of {section}" + (f" ({label})" if label else "")
            raise KnowledgeError(f"knowledge table {table}, {place}: {wrong}.")


def validate_folder(folder: Path = loading.DATA_FOLDER) -> None:
    """Every table in a folder is sound."""
    for table in loading.TABLES:
        validate(table, loading.read(folder, table).content)
