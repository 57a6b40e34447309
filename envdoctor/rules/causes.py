"""Which finding explains which, and in what order a person deals with them: as the rows of `codes.py` say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from envdoctor.codes import CODES
from envdoctor.findings import Finding, Severity

__all__ = ["in_order", "primary"]

_EXPLAINS = {row.name: row.explains for row in CODES}
"""What follows from a finding where both are present as errors or warnings."""
_RANK = {row.name: index for index, row in enumerate(CODES)}
_SEVERITY = {severity: index for index, severity in enumerate(Severity)}


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in the order a person acts: the root cause, what follows from it, then the rest.

    Of several findings with one code the gravest is kept, with the evidence of all of them. `caused_by`
    is set where an error present here explains another finding.
    """
    kept = _one_a_code(findings)
    errors = {finding.code for finding in kept if finding.severity is Severity.ERROR}
    linked = [_linked(finding, errors) for finding in kept]
    first = primary(linked)

    def position(finding: Finding) -> tuple[int, int, int, int]:
        # Another error's consequence is never shown before an error that stands by itself.
        return (
            0 if first is not None and first in (finding.code, finding.caused_by) else 1,
            _SEVERITY[finding.severity],
            0 if finding.caused_by is None else 1,
            _rank(finding.code),
        )

    return tuple(sorted(linked, key=position))


def primary(findings: Iterable[Finding]) -> str | None:
    """The code of the root cause: the earliest error that no other error here explains."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    roots = [finding for finding in errors if finding.caused_by is None] or errors
    if not roots:
        return None
    return min(roots, key=lambda finding: _rank(finding.code)).code


def _rank(code: str) -> int:
    """The code's row; what is fine has none and stands behind all."""
    return _RANK.get(code, len(_RANK))


def _one_a_code(findings: Iterable[Finding]) -> list[Finding]:
    kept: dict[str, Finding] = {}
    for finding in findings:
        other = kept.get(finding.code)
        if other is None:
            kept[finding.code] = finding
            continue
        graver, lesser = sorted((other, finding), key=lambda each: _SEVERITY[each.severity])
        more = tuple(each for each in lesser.evidence if each not in graver.evidence)
        kept[finding.code] = replace(
            graver, evidence=graver.evidence + more, remedies=graver.remedies or lesser.remedies
        )
    return list(kept.values())


def _linked(finding: Finding, errors: set[str]) -> Finding:
    cause = _cause(finding, errors)
    return finding if cause is None else replace(finding, caused_by=cause)


def _cause(finding: Finding, errors: set[str]) -> str | None:
    if finding.severity in (Severity.INFO, Severity.OK):
        return None
    causes = [code for code in errors if code != finding.code and finding.code in _EXPLAINS.get(code, ())]
    return min(causes, key=_rank, default=None)
