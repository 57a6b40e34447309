"""A CUDA toolkit and a C++ compiler on this machine; nothing is run to find them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.facts import CudaToolkit
from envdoctor.outside import Outside
from envdoctor.probes.json_object import json_object
from envdoctor.probes.notebook import Notebook
from envdoctor.probes.reading import Reading
from envdoctor.reason import reason

__all__ = ["probe_toolkit"]

COMPILERS = {
    "windows": ("cl.exe", "clang++.exe", "g++.exe"),
    "linux": ("g++", "c++", "clang++"),
    "macos": ("clang++", "c++", "g++"),
}
WINDOWS_TOOLKITS = r"NVIDIA GPU Computing Toolkit\CUDA"


def probe_toolkit(outside: Outside) -> Reading[CudaToolkit]:
    """The toolkit that building an extension would use: of CUDA_HOME, else of PATH, else the usual place."""
    notes = Notebook()
    home = _told_home(outside)
    nvcc: str | None = None
    if home is not None:
        nvcc = _nvcc_in(outside, home)
        notes.sources["cuda_home"] = "CUDA_HOME" if outside.environ.get("CUDA_HOME") else "CUDA_PATH"
    if nvcc is None:
        nvcc = notes.note("nvcc", outside.which(_program(outside, "nvcc")), "PATH")
    if nvcc is None and home is None:
        home = next((each for each in _usual_homes(outside) if _nvcc_in(outside, each)), None)
        if home is not None:
            nvcc = _nvcc_in(outside, home)
            notes.sources["cuda_home"] = home
    version = _version(outside, nvcc, home, notes)
    if nvcc is not None and version is None:
        notes.unknown["version"] = reason("no-version-file")
    found = (outside.which(name) for name in COMPILERS[outside.system])
    compiler = notes.note(
        "compiler", next((path for path in found if path), None), "PATH", reason("none-on-path")
    )
    return Reading(
        CudaToolkit(nvcc=nvcc, version=version, cuda_home=home, compiler=compiler),
        notes.sources,
        notes.unknown,
    )


def _program(outside: Outside, name: str) -> str:
    return f"{name}.exe" if outside.system == "windows" else name


def _told_home(outside: Outside) -> str | None:
    return outside.environ.get("CUDA_HOME") or outside.environ.get("CUDA_PATH") or None


def _nvcc_in(outside: Outside, home: str) -> str | None:
    path = str(outside.path.join(home, "bin", _program(outside, "nvcc")))
    return path if outside.is_file(path) else None


def _usual_homes(outside: Outside) -> Iterator[str]:
    """Where NVIDIA's installers put the toolkit, the newest first."""
    if outside.system == "macos":
        return
    if outside.system == "linux":
        yield from ("/usr/local/cuda", "/opt/cuda")
        return
    root = outside.path.join(outside.environ.get("PROGRAMFILES") or r"C:\Program Files", WINDOWS_TOOLKITS)
    names = [name for name in outside.list_folder(root) or () if re.fullmatch(r"v\d+\.\d+", name)]
    for name in sorted(names, key=lambda each: [int(part) for part in each[1:].split(".")], reverse=True):
        yield str(outside.path.join(root, name))


def _version(outside: Outside, nvcc: str | None, home: str | None, notes: Notebook) -> str | None:
    """The toolkit's version from the files that it carries; running nvcc would take ten times as long."""
    homes = []
    if nvcc is not None:
        # /usr/local/cuda is a link to the versioned folder, and distributions link /usr/bin/nvcc.
        script = re.search(r"(/\S+/bin/nvcc)\b", outside.read_text(nvcc, 512) or "")  # Debian's is one
        for path in (nvcc, outside.resolve(nvcc), *([script[1]] if script else [])):
            homes.append(str(outside.path.dirname(outside.path.dirname(path))))
    for folder in dict.fromkeys([*homes, *([home] if home else [])]):
        for read in (_version_json, _version_txt, _version_header, _version_conda):
            found = read(outside, folder)
            if found:
                return notes.note("version", found[0], found[1])
    named = re.search(r"[\\/](?:cuda-|v)(\d+\.\d+)(?:[\\/]|$)", f"{homes[-1]}/" if homes else "")
    return notes.note("version", named[1], homes[-1]) if named else None


def _version_json(outside: Outside, home: str) -> tuple[str, str] | None:
    """CUDA 11.1 and newer."""
    path = str(outside.path.join(home, "version.json"))
    data = json_object(outside.read_text(path, 256 << 10))
    # "cuda" is the release's own number; "cuda_nvcc" the compiler's, which is what builds extensions.
    for name in ("cuda_nvcc", "cuda"):
        part = data.get(name)
        version = part.get("version") if isinstance(part, dict) else None
        if isinstance(version, str) and re.match(r"\d+\.\d+", version):
            return version, path
    return None


def _version_txt(outside: Outside, home: str) -> tuple[str, str] | None:
    """CUDA 11.0 and older."""
    path = str(outside.path.join(home, "version.txt"))
    found = re.search(r"CUDA Version (\d+\.\d+(?:\.\d+)?)", outside.read_text(path, 4 << 10) or "")
    return (found[1], path) if found else None


def _version_header(outside: Outside, home: str) -> tuple[str, str] | None:
    """Distributions' own packages carry no version file, but a header: Debian in /usr/include."""
    for parts in (("include", "cuda.h"), ("targets", "x86_64-linux", "include", "cuda.h")):
        path = str(outside.path.join(home, *parts))
        found = re.search(r"#define CUDA_VERSION (\d+)", outside.read_text(path, 256 << 10) or "")
        if found:
            number = int(found[1])
            return f"{number // 1000}.{number % 1000 // 10}", path
    return None


def _version_conda(outside: Outside, home: str) -> tuple[str, str] | None:
    """The records of conda's packages `cuda-nvcc`, `cuda-nvcc-tools`: their names hold the version."""
    folder = str(outside.path.join(home, "conda-meta"))
    for name in outside.list_folder(folder) or ():
        found = re.match(r"cuda-nvcc(?:[-_][a-z]+(?:-\d+)?)*-(\d+\.\d+(?:\.\d+)?)-", name)
        if found:
            return found[1], str(outside.path.join(folder, name))
    return None
