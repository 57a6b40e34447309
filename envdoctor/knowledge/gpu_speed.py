"""What an NVIDIA GPU should reach by its data sheet: products a second and bytes a second."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from envdoctor.frozen import Record, record
from envdoctor.knowledge.loading import DATA_FOLDER, read

__all__ = ["GpuSpeed", "gpu_speed"]


@record
class GpuSpeed(Record):
    """Published peaks without sparsity; `None`: no source was found, so nothing is claimed."""

    names: tuple[str, ...]
    """As `torch.cuda.get_device_name()` gives them."""
    fp32_tflops: float | None
    tf32_tflops: float | None
    bf16_tflops: float | None
    """Added up in float32."""
    memory_gbs: float | None
    """10⁹ bytes a second, reads and writes together."""
    source: str


def gpu_speed(name: str) -> GpuSpeed | None:
    """The row of a GPU by its exact name; a laptop's GPU has another name and no row.

    Raises:
        KnowledgeError: a row breaks the schema.

    """
    return _by_name().get(name)


@functools.cache
def _by_name() -> Mapping[str, GpuSpeed]:
    table = read(DATA_FOLDER, "gpu_speed")
    rows = table.rows(
        "gpus",
        lambda row: GpuSpeed(
            names=tuple(row["names"]),
            fp32_tflops=row["fp32_tflops"],
            tf32_tflops=row["tf32_tflops"],
            bf16_tflops=row["bf16_tflops"],
            memory_gbs=row["memory_gbs"],
            source=row["source"],
        ),
    )
    return {name: row for row in rows for name in row.names}
