"""Every sentence a person reads, one catalogue a language, looked up by key.

`speak` sets the language of this process once, at its start; `catalogue()` is then that language's.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from envdoctor.findings import UNKNOWN

if TYPE_CHECKING:
    from envdoctor.findings import Finding, Value, Words
    from envdoctor.reason import Reason

__all__ = ["Catalogue", "catalogue", "speak", "spoken"]

FOLDER = Path(__file__).parent
PLACEHOLDER = re.compile(r"\{(\w+)\}")
UNNAMED = ".unnamed"
"""How the key of the sentence ends that does without a value that nobody knows."""

_SPACED = re.compile(r"(?P<left> ?)\{(?P<name>\w+)\}(?P<right> ?)")


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


class Catalogue:
    """The sentences of one language."""

    def __init__(self, language: str, sentences: Mapping[str, str]) -> None:
        self.language = language
        self.sentences = sentences

    def say(self, words: Words) -> str:
        """The sentence with its values filled in; a value is never read as a template itself."""
        return self._filled(words.key, words.values)

    def text(self, key: str, **values: str | int | float) -> str:
        """Shorthand for `say` where the key is fixed."""
        return self._filled(key, values)

    def named(self, thing: str) -> str:
        """What a table says, a name or a sentence, in this language; as it stands where it has no twin."""
        return self._value(thing)

    def listed(self, names: Iterable[str]) -> str:
        """The names one after the other, as this language sets them apart."""
        return self.sentences["list.and"].join(names)

    def row(self, label: str, said: str) -> str:
        """A label and what stands beside it; both are shown as they are."""
        return self.sentences["pasted.fact"].format(label=label, value=said)

    def reason(self, reason: Reason) -> str:
        """Why something could not be learned; the bare key and values where a later version wrote it."""
        key = f"unknown.{reason.key}"
        if key not in self.sentences:
            return " ".join((reason.key, *map(str, reason.values.values())))
        return self._filled(key, reason.values)

    def title(self, finding: Finding) -> str:
        """The finding in one line."""
        return self._of(finding, "title")

    def detail(self, finding: Finding) -> str:
        """Why it is so and what follows from it, one or two sentences; may be empty."""
        return self._of(finding, "detail")

    def _of(self, finding: Finding, part: str) -> str:
        for key in (f"finding.{finding.words_key}.{part}", f"finding.{finding.code}.{part}"):
            if key in self.sentences:
                return self._filled(key, finding.values)
        return finding.code if part == "title" else ""

    def _filled(self, key: str, values: Mapping[str, Value]) -> str:
        template = self.sentences.get(key)
        if template is None:
            return key
        if UNKNOWN in values.values() and self._lacks(template, values):
            template = self.sentences.get(key + UNNAMED, template)
        if "{" not in template:
            return template
        if self.language == "zh":
            return _SPACED.sub(lambda hit: self._set(hit, values), template)
        texts = iter(_parts(template))
        filled = [next(texts)]
        for name in texts:
            filled += (self._value(values.get(name, f"{{{name}}}")), next(texts))
        return "".join(filled)

    @staticmethod
    def _lacks(template: str, values: Mapping[str, Value]) -> bool:
        return any(values.get(name) == UNKNOWN for name in PLACEHOLDER.findall(template))

    def _set(self, hit: re.Match[str], values: Mapping[str, Value]) -> str:
        """The value as Chinese is set: spaces part it from Chinese letters unless it is Chinese itself."""
        text = self._value(values.get(hit["name"], f"{{{hit['name']}}}"))
        before, after = hit.string[: hit.start()][-1:], hit.string[hit.end() :][:1]
        left = "" if _is_han(before) and _is_han(text[:1]) else hit["left"]
        right = "" if _is_han(after) and _is_han(text[-1:]) else hit["right"]
        return f"{left}{text}{right}"

    def _value(self, value: Value) -> str:
        """A value as it stands, or, where a rule names a thing of ours ("the tables"), by its name here."""
        if not isinstance(value, str | int | float):  # a sentence within a sentence
            return self.say(value)
        text = str(value)
        if text.startswith("line ") and text[5:].isdecimal():  # where a setting stands in a pasted text
            return self.sentences["value.line"].replace("{number}", text[5:])
        return self.sentences.get(f"value.{text}", text)


@functools.lru_cache(maxsize=2048)
def _parts(template: str) -> list[str]:
    """The text before the first placeholder, the placeholder's name, the text behind it, and so on."""
    return PLACEHOLDER.split(template)


_spoken = "en"


def speak(language: str) -> None:
    """From here on `catalogue()` is the one of this language."""
    global _spoken  # noqa: PLW0603 - one process speaks one language, like its locale
    _spoken = language


def spoken() -> str:
    """The language of this process: "en" or "zh"."""
    return _spoken


def catalogue(language: str | None = None) -> Catalogue:
    """The catalogue of a language, by default of the one that is spoken."""
    return _read(language or _spoken)


@functools.cache
def _read(language: str) -> Catalogue:
    """Every file "LANGUAGE*.json" beside this module, merged; what a language lacks is said in English."""
    import json

    sentences = dict(_read("en").sentences) if language != "en" else {}
    for name in sorted(os.listdir(FOLDER)):
        if name.startswith(language) and name.endswith(".json"):
            sentences.update(json.loads((FOLDER / name).read_text(encoding="utf-8")))
    return Catalogue(language, sentences)
