"""What a smoke run is asked to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from envdoctor.errors import UsageError

__all__ = ["CHECKS", "DTYPES", "RANK_CHECKS", "TOGETHER", "Options"]

CHECKS = (
    "import",
    "device",
    "memory",
    "product",
    "forward",
    "gradients",
    "differences",
    "step",
    "training",
    "repeat",
    "agreement",
    "checkpoint",
    "loader",
    "mixed-precision",
    "convolution",
    "compile",
    "speed",
)
"""The checks in the order they are done; each builds on those before it."""
TOGETHER = ("rendezvous", "versions", "all-reduce", "averaging", "training", "parameters", "slowest")
"""The checks in which each process waits for the others."""
RANK_CHECKS = (*CHECKS[:8], *TOGETHER)
"""The checks of several processes: each alone on its device up to the step, then all together."""
DTYPES = ("float32", "float64", "bfloat16", "float16")
DEFAULT_STEPS = 240
DEFAULT_TIMEOUT = 180.0
_DEVICE = re.compile(r"auto|cpu|mps|xpu(:\d{1,3})?|cuda(:\d{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """A smoke run's device, length and precision.

    `dtype` is the precision of the products; half precisions keep float32 weights (mixed precision).
    `timeout` is in seconds for the whole run.
    """

    device: str = "auto"
    require_gpu: bool = False
    steps: int = DEFAULT_STEPS
    seed: int = 0
    dtype: str = "float32"
    compile: bool = False
    timeout: float = DEFAULT_TIMEOUT
    explain: bool = False
    """Tell the numbers of the first step as well."""
    nproc_per_node: str | None = None
    """Processes on this machine: a number, or "auto": one a GPU, two on the CPU. `None`: one, no torchrun."""
    nnodes: int = 1
    rdzv_endpoint: str | None = None
    """HOST:PORT where the machines meet."""

    @property
    def in_ranks(self) -> bool:
        """Whether several processes train together."""
        return self.nproc_per_node is not None or self.nnodes > 1

    @property
    def checks(self) -> tuple[str, ...]:
        """The names of the checks of this run, in order."""
        return RANK_CHECKS if self.in_ranks else CHECKS

    def __post_init__(self) -> None:
        """Refuse what makes no sense.

        Raises:
            UsageError: naming the option and what it takes.

        """
        if not _DEVICE.fullmatch(self.device):
            raise UsageError(f"--device {self.device}: choose auto, cuda, cuda:N, mps, xpu or cpu")
        if self.dtype not in DTYPES:
            raise UsageError(f"--dtype {self.dtype}: choose {', '.join(DTYPES)}")
        if self.device == "cpu" and self.require_gpu:
            raise UsageError("--require-gpu and --device cpu exclude each other; leave out one of them")
        if self.steps < 1:
            raise UsageError(f"--steps {self.steps}: at least 1 step is needed")
        if not 0 <= self.seed < 2**63:
            raise UsageError(f"--seed {self.seed}: choose 0 or a greater whole number")
        self._refuse_ranks()
        if self.dtype == "float64" and self.device == "mps":
            raise UsageError(
                "--dtype float64: Apple's GPUs have no float64; choose --device cpu or another dtype"
            )

    def _refuse_ranks(self) -> None:
        wanted = self.nproc_per_node
        if wanted is not None and wanted != "auto" and not re.fullmatch(r"[1-9]\d{0,3}", wanted):
            raise UsageError(f"--nproc-per-node {wanted}: choose auto or a number from 1")
        if self.nnodes < 1:
            raise UsageError(f"--nnodes {self.nnodes}: at least 1 machine is needed")
        if self.nnodes > 1 and self.rdzv_endpoint is None:
            raise UsageError("--nnodes needs --rdzv-endpoint HOST:PORT, the same on every machine")
        if self.rdzv_endpoint is not None and not re.fullmatch(r"[\w.:\[\]-]+:\d{1,5}", self.rdzv_endpoint):
            raise UsageError(f"--rdzv-endpoint {self.rdzv_endpoint}: write it as HOST:PORT")
        if self.rdzv_endpoint is not None and not self.in_ranks:
            raise UsageError("--rdzv-endpoint needs --nproc-per-node or --nnodes")
        if self.in_ranks and (self.device == "mps" or ":" in self.device):
            raise UsageError(f"--device {self.device}: several processes need cuda, xpu or cpu, one GPU each")
        if self.in_ranks and self.compile:
            raise UsageError("--compile is for one process; leave out --nproc-per-node and --nnodes")
