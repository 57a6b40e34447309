"""An environment that was made on one machine and is used on another, which alone has a GPU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding
from envdoctor.rules.complaints.ages import is_blind
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.kinds import ASKED_THE_DRIVER

__all__ = ["RULES", "is_made_elsewhere"]

_ENTRANCE = re.compile(r"\b(?:login|head|front[- ]?end|submit|management)\b|登录节点|管理节点", re.IGNORECASE)
"""A cluster's machine from which jobs are sent: nobody runs them there."""
_GPU_HERE = re.compile(
    r"\bGPU (?:node|machine|server|instance|host|partition|worker|queue)|\bcompute nodes?\b"
    r"|\b(?:used|run|runs|running|deployed) (?:\w+ )?on\b|\bnvidia-smi\b[^\n;]{0,40}\b(?:works|shows|lists)\b"
    r"|GPU ?节点|计算节点",
    re.IGNORECASE,
)
"""What says that the machine of the report is another one, with a GPU."""


def is_made_elsewhere(heard: Heard) -> bool:
    """Whether the environment comes from a machine without a GPU, and is used on another."""
    made = heard.all("said-made-elsewhere")
    if not made:
        return False
    text = "\n".join([*(each.text for each in made), *(each.text for each in heard.paste.told)])
    entrance = any(_ENTRANCE.search(each.text) for each in made)
    return entrance or bool(heard.machine.gpus) or _GPU_HERE.search(text) is not None


def cpu_build(heard: Heard) -> Iterator[Finding]:
    """Conda takes the build for the machine on which it solves: without a driver, the one for the CPU."""
    machine = heard.machine
    unknown = machine.torch_cuda is None and machine.torch_variant in (None, "cpu")
    if machine.cuda_proven or not unknown or not is_blind(heard) or heard.any(*ASKED_THE_DRIVER):
        return
    if is_made_elsewhere(heard):
        variant = "said" if machine.torch_version else "unnamed"
        version = machine.torch_version or UNKNOWN
        yield heard.finding("torch-cpu-build", "said-made-elsewhere", variant=variant, version=version)


RULES = (cpu_build,)
