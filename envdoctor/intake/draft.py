"""What the readers of the formats have found so far in one text; turned into facts at its end."""

from __future__ import annotations

from dataclasses import dataclass, field

from envdoctor.facts import Complaint, CondaPackage, NoVersion, NvmlGpu, Sentence, ShownCommand

__all__ = ["MOST_KEPT", "Draft", "PackageRow"]

MOST_KEPT = 64
"""Of anything that may stand in a text any number of times."""
LONGEST_TEXT = 400


@dataclass(slots=True)
class PackageRow:
    """One installed distribution as a list shows it."""

    name: str
    version: str
    line: int
    location: str = ""


@dataclass(slots=True)
class Draft:
    """Values by their field, each with the line it stood in; the first one read is kept."""

    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """Fields of which the report says that nothing could be collected."""
    printed: set[int] = field(default_factory=set)
    """Numbers of the lines that are a label with its value, or a row of a table: nobody wrote them."""
    formats: dict[str, None] = field(default_factory=dict)
    gpus: dict[int, str] = field(default_factory=dict)
    gpu_uuids: dict[int, str] = field(default_factory=dict)
    capabilities: dict[str, str] = field(default_factory=dict)
    """GPU name → compute capability, where something that ran said it."""
    cards: list[str] = field(default_factory=list)
    """Display controllers as lspci names them."""
    smi_gpus: list[NvmlGpu] = field(default_factory=list)
    distributions: list[PackageRow] = field(default_factory=list)
    conda: list[CondaPackage] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    settings: list[tuple[str, str, int]] = field(default_factory=list)
    commands: list[ShownCommand] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    no_versions: list[NoVersion] = field(default_factory=list)
    told: list[Sentence] = field(default_factory=list)
    remarks: dict[str, str] = field(default_factory=dict)
    arch_list: tuple[str, ...] = ()
    asked: str | None = None
    """The program that the line above asked `which` for."""
    executables: dict[str, str] = field(default_factory=dict)
    """What `which` or `where` answered: "python", "pip" → path."""

    def put(self, name: str, value: str, line: int, source: str = "") -> None:
        """Keep a value unless the field has one; `source` is the format it was read in."""
        if name not in self.values and value:
            self.values[name] = value[:LONGEST_TEXT]
            self.lines[name] = line
        if source:
            self.formats.setdefault(source)

    def get(self, name: str) -> str | None:
        """The value of a field, or `None`."""
        return self.values.get(name)

    def add_distribution(self, row: PackageRow) -> None:
        """One row of a package list; the same row twice counts once."""
        if len(self.distributions) < 4 * MOST_KEPT and not any(
            each.name == row.name and each.version == row.version and each.location == row.location
            for each in self.distributions
        ):
            self.distributions.append(row)
