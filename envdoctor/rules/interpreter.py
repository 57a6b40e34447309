"""Rules about the patient's Python itself: can any torch wheel fit it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from envdoctor.findings import UNKNOWN, Finding, Remedy, Words, words
from envdoctor.machine import Machine
from envdoctor.rules import other_makers, remedies
from envdoctor.rules.evidence import why
from envdoctor.rules.levels import error, info, ok, warning
from envdoctor.versions import version_numbers

if TYPE_CHECKING:
    from envdoctor.knowledge import Platform

__all__ = ["RULES"]


def starts(machine: Machine) -> Iterator[Finding]:
    """An interpreter that does not even answer."""
    environment = machine.facts.environment
    if environment.pyvenv_home_missing:
        yield error(
            "env-broken",
            [words("evidence.environment", path=environment.prefix or UNKNOWN)],
            [remedies.environment(machine)],
            path=environment.prefix or UNKNOWN,
        )
    elif machine.facts.interpreter.version is None:
        reason = machine.facts.unknown.get("interpreter.version")
        if reason is not None:
            path = machine.facts.interpreter.executable or "python"
            yield error(
                "python-broken",
                [why(reason)],
                [remedies.environment(machine)],
                path=path,
            )


ARM_32_BIT = ("armv6l", "armv7l")
"""Processors, or systems for them, on which no Python is of 64 bits: the platform is what has no wheel."""


def kind(machine: Machine) -> Iterator[Finding]:
    """Interpreters that no wheel is built for: 32-bit, PyPy, emulated."""
    interpreter = machine.facts.interpreter
    evidence = _interpreter(machine)
    if interpreter.bits == 32 and machine.arch not in ARM_32_BIT:
        yield error("python-32bit", evidence, [remedies.environment(machine, "remedy.python-64bit")])
    if interpreter.implementation is not None and interpreter.implementation != "cpython":
        yield error(
            "python-not-cpython",
            evidence,
            [remedies.environment(machine, "remedy.cpython")],
            implementation={"pypy": "PyPy", "graalpy": "GraalPy"}.get(
                interpreter.implementation, interpreter.implementation
            ),
        )
    emulated = interpreter.rosetta or (
        machine.facts.host.apple_silicon and machine.os == "macos" and machine.arch == "x86_64"
    )
    if emulated:
        yield error("python-rosetta", evidence, [remedies.environment(machine, "remedy.python-arm64")])


def _interpreter(machine: Machine) -> list[Words]:
    """Which interpreter it is, as far as that is known; a pasted report may name its version only."""
    interpreter = machine.facts.interpreter
    if interpreter.version is None:
        return []
    if interpreter.executable is None:
        return [words("evidence.python-version", version=interpreter.version)]
    return [words("evidence.interpreter", path=interpreter.executable, version=interpreter.version)]


def wheels(machine: Machine) -> Iterator[Finding]:
    """Whether the tables hold a wheel for this Python on this platform."""
    python, key, platform = machine.python, machine.python_key, machine.platform
    interpreter = machine.facts.interpreter
    if python is None or key is None:
        return
    if machine.facts.paste is not None:
        return  # a pasted version is no wish to install; what the installer said of it is heard elsewhere
    if python < (3, 6):  # as old as no table reaches, whatever the platform
        yield _unfit(machine, "python-too-old", key)
        return
    if platform is None or interpreter.bits == 32 or interpreter.implementation not in (None, "cpython"):
        return
    if machine.assumes("torch") and (unfit := _wheel_of_another(machine, python, key, platform)) is not None:
        yield unfit
    elif any(key in release.pythons.get(platform, ()) for release in machine.tables.releases):
        yield from _aging(machine, python, key, platform)
        yield ok("python-ok", python=interpreter.version or key)
    # A torch that is there and was not seen to fail proves that a wheel fits.
    elif machine.torch_version is not None and machine.torch_imports is not False:
        yield ok("python-ok", python=interpreter.version or key)
    else:
        yield from _without_wheel(machine, python, key, platform)


def _unfit(machine: Machine, code: str, key: str, **values: str) -> Finding:
    return error(code, _interpreter(machine), [remedies.environment(machine)], python=key, **values)


def _wheel_of_another(
    machine: Machine, python: tuple[int, int], key: str, platform: Platform
) -> Finding | None:
    """An assumed torch whose wheels are for other Pythons than this one."""
    release = machine.tables.release(machine.torch_version or "")
    offered = release.pythons.get(platform, ()) if release is not None else ()
    if release is None or not offered or key in offered:
        return None
    newest = max(version_numbers(each)[:2] for each in offered)
    values = {"torch": release.version, "pythons": ", ".join(offered)}
    if machine.facts.interpreter.free_threaded:
        code = "python-free-threaded"
    else:
        code = "python-too-new" if python > newest else "python-too-old"
    evidence = _interpreter(machine)
    return error(code, evidence, remedies.torch(machine), "assumed", python=key, **values)


def _aging(machine: Machine, python: tuple[int, int], key: str, platform: Platform) -> Iterator[Finding]:
    """A Python that the newest settled release has left behind, where a torch is still to be installed."""
    offered = machine.settled.pythons.get(platform, ())
    left_behind = key not in offered and any(python < version_numbers(each)[:2] for each in offered)
    if machine.torch_version is None and left_behind:
        newest = next(r for r in reversed(machine.tables.releases) if key in r.pythons.get(platform, ()))
        yield warning(
            "python-too-old",
            _interpreter(machine),
            [remedies.environment(machine)],
            "aging",
            python=key,
            torch=newest.version,
        )


def _without_wheel(
    machine: Machine, python: tuple[int, int], key: str, platform: Platform
) -> Iterator[Finding]:
    """A Python for which no release has had a wheel here: free-threaded, too new or too old."""
    every = {
        version_numbers(each)[:2]
        for release in machine.tables.releases
        for each in release.pythons.get(platform, ())
        if not each.endswith("t")
    }
    if not every:
        return
    if machine.facts.interpreter.free_threaded:
        yield _unfit(machine, "python-free-threaded", key)
    elif python > max(every):
        yield _unfit(machine, "python-too-new", key, newest=".".join(map(str, max(every))))
    elif python < min(every):
        yield _unfit(machine, "python-too-old", key)


def platform(machine: Machine) -> Iterator[Finding]:
    """Systems and processors for which PyTorch publishes no wheel."""
    host, interpreter = machine.facts.host, machine.facts.interpreter
    if (never := _never_built(machine)) is not None:
        yield never
        return
    works = machine.torch_version is not None and machine.torch_imports is not False
    if machine.os is None or machine.arch is None or works:
        return
    if interpreter.bits == 32 and machine.arch not in ARM_32_BIT:
        return
    said = machine.facts.paste.complaints if machine.facts.paste else ()
    if any(each.kind == "glibc-version" and "torch" in each.text for each in said):
        return  # whoever made it, a torch for this platform is there, and fails for another reason
    if machine.platform is None and any(each.kind.startswith("cuda-") for each in said):
        return  # a program that calls CUDA, of which nobody says that it is torch
    evidence = [words("evidence.platform", os=host.os_name or machine.os, arch=machine.arch)]
    if host.musl is not None and host.glibc is None and machine.os == "linux":
        yield error(
            "platform-no-wheel", evidence, [Remedy(words("remedy.musl"))], "musl", os=host.os_name or "musl"
        )
    elif machine.platform is None:
        ways = [Remedy(words("remedy.arm64-system"))] if machine.arch in ARM_32_BIT else []
        yield error("platform-no-wheel", evidence, ways, os=host.os_name or machine.os, arch=machine.arch)
    elif machine.platform == "macos_x86_64" and not host.apple_silicon:
        last = next(
            (r.version for r in reversed(machine.tables.releases) if r.pythons.get("macos_x86_64")), UNKNOWN
        )
        key = machine.python_key
        fits = any(key in r.pythons.get("macos_x86_64", ()) for r in machine.tables.releases)
        make = warning if fits or key is None else error  # a newer Python has no wheel at all there
        yield make(
            "platform-no-wheel", evidence, other_makers.last_for_intel_macs(machine), "intel-mac", torch=last
        )
    elif machine.platform == "windows_arm64":
        yield warning("platform-no-wheel", evidence, remedies.torch(machine), "windows-arm")


def _never_built(machine: Machine) -> Finding | None:
    """An assumed build of a kind (CUDA, ROCm, XPU) that no release has for this platform."""
    platform, variant = machine.platform, machine.torch_variant
    if not machine.assumes("torch") or platform is None or variant is None:
        return None
    builds = {
        build for release in machine.tables.releases for build in release.official_variants.get(platform, ())
    }
    kind = variant.rstrip("0123456789.")
    if any(build.startswith(kind) for build in builds):
        return None
    return error(
        "platform-no-wheel",
        [words("evidence.torch", version=machine.torch_version or UNKNOWN, variant=variant)],
        remedies.torch(machine),
        "mac-cuda" if machine.os == "macos" and kind == "cu" else "kind",
        build=variant,
        os=machine.facts.host.os_name or machine.os or UNKNOWN,
        arch=machine.arch or UNKNOWN,
    )


def ssl(machine: Machine) -> Iterator[Finding]:
    """A Python that can't speak TLS can't download anything."""
    if machine.facts.interpreter.ssl == "":
        yield error("tls-failed", variant="no-ssl", remedies=[remedies.environment(machine)])


def threads(machine: Machine) -> Iterator[Finding]:
    """Free-threaded Pythons whose wheels exist are worth a word, no more."""
    if machine.facts.interpreter.free_threaded and machine.torch_version is not None:
        yield info("python-free-threaded", variant="works", python=machine.python_key or UNKNOWN)


RULES = (starts, kind, wheels, platform, ssl, threads)
