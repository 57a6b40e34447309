"""What of an environment an installer may touch, and whether it may."""

from __future__ import annotations

import os
from pathlib import Path

from envdoctor.execution.records import UNDO
from envdoctor.execution.tree import Root
from envdoctor.outside import Outside

__all__ = ["pip_can_tell_progress", "roots_of", "unwritable"]

IN_VENV = ("share", "etc", "include", "man", "pyvenv.cfg", ".lock")
"""What wheels and uv write to in a virtual environment beside its packages and programs."""
NOT_CONDAS = ("envs", "pkgs", UNDO)
"""Folders of conda's base that belong to other environments, or to all of them."""
RAW_PROGRESS = (24, 1)
"""The first pip that tells progress in plain lines."""


def roots_of(outside: Outside, python: str, prefix: str) -> tuple[Root, ...]:
    """The folders that an install into this environment may change.

    A conda environment is conda's as a whole. Of a virtual environment, which may lie around a project, and
    of any other Python only the folders that packages go to.
    """
    from envdoctor.probes.patient import ask

    if os.path.isdir(os.path.join(prefix, "conda-meta")):
        return (Root(prefix, NOT_CONDAS),)
    said = ask(outside, (python,), "scheme", timeout=30.0).data
    told = said.get("folders")
    folders = [each for each in told if isinstance(each, str)] if isinstance(told, list) else []
    if said.get("prefix") != said.get("base_prefix"):
        folders += [os.path.join(str(said["prefix"]), name) for name in IN_VENV]
    return tuple(Root(folder, (UNDO,)) for folder in _distinct(folders))


def _distinct(folders: list[str]) -> list[str]:
    """The folders without those that lie in another, whatever names lead there."""
    real = sorted({os.path.realpath(each) for each in folders})
    kept: list[str] = []
    for folder in real:
        if not any(folder == each or folder.startswith(os.path.join(each, "")) for each in kept):
            kept.append(folder)
    return kept


def unwritable(roots: tuple[Root, ...], prefix: str) -> str | None:
    """The first folder that has to be written to and may not be."""
    for folder in (prefix, *(root.path for root in roots)):
        if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
            return folder
    return None


def pip_can_tell_progress(prefix: str) -> bool:
    """Whether the environment's pip knows `--progress-bar raw`, read from the names of its files."""
    from envdoctor.versions import version_numbers

    found = [
        info.name[4:-10]
        for pattern in ("lib/python*/site-packages/pip-*.dist-info", "Lib/site-packages/pip-*.dist-info")
        for info in Path(prefix).glob(pattern)
    ]
    return bool(found) and min(map(version_numbers, found)) >= RAW_PROGRESS
