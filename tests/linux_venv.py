"""A machine that several folders of tests plan for: Linux without a GPU, an active venv with nothing in it."""

from __future__ import annotations

from dataclasses import replace

from rulebook.machines import LINUX as UBUNTU
from rulebook.machines import PYTHON, TODAY, VENV

from envdoctor.facts import Facts, Packages

__all__ = ["LINUX", "TODAY"]

LINUX = Facts(
    host=replace(UBUNTU, os_name="Ubuntu 24.04 LTS", os_version="24.04", glibc="2.39"),
    interpreter=PYTHON,
    environment=VENV,
    packages=Packages(distributions=()),
)
