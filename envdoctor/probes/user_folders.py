"""Where a user's folder is, and where the programs of this user keep their settings."""

from __future__ import annotations

from envdoctor.outside import Outside

__all__ = ["home_folder", "settings_folder"]


def home_folder(outside: Outside) -> str | None:
    """The user's own folder; `None`: the environment does not name it."""
    return outside.environ.get("USERPROFILE" if outside.system == "windows" else "HOME") or None


def settings_folder(outside: Outside) -> str | None:
    """The folder in which each program has one for its settings; `None`: the environment does not tell."""
    path, environ, home = outside.path, outside.environ, home_folder(outside)
    if outside.system == "windows":
        return environ.get("APPDATA") or None
    if outside.system == "linux" and environ.get("XDG_CONFIG_HOME"):
        return environ["XDG_CONFIG_HOME"]
    parts = ("Library", "Application Support") if outside.system == "macos" else (".config",)
    return str(path.join(home, *parts)) if home else None
