"""What Python would import, or the loader would load, instead of the real thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from envdoctor.facts import Interpreter, Shadow
from envdoctor.late import late
from envdoctor.outside import Outside
from envdoctor.probes.paths import is_within, same_place

__all__ = ["find_shadows", "search_path_entries"]

_EARLY = """
    __future__ argparse array ast asyncio base64 binascii bisect bz2 calendar cmath cmd code codeop
    collections concurrent contextlib contextvars copy copyreg csv ctypes dataclasses datetime decimal
    difflib dis distutils email enum fcntl fnmatch fractions functools gettext glob grp gzip hashlib
    heapq hmac html http inspect ipaddress json keyword linecache locale logging lzma
    math mmap multiprocessing numbers opcode operator pathlib pdb pickle pickletools pkgutil platform
    pprint profile queue quopri random re reprlib resource secrets select selectors shlex shutil
    signal socket ssl statistics string struct subprocess sysconfig tarfile tempfile textwrap
    threading timeit token tokenize traceback types typing unittest urllib uuid weakref xml zipfile
    zlib
"""
EARLY_STDLIB = frozenset(_EARLY.split())
"""Standard-library modules that are imported by the time `import torch` is through."""
EARLY_OTHERS = frozenset(
    (
        "torch",
        "numpy",
        "typing_extensions",
        "sympy",
        "networkx",
        "jinja2",
        "fsspec",
        "filelock",
        "mpmath",
        "triton",
    )
)
_COMPILED = frozenset(
    ("array", "binascii", "cmath", "fcntl", "grp", "math", "mmap", "resource", "select", "zlib")
)
"""Modules that some builds carry inside the interpreter, where no file can stand in their way."""
_LIBRARIES = late(
    r"(?:libtorch\w*|libc10\w*|libshm|libcudnn\w*|libcublas\w*|libnvJitLink|libnccl|libcusparse\w*|libcusolver\w*"
    r"|libcufft\w*|libcurand|libcudart|libcupti|libnvrtc|libmkl_\w+|libiomp5|libgomp|libstdc\+\+)"
    r"(?:\.so(?:\.\d+)*|(?:\.\d+)*\.dylib)|libcuda\.so\.\d[\d.]*"
)
"""A plain libcuda.so is not among them: it is a stub that only linkers use."""
_AT_HOME = late(r"(?:libcuda|libstdc\+\+|libgomp)\.so.*")
_SYSTEM_FOLDERS = late(
    r"(?:/usr)?/lib(?:64|32)?(?:/\w+-linux-gnu\w*)?|/usr/lib/wsl/.*|/usr/local/nvidia/lib(?:64)?"
    r"|/run/opengl-driver/lib"
)
"""Where the driver's own libcuda and the system's run-time libraries lie: to name these changes nothing."""
MODULES, LIBRARIES, FOLDERS = 8, 40, 40
"""Shadows that are named at most of each kind; folders that are looked into at most."""


def find_shadows(
    outside: Outside, interpreter: Interpreter, sites: Sequence[str], torch_parent: str | None
) -> tuple[Shadow, ...]:
    """All that stands before torch, its family and the standard library in the search orders."""
    own = [*sites, *([interpreter.stdlib] if interpreter.stdlib else [])]
    stdlib = EARLY_STDLIB - _built_in(outside, interpreter)
    shadows: list[Shadow] = []
    if outside.cwd and not any(is_within(outside, outside.cwd, folder) for folder in own):
        for shadow in _modules(outside, outside.cwd, stdlib | EARLY_OTHERS, "working-folder"):
            at_home = shadow.name == "torch" and torch_parent is not None
            if not (at_home and same_place(outside, outside.cwd, torch_parent or "")):
                shadows.append(shadow)
    real = {outside.resolve(folder) for folder in interpreter.site_packages}
    for entry in search_path_entries(outside):
        if outside.resolve(entry) not in real and outside.resolve(entry) != outside.resolve(outside.cwd):
            shadows += _modules(outside, entry, stdlib | {"torch"}, "pythonpath")
    shadows += _user_site(outside, interpreter)
    shadows += _libraries(outside, interpreter)
    return tuple(shadows)


def _built_in(outside: Outside, interpreter: Interpreter) -> frozenset[str]:
    """The compiled modules that have no file of their own; where that can't be seen, all of them."""
    path = outside.path
    folders = [path.join(interpreter.stdlib, "lib-dynload")] if interpreter.stdlib else []
    if outside.system == "windows" and interpreter.base_prefix:
        folders = [path.join(interpreter.base_prefix, "DLLs")]
    files = {name.partition(".")[0] for folder in folders for name in outside.list_folder(folder) or ()}
    return _COMPILED - files


def search_path_entries(outside: Outside) -> list[str]:
    """The folders of PYTHONPATH, each once; relative ones start at the working folder, as for Python."""
    value = outside.environ.get("PYTHONPATH", "")
    if not value:
        return []
    entries = (outside.path.join(outside.cwd, entry) for entry in value.split(outside.path.pathsep))
    return list(dict.fromkeys(entries))[:FOLDERS]


def _modules(
    outside: Outside, folder: str, known: Iterable[str], by: Literal["working-folder", "pythonpath"]
) -> list[Shadow]:
    path = outside.path
    names = outside.list_folder(folder)
    if not names:
        return []
    present = set(names)
    found = []
    for module in sorted(set(known), key=lambda name: (name != "torch", name)):
        if module in present and outside.is_file(path.join(folder, module, "__init__.py")):
            found.append(Shadow(name=module, path=path.join(folder, module), by=by))
        elif f"{module}.py" in present and outside.is_file(path.join(folder, f"{module}.py")):
            found.append(Shadow(name=module, path=path.join(folder, f"{module}.py"), by=by))
    return found[:MODULES]


def _user_site(outside: Outside, interpreter: Interpreter) -> Iterator[Shadow]:
    """A torch in the user site, where an environment is in use that ought to bring its own."""
    path = outside.path
    if not (interpreter.user_site and interpreter.user_site_enabled and interpreter.prefix):
        return
    virtual = interpreter.prefix != interpreter.base_prefix
    if virtual or outside.is_folder(path.join(interpreter.prefix, "conda-meta")):
        place = path.join(interpreter.user_site, "torch")
        if outside.is_file(path.join(place, "__init__.py")):
            yield Shadow(name="torch", path=place, by="user-site")


def _libraries(outside: Outside, interpreter: Interpreter) -> list[Shadow]:
    """Libraries of torch's family in the folders that the loader searches before torch's own."""
    path = outside.path
    variable = {"linux": "LD_LIBRARY_PATH", "macos": "DYLD_LIBRARY_PATH", "windows": ""}[outside.system]
    value = outside.environ.get(variable, "") if variable else ""
    found: dict[tuple[str, str], Shadow] = {}
    for entry in list(dict.fromkeys(value.split(path.pathsep)))[:FOLDERS] if value else ():
        folder = path.join(outside.cwd, entry)
        place = outside.resolve(folder)
        if any(is_within(outside, place, outside.resolve(site)) for site in interpreter.site_packages):
            continue  # torch's own folder, or a wheel's: the very files that would be loaded anyway
        usual = _SYSTEM_FOLDERS.fullmatch(place) is not None
        for name in outside.list_folder(folder) or ():
            if usual and _AT_HOME.fullmatch(name):
                continue
            if _LIBRARIES.fullmatch(name):
                # libx.so, libx.so.1 and libx.so.1.2.3 are one library; what programs ask for stands for it.
                stem = name.partition(".so" if ".so" in name else ".")[0]
                better = found.get((folder, stem))
                if better is None or _rank(name) < _rank(better.name):
                    found[folder, stem] = Shadow(name=name, path=path.join(folder, name), by="library-path")
    return list(found.values())[:LIBRARIES]


def _rank(name: str) -> tuple[bool, int]:
    """The soname first ("libx.so.1"), then the plain name, then full version numbers."""
    numbers = len(re.findall(r"\.\d+", name))
    return numbers != 1, numbers
