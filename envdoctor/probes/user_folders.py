"""Where a user's own folder is, and where programs keep this user's settings and what is temporary."""

from __future__ import annotations

from envdoctor.outside import Outside

__all__ = ["home_folder", "settings_folder", "temporary_folder"]


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


def temporary_folder(outside: Outside) -> str | None:
    """Where Python, and so pip, puts temporary files: the first of these that is a folder."""
    named = [outside.environ.get(name) for name in ("TMPDIR", "TEMP", "TMP")]
    windows = outside.system == "windows"
    usual = [r"C:\TEMP", r"C:\TMP"] if windows else ["/tmp", "/var/tmp", "/usr/tmp"]
    return next((path for path in (*named, *usual) if path and outside.is_folder(path)), None)
