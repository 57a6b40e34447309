"""A machine that several folders of tests plan for: Linux without a GPU, an active venv with nothing in it."""

from __future__ import annotations

from datetime import date

from envdoctor.facts import Environment, Facts, Host, Interpreter, Packages

__all__ = ["LINUX", "TODAY"]

TODAY = date(2026, 11, 24)
LINUX = Facts(
    host=Host(os="linux", os_name="Ubuntu 24.04 LTS", os_version="24.04", arch="x86_64", glibc="2.39"),
    interpreter=Interpreter(
        executable="/envs/dl/bin/python",
        version="3.12.9",
        implementation="cpython",
        bits=64,
        machine="x86_64",
        prefix="/envs/dl",
    ),
    environment=Environment(
        kind="venv",
        name="dl",
        prefix="/envs/dl",
        found_by="VIRTUAL_ENV",
        active=True,
        has_pip=True,
        tools={"pip": "/envs/dl/bin/pip"},
    ),
    packages=Packages(distributions=()),
)
