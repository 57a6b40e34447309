"""Several diagnoses: a row each, or with --verbose the whole report, then how often each cause came up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from envdoctor.findings import Severity
from envdoctor.messages import Catalogue
from envdoctor.messages.columns import padded, shortened, width
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.text import Style, as_text, fits, sign
from envdoctor.reports.view import inert

__all__ = ["as_table"]

_SEVERITY = {"errors": Severity.ERROR, "warnings": Severity.WARNING, "ok": Severity.OK}


def as_table(diagnoses: Iterable[Diagnosis], words: Catalogue, style: Style) -> Iterator[str]:
    """The rows as the diagnoses come, then the summary; every text ends with a line break.

    None of the diagnoses is kept: there may be any number of them.
    """
    signs = {verdict: sign(severity, words, style) for verdict, severity in _SEVERITY.items()}
    causes: Counter[tuple[str, str]] = Counter()
    for diagnosis in diagnoses:
        cause = diagnosis.cause
        causes[diagnosis.verdict, cause] += 1
        name = cause or words.text(f"many.{diagnosis.verdict}")
        if style.verbose:
            yield as_text(diagnosis, style) + "\n" + "-" * style.columns + "\n"
        else:
            yield fits(_row(diagnosis, signs[diagnosis.verdict], name, style.columns), style.encoding)
    yield "\n" + fits(words.text("many.summary", count=causes.total()), style.encoding) + "\n"
    digits = len(str(max(causes.values(), default=0)))
    for (verdict, cause), count in sorted(causes.items(), key=lambda row: (-row[1], row[0])):
        name = cause or words.text(f"many.{verdict}")
        yield fits(f"{count:{digits + 2}}  {signs[verdict]} {name}\n", style.encoding)


def _row(diagnosis: Diagnosis, mark: str, cause: str, columns: int) -> str:
    name = inert(diagnosis.hide(diagnosis.source))
    room = columns - width(mark) - 3 - width(cause)
    if room >= min(width(name), columns // 2):
        return f"{mark} {padded(shortened(name, room), room)}  {cause}\n"
    return f"{mark} {shortened(name, columns - width(mark) - 1)}\n    {cause}\n"
