"""Which Python installs in a pasted report, and which Pythons a release of torch has wheels for."""

from __future__ import annotations

import re

from envdoctor.knowledge.early import early_pythons
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.sources import places, wheel_index
from envdoctor.versions import version_numbers

__all__ = [
    "LAST_FOR_INTEL_MACS",
    "MINOR",
    "age_by_cure",
    "age_for",
    "cures",
    "installing_python",
    "is_past_variant",
    "looked_in",
    "of_its_time",
    "span",
]

LAST_FOR_INTEL_MACS = ("2.2.1", "2.2.2")


def installing_python(heard: Heard) -> tuple[int, int] | None:
    """The Python that installs: the one that runs, else the one that pip, or a path, names."""
    known = heard.machine.facts.environment.shell_pip_python or heard.paste.remarks.get("path-python")
    numbers = version_numbers(known)
    return heard.machine.python or ((numbers[0], numbers[1]) if len(numbers) > 1 else None)


def span(machine: Machine, version: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """The oldest and the newest Python with a wheel of a version; of any version where none is named."""
    platform = machine.platform or ("macos_arm64" if machine.os == "macos" else "linux_x86_64")
    early = early_pythons(version, platform) if version else None
    if early is not None and machine.tables.release(version) is None:
        return early
    rows = [each for each in machine.tables.releases if not version or each.version == version]
    found = [
        version_numbers(each) for row in rows for each in row.pythons.get(platform, ()) if each[-1] != "t"
    ]
    pairs = [(each[0], each[1]) for each in found]
    return (min(pairs), max(pairs)) if pairs else None


def age_for(heard: Heard, version: str) -> str | None:
    """The finding for a Python newer or older than every wheel of a release; `None`: it may fit."""
    python, ages = installing_python(heard), span(heard.machine, version)
    if python is None or ages is None or ages[0] <= python <= ages[1]:
        return None
    return "python-too-new" if python > ages[1] else "python-too-old"


MINOR = re.compile(r"(?<![\d.])3\.(\d{1,2})(?!\d)")
"""The minor number of a Python 3 that is named."""


_OTHER_PYTHON = re.compile(
    r"(?:just |please |then |try to )?(?:install|download|get|switch to|go to|take) "
    r"(?:an? |the )?python ?v?3\.\d",
    re.IGNORECASE,
)
"""How somebody is told to take another Python."""


def age_by_cure(heard: Heard) -> str | None:
    """The finding where somebody says that it works with another Python; an unknown one was too new."""
    sentences = [each.text for each in heard.paste.told]
    if any(has(each, "younger-python") and has(each, "cured") for each in sentences):
        return "python-too-new"
    named = [int(minor) for text in cures(heard) for minor in MINOR.findall(text)]
    python = installing_python(heard)
    if not named or (python is not None and (3, named[0]) == python):
        return None
    return "python-too-new" if python is None or python > (3, named[0]) else "python-too-old"


def cures(heard: Heard) -> list[str]:
    """The sentences that tell with which Python it works, or say to take another."""
    return [each.text for each in heard.paste.told if _is_cure(each.text) or _OTHER_PYTHON.match(each.text)]


def _is_cure(sentence: str) -> bool:
    good = has(sentence, "works") or has(sentence, "cured")
    return good and has(sentence, "python-version") and not has(sentence, "fails")


YOUNG = 2
"""The last patch release of a Python that may have come before the first torch for it.

3.11.2 is of February 2023; torch 2.0.0, in the tables the first for 3.11 on every system, of March 2023.
"""
BUILT_32_BIT = (3, 8)
"""The last Python of which python.org offered Windows the 32-bit build first (python/pythondotorg #1611)."""


def of_its_time(heard: Heard) -> str | None:
    """Why PyPI itself, which answered, had nothing for an interpreter that is unknown, or has torch today."""
    machine = heard.machine
    python = installing_python(heard)
    if machine.os == "macos" or any(not _OFFICIAL.search(each) for each in places(heard)):
        return None
    if python is None:
        return "python-too-new"
    if machine.os == "windows" and machine.facts.interpreter.bits is None and python <= BUILT_32_BIT:
        return "python-32bit"
    numbers = version_numbers(machine.facts.interpreter.version)
    young = len(numbers) < 3 or numbers[2] <= YOUNG
    return "python-too-new" if young and python >= (3, 8) else None


_OFFICIAL = re.compile(r"//(?:pypi\.\w{2,4}|pypi\.ngc\.nvidia\.com|download\.pytorch\.org)/")


def is_past_variant(heard: Heard) -> bool:
    """Whether one CUDA's index alone is asked, whose last release came before this Python."""
    asked = sorted({found for place in (*heard.commands, *looked_in(heard)) if (found := wheel_index(place))})
    python, platform = installing_python(heard), heard.machine.platform or "linux_x86_64"
    if python is None or len(asked) != 1 or asked[0][1] != "index":
        return False
    rows = [
        each
        for each in heard.machine.tables.releases
        if asked[0][0] in each.official_variants.get(platform, ())
    ]
    ages = [version_numbers(key) for row in rows for key in row.pythons.get(platform, ()) if key[-1] != "t"]
    return bool(ages) and python > max((each[0], each[1]) for each in ages)


def looked_in(heard: Heard) -> list[str]:
    """The one index that pip says it looks in, as the option that a command would name it with."""
    said = [each.value for each in heard.machine.facts.environment.pip_settings if "looking in" in each.name]
    return [f"--index-url {value}" for value in said if "," not in value]
