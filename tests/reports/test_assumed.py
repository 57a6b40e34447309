"""A machine that is made up of `--assume`: what was not named is not called well."""

from __future__ import annotations

import pytest

from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.forms import one
from envdoctor.reports.style import Style
from tests.reports.conftest import BROKEN, machine

LAPTOP = BROKEN[:-1]


def diagnosis(*assumptions: str, source: str = "live") -> Diagnosis:
    return diagnose(Machine(machine(*assumptions)), source, catalogue("en"), str)


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_where_torch_is_not_named_no_build_is_called_well(form: str) -> None:
    said = one(diagnosis(*LAPTOP), form, Style(width=200))
    assert "All is well" not in said and "no build was judged" in said
    assert "envdoctor install" in said or form == "markdown"


def test_where_it_is_named_it_is_judged() -> None:
    sound = diagnosis(*LAPTOP, "torch=2.5.1+cu121")
    assert "All is well" in one(sound, "text", Style())
    absent = diagnosis(*LAPTOP, "torch=none")
    said = one(absent, "text", Style(width=200))
    assert absent.primary == "torch-missing"
    assert "?" not in said, "no environment is named where none is known"
