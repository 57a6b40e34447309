"""pip's configuration, read as pip reads it: files, then variables, the last one wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from envdoctor.facts import Setting, pip_line
from envdoctor.outside import Outside
from envdoctor.redact import without_credentials

if TYPE_CHECKING:
    from envdoctor.network import Route

__all__ = ["overridden_settings", "pip_route", "pip_settings"]

_OPTIONS = frozenset(
    """
    index-url extra-index-url find-links no-index trusted-host proxy cert client-cert require-virtualenv
    user target prefix cache-dir no-cache-dir break-system-packages no-build-isolation constraint
    only-binary no-binary pre prefer-binary timeout default-timeout retries use-feature use-deprecated
    python platform abi uploaded-prior-to no-deps index-strategy keyring-provider
    """.split()  # noqa: SIM905 - a list of strings would hide the names among quotes
)
"""The options that change where packages come from, where they go, and which of them fit."""
_SECTIONS = ("global", "install", "download", "wheel")


def pip_settings(outside: Outside, prefix: str | None) -> tuple[tuple[Setting, ...], str]:
    """The effective lines of pip's configuration, and what is wrong with a file that can't be read.

    A line is named by its section and option: "global.index-url". A variable such as PIP_INDEX_URL is
    stronger than every file and stands as "global.NAME".
    """
    effective, _, troubles = _read(outside, prefix)
    return tuple(map(_shown, effective)), troubles


def pip_route(outside: Outside, prefix: str | None) -> Route:
    """How pip reaches an index from here; credentials and all, so nothing of it may be shown."""
    from envdoctor.network import Route

    settings = _read(outside, prefix)[0]

    def told(option: str) -> str:
        line = pip_line(settings, option)
        return line.value if line is not None else ""

    proxy = told("proxy") or None
    environ = {} if proxy else outside.environ  # with a proxy of its own pip asks the environment nothing
    named = (told("cert"), environ.get("REQUESTS_CA_BUNDLE"), environ.get("CURL_CA_BUNDLE"))
    bundle = next((each for each in named if each), None)
    return Route(
        proxy,
        _at_home(outside, bundle),
        tuple(told("trusted-host").split()),
        _at_home(outside, told("client-cert")),
        tuple(_logins(f"{told('extra-index-url')} {told('index-url')}")),
    )


def _logins(indexes: str) -> Iterator[tuple[str, str]]:
    """The hosts of these addresses, each with the "user:password" that stands in its address."""
    from urllib.parse import unquote

    for url in indexes.split():
        login, _, host = url.partition("://")[2].partition("/")[0].rpartition("@")
        if login:
            user, _, password = login.partition(":")
            yield host, f"{unquote(user)}:{unquote(password)}"


def _at_home(outside: Outside, path: str | None) -> str | None:
    """A path with the home folder in place of "~", as pip reads it; `None` for none."""
    home = outside.environ.get("USERPROFILE" if outside.system == "windows" else "HOME", "")
    return home + path[1:] if path and home and path.startswith(("~/", "~\\")) else path or None


def overridden_settings(outside: Outside, prefix: str | None) -> tuple[Setting, ...]:
    """The lines that a stronger one of the same name replaced with another value."""
    return tuple(map(_shown, _read(outside, prefix)[1]))


def _read(outside: Outside, prefix: str | None) -> tuple[tuple[Setting, ...], tuple[Setting, ...], str]:
    effective: dict[str, Setting] = {}
    replaced: list[Setting] = []
    troubles = []
    for file in _files(outside, prefix):
        text = outside.read_text(file, 1 << 18)
        if text is None:
            continue
        try:
            found = list(_lines(text, file))
        except ValueError as error:
            troubles.append(f"{file}: {error}")
            continue
        for setting in found:
            before = effective.pop(setting.name, None)  # so that the order is that of the last word
            replaced += [before] if before is not None and before.value != setting.value else []
            effective[setting.name] = setting
    for name, value in sorted(outside.environ.items()):
        option = name[4:].lower().replace("_", "-") if name.startswith("PIP_") else ""
        if option in _OPTIONS and value.strip():
            setting = Setting(name=f"global.{option}", value=value, origin=name)
            for section in _SECTIONS:
                before = effective.pop(f"{section}.{option}", None)
                replaced += [before] if before is not None and before.value != setting.value else []
            effective[f"global.{option}"] = setting
    return tuple(effective.values()), tuple(replaced), "; ".join(troubles)


def _files(outside: Outside, prefix: str | None) -> Iterator[str]:
    path, environ = outside.path, outside.environ
    override = environ.get("PIP_CONFIG_FILE")
    if override is not None and override.lower() in ("/dev/null", "nul"):
        return  # pip's own word for "read no file"
    name = "pip.ini" if outside.system == "windows" else "pip.conf"
    home = environ.get("USERPROFILE" if outside.system == "windows" else "HOME", "")
    if outside.system == "windows":
        yield path.join(environ.get("PROGRAMDATA") or "C:\\ProgramData", "pip", name)
        user = [path.join(home, "pip", name)] if home else []
        user += [path.join(environ["APPDATA"], "pip", name)] if environ.get("APPDATA") else []
    else:
        if outside.system == "macos":
            yield path.join("/Library/Application Support/pip", name)
            support = path.join(home, "Library/Application Support/pip")
            new = support if outside.is_folder(support) else path.join(home, ".config", "pip")
        else:
            for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"):
                yield path.join(folder, "pip", name)
            yield path.join("/etc", name)
            new = path.join(environ.get("XDG_CONFIG_HOME") or path.join(home, ".config"), "pip")
        user = [path.join(home, ".pip", name), path.join(new, name)] if home else []
    if not (override and outside.exists(override)):
        yield from user
    if prefix:
        yield path.join(prefix, name)
    if override:
        yield path.join(outside.cwd, override)


def _lines(text: str, origin: str) -> Iterator[Setting]:
    """The settings in a file.

    Raises:
        ValueError: pip could not read the file either; the message says why.

    """
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        byte_mark = text.startswith(("\ufeff", "\ufffd"))
        why = "it begins with a byte order mark" if byte_mark else str(error).splitlines()[0]
        raise ValueError(f"pip can't read this file: {why}") from None
    for section in parser.sections():
        if section not in _SECTIONS:
            continue
        for key, value in parser.items(section):
            option = key.lower().replace("_", "-").removeprefix("--")
            if option in _OPTIONS and value is not None:
                yield Setting(name=f"{section}.{option}", value=value, origin=origin)


def _shown(setting: Setting) -> Setting:
    """The line as it may be shown: on one line, without credentials."""
    one_line = " ".join(setting.value.split())
    if setting.name.endswith(".proxy") and "://" not in one_line:
        return replace(setting, value=one_line.rpartition("@")[2])
    return replace(setting, value=without_credentials(one_line))
