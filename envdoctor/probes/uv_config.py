"""uv's configuration where it tells indexes and the cache: files, then variables, the strongest last.

uv reads one project file, one of the user and one of the system (docs.astral.sh/uv, "Configuration files").
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from envdoctor.facts import Setting
from envdoctor.outside import Outside
from envdoctor.redact import without_credentials

__all__ = ["project_file", "uv_settings"]

_OPTIONS = ("index-url", "default-index", "extra-index-url", "find-links", "no-index", "index-strategy")
_PIP_ONLY = (*_OPTIONS, "torch-backend", "no-build-isolation", "system")
"""What the table [pip] adds for `uv pip`."""
_TOP_ONLY = (*_OPTIONS, "cache-dir", "no-cache")
"""What is asked of a file outside the table [pip]."""
_TELLING = ("index", "torch-backend", "find-links", "cache")
"""One of these is in every file that says something of interest here."""
_VARIABLES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_NO_INDEX",
    "UV_INDEX_STRATEGY",
    "UV_TORCH_BACKEND",
    "UV_INSECURE_HOST",
    "UV_NO_BUILD_ISOLATION",
    "UV_SYSTEM_PYTHON",
    "UV_PYTHON_INSTALL_MIRROR",
)
_FILE_LIMIT = 1 << 18


def uv_settings(outside: Outside) -> tuple[tuple[Setting, ...], str]:
    """The lines of uv's configuration that tell where packages come from and lie, and what can't be read.

    A line is named by its option, those of the table [pip] as "pip.OPTION", a named index as "index"; a
    later line is stronger. A variable such as UV_INDEX stands as the option that it sets.
    """
    found: list[Setting] = []
    troubles = []
    for file in _files(outside):
        text = outside.read_text(file, _FILE_LIMIT)
        # Most projects say nothing of uv, and parsing costs more than looking.
        if text is None or not any(word in text for word in _TELLING):
            continue
        try:
            found += _lines(text, file)
        except ValueError as error:
            troubles.append(f"{file}: {error}")
    for name in _VARIABLES:
        value = outside.environ.get(name, "").strip()
        if value:
            option = name[3:].lower().replace("_", "-")
            found.append(Setting(name=option, value=_shown(value), origin=name))
    return tuple(found), "; ".join(troubles)


def _files(outside: Outside) -> Iterator[str]:
    """The files that uv reads here, the weakest first."""
    path, environ = outside.path, outside.environ
    if Setting(name="no-config", value=environ.get("UV_NO_CONFIG", ""), origin="UV_NO_CONFIG").is_on:
        return
    if environ.get("UV_CONFIG_FILE"):
        yield path.join(outside.cwd, environ["UV_CONFIG_FILE"])
        return
    if outside.system == "windows":
        yield path.join(environ.get("PROGRAMDATA") or "C:\\ProgramData", "uv", "uv.toml")
        if environ.get("APPDATA"):
            yield path.join(environ["APPDATA"], "uv", "uv.toml")
    else:
        folders = [f"{each}/uv" for each in (environ.get("XDG_CONFIG_DIRS") or "").split(":") if each]
        places = (path.join(each, "uv.toml") for each in (*folders, "/etc/uv"))
        yield from [each for each in places if outside.is_file(each)][:1]
        own = environ.get("HOME")
        home = environ.get("XDG_CONFIG_HOME") or (path.join(own, ".config") if own else None)
        if home is not None:
            yield path.join(home, "uv", "uv.toml")
    project = project_file(outside)
    if project is not None:
        yield project


def project_file(outside: Outside) -> str | None:
    """The project's file: uv.toml or a pyproject.toml that speaks of uv, here or in the nearest parent."""
    folder = outside.cwd
    while folder:
        own = str(outside.path.join(folder, "uv.toml"))
        if outside.is_file(own):
            return own
        project = str(outside.path.join(folder, "pyproject.toml"))
        if "[tool.uv" in (outside.read_text(project, _FILE_LIMIT) or ""):
            return project
        parent = outside.path.dirname(folder)
        folder = parent if parent != folder else ""
    return None


def _lines(text: str, file: str) -> list[Setting]:
    """The settings of one file.

    Raises:
        ValueError: it is no TOML; the message says where.

    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        table: object = tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if file.endswith("pyproject.toml"):
        table = _table(_table(table).get("tool")).get("uv")
    top = _table(table)
    found = list(_options(top, _TOP_ONLY, "", file))
    found += _options(_table(top.get("pip")), _PIP_ONLY, "pip.", file)
    indexes = top.get("index")
    for row in indexes if isinstance(indexes, list) else ():
        url = _table(row).get("url")
        if isinstance(url, str):
            found.append(Setting(name="index", value=_shown(url), origin=file))
    return found


def _options(
    table: Mapping[str, object], names: tuple[str, ...], prefix: str, file: str
) -> Iterator[Setting]:
    for name in names:
        value = table.get(name)
        if isinstance(value, (str, bool)):
            yield Setting(name=prefix + name, value=_shown(str(value)), origin=file)
        elif isinstance(value, list):
            text = " ".join(str(each) for each in value)
            yield Setting(name=prefix + name, value=_shown(text), origin=file)


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _shown(value: str) -> str:
    return without_credentials(" ".join(value.split()))
