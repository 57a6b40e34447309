"""Servers, containers, Kubernetes, WSL, Jetson: what drivers, kernels and engines say, and what is none of it."""

from __future__ import annotations

import pytest

from envdoctor.intake.reading import read
from tests.intake.conftest import Case, messages, verdict

ROWS = [
    *messages("linux.json"),
    *messages("servers.json"),
    *messages("clusters.json"),
    *messages("machines.json"),
]


@pytest.mark.parametrize("case", ROWS, ids=[row.name for row in ROWS])
def test_a_server_tells(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))


def test_a_board_is_the_machine_only_where_nothing_else_is() -> None:
    def told(*lines: str) -> tuple[str | None, ...]:
        host = read("\n".join(lines), "paste").host
        return host.l4t, host.os, host.arch

    assert told("Jetson Orin Nano, JetPack 6.2") == ("36.4.3", "linux", "aarch64")
    assert told("# R36 (release), REVISION: 4.7, GCID: 42132812") == ("36.4.7", "linux", "aarch64")
    assert told("ii  nvidia-l4t-core  35.4.1-20230801124926  arm64") == ("35.4.1", "linux", "aarch64")
    assert told("OS: Windows 11", "a friend's Jetson has JetPack 6.2")[:2] == (None, "windows")
    assert told("Python platform: Linux-6.8.0-x86_64-with-glibc2.39", "JetPack 6.2 is next")[0] is None
    assert told("JetPack 5.1.2 had it", "and JetPack 6.2 has not")[0] is None
    assert told("this wants JetPack 6.0 or newer")[0] is None
