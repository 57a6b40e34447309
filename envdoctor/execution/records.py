"""Where a run keeps its records: never in the working folder, never where nothing may be written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from envdoctor.outside import Outside
from envdoctor.probes.unfinished import UNDO

__all__ = ["UNDO", "record_folder", "undo_folder"]


def undo_folder(prefix: str) -> Path:
    """Where what an environment held before a run is kept while the run lasts."""
    return Path(prefix) / UNDO


def record_folder(outside: Outside) -> tuple[Path, bool]:
    r"""The folder for logs, made and writable; whether it is the user's own or a temporary stand-in.

    Linux: $XDG_STATE_HOME/envdoctor, else ~/.local/state/envdoctor. macOS: ~/Library/Logs/envdoctor.
    Windows: %LOCALAPPDATA%\envdoctor. Where none of these can be written: the temporary folder.
    """
    own = _usual(outside)
    if own is not None and _made(own):
        return own, True
    user = os.getuid() if hasattr(os, "getuid") else "user"
    stand_in = Path(tempfile.gettempdir()) / f"envdoctor-{user}"
    if _made(stand_in):
        return stand_in, False
    return Path(tempfile.mkdtemp(prefix="envdoctor-")), False


def _usual(outside: Outside) -> Path | None:
    environ = outside.environ
    if outside.system == "windows":
        local = environ.get("LOCALAPPDATA")
        return Path(local) / "envdoctor" if local else None
    home = environ.get("HOME")
    state = environ.get("XDG_STATE_HOME")
    if outside.system != "macos" and state and os.path.isabs(state):
        return Path(state) / "envdoctor"
    if not home or not os.path.isabs(home):
        return None
    return Path(
        home, *(("Library", "Logs") if outside.system == "macos" else (".local", "state")), "envdoctor"
    )


def _made(folder: Path) -> bool:
    """Whether the folder is there, ours alone to write, and takes a file."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.lstat()
        if hasattr(os, "getuid") and (state.st_uid != os.getuid() or folder.is_symlink()):
            return False  # somebody else's folder of that name
        handle, name = tempfile.mkstemp(dir=folder)
        os.close(handle)
        os.unlink(name)
    except OSError:
        return False
    return True
