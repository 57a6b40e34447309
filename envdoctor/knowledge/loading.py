"""The JSON files of the tables, read once each, and the typed rows made of them."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from envdoctor.errors import KnowledgeError

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Row: TypeAlias = dict[str, Any]  # a row as JSON has it; what leaves this package is typed

__all__ = ["DATA_FOLDER", "SCHEMA", "TABLES", "Table", "read", "read_date", "row_label"]

DATA_FOLDER = Path(__file__).with_name("data")
TABLES = (
    "torch_releases",
    "companions",
    "archs",
    "early",
    "drivers",
    "gpus",
    "mirrors",
    "conda_forge",
    "other_gpus",
    "gpu_speed",
    "downloads",
    "pythons",
    "jetson",
)
SCHEMA = 1

T = TypeVar("T")

REPAIR = "Reinstall envdoctor, or correct the row."


class Table:
    """One JSON file; what is wrong with a row is reported with the table, the row and the field."""

    def __init__(self, name: str, content: Row) -> None:
        self.name = name
        self.content = content

    def raw(self, section: str, needed: tuple[str, ...]) -> list[Row]:
        """The rows of a section, each with at least these fields."""
        found = self.content.get(section)
        if not isinstance(found, list):
            raise KnowledgeError(f"knowledge table {self.name}: there is no list {section!r}. {REPAIR}")
        for index, row in enumerate(found):
            for field in needed:
                if not isinstance(row, dict) or field not in row:
                    raise self.damaged(section, index, row, f"field {field!r} is missing")
        return found

    def rows(self, section: str, make: Callable[[Row], T]) -> Iterable[T]:
        """The rows of a section, typed."""
        for index, row in enumerate(self.raw(section, ())):
            try:
                yield make(row)
            except KeyError as error:
                raise self.damaged(section, index, row, f"field {error} is missing") from error
            except (TypeError, ValueError, AttributeError) as error:
                raise self.damaged(section, index, row, str(error)) from error

    def mapping(self, section: str) -> dict[str, list[str]]:
        """A section that is an object of lists."""
        found = self.content.get(section)
        if not isinstance(found, dict):
            raise KnowledgeError(f"knowledge table {self.name}: there is no object {section!r}. {REPAIR}")
        return found

    def listing(self, section: str) -> list[str]:
        """A section that is a plain list of texts; empty where the table has none."""
        return list(self.content.get(section, ()))

    def damaged(self, section: str, index: int, row: object, what: str) -> KnowledgeError:
        """The error that names a bad row."""
        label = row_label(row)
        where = f"row {index + 1} of {section}" + (f" ({label})" if label else "")
        return KnowledgeError(f"knowledge table {self.name}, {where}: {what}. {REPAIR}")


def row_label(row: object) -> str:
    """What a person calls this row: its version, name or build."""
    if not isinstance(row, dict):
        return ""
    keys = ("id", "name", "chip", "version", "torch", "variant", "cuda", "branch", "l4t", "platform")
    return " ".join(str(row[key]) for key in keys if isinstance(row.get(key), (str, int)))


@functools.lru_cache(maxsize=32)
def read(folder: Path, name: str) -> Table:
    """One table, parsed."""
    path = folder / f"{name}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError(
            f"knowledge table {name} can't be read: {error}. Reinstall envdoctor."
        ) from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        found = content.get("schema") if isinstance(content, dict) else type(content).__name__
        raise KnowledgeError(f"knowledge table {name} has schema {found!r}; this version reads {SCHEMA}.")
    return Table(name, content)


def read_date(folder: Path, name: str) -> date:
    """The date of a table; it stands in the first lines, so that the rows need not be parsed for it."""
    try:
        with (folder / f"{name}.json").open(encoding="utf-8") as file:
            head = file.read(200)
    except (OSError, ValueError) as error:
        raise KnowledgeError(
            f"knowledge table {name} can't be read: {error}. Reinstall envdoctor."
        ) from error
    match = re.search(r'"as_of": *"(\d{4}-\d\d-\d\d)"', head)
    try:
        return date.fromisoformat(match[1] if match else str(read(folder, name).content.get("as_of")))
    except ValueError as error:
        raise KnowledgeError(f"knowledge table {name}: field 'as_of' is no date. {REPAIR}") from error
