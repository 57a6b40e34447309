"""Which of several findings comes first: the cause before what follows from it, whatever the order of the codes."""

from __future__ import annotations

import pytest

from envdoctor.codes import CODES
from envdoctor.findings import Finding, Remedy, Severity, words
from envdoctor.rules.causes import in_order, primary


def finding(code: str, severity: Severity = Severity.ERROR, **more: object) -> Finding:
    return Finding(code, severity, **more)  # type: ignore[arg-type]


def codes(*findings: Finding) -> list[str]:
    return [each.code for each in in_order(findings)]


def test_a_cause_comes_first_also_where_its_effect_has_the_earlier_rank() -> None:
    found = (finding("proxy-broken"), finding("tls-failed"))
    assert codes(*found) == ["proxy-broken", "tls-failed"]
    assert primary(in_order(found)) == "proxy-broken"
    assert in_order(found)[1].caused_by == "proxy-broken"


def test_what_follows_from_another_error_is_not_shown_before_one_that_stands_by_itself() -> None:
    found = (
        finding("python-broken"),
        finding("disk-low"),
        finding("torch-partial-install"),
        finding("gpu-hidden"),
    )
    assert codes(*found) == ["python-broken", "disk-low", "gpu-hidden", "torch-partial-install"]


def test_the_consequences_of_the_root_cause_stand_right_behind_it() -> None:
    found = (finding("gpu-hidden"), finding("torch-missing"), finding("python-broken"))
    assert codes(*found) == ["python-broken", "torch-missing", "gpu-hidden"]


def test_an_error_stands_before_a_warning_and_information_is_nobodys_effect() -> None:
    found = (
        finding("env-not-isolated", Severity.WARNING),
        finding("gpu-hidden"),
        finding("torch-missing", Severity.INFO),
    )
    assert codes(*found) == ["gpu-hidden", "env-not-isolated", "torch-missing"]
    assert [each.caused_by for each in in_order(found)] == [None, None, None]
    assert primary(in_order((found[0],))) is None


def test_of_one_code_the_gravest_stays_with_the_evidence_of_all() -> None:
    one, other = words("evidence.plain", text="one"), words("evidence.plain", text="other")
    (kept,) = in_order(
        (
            finding("disk-low", Severity.WARNING, evidence=(one, other)),
            finding("disk-low", evidence=(one,)),
        )
    )
    assert (kept.severity, kept.evidence) == (Severity.ERROR, (one, other))


def test_of_one_code_the_lesser_finding_lends_its_way_out() -> None:
    way_out = (Remedy(words("remedy.reboot")),)
    grave, mild = finding("torch-missing"), finding("torch-missing", Severity.WARNING, remedies=way_out)
    assert in_order([grave, mild])[0].remedies == way_out
    own = (Remedy(words("remedy.init")),)
    assert in_order([finding("torch-missing", remedies=own), mild])[0].remedies == own


def test_of_several_causes_the_earliest_is_named() -> None:
    causes = [row.name for row in CODES if "torch-missing" in row.explains]
    for first, *others in (causes[index:] for index in range(len(causes) - 1)):
        found = in_order(finding(code) for code in (*others, first, "torch-missing"))
        missing = next(each for each in found if each.code == "torch-missing")
        assert missing.caused_by == first


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.OK])
def test_what_is_no_fault_is_caused_by_none(severity: Severity) -> None:
    found = in_order([finding("proxy-broken"), finding("torch-missing", severity)])
    assert [each.caused_by for each in found] == [None, None]


def test_a_warning_explains_no_error() -> None:
    found = in_order([finding("torch-import-failed"), finding("env-mixed-conda-pip", Severity.WARNING)])
    assert found[0].code == "torch-import-failed" and found[0].caused_by is None
