"""What each knowledge table must look like; the first bad row is named with its table, row and field.

Used by the tests and by the refresh. The look-ups themselves make do with a cheap check of what they read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from envdoctor.errors import KnowledgeError
from envdoctor.knowledge import loading
from envdoctor.knowledge.loading import SCHEMA, row_label
from envdoctor.knowledge.tables import Platform

__all__ = ["validate", "validate_folder"]

Check = Callable[[object], "str | None"]
"""A value → what is wrong with it, or `None`."""

PLATFORMS = get_args(Platform)


def _matching(pattern: str, meaning: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: object) -> str | None:
        if isinstance(value, str) and compiled.fullmatch(value):
            return None
        return f"{value!r} is not {meaning}"

    return check


def _one_of(*allowed: str) -> Check:
    return lambda value: None if value in allowed else f"{value!r} is not one of {', '.join(allowed)}"


def _maybe(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _list(check: Check, *, empty: bool = True) -> Check:
    def checked(value: object) -> str | None:
        if not isinstance(value, list):
            return f"{value!r} is not a list"
        if not value and not empty:
            return "the list is empty"
        if len({str(item) for item in value}) != len(value):
            return f"{value!r} names something twice"
        return next((wrong for item in value if (wrong := check(item))), None)

    return checked


def _map(keys: tuple[str, ...] | Check, check: Check) -> Check:
    key_check = _one_of(*keys) if isinstance(keys, tuple) else keys

    def checked(value: object) -> str | None:
        if not isinstance(value, dict):
            return f"{value!r} is not an object"
        for key, item in value.items():
            wrong = key_check(key) or check(item)
            if wrong:
                return f"{key}: {wrong}"
        return None

    return checked


def _record(fields: Mapping[str, Check]) -> Check:
    def checked(value: object) -> str | None:
        if not isinstance(value, dict):
            return f"{value!r} is not an object"
        return _fields_wrong(fields, value)

    return checked


def _fields_wrong(fields: Mapping[str, Check], row: Mapping[str, object]) -> str | None:
    for name, check in fields.items():
        optional = name.endswith("?")
        name = name.rstrip("?")  # noqa: PLW2901
        if name not in row:
            if not optional:
                return f"field {name!r} is missing"
        elif wrong := check(row[name]):
            return f"field {name!r}: {wrong}"
    unknown = set(row) - {name.rstrip("?") for name in fields}
    return f"field {min(unknown)!r} is not known" if unknown else None


def _text(value: object) -> str | None:
    return None if isinstance(value, str) and value.strip() else f"{value!r} is not a text"


def _note(value: object) -> str | None:
    return None if isinstance(value, str) else f"{value!r} is not a text"


def _flag(value: object) -> str | None:
    return None if isinstance(value, bool) else f"{value!r} is not true or false"


def _positive(value: object) -> str | None:
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if good else f"{value!r} is not a positive whole number"


def _rate(value: object) -> str | None:
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0
    return None if good else f"{value!r} is not a positive number"


def _day(value: object) -> str | None:
    try:
        return None if date.fromisoformat(str(value)) else "no date"
    except ValueError:
        return f"{value!r} is not a date (YYYY-MM-DD)"


_VERSION = _matching(r"\d+(\.\d+)+(\.post\d+)?", "a version")
_DOTTED = _matching(r"\d+\.\d+", 'two numbers with a dot ("12.6")')
_DRIVER = _matching(r"\d{3}(\.\d+)*", "a driver version")
_PYTHON = _matching(r"3\.\d+t?", 'a Python version ("3.13", "3.13t")')
_ANY_PYTHON = _matching(r"3\.\d+t?|any", 'a Python version ("3.13", "3.13t", "any")')
_VARIANT = _matching(r"cpu|cu\d{2,3}|rocm\d+(\.\d+){1,2}|xpu", 'a variant ("cpu", "cu126", "rocm7.2", "xpu")')
_INFERRED = _matching(
    r"(cpu|cu\d{2,3}|rocm\d+(\.\d+){1,2}|xpu)(@(" + "|".join(PLATFORMS) + "))?",
    'a variant, or "cu126@platform"',
)
_SPECIFIER = _matching(r"(==|>=)\d+(\.\d+)+|", 'a demand on torch ("==2.14.0", ">=2.14.0" or nothing)')
_PYTHON_RANGE = _matching(r"[<>=!~\d., ]*", "a range of Python versions")
_URL = _matching(r"https?://[^\s]+", "an address")
_PREFIX = _matching(r"https?://[^\s/]+(/[^\s/]+)*", "an address without a final slash")
_WHEELS = _matching(r"https?://[^\s]*\{variant\}/?", 'an address with "{variant}"')
_PCI = _matching(r"[0-9a-f]{4}", "a PCI device id (four small hexadecimal digits)")
_GFX = _matching(r"gfx[0-9a-f]{3,4}", "a gfx name")
_CHANNEL = _matching(r"[a-z0-9][a-z0-9_.-]*", "a channel")
_ID = _matching(r"[a-z0-9]+", "an id of small letters")
_PLATFORM = _one_of(*PLATFORMS)

_TORCH_RELEASE: Mapping[str, Check] = {
    "version": _VERSION,
    "released": _day,
    "requires_python": _PYTHON_RANGE,
    "pythons": _map(PLATFORMS, _list(_PYTHON, empty=False)),
    "pypi_variant": _map(PLATFORMS, _VARIANT),
    "official_variants": _map(PLATFORMS, _list(_VARIANT, empty=False)),
    "inferred_variants": _list(_INFERRED),
    "min_glibc": _map(("linux_x86_64", "linux_aarch64"), _DOTTED),
    "newer_glibc?": _map(_VARIANT, _DOTTED),
    "min_macos": _maybe(_DOTTED),
    "torchvision": _maybe(_VERSION),
    "torchaudio": _maybe(_VERSION),
    "wheel_megabytes": _map(PLATFORMS, _positive),
    "numpy2": _map(("linux", "windows", "macos"), _flag),
    "source": _text,
    "notes": _list(_text),
}
_COMPANION: Mapping[str, Check] = {
    "name": _one_of("torchvision", "torchaudio"),
    "version": _VERSION,
    "released": _day,
    "torch": _SPECIFIER,
    "requires_python": _PYTHON_RANGE,
    "pythons": _map(PLATFORMS, _list(_ANY_PYTHON, empty=False)),
}
_BUILD: Mapping[str, Check] = {
    "torch": _DOTTED,
    "variant": _matching(r"cu\d{2,3}", "a CUDA variant"),
    "platform": _PLATFORM,
    "sass": _list(_DOTTED, empty=False),
    "ptx": _list(_DOTTED),
    "confidence": _one_of("build-script", "wheel-table", "observed", "medium", "low"),
    "source": _text,
}
_GPU: Mapping[str, Check] = {
    "name": _text,
    "compute_capability": _DOTTED,
    "architecture": _text,
    "segment": _one_of("geforce", "workstation", "datacenter", "embedded", "other"),
    "aliases?": _list(_text),
    "pci_ids?": _list(_PCI),
    "seldom?": _flag,
}
_MIRROR: Mapping[str, Check] = {
    "id": _ID,
    "name": _text,
    "other_names": _list(_ID),
    "status": _one_of("ok", "unverified", "stale", "dead"),
    "pypi": _maybe(_PREFIX),
    "pypi_alternatives": _list(_PREFIX),
    "conda": _map(_CHANNEL, _PREFIX),
    "wheels": _maybe(
        _record({"url": _WHEELS, "kind": _one_of("index", "flat"), "variants": _list(_VARIANT)}),
    ),
    "companion": _maybe(_ID),
    "quirks": _list(_text),
    "source": _text,
}
_CONDA_FORGE: Mapping[str, Check] = {
    "torch": _VERSION,
    "cuda": _DOTTED,
    "platform": _PLATFORM,
    "archs": _list(_DOTTED, empty=False),
    "ptx": _list(_DOTTED),
    "min_glibc": _maybe(_DOTTED),
}
_CHIP: Mapping[str, Check] = {
    "vendor": _one_of("amd", "intel"),
    "chip": _text,
    "gfx?": _GFX,
    "integrated": _flag,
    "torch": _maybe(_one_of("rocm", "xpu")),
    "hsa_override?": _matching(r"\d+\.\d+\.\d+", "a version for HSA_OVERRIDE_GFX_VERSION"),
    "devices": _map(_PCI, _text),
}
_CONDA_RELEASE: Mapping[str, Check] = {
    "torch": _VERSION,
    "build": lambda value: None if value == 0 and value is not False else _positive(value),
    "pythons": _list(_PYTHON, empty=False),
    "cpu": _list(_PLATFORM, empty=False),
    "min_macos": _DOTTED,
}
_CONDA_COMPANION: Mapping[str, Check] = {
    "name": _one_of("torchvision", "torchaudio"),
    "version": _VERSION,
    "torch": _DOTTED,
    "builds": _map(
        PLATFORMS,
        _record(
            {
                "cuda": _list(_matching(r"cpu|\d+\.\d+", "a CUDA version or cpu"), empty=False),
                "pythons": _list(_PYTHON, empty=False),
            }
        ),
    ),
}
_MINIMUM: Mapping[str, Check] = {"cuda": _DOTTED, "linux": _DRIVER, "windows": _DRIVER, "inferred": _flag}
_BRANCH: Mapping[str, Check] = {
    "branch": _positive,
    "cuda": _DOTTED,
    "first_linux": _maybe(_DRIVER),
    "first_windows": _maybe(_DRIVER),
}
_LAST_BRANCH: Mapping[str, Check] = {
    "capabilities": _list(_DOTTED, empty=False),
    "branch": _positive,
    "source": _text,
}

_PYTHON_ROW: Mapping[str, Check] = {
    "python": _PYTHON,
    "current": _positive,
    "asked": _positive,
    "lack": _list(_text),
}
_DOWNLOAD: Mapping[str, Check] = {
    "torch": _VERSION,
    "platform": _one_of(*PLATFORMS),
    "variant": _VARIANT,
    "megabytes": _positive,
    "whole": _flag,
    "source": _text,
}
_CONDA_DOWNLOAD: Mapping[str, Check] = {
    "torch": _VERSION,
    "platform": _one_of(*PLATFORMS),
    "kind": _one_of("cpu", "cuda"),
    "megabytes": _positive,
    "packages": _positive,
    "source": _text,
}
_UNPACKED: Mapping[str, Check] = {
    "kind": _one_of("cpu", "cuda"),
    "times": lambda value: (
        None if isinstance(value, float) and value >= 1 else "not a number of at least 1.0"
    ),
}
_GPU_SPEED: Mapping[str, Check] = {
    "names": _list(_text, empty=False),
    "fp32_tflops": _maybe(_rate),
    "tf32_tflops": _maybe(_rate),
    "bf16_tflops": _maybe(_rate),
    "memory_gbs": _maybe(_rate),
    "source": _text,
}

_EARLY_BUILD: Mapping[str, Check] = {
    "torch": _list(_VERSION, empty=False),
    "variant": _VARIANT,
    "platform": _PLATFORM,
    "package": _one_of("wheel", "conda", "any"),
    "sass": _list(_DOTTED, empty=False),
    "ptx": _list(_DOTTED),
    "source": _text,
}
_EARLY_RELEASE: Mapping[str, Check] = {
    "version": _VERSION,
    "pythons": _map(PLATFORMS, _list(_PYTHON, empty=False)),
    "pypi_variant": _VARIANT,
}

_L4T = _matching(r"\d{2}\.\d+\.\d+", 'a release of Jetson Linux ("36.4.3")')
_JETSON_RELEASE: Mapping[str, Check] = {
    "l4t": _L4T,
    "jetpack": _matching(r"\d\.\d(\.\d)?", 'a JetPack ("6.2.1")'),
    "python": _PYTHON,
    "cuda": _DOTTED,
    "kernel": _maybe(_matching(r"\d+\.\d+\.\d+", "a kernel's version")),
    "boards": _list(_DOTTED, empty=False),
    "source": _text,
}
_JETSON_BUILD: Mapping[str, Check] = {
    "torch": _matching(r"\d+\.\d+\.\d+(a0)?(\+[\w.]+)?", "a version of torch"),
    "torchvision": _maybe(_VERSION),
    "l4t": _list(_L4T, empty=False),
    "python": _PYTHON,
    "cuda": _DOTTED,
    "boards": _list(_DOTTED, empty=False),
    "by": _text,
    "index": _maybe(_PREFIX),
    "url": _maybe(_matching(r"https://[^\s]+\.whl", "the address of a wheel")),
    "file": _maybe(_matching(r"torch-[\w.+]+-cp\d+-cp\d+m?-linux_aarch64\.whl", "the name of a wheel")),
    "numpy2": _flag,
    "source": _text,
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
    "archs": {"rocm": _map(_matching(r"rocm\d+(\.\d+){1,2}", "a ROCm variant"), _list(_GFX, empty=False))},
    "early": {"older": _list(_VERSION, empty=False)},
    "mirrors": {"invented_urls": _list(_URL)},
    "other_gpus": {"notes": _list(_text)},
}


def validate(table: str, content: object) -> None:
    """The content of a table is sound; raises `KnowledgeError` with the first thing that is not."""
    if not isinstance(content, dict):
        raise KnowledgeError(f"knowledge table {table}: it is not a JSON object.")
    head = {
        "schema": lambda value: None if value == SCHEMA else f"{value!r} is not {SCHEMA}",
        "as_of": _day,
        "sources": _list(_text, empty=False),
    }
    sections = _ROWS[table]
    others = _OTHER.get(table, {})
    # The sections themselves are checked row by row below, so that a bad row can be named.
    wrong = _fields_wrong({**head, **dict.fromkeys(sections, lambda _: None), **others}, content)
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
        wrong = _record(fields)(row)
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
