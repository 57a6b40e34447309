"""Where installers keep what they download; the folders need not be there yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from envdoctor.facts import Setting, pip_line
from envdoctor.outside import Outside
from envdoctor.probes.user_folders import home_folder, temporary_folder

__all__ = ["conda_cache", "pip_cache", "uv_cache"]


def pip_cache(outside: Outside, settings: Sequence[Setting] = ()) -> str | None:
    """Pip's cache folder where pip would make it; `None`: it keeps nothing, or nobody knows where.

    `settings` are the lines of pip's configuration, its variables among them.
    """
    none, named = (pip_line(settings, option) for option in ("no-cache-dir", "cache-dir"))
    if none is not None:
        return None  # "no-cache-dir = false" too: pip keeps to what it once took that for
    home = home_folder(outside)
    if named is not None and named.value:
        return _expanded(named.value, home)
    if outside.system == "macos":
        return str(outside.path.join(home, "Library", "Caches", "pip")) if home else None
    return _below(outside, "pip", "Cache")


def uv_cache(outside: Outside, settings: Iterable[Setting] = ()) -> str | None:
    """The cache folder of uv (docs.astral.sh/uv, "Storage directories"); on macOS as on Linux.

    `settings` are the lines of uv's configuration, the strongest last. Told to keep none, it makes one that
    is temporary.
    """
    told = {each.name: each for each in settings}
    variable = Setting(name="no-cache", value=outside.environ.get("UV_NO_CACHE", ""), origin="UV_NO_CACHE")
    if any(each.is_on for each in (variable, told.get("no-cache")) if each is not None):
        return temporary_folder(outside)
    configured = told["cache-dir"].value if "cache-dir" in told else None
    if named := outside.environ.get("UV_CACHE_DIR") or configured:
        return str(outside.path.join(outside.cwd, named))  # "~" is no home folder to it
    return _below(outside, "uv", "cache")


def conda_cache(outside: Outside, root: str | None, settings: Iterable[Setting]) -> str | None:
    """The folder of packages that conda takes: a variable's, the configuration's, its own, the user's."""
    home = home_folder(outside)
    apart = ";" if outside.system == "windows" else ":"
    told = outside.environ.get("CONDA_PKGS_DIRS", "").replace(apart, ",")
    # Of several files the strongest stands last, and its folders come first.
    configured = [each.value for each in settings if each.name == "pkgs_dirs"]
    for text in (told, *reversed(configured)):
        if first := text.partition(",")[0].strip():
            return _expanded(first, home)
    join = outside.path.join
    root = root or outside.environ.get("MAMBA_ROOT_PREFIX")
    usual = [str(join(root, "pkgs"))] if root else []
    usual += [str(join(home, ".conda", "pkgs"))] if home else []
    return next((each for each in usual if outside.is_folder(each)), usual[0] if usual else None)


def _expanded(path: str, home: str | None) -> str:
    return home + path[1:] if home and path[1:2] in ("", "/", "\\") and path.startswith("~") else path


def _below(outside: Outside, name: str, on_windows: str) -> str | None:
    """A program's folder below the one where the system wants caches."""
    environ, join = outside.environ, outside.path.join
    if outside.system == "windows":
        local = environ.get("LOCALAPPDATA")
        return str(join(local, name, on_windows)) if local else None
    home = environ.get("HOME")
    base = environ.get("XDG_CACHE_HOME") or (join(home, ".cache") if home else None)
    return str(join(base, name)) if base else None
