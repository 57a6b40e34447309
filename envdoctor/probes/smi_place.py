"""Where nvidia-smi lies: often off PATH on Windows, and in a folder of its own under WSL."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.outside import Outside

__all__ = ["find"]


def find(outside: Outside) -> tuple[str | None, bool]:
    """The program's path, and whether PATH finds it."""
    if found := outside.which("nvidia-smi"):
        return found, True
    return next((path for path in _places(outside) if outside.is_file(path)), None), False


def _places(outside: Outside) -> Iterator[str]:
    join = outside.path.join
    if outside.system != "windows":
        yield from ("/usr/lib/wsl/lib/nvidia-smi", "/usr/bin/nvidia-smi", "/usr/local/nvidia/bin/nvidia-smi")
        return
    root = outside.environ.get("SYSTEMROOT", r"C:\Windows")
    yield join(root, "System32", "nvidia-smi.exe")
    yield join(
        outside.environ.get("PROGRAMFILES", r"C:\Program Files"),
        "NVIDIA Corporation",
        "NVSMI",
        "nvidia-smi.exe",
    )
    store = join(root, "System32", "DriverStore", "FileRepository")
    for name in outside.list_folder(store) or ():
        if name.lower().startswith("nv"):
            yield join(store, name, "nvidia-smi.exe")
