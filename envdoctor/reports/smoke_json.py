"""A smoke run as JSON, version 1; `schemas/smoke-train.schema.json` describes it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

from envdoctor import __version__
from envdoctor.findings import Finding
from envdoctor.messages import Catalogue
from envdoctor.reports.smoke_view import named
from envdoctor.smoke.result import Check, SmokeResult

__all__ = ["SCHEMA", "SCHEMA_FILE", "as_json"]

SCHEMA = 1
SCHEMA_FILE = Path(__file__).parent / "schemas" / "smoke-train.schema.json"


def as_json(
    result: SmokeResult,
    words: Catalogue,
    hide: Callable[[str], str],
    asked: dict[str, object],
    *,
    unhidden: bool = False,
) -> str:
    """The report, ending with a line break; `asked` is what the run was asked to do."""
    report = {
        "schema": SCHEMA,
        "envdoctor": __version__,
        "verdict": result.verdict,
        "device": result.device,
        "device_name": result.text("device_name"),
        "primary": result.primary,
        "checks": [_check(check, words) for check in result.checks],
        "loss": list(result.losses),
        "training": {
            "held_out_loss": result.number("held_out_loss"),
            "noise": result.number("held_out_floor"),
            "bound": result.number("loss_bound"),
            "seconds": result.number("train_seconds"),
            "samples_per_second": result.number("samples_per_second"),
        },
        "peak_memory": result.number("peak_memory"),
        "speedup": result.number("speedup"),
        "ranks": _ranks(result),
        "versions": {key: result.text(key) for key in ("torch", "python", "cuda")},
        "import_seconds": result.number("import_seconds"),
        "seconds": round(result.seconds, 3),
        "walk": result.facts.get("walk"),
        "asked": asked,
        "findings": [_finding(finding, words) for finding in result.findings],
        "output": result.output if not result.passed else "",
        "trace": result.trace,
        # Only where somebody asked for it, so that a report as anybody may see it stays what it was.
        **({"unhidden": True} if unhidden else {}),
    }
    return json.dumps(_fit(report, hide), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _fit(value: object, hide: Callable[[str], str]) -> object:
    """The value as JSON can hold it: texts hidden before they are escaped, null for NaN and infinity."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _fit(each, hide) for key, each in value.items()}
    if isinstance(value, list):
        return [_fit(each, hide) for each in value]
    return value


def _check(check: Check, words: Catalogue) -> dict[str, object]:
    return {
        "name": check.name,
        "status": check.status,
        "detail": words.say(check.detail),
        "measured": check.measured,
        "bound": check.bound,
        "seconds": check.seconds,
        "rank": check.rank,
    }


def _ranks(result: SmokeResult) -> dict[str, object] | None:
    """What was learned of several processes; `None`: there was one."""
    if result.number("world") is None:
        return None
    each = result.facts.get("ranks")
    return {
        "count": result.number("world"),
        "backend": result.text("backend"),
        "all_reduce_gbs": result.number("all_reduce_gbs"),
        "work_seconds": result.facts.get("rank_seconds"),
        "versions": each if isinstance(each, list) else None,
    }


def _finding(finding: Finding, words: Catalogue) -> dict[str, object]:
    finding = named(finding, words)
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "title": words.title(finding),
        "detail": words.detail(finding),
        "evidence": [words.say(each) for each in finding.evidence],
        "remedies": [
            {"summary": words.say(remedy.summary), "commands": [list(argv) for argv in remedy.commands]}
            for remedy in finding.remedies
        ],
    }
