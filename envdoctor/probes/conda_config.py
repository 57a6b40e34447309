"""conda's configuration: the lines of the .condarc files that decide where packages come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import Setting
from envdoctor.outside import Outside
from envdoctor.redact import without_credentials

__all__ = ["conda_settings"]

_KEYS = frozenset(
    (
        "channels",
        "channel_alias",
        "channel_priority",
        "custom_channels",
        "custom_multichannels",
        "default_channels",
        "offline",
        "override_channels_enabled",
        "pkgs_dirs",
        "proxy_servers",
        "solver",
        "ssl_verify",
    )
)


def conda_settings(outside: Outside, prefix: str | None, root: str | None) -> tuple[Setting, ...]:
    """The settings of every .condarc that conda would read, the strongest file last."""
    settings: dict[tuple[str, str], Setting] = {}
    for file in _files(outside, prefix, root):
        text = outside.read_text(file, 1 << 18)
        if text is None:
            continue
        for name, value in _entries(text):
            settings[name, file] = Setting(name=name, value=without_credentials(value), origin=file)
    return tuple(settings.values())


def _files(outside: Outside, prefix: str | None, root: str | None) -> Iterator[str]:
    path, environ = outside.path, outside.environ
    windows = outside.system == "windows"
    for system in ("C:\\ProgramData\\conda",) if windows else ("/etc/conda", "/var/lib/conda"):
        for name in ("condarc", ".condarc"):
            yield path.join(system, name)
    home = environ.get("USERPROFILE" if windows else "HOME")
    folders = [root] if root else []
    if home:
        folders += [path.join(environ.get("XDG_CONFIG_HOME") or path.join(home, ".config"), "conda")]
        folders += [path.join(home, ".conda")]
    for folder in folders:
        for name in ("condarc", ".condarc"):
            yield path.join(folder, name)
    if home:
        yield path.join(home, ".condarc")
        yield path.join(home, ".mambarc")
    if prefix and prefix != root and outside.is_folder(path.join(prefix, "conda-meta")):
        for name in ("condarc", ".condarc"):
            yield path.join(prefix, name)
    if environ.get("CONDARC"):
        yield environ["CONDARC"]


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """The known keys with their values: lists joined by ", ", mappings as "key=value". Not a YAML parser.

    It reads what `conda config` writes and what mirrors tell people to paste; the rest it passes over.
    """
    key, items = "", []
    for line in [*text.lstrip("\ufeff").splitlines(), "end:"]:
        bare = re.sub(r"(?:^|\s)#.*$", "", line).rstrip()
        if not bare.strip():
            continue
        top = re.match(r"([A-Za-z_]\w*)\s*:(?:\s+(.*)|$)", bare)
        if top is None:
            if key in _KEYS:
                items.append(_item(bare.strip()))
            continue
        if key in _KEYS and items:
            yield key, ", ".join(item for item in items if item)
        key, items = top[1], _inline(top[2] or "")


def _inline(value: str) -> list[str]:
    value = value.strip()
    if value[:1] in "[{" and value:
        return [_item(part) for part in value.strip("[]{}").split(",") if part.strip()]
    return [_plain(value)] if value else []


def _item(text: str) -> str:
    text = re.sub(r"^(?:-\s+)+", "", text.strip())
    pair = re.match(r"""(['"]?)([\w./-]+)\1\s*:(?:\s+(.*)|$)""", text)
    return f"{pair[2]}={_plain(pair[3] or '')}" if pair else _plain(text)


def _plain(text: str) -> str:
    text = text.strip()
    quoted = re.fullmatch(r"""(['"])(.*)\1""", text)
    return quoted[2] if quoted else text
