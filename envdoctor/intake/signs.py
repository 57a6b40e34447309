"""Remarks turned into facts: container, WSL, the interpreter's kind, the operating system by its paths."""

from __future__ import annotations

import re

from envdoctor.intake.draft import Draft
from envdoctor.intake.lines import PastedText

__all__ = ["read_signs"]

_PATHS = (
    (
        "windows",
        ("\\", "WinError", "win_amd64", ".dll", "PS "),
        re.compile(
            r"(?<![\w/])[A-Za-z]:\\|\\site-packages\\|\bWinError\b|win_amd64|\.dll\b|\bPS [A-Z]:|AppData\\"
        ),
    ),
    (
        "macos",
        ("/Users/", ".dylib", "macosx_", "osx-", "/opt/homebrew", "mach-o"),
        re.compile(r"/Users/|\.dylib\b|macosx_|\bosx-(?:arm64|64)\b|/opt/homebrew|mach-o"),
    ),
    (
        "linux",
        ("/home/", "/usr/", "linux", ".so.", "/opt/conda", "GLIBC"),
        re.compile(
            r"/home/|/usr/(?:lib|local|bin)/|manylinux|linux_x86_64|\.so\.\d|linux-64\b|/opt/conda|\bGLIBC|-linux-gnu"
        ),
    ),
)
"""By system: hints, one of which is in every text where the pattern finds a path; the pattern."""
SAMPLE = 50_000
"""Letters of a text in which paths are counted."""
_REMARKS = {
    "said-wsl": "wsl",
    "said-wsl1": "wsl1",
    "said-pypy": "pypy",
    "said-graalpy": "graalpy",
    "said-32-bit": "32-bit",
    "said-free-threaded": "free-threaded",
    "said-arm-windows": "arm64",
    "said-intel-mac": "intel-mac",
    "said-arm-board": "arm board",
    "said-arm32": "armv7l",
    "said-musl": "musl",
    "said-apple": "apple-silicon",
    "said-x86-mac": "x86-mac",
}


def read_signs(pasted: PastedText, draft: Draft) -> None:
    """Keep what the remarks among the complaints say about the machine itself."""
    kinds = {each.kind: each.text for each in draft.complaints}
    for kind, name in _REMARKS.items():
        if kind in kinds:
            draft.remarks.setdefault(name, kinds[kind])
    for kind, engine in (
        ("said-kubernetes", "kubernetes"),
        ("said-podman", "podman"),
        ("said-singularity", "other"),
        ("said-lxc", "lxc"),
        ("said-docker", "docker"),
    ):
        if kind in kinds:
            draft.remarks.setdefault("container kind", engine)
    if "said-apple" in kinds and "said-x86-mac" in kinds:
        draft.remarks.setdefault("rosetta", kinds["said-x86-mac"])
    _read_subdir(draft)
    text = pasted.flat[:SAMPLE]
    counts = {
        system: len(pattern.findall(text)) if any(hint in text for hint in hints) else 0
        for system, hints, pattern in _PATHS
    }
    likely = max(counts, key=lambda system: counts[system])
    if counts[likely]:
        draft.remarks.setdefault("implied os", likely)
    if "said-mac" in kinds and not any(counts.values()):
        draft.remarks.setdefault("implied os", "macos")
    if ("said-apple" in kinds or "said-intel-mac" in kinds) and not counts["windows"]:
        draft.remarks["implied os"] = "macos"
    if "said-apple" in kinds and "said-docker" in kinds:
        draft.remarks["implied os"] = "linux"  # whatever runs it, what is inside is Linux
        draft.remarks.setdefault("arm64", kinds["said-apple"])


_SUBDIR = {"aarch64": "arm board", "arm64": "arm64", "armv7l": "armv7l", "armv6l": "armv7l", "32": "32-bit"}


def _read_subdir(draft: Draft) -> None:
    """Keep the processor that conda's folder names; of several platforms none is the machine's."""
    subdirs = {each.subject for each in draft.complaints if each.kind == "conda-subdir"}
    if len(subdirs) != 1:
        return
    system, _, processor = subdirs.pop().partition("-")
    if system == "osx" and processor == "64":
        draft.remarks.setdefault("intel-mac", "osx-64")
    elif system != "osx" and processor in _SUBDIR:
        draft.remarks.setdefault(_SUBDIR[processor], f"{system}-{processor}")
