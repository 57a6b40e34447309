"""What `--from` names: files, folders and standard input, opened one after another, a report at a time.

One report is held at any time, however many there are. What can't be read is a value (`Unread`) like what
can, so that one bad file does not keep the others from their answers.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from envdoctor.errors import UsageError
from envdoctor.facts import Facts
from envdoctor.facts.saved import facts_from_json
from envdoctor.trust import trusted

__all__ = ["SCHEMA", "STANDARD_INPUT", "Given", "Unread", "given"]

SCHEMA = 1
"""The number of the only form of report that there has been so far."""
STANDARD_INPUT = "-"
LARGEST = 256 << 20
"""Bytes of one text; beyond this it is no report that anybody pasted."""

_HEAD = 4096
_BOM = b"\xef\xbb\xbf"
LONG = 4 << 20
"""Bytes from which on a text is read block by block."""
_JSON = re.compile(rb"\[\s*\{|\{\s*\"")
_OURS = re.compile(r'"schema"\s*:\s*-?\d|"envdoctor"\s*:\s*"')


@dataclass(frozen=True, slots=True)
class Given:
    """One machine's facts from one input.

    `text` is what was pasted, empty for a saved report.
    """

    source: str
    facts: Facts
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An input, or a part of one, that holds no report: what it is called, and in a sentence why."""

    label: str
    reason: str


def given(names: Sequence[str]) -> Iterator[Given | Unread]:
    """Every report that the names stand for, in their order; the files of a folder by name.

    Raises:
        UsageError: standard input is named more than once.

    """
    if sum(name == STANDARD_INPUT for name in names) > 1:
        raise UsageError("--from - is given more than once; standard input can be read only once")
    tails = Counter(Path(name).name for name in names)
    for name in names:
        if name == STANDARD_INPUT:
            yield from _reports(STANDARD_INPUT, lambda: nullcontext(_standard_input()))
            continue
        path = Path(name)
        if path.is_dir():
            yield from _folder(path)
        else:
            # Two files of one name are told apart by the folder that they lie in.
            label = path.name if tails[path.name] == 1 else f"{path.parent.name}/{path.name}"
            # "live" is what a report of this machine has for its source.
            yield from _reports("./live" if label == "live" else label, _opener(path))


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise OSError("it is closed")
    if sys.stdin.isatty() and sys.stderr is not None:
        end = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"
        sys.stderr.write(f"Paste the text, then press {end} on a line of its own.\n")
    return sys.stdin.buffer


def _folder(path: Path) -> Iterator[Given | Unread]:
    try:
        names = sorted(each.name for each in os.scandir(path) if not each.name.startswith("."))
    except OSError as error:
        yield Unread(str(path), _because(error))
        return
    files = [name for name in names if not _is_none(path / name)]
    if not files:
        yield Unread(str(path), "no files in this folder")
    for name in files:
        yield from _reports(name, _opener(path / name))


def _is_none(path: Path) -> bool:
    """Whether this is no file: a folder, or a pipe or socket, at which one would wait for ever."""
    return path.exists() and not path.is_file()


def _reports(source: str, opened: Callable[[], AbstractContextManager[BinaryIO]]) -> Iterator[Given | Unread]:
    label = "standard input" if source == STANDARD_INPUT else source
    try:
        with opened() as file:
            yield from _contents(source, label, file)
    except OSError as error:
        yield Unread(label, _because(error))


def _because(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _contents(source: str, label: str, file: BinaryIO) -> Iterator[Given | Unread]:
    """The reports in one stream of bytes: JSON Lines line by line, anything else as a whole."""
    first = file.readline(LONG)
    if not first.endswith(b"\n") and first.startswith(b"{"):
        first += file.readline(LARGEST + 1 - len(first))
    if _is_object(first):
        yield from _lines(source, label, first, file)
        return
    data = first + file.read(LONG - len(first)) if len(first) < LONG else first
    if len(data) < LONG:
        yield from _whole(source, label, data)
    elif _JSON.match(data.lstrip().removeprefix(_BOM).lstrip()):
        data += file.read(LARGEST + 1 - len(data))
        yield from _whole(source, label, data) if len(data) <= LARGEST else _too_large(label)
    else:
        yield from _long(source, label, data, file)


def _too_large(label: str) -> Iterator[Unread]:
    yield Unread(label, f"larger than {LARGEST >> 20} MiB, which no pasted report is")


def _long(source: str, label: str, data: bytes, file: BinaryIO) -> Iterator[Given | Unread]:
    """A text of many megabytes: most of it is a log, of which the repeated lines are not kept."""
    from envdoctor.intake import read, thinned

    try:
        text, left_out = thinned(data, _Counted(file, LARGEST - len(data)))
    except UsageError as error:
        yield Unread(label, str(error))
        return
    except OverflowError:
        yield from _too_large(label)
        return
    facts = trusted(read(text, label))
    if left_out and facts.paste is not None:
        facts = replace(facts, paste=replace(facts.paste, left_out=left_out))
    yield Given(source, facts, text)


class _Counted:
    """A stream that gives no more than so many bytes.

    Raises:
        OverflowError: there is more.

    """

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file, self._left = file, most

    def read(self, size: int) -> bytes:
        data = self._file.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise OverflowError
        return data


def _is_object(line: bytes) -> bool:
    """Whether a line is a JSON report by itself, as in JSON Lines."""
    line = line.strip().removeprefix(_BOM)
    return line.startswith(b"{") and line.endswith(b"}") and b'"schema"' in line


def _lines(source: str, label: str, first: bytes, rest: BinaryIO) -> Iterator[Given | Unread]:
    lines = _filled(first.removeprefix(_BOM), rest)
    number, line = next(lines)
    following = next(lines, None)
    alone = following is None
    while True:
        where = "" if alone else f":{number}"
        try:
            yield Given(f"{source}{where}", _facts(_parse(line.decode("utf-8", "replace"))))
        except UsageError as error:
            yield Unread(f"{label}{where}", str(error))
        if following is None:
            return
        number, line = following
        following = next(lines, None)


def _filled(first: bytes, rest: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that hold something, with their numbers."""
    number, line = 1, first
    while line:
        if line.strip():
            yield number, line
        number, line = number + 1, rest.readline(LARGEST)


def _whole(source: str, label: str, data: bytes) -> Iterator[Given | Unread]:
    from envdoctor.intake import decode, read

    try:
        if not data.strip():
            raise UsageError("the file is empty" if source != STANDARD_INPUT else "nothing came")
        text = decode(data)
        saved = _objects(text)
        if saved is None:
            facts = read(text, label)
            yield Given(source, trusted(facts), text)
            return
    except UsageError as error:
        yield Unread(label, str(error))
        return
    for number, each in enumerate(saved, 1):
        where = "" if len(saved) == 1 else f":{number}"
        try:
            yield Given(f"{source}{where}", _facts(each))
        except UsageError as error:
            yield Unread(f"{label}{where}", str(error))


def _objects(text: str) -> list[object] | None:
    """The JSON reports that a text consists of, or has in it; `None`: it is something else.

    Raises:
        UsageError: it starts as a report of envdoctor and ends in the middle.

    """
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith(("{", "[")):
        # A report that was posted among other things: the object that stands on lines of its own.
        hit = re.search(r'^\{\s*"schema"\s*:', text, re.MULTILINE)
        if hit is None:
            return None
        start = text[hit.start() :]
        found = [_parse_one(start)[0]]
    else:
        if not _OURS.search(start[:_HEAD]):
            return None
        found = []
        while start:
            value, end = _parse_one(start)
            found += value if isinstance(value, list) else [value]
            start = start[end:].lstrip()
    return found


def _parse(text: str) -> object:
    value, end = _parse_one(text.strip().removeprefix("\ufeff"))
    if text.strip()[end:].strip("\ufeff \r\n"):
        raise UsageError("more stands behind the report on this line")
    return value


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is no finite number")
    return value


def _whole_number(number: str) -> int:
    if len(number) > 20:
        raise ValueError(f"{number[:20]}... is no size, count or code of any machine")
    return int(number)


def _not_json(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_float=_finite, parse_int=_whole_number, parse_constant=_not_json)


def _parse_one(text: str) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) - 1 or "Unterminated" in error.msg:
            raise UsageError(f"the report is cut off (line {error.lineno}); ask for the whole file") from None
        raise UsageError(f"no valid JSON in line {error.lineno}: {error.msg.lower()}") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"no valid JSON: {reason:.80}") from None


def _facts(report: object) -> Facts:
    """The facts of a report that `check --format json` wrote.

    Raises:
        UsageError: it is no such report, or one whose form this version doesn't know.

    """
    if not isinstance(report, dict) or "schema" not in report:
        raise UsageError('no report of envdoctor: it has no "schema"')
    number = report["schema"]
    if number != SCHEMA or isinstance(number, bool):
        shown = json.dumps(number)[:20]
        raise UsageError(f"its schema is {shown}, this envdoctor reads schema {SCHEMA}; update envdoctor")
    if "facts" not in report:
        raise UsageError("it holds no facts; save the output of `envdoctor check --format json`")
    try:
        return trusted(facts_from_json(report["facts"]))
    except RecursionError:
        raise UsageError("no valid report: it is nested too deeply") from None
