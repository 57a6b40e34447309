"""Every recorded machine goes through these probes without a surprise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_from_json, facts_to_json
from envdoctor.probes.environment import probe_environment
from envdoctor.probes.interpreter import probe_interpreter
from envdoctor.probes.locate import locate
from envdoctor.probes.packages import probe_packages
from envdoctor.redact import redactor_for

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

RECORDINGS = sorted(path.stem for path in (Path(__file__).parent.parent / "recordings").glob("*.json"))


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recorded_machine(recorded: Callable[..., RecordedOutside], name: str) -> None:
    outside = recorded(name)
    patient = locate(outside, None, "/doctor/bin/python")
    interpreter = probe_interpreter(outside, patient, 5).value
    environment = probe_environment(outside, patient, interpreter).value
    packages = probe_packages(outside, interpreter).value
    facts = Facts(interpreter=interpreter, environment=environment, packages=packages)
    assert facts_from_json(facts_to_json(facts)) == facts
    redactor_for(outside)(str(facts_to_json(facts)))
    assert environment.found_by == patient.found_by
