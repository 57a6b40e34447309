"""Servers, containers, Kubernetes, WSL, Jetson: what drivers, kernels and engines say, and what is none of it."""

from __future__ import annotations

import pytest

from tests.intake.conftest import Case, messages, verdict

ROWS = [*messages("linux.json"), *messages("servers.json"), *messages("clusters.json")]


@pytest.mark.parametrize("case", ROWS, ids=[row.name for row in ROWS])
def test_a_server_tells(case: Case) -> None:
    found = verdict(case.text)
    assert case.is_answered(found), (found.primary, sorted(found.errors))
