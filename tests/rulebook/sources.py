"""Where packages come from: pip's configuration, and indexes that were measured."""

from __future__ import annotations

from dataclasses import replace

from envdoctor.facts import Facts, MirrorAnswer, Setting
from envdoctor.findings import Severity
from rulebook.case import Case
from rulebook.machines import CPU_FILES, CPU_RAN, HEALTHY, VENV, WINDOWS

TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"


def configured(url: str, facts: Facts = HEALTHY) -> Facts:
    """The machine whose pip asks this index."""
    setting = Setting(name="global.index-url", value=url, origin="/home/ann/.config/pip/pip.conf")
    return replace(facts, environment=replace(VENV, pip_settings=(setting,)))


def answered(outcome: str) -> Facts:
    """The machine whose configured index answered so."""
    answer = MirrorAnswer(mirror="tuna", serves="pypi", url=TUNA, outcome=outcome)  # type: ignore[arg-type]
    return replace(configured(TUNA), mirrors=(answer,))


LAPTOP = replace(HEALTHY, host=WINDOWS, packages=CPU_FILES, torch_import=CPU_RAN, cuda_driver=None)
"""A Windows machine with a GPU and PyPI's torch, which has no CUDA there."""

CASES = (
    Case("mirror-dead", configured("https://pypi.doubanio.com/simple"), configured(TUNA)),
    Case("mirror-unreachable", answered("timed-out"), answered("ok")),
    Case("proxy-broken", answered("proxy"), answered("ok")),
    Case("mirror-lacks-cuda-build", configured(TUNA, LAPTOP), LAPTOP),
    Case("pip-config-conflict", configured("http://index.example/simple"), configured(TUNA)),
    Case("pip-index-configured", configured(TUNA), HEALTHY, Severity.INFO, first=False),
)
