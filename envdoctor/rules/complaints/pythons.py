"""Which Python installs in a pasted report, and which Pythons a release of torch has wheels for."""

from __future__ import annotations

from envdoctor.knowledge.early import early_pythons
from envdoctor.machine import Machine, version_numbers
from envdoctor.rules.complaints.heard import Heard

__all__ = ["LAST_FOR_INTEL_MACS", "installing_python", "span"]

LAST_FOR_INTEL_MACS = ("2.2.1", "2.2.2")


def installing_python(heard: Heard) -> tuple[int, int] | None:
    """The Python that installs: the one that runs, else the one that pip names as its own."""
    numbers = version_numbers(heard.machine.facts.environment.shell_pip_python)
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
