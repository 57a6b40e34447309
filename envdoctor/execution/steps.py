"""What is to be done, as values: the commands, the environment they are for, and what must come of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from envdoctor.errors import UsageError
from envdoctor.redact import without_credentials

__all__ = ["Expected", "Step", "Work"]

FORBIDDEN = ("sudo", "su", "doas", "runas", "pkexec", "sh", "bash", "cmd", "powershell", "pwsh")
"""Programs that a run never starts: it asks for no rights and needs no shell."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command. `makes`: it makes the environment; `shown` is how a person would type it."""

    argv: tuple[str, ...]
    shown: tuple[str, ...] = ()
    makes: bool = False

    def __post_init__(self) -> None:
        name = self.argv[0].replace("\\", "/").rpartition("/")[2].lower().removesuffix(".exe")
        if name in FORBIDDEN:
            command = without_credentials(" ".join(self.argv))
            raise UsageError(f"--run starts no {name}; paste this command yourself: {command}")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the environment must prove to be afterwards.

    `variant` as the planner writes it ("cpu", "cu126"); `None`: whichever. `device`: a GPU of this machine
    must compute.
    """

    torch: str | None = None
    variant: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    device: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All of a run."""

    steps: Sequence[Step]
    prefix: str
    """The environment's folder."""
    python: str
    """Its interpreter, by path; it need not exist before the run where the run makes the environment."""
    makes: bool = False
    """The environment does not exist yet."""
    what: str = ""
    """In a few words, for people: "torch 2.14.1+cu126"."""
    expected: Expected = field(default_factory=Expected)
    download: int | None = None
    """Bytes to come over the network; `None`: unknown."""
    installed: int | None = None
    """Bytes that lie in the environment afterwards, at least; `None`: unknown."""
    tool: Literal["pip", "uv", "conda"] = "pip"
    cache: str | None = None
    """Where the tool keeps what it downloads; `None`: nowhere that is known."""
