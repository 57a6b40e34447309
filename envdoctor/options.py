"""What several commands ask for in the same way: each option once, and the values that options may take."""

from collections.abc import Callable
from enum import Enum

import typer
from typer.models import OptionInfo

__all__ = [
    "NO_REDACT",
    "PROBE_TIMEOUT",
    "Emit",
    "Format",
    "Language",
    "Page",
    "With",
    "of_assumptions",
    "of_form",
    "of_output",
    "of_python",
    "of_verbosity",
]


class Language(str, Enum):
    """The languages that envdoctor speaks."""

    AUTO = "auto"
    EN = "en"
    ZH = "zh"


class Format(str, Enum):
    """The forms that a report, a plan and a list can take."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class Page(str, Enum):
    """The forms an explanation can take."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


class With(str, Enum):
    """What installs."""

    AUTO = "auto"
    PIP = "pip"
    UV = "uv"
    CONDA = "conda"


class Emit(str, Enum):
    """The files that a plan can be written as."""

    REQUIREMENTS = "requirements"
    ENVIRONMENT = "environment"
    UV = "uv"


_option: Callable[..., OptionInfo] = typer.Option  # Typer itself promises no type

PROBE_TIMEOUT = _option(metavar="SECONDS", min=0.1, max=3600, help="How long any one probe may take.")
NO_REDACT = _option("--no-redact", help="Show home folders, user and host names.")


def of_python(purpose: str) -> OptionInfo:
    """`--python`: the environment that the command is to `purpose`."""
    return _option(metavar="PATH", help=f"The environment to {purpose}: its python, or its folder.")


def of_form(subject: str) -> OptionInfo:
    """`--format`: of the report, the plan, whatever the command writes."""
    return _option("--format", help=f"The form of the {subject}.")


def of_output(subject: str) -> OptionInfo:
    """`--output`: the file that the subject is written into."""
    return _option(metavar="FILE", help=f"Write the {subject} into this file.", dir_okay=False)


def of_assumptions(deed: str) -> OptionInfo:
    """`--assume`: what the command takes for granted while it does its deed ("Judge", "Plan")."""
    known = "os, arch, python, driver, gpu, torch, glibc"
    return _option(metavar="KEY=VALUE", help=f"{deed} as if this were so: {known}.")


def of_verbosity(more: str) -> OptionInfo:
    """`--verbose`, with what it adds."""
    return _option("--verbose", "-v", help=more)
