"""The data set in every form and both languages, as the text of the snapshot files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from envdoctor import __version__
from envdoctor.messages import Catalogue, catalogue
from envdoctor.redact import Redactor
from envdoctor.reports.diagnosis import Diagnosis
from envdoctor.reports.forms import one
from envdoctor.reports.smoke_html import as_html
from envdoctor.reports.smoke_json import as_json
from envdoctor.reports.smoke_markdown import as_markdown
from envdoctor.reports.smoke_plot import picture
from envdoctor.reports.smoke_text import as_text
from envdoctor.reports.smoke_view import smoke_view
from envdoctor.reports.style import Style
from envdoctor.smoke.result import SmokeResult
from tests.snapshots.machines import Shown, machines
from tests.snapshots.rare import every_check
from tests.snapshots.runs import RUNS

__all__ = ["FOLDER", "FORMS", "LANGUAGES", "path_of", "snapshot"]

FOLDER = Path(__file__).parent / "files"
LANGUAGES = ("en", "zh")
Form = Literal["text-80", "text-40", "markdown", "html", "json"]
FORMS: tuple[Form, ...] = ("text-80", "text-40", "markdown", "html", "json")
"""The first shows every wording of every finding, the others each code once."""
_ENDINGS = {"markdown": "md", "html": "html", "json": "json"}
_HIDE = Redactor(homes=("/home/ann",), users=("ann",)).text


def path_of(form: Form, language: str) -> Path:
    """The file of a form and language."""
    return FOLDER / f"{form}.{language}.{_ENDINGS.get(form, 'txt')}"


def snapshot(form: Form, language: str) -> str:
    """The text of that file as the code makes it now."""
    words = catalogue(language)
    parts = list(_parts(form, words))
    return "\n".join(parts).replace(f"envdoctor {__version__}", "envdoctor") + "\n"


def _parts(form: Form, words: Catalogue) -> Iterator[str]:
    codes: set[str] = set()
    for shown in machines():
        new = [code for code, _ in shown.new if code not in codes]
        codes.update(new)
        if new or form == "text-80":
            yield _titled(form, shown.name, shown.new, _report(form, shown, words))
    if form == "text-80":
        for status, result in every_check():
            yield _titled(form, "smoke run, every check", (("", status),), _run(form, result, words))
    for (code, variant, check, _), result in RUNS:
        if code not in codes or form == "text-80":
            codes.add(code)
            yield _titled(form, f"smoke run, {check}", ((code, variant),), _run(form, result, words))


def _titled(form: Form, name: str, new: tuple[tuple[str, str], ...], body: str) -> str:
    label = ", ".join(f"{code} {variant}".strip() for code, variant in new)
    if form == "html":
        return f"<!-- {name}: {label} -->\n{_body(body)}"
    return f"{'=' * 20} {name}: {label}\n{body}"


def _body(page: str) -> str:
    """What the page shows; its style and its script are files of their own."""
    return page.partition("<body>\n")[2].partition("<script>")[0].rstrip() + "\n"


def _style(form: Form) -> Style:
    return Style(width=40 if form == "text-40" else 80)


def _report(form: Form, shown: Shown, words: Catalogue) -> str:
    diagnosis = Diagnosis(shown.machine, shown.findings, shown.source, words, _HIDE)
    if form == "json":
        return _findings(one(diagnosis, "json", _style(form)))
    return one(diagnosis, "text" if form.startswith("text") else form, _style(form))


def _findings(report: str) -> str:
    """The JSON report without the facts, which are the data set itself."""
    told = json.loads(report)
    kept = {key: told[key] for key in ("verdict", "primary", "findings")}
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _run(form: Form, result: SmokeResult, words: Catalogue) -> str:
    seen = smoke_view(result, words, _HIDE)
    if form == "json":
        return _findings(as_json(result, words, _HIDE, {}))
    if form == "html":
        return as_html(seen, picture(result, words), (), words)
    if form == "markdown":
        return as_markdown(seen, result.losses, (), words)
    return as_text(seen, result.losses, words, _style(form))
