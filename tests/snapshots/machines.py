"""The data set of the snapshots: machines and pasted texts that, with the smoke runs, raise every finding.

The machines of the rules' own tests come first, then those of `wordings` and `rare`, then as many of the pasted texts of the
intake's tests as show a wording that none before them showed.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

from rulebook import CASES
from rulebook import machines as codes

from envdoctor.assume import assume
from envdoctor.findings import Finding
from envdoctor.intake import read
from envdoctor.machine import Machine
from envdoctor.rules import judge
from envdoctor.rules.guard import findings_of
from tests.snapshots.rare import TEXTS, rare
from tests.snapshots.wordings import more

__all__ = ["TODAY", "Shown", "machines"]

TESTS = Path(__file__).parents[1]
TODAY = date(2026, 11, 24)
"""The day on which all of them are judged: what is settled and what is stale depends on it."""


@dataclass(frozen=True)
class Shown:
    """A machine, or a text about one, that shows a finding, a remedy or evidence no other before it showed."""

    name: str
    machine: Machine
    source: str
    findings: tuple[Finding, ...]
    new: tuple[tuple[str, str], ...]
    """Code and variant of each finding that is seen here first."""


@functools.cache
def machines() -> tuple[Shown, ...]:
    """Every machine and text of the data set, in a fixed order."""
    seen: set[tuple[str, str]] = set()
    said: set[str] = set()
    chosen = []
    for name, machine, source, findings in _judged():
        found = [(each.code, each.variant) for each in findings]
        new = tuple(each for each in dict.fromkeys(found) if each not in seen)
        sentences = {key for each in findings for key in _sentences(each)}
        if new or not sentences <= said:
            seen.update(new)
            said |= sentences
            chosen.append(Shown(name, machine, source, findings, new))
    return tuple(chosen)


def _sentences(finding: Finding) -> Iterator[str]:
    yield from (each.key for each in finding.evidence)
    yield from (each.summary.key for each in finding.remedies)


def _judged() -> Iterator[tuple[str, Machine, str, tuple[Finding, ...]]]:
    for name, machine, source in _candidates():
        yield name, machine, source, judge(machine)
    healthy = Machine(codes.HEALTHY, today=TODAY)
    yield "a rule that fails", healthy, "live", tuple(findings_of([_broken], healthy))


def _broken(machine: Machine) -> Iterator[Finding]:
    raise ZeroDivisionError("division by zero")
    yield  # a rule yields


def _candidates() -> Iterator[tuple[str, Machine, str]]:
    for case in CASES:
        yield case.code, Machine(case.broken, today=TODAY), "live"
    network = _load("rules/test_network.py")
    for lines, code, variant, _ in network.CASES:
        yield f"{code} {variant}", Machine(network.configured(network.HEALTHY, *lines), today=TODAY), "live"
    for name, facts in (*more(network), *rare(network)):
        yield name, Machine(facts, today=TODAY), "live"
    for name, text in TEXTS:
        yield name, Machine(read(text, "paste.txt"), today=TODAY), "paste.txt"
    for system, gpu in (("windows", "AMD Radeon RX 9070 XT"), ("linux", "AMD Radeon HD 7970")):
        supposed = assume(codes.NO_GPU, (f"os={system}", f"gpu={gpu}"))
        yield gpu, Machine(supposed, today=TODAY), "live"
    late = Machine(codes.HEALTHY, today=TODAY + timedelta(days=400))
    yield "old tables", late, "live"
    for file in (
        "messages",
        "installing",
        "other",
        "forms",
        "told",
        "linux",
        "accounts",
        "servers",
        "clusters",
        "other_sound",
        "upstream",
    ):
        for row in json.loads((TESTS / "intake" / f"{file}.json").read_text(encoding="utf-8")):
            text = row.get("text") if isinstance(row, dict) else None
            if text is not None:
                whole = "\n".join(text) if isinstance(text, list) else str(text)
                yield (
                    str(row.get("name") or row.get("code") or file),
                    Machine(read(whole, "paste.txt"), today=TODAY),
                    "paste.txt",
                )
    yield "nothing known", Machine(read("It does not work, help!\n", "paste.txt"), today=TODAY), "paste.txt"


def _load(path: str) -> ModuleType:
    """A module of the tests, which are no package."""
    name = f"envdoctor_snapshots_{Path(path).stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, TESTS / path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
