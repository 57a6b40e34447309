"""What is known about one machine: typed, frozen, the same for a live machine, a report and pasted text.

Every block belongs to one probe (or one intake format) and stands in the module of its subject. A field that
is `None` was not learned; why stands in `Facts.unknown` under its dotted path ("host.glibc"), and where a
learned value came from stands in `Facts.sources`. Nothing in here touches the machine or judges what it
holds.

Units: sizes are bytes, times are seconds, versions are strings as their owners print them, compute
capabilities are strings "8.9", PCI ids are lower-case hexadecimal without a prefix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from envdoctor.facts.gpus import (
    CudaDriver,
    CudaKernel,
    CudaToolkit,
    GpuProcess,
    MigInstance,
    Nvidia,
    NvidiaSmi,
    Nvml,
    NvmlGpu,
    OtherGpu,
    PciCard,
    TorchDevice,
)
from envdoctor.facts.host import Host, Os, Volume
from envdoctor.facts.mirrors import MirrorAnswer
from envdoctor.facts.packages import CondaPackage, Distribution, Packages, Shadow, TorchFiles, TorchImport
from envdoctor.facts.paste import Complaint, NoVersion, Paste, Sentence, ShownCommand
from envdoctor.facts.python import (
    EditorChoice,
    Editors,
    Environment,
    Interpreter,
    JupyterKernel,
    Setting,
    pip_line,
    pip_lines,
)
from envdoctor.frozen import Record, record
from envdoctor.reason import Reason

__all__ = [
    "Complaint",
    "CondaPackage",
    "CudaDriver",
    "CudaKernel",
    "CudaToolkit",
    "Distribution",
    "EditorChoice",
    "Editors",
    "Environment",
    "Facts",
    "GpuProcess",
    "Host",
    "Interpreter",
    "JupyterKernel",
    "MigInstance",
    "MirrorAnswer",
    "NoVersion",
    "Nvidia",
    "NvidiaSmi",
    "Nvml",
    "NvmlGpu",
    "Os",
    "OtherGpu",
    "Packages",
    "Paste",
    "PciCard",
    "ProbeOutcome",
    "Sentence",
    "Setting",
    "Shadow",
    "ShownCommand",
    "TorchDevice",
    "TorchFiles",
    "TorchImport",
    "Volume",
    "pip_line",
    "pip_lines",
]


@record
class ProbeOutcome(Record):
    """How one probe went."""

    name: str
    outcome: Literal["ok", "failed", "timed-out", "skipped"]
    seconds: float | None = None
    detail: str | None = None


@record
class Facts(Record):
    """All that is known about one machine."""

    host: Host = field(default_factory=Host)
    interpreter: Interpreter = field(default_factory=Interpreter)
    environment: Environment = field(default_factory=Environment)
    packages: Packages = field(default_factory=Packages)
    torch_import: TorchImport | None = None
    nvidia: Nvidia = field(default_factory=Nvidia)
    nvml: Nvml | None = None
    nvidia_smi: NvidiaSmi | None = None
    cuda_driver: CudaDriver | None = None
    other_gpus: tuple[OtherGpu, ...] | None = None
    toolkit: CudaToolkit = field(default_factory=CudaToolkit)
    editors: Editors = field(default_factory=Editors)
    mirrors: tuple[MirrorAnswer, ...] | None = None
    """`None`: nothing was measured; the network is asked only on demand."""
    probes: tuple[ProbeOutcome, ...] = ()
    paste: Paste | None = None
    """`None`: the facts are a live machine's."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Dotted path ("nvidia.driver_version") → where the value was read."""
    unknown: Mapping[str, Reason] = field(default_factory=dict)
    """Dotted path → why it could not be learned."""
    assumed: tuple[str, ...] = ()
    """The `KEY=VALUE` overrides that were applied."""
