"""Whether a GPU is as fast as its data sheet says: far below is a warning, never an error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from envdoctor.findings import Value, Words
from envdoctor.smoke.result import Check

__all__ = ["FAR_BELOW", "judged"]

FAR_BELOW = 0.4
"""Share of the published peak below which it is worth a word: less than half, with room for power limits."""
MEASURES = (("fp32", "fp32_tflops"), ("tf32", "tf32_tflops"), ("bf16", "bf16_tflops"), ("copy", "memory_gbs"))
"""What the worker measures, and the published figure that it is held against."""


def judged(check: Check, values: Mapping[str, Value], device_name: str | None) -> Check:
    """The check with the lowest share of a published peak as its measure; a warning where that is low."""
    shares = dict(_shares(values, device_name))
    if check.status != "passed" or not shares:
        return check
    worst = min(shares, key=lambda name: shares[name][0])
    share, measured, published = shares[worst]
    told: dict[str, Value] = {
        **check.detail.values,
        "name": worst,
        "reached": f"{measured:.3g}",
        "published": f"{published:.3g}",
        "share": f"{share:.0%}",
    }
    slow = share < FAR_BELOW
    return replace(
        check,
        status="warning" if slow else "passed",
        detail=Words("smoke.speed.warning" if slow else "smoke.speed.passed.known", told),
        measured=share,
        bound=FAR_BELOW,
    )


def _shares(
    values: Mapping[str, Value], device_name: str | None
) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """For each figure that is both measured and published: (share, measured, published)."""
    from envdoctor.knowledge.gpu_speed import gpu_speed

    row = gpu_speed(device_name) if device_name else None
    for name, field in MEASURES:
        published = getattr(row, field) if row is not None else None
        measured = values.get(name)
        if published and isinstance(measured, (int, float)) and measured > 0:
            yield name, (measured / published, float(measured), float(published))
