"""`python -m tests.snapshots` writes the snapshot files anew."""

from tests.snapshots.rendering import FOLDER, FORMS, LANGUAGES, path_of, snapshot

FOLDER.mkdir(exist_ok=True)
for form in FORMS:
    for language in LANGUAGES:
        path_of(form, language).write_text(snapshot(form, language), encoding="utf-8")
