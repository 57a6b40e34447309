"""What pip, uv and conda print about themselves and the packages that they see, beyond plain lists.

`pip debug`, `pip inspect`, `pip list --format=json`, `uv pip list`;
`conda info`, `conda list` (with --json too), `conda env export`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from envdoctor.intake.draft import Draft, PackageRow
from envdoctor.intake.lines import PastedText
from envdoctor.intake.packages_text import is_family, normal_name, read_package

__all__ = ["read_tool_lists"]

_TAG = re.compile(r"^(?P<python>(?:cp|pp)\d{2,3}\w*)-(?P<abi>\w+)-(?P<platform>\w+)$")
_TAG_ALONE = re.compile(
    r"^ *(?P<python>cp\d{2,3})-(?P<abi>cp\d{2,3}\w*|abi3)-"
    r"(?P<platform>(?:macosx|manylinux|musllinux|linux|win)\w*)$",
    re.MULTILINE,
)
"""A line that is one tag and no file's name: of those that pip accepts, which it lists best first."""
_VIRTUAL = re.compile(
    r"__(?P<name>cuda|glibc|osx|linux|win|archspec)(?:=+|\", ?\n?\"|',? ?')(?P<value>[\w.]+)"
)
_PLATFORM = re.compile(
    r"(?:^|\n)\"?platform\"? ?:? ?\"?(?P<name>(?:linux|osx|win)-(?:64|32|aarch64|arm64|ppc64le))\b"
)
_UV = re.compile(
    r"^Using Python (?P<version>\d\.\d{1,2}\.\d{1,2}) environment at:? (?P<path>\S{1,200})", re.MULTILINE
)
_EXPORT = re.compile(
    r"^- (?P<name>[\w.-]{2,60})=(?P<version>[\w.]{1,40})=(?P<build>[\w.]{1,60})$", re.MULTILINE
)
_ACTIVE = re.compile(
    r"active environment : (?P<name>[^\n]{1,80})|\"active_prefix_name\": \"(?P<json>[^\"\n]*)\""
)
MOST_JSON = 64 << 20
MOST_ROWS = 4000


def read_tool_lists(pasted: PastedText, draft: Draft, text: str) -> None:
    """Keep what these formats say; `text` is the paste as it came, of which JSON is read whole."""
    lower = pasted.lower
    if "compatible tags:" in lower:
        _pip_debug(pasted, draft)
    elif "-cp" in lower and (first := _TAG_ALONE.search(pasted.flat)):
        _tag(draft, first, pasted.line_at(first.start("python")))
    if "using python " in lower and " environment at" in lower:
        _uv(pasted, draft)
    if "virtual packages :" in lower or '"virtual_pkgs"' in lower or "virtual packages:" in lower:
        _conda_info(pasted, draft)
    if "dependencies:" in lower and "channels:" in lower:
        _export(pasted, draft)
    if '"version"' in lower and '"name"' in lower:
        _json(text, draft)


def _pip_debug(pasted: PastedText, draft: Draft) -> None:
    """The first tag that pip accepts is the best one: it names interpreter, C library and machine."""
    draft.formats.setdefault("pip debug")
    start = pasted.line_at(pasted.lower.find("compatible tags:"))
    for number, line in enumerate(pasted.lines[start : start + 6], start + 1):
        if found := _TAG.match(line):
            _tag(draft, found, number)
            return


def _tag(draft: Draft, found: re.Match[str], number: int) -> None:
    python, abi, platform = found["python"], found["abi"], found["platform"]
    if python.startswith("cp") and python[2:].isdigit():
        draft.put("python", f"{python[2]}.{python[3:]}", number)
    elif python.startswith("pp"):
        draft.remarks.setdefault("pypy", python)
    if abi.endswith("t"):
        draft.remarks.setdefault("free-threaded", abi)
    if platform == "win32":
        draft.remarks.setdefault("32-bit", platform)
    if glibc := re.match(r"manylinux_(\d)_(\d{1,2})_", platform):
        draft.put("libc", f"glibc-{glibc[1]}.{glibc[2]}", number)
    if "musllinux" in platform:
        draft.remarks.setdefault("musl", platform)
    if machine := re.search(r"x86_64|aarch64|arm64|amd64|i686|armv7l", platform):
        draft.put("arch", machine.group(), number)
    if mac := re.match(r"macosx_(\d{2})_(\d)_", platform):
        draft.put("os", f"macOS {mac[1]}.{mac[2]}", number)


def _uv(pasted: PastedText, draft: Draft) -> None:
    found = _UV.search(pasted.flat)
    if found is not None:
        line = pasted.line_at(found.start())
        draft.formats.setdefault("uv pip list")
        draft.put("python", found["version"], line)
        if "venv" in found["path"]:
            draft.put("environment", "venv", line)


def _conda_info(pasted: PastedText, draft: Draft) -> None:
    """The machine as conda sees it; its "python version" is that of conda's base."""
    draft.formats.setdefault("conda info")
    active = _ACTIVE.search(pasted.flat)
    if (draft.get("python") or "").endswith(".final.0") and (active is None or "base" not in active.groups()):
        del draft.values["python"], draft.lines["python"]
    for hit, _ in zip(_VIRTUAL.finditer(pasted.flat), range(16), strict=False):
        name, value, line = hit["name"], hit["value"], pasted.line_at(hit.start())
        if name == "glibc":
            draft.put("libc", f"glibc-{value}", line)
        elif name == "osx":
            draft.put("os", f"macOS {value}", line)
        elif name == "cuda" and (cuda := re.fullmatch(r"(\d{1,2})\.(\d)", value)):
            draft.put("driver-cuda-number", f"{cuda[1]}0{cuda[2]}0", line)
    if platform := _PLATFORM.search(pasted.flat):
        system, _, machine = platform["name"].partition("-")
        line = pasted.line_at(platform.start("name"))
        draft.put("arch", {"64": "x86_64", "32": "i686"}.get(machine, machine), line)
        draft.remarks.setdefault("implied os", {"osx": "macos", "win": "windows"}.get(system, system))


def _export(pasted: PastedText, draft: Draft) -> None:
    """`conda env export` names every build; a file that a person wrote names what is wished for."""
    rows = [hit for hit, _ in zip(_EXPORT.finditer(pasted.flat), range(MOST_ROWS), strict=False)]
    if len(rows) < 2:
        return
    draft.formats.setdefault("conda env export")
    for hit in rows:
        if hit["name"] == "python":
            draft.put("python", hit["version"], pasted.line_at(hit.start()))
        line = f"[conda] {hit['name']} {hit['version']} {hit['build']}"
        read_package(line, pasted.line_at(hit.start()), draft)


def _json(text: str, draft: Draft) -> None:
    """The packages in the JSON of `pip inspect`, `pip list` and `conda list`."""
    start = min((place for place in (text.find("["), text.find("{")) if place >= 0), default=-1)
    if start < 0 or len(text) > MOST_JSON:
        return
    try:
        value, _ = json.JSONDecoder().raw_decode(text[start:])
    except (ValueError, RecursionError):
        return
    line = text.count("\n", 0, start) + 1
    for name, version, build, channel in _packages(value):
        if channel is not None and channel != "pypi":
            read_package(f"[conda] {name} {version} {build} {channel}", line, draft)
        elif is_family(name):
            draft.formats.setdefault("pip list")
            draft.add_distribution(PackageRow(name, version, line))
    environment = value.get("environment") if isinstance(value, dict) else None
    if isinstance(environment, dict):
        _inspected(environment, line, draft)


def _packages(value: object) -> Iterator[tuple[str, str, str, str | None]]:
    """Name, version, and where conda listed it its build and channel."""
    rows = value.get("installed") if isinstance(value, dict) else value
    for row in rows[:MOST_ROWS] if isinstance(rows, list) else ():
        about = row.get("metadata", row) if isinstance(row, dict) else {}
        name, version = (about.get("name"), about.get("version")) if isinstance(about, dict) else (None, None)
        if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,80}", name):
            continue
        if not isinstance(version, str) or not re.fullmatch(r"\d[\w.+!-]{0,60}", version):
            continue
        build, channel = row.get("build_string"), row.get("channel")
        is_conda = isinstance(build, str) and isinstance(channel, str) and re.fullmatch(r"[\w.]{1,80}", build)
        yield normal_name(name), version, build if is_conda else "", channel if is_conda else None


def _inspected(environment: dict[str, object], line: int, draft: Draft) -> None:
    """The markers of `pip inspect`: which interpreter, on which machine."""
    markers = {name: value for name, value in environment.items() if isinstance(value, str)}
    draft.formats.setdefault("pip inspect")
    draft.put("python", markers.get("python_full_version", "")[:20], line)
    draft.put("arch", markers.get("platform_machine", "")[:20], line)
    draft.put("os", markers.get("sys_platform", "")[:20], line)
    if markers.get("implementation_name") == "pypy":
        draft.remarks.setdefault("pypy", "pip inspect")
