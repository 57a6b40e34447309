"""What only a pasted text shows: messages, commands, what people say in their own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from envdoctor.frozen import Record, record

__all__ = ["Complaint", "NoVersion", "Paste", "Sentence", "ShownCommand"]


@record
class Complaint(Record):
    """One message of a known family that a pasted text shows: somebody's or some program's own words."""

    kind: str
    """The family, a key of the message table: "cuda-802", "pip-no-space"."""
    line: int
    text: str
    """The line as it was pasted, bounded."""
    subject: str = ""
    """What the message names: a library, a version, an address."""
    raised_in: str = ""
    """The file of the innermost frame of the traceback above it."""


@record
class NoVersion(Record):
    """pip's "Could not find a version that satisfies the requirement", with what the index lists."""

    requirement: str
    """As asked for: "torch==2.1.2+cu118"."""
    name: str
    """Normalised."""
    version: str | None = None
    """The one version that was asked for, where it was one."""
    versions: tuple[str, ...]
    """Those that pip could have installed; empty: none, where `listed`."""
    line: int
    listed: bool = True
    """Whether the text shows what the index lists; old reports are often cut before that."""


@record
class ShownCommand(Record):
    """A command that a pasted text shows somebody to have run."""

    line: int
    text: str


@record
class Sentence(Record):
    """Something that a pasted text tells in a person's words."""

    line: int
    text: str


@record
class Paste(Record):
    """What only a pasted text shows: complaints, commands, and in which formats it was written."""

    lines: int = 0
    left_out: int = 0
    """Lines of the middle of a very long text that were not read, as there was no room for them."""
    formats: tuple[str, ...] = ()
    """What was understood: "collect_env", "nvidia-smi", "pip list", "conda list", "messages"."""
    complaints: tuple[Complaint, ...] = ()
    """In the order of the text, at most one of each kind and subject."""
    commands: tuple[ShownCommand, ...] = ()
    no_versions: tuple[NoVersion, ...] = ()
    told: tuple[Sentence, ...] = ()
    """Sentences of no known form, bounded; none of a text that is too long to be somebody's account."""
    remarks: Mapping[str, str] = field(default_factory=dict)
    """What people write in their own words, by the key of the remark: "pypy", "no-gpus-flag" → the line."""
