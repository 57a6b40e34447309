"""torch as it lies on disk where the interpreter would find it, read without importing it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from envdoctor.facts import TorchFiles
from envdoctor.outside import Outside

__all__ = ["find_torch"]

LIBRARIES = 400
"""Names of shared libraries that are kept at most."""
PTH_FILES, PTH_LIMIT = 50, 1 << 16


def find_torch(outside: Outside, folders: Sequence[str]) -> tuple[TorchFiles | None, str | None]:
    """The files of torch in the first of the folders that has them, and that folder.

    A torch that was installed in place is found through the .pth file that leads to it. A torch folder
    without `__init__.py` counts only where no whole one exists, as it does for Python.
    """
    path = outside.path
    remains: str | None = None
    for folder in _with_links(outside, folders):
        if outside.is_file(path.join(folder, "torch", "__init__.py")):
            return _describe(outside, folder), folder
        if remains is None and folder in folders and outside.list_folder(path.join(folder, "torch")):
            remains = folder
    return (_describe(outside, remains), remains) if remains is not None else (None, None)


def _with_links(outside: Outside, folders: Sequence[str]) -> Iterator[str]:
    yield from folders
    for folder in folders:
        names = [name for name in outside.list_folder(folder) or () if name.endswith(".pth")]
        for name in names[:PTH_FILES]:
            text = outside.read_text(outside.path.join(folder, name), PTH_LIMIT) or ""
            for line in text.splitlines():
                target = line.strip()
                if target and not target.startswith(("#", "import ", "import\t")):
                    yield str(outside.path.join(folder, target))
        # setuptools' editable installs map each package to its folder in a module of their own.
        for name in outside.list_folder(folder) or ():
            if name.startswith("__editable___torch") and name.endswith("_finder.py"):
                text = outside.read_text(outside.path.join(folder, name), 1 << 18) or ""
                mapped = re.search(r"""['"]torch['"]\s*:\s*['"](.+?)['"]\s*[,}]""", text)
                if mapped:
                    yield str(outside.path.dirname(mapped[1].replace("\\\\", "\\")))


def _describe(outside: Outside, folder: str) -> TorchFiles:
    path = outside.path
    place = path.join(folder, "torch")
    said = _assigned(outside.read_text(path.join(place, "version.py"), 65536) or "")
    names = outside.list_folder(path.join(place, "lib")) or ()
    libraries = [name for name in names if re.search(r"\.(?:so(?:\.[\d.]+)?|dll|pyd|dylib)$", name)]
    marks = ("setup.py", "CMakeLists.txt")
    return TorchFiles(
        path=place,
        version=_string(said.get("__version__")),
        cuda=_string(said.get("cuda")),
        hip=_string(said.get("hip")),
        xpu=_string(said.get("xpu")),
        debug={"True": True, "False": False}.get(said.get("debug", "")),
        git_version=_string(said.get("git_version")),
        libraries=tuple(libraries[:LIBRARIES]),
        source_tree=all(outside.is_file(path.join(folder, mark)) for mark in marks),
    )


def _assigned(text: str) -> dict[str, str]:
    """What torch/version.py assigns, as it stands there; of a name that comes twice the first."""
    found = re.findall(r"^(\w+)[ \t]*(?::[^=\n]+)?=[ \t]*(.+?)[ \t\r]*(?:#.*)?$", text, re.MULTILINE)
    return dict(reversed(found))


def _string(value: str | None) -> str | None:
    """The text of a string in quotes; `None` where there is none, or nothing in it."""
    quoted = value is not None and len(value) > 2 and value[0] in "'\"" and value[-1] == value[0]
    return value[1:-1] if value is not None and quoted else None
