"""What solvers say about the parts around torch: its libraries, Triton, and the Python that conda keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding
from envdoctor.rules.complaints.connection import CONNECTION, SECURE
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

Python = tuple[int, int]


def parts(heard: Heard) -> Iterator[Finding]:
    """An index that lacks the library of NVIDIA's that torch pins, or a system for which there is none."""
    if heard.any(*SECURE, *CONNECTION):
        return
    machine = heard.machine
    for refusal in heard.paste.no_versions:
        nvidia = refusal.name.startswith("nvidia-")
        if not nvidia and not re.fullmatch(r"(?:pytorch-)?triton(?:-rocm|-xpu)?", refusal.name):
            continue
        foreign = machine.os in ("windows", "macos") or not (nvidia or refusal.versions)
        if not foreign and not nvidia:
            continue
        code, variant = ("platform-no-wheel", "part") if foreign else ("mirror-lacks-cuda-build", "said")
        line = shown(
            refusal.line, f"{refusal.requirement} (from versions: {', '.join(refusal.versions[-4:])})"
        )
        yield heard.finding(
            code, variant=variant, more=[line], torch=UNKNOWN, listed="-", subject=refusal.requirement
        )
        return


def pinned_part(heard: Heard) -> Iterator[Finding]:
    """A conflict of torch alone: it asks for something that the one index does not serve."""
    lines = [each for each in heard.all("torch-needs-library") if each.subject]
    asked = heard.subject("pip-conflict")
    others = re.search(r"\b(?!torch\b|and\b)[A-Za-z][\w-]{2,}(?===|[<>~])", asked)
    if lines and "pip-conflict" in heard and not others:
        yield heard.finding("mirror-lacks-cuda-build", "torch-needs-library", torch=UNKNOWN, listed="-")


def conda_python(heard: Heard) -> Iterator[Finding]:
    """Conda keeps the environment's Python, and the torch that is asked for was built for others."""
    wanted = heard.first("conda-needs-python")
    if wanted is None or not wanted.subject:
        return
    built = _built_for(wanted.subject)
    have = _kept(heard)
    if not built:
        return
    if have is not None and min(built) <= have <= max(built):
        return
    old = have is not None and have < min(built)
    yield heard.finding(
        "python-too-old" if old else "python-too-new",
        "conda-needs-python",
        "conda-has-python",
        variant="file",
        python=f"{have[0]}.{have[1]}" if have else UNKNOWN,
    )


def _kept(heard: Heard) -> Python | None:
    """The Python that the solver may not change."""
    numbers = version_numbers(heard.subject("conda-has-python"))
    return (numbers[0], numbers[1]) if len(numbers) > 1 else heard.machine.python


def _built_for(text: str) -> list[Python]:
    """The Pythons that a package is built for: by its build string, or by the solver's bounds."""
    builds = re.findall(r"py(\d)\.?(\d{1,2})(?=_|h)", text)
    if builds:
        return [(int(one), int(two)) for one, two in builds]
    return [(int(one), int(two)) for one, two in re.findall(r">=(\d)\.(\d{1,2})", text)]


def other_system(heard: Heard) -> Iterator[Finding]:
    """An environment written down on another system: conda finds none of that system's parts here."""
    if "packages-not-found" not in heard:
        return
    subdir, system = heard.subject("conda-subdir"), heard.machine.os
    windows = system == "windows" or subdir.startswith("win")
    unix = system in ("linux", "macos") or subdir.startswith(("linux", "osx"))
    kind = "linux-parts" if windows or system == "macos" else "windows-parts" if unix else ""
    if kind and kind in heard:
        yield heard.finding("platform-no-wheel", kind, variant="exported")


RULES = (parts, pinned_part, conda_python, other_system)
