"""Every sentence a person reads, one catalogue a language, looked up by key."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path

from envdoctor.findings import Finding, Words

__all__ = ["Catalogue", "catalogue"]

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Catalogue:
    """The sentences of one language."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def say(self, words: Words) -> str:
        """The sentence with its values filled in; a value is never read as a template itself."""
        template = self.sentences.get(words.key)
        if template is None:
            return words.key
        return PLACEHOLDER.sub(lambda hit: str(words.values.get(hit[1], hit[0])), template)

    def text(self, key: str, **values: str | int | float) -> str:
        """Shorthand for `say` where the key is fixed."""
        return self.say(Words(key, values))

    def title(self, finding: Finding) -> str:
        """The finding in one line."""
        return self._of(finding, "title")

    def detail(self, finding: Finding) -> str:
        """Why it is so and what follows from it, one or two sentences; may be empty."""
        return self._of(finding, "detail")

    def _of(self, finding: Finding, part: str) -> str:
        for key in (f"finding.{finding.words_key}.{part}", f"finding.{finding.code}.{part}"):
            if key in self.sentences:
                return self.say(Words(key, finding.values))
        return finding.code if part == "title" else ""


@functools.cache
def catalogue(language: str = "en") -> Catalogue:
    """The catalogue of a language: every file "LANGUAGE*.json" beside this module, merged."""
    sentences: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"{language}*.json")):
        sentences.update(json.loads(path.read_text(encoding="utf-8")))
    return Catalogue(language, sentences)
