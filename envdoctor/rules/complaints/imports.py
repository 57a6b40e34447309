"""What a text says about modules that are not there, or are not the ones that were meant."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from envdoctor.facts import Complaint
from envdoctor.findings import UNKNOWN, Finding, Words, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard
from envdoctor.rules.complaints.whose import builds_apart, is_torch_path
from envdoctor.versions import version_numbers

__all__ = ["RULES"]

_PARTS = ("no-torch-part", "torch-no-attribute", "torch-cannot-import", "partial-module")
_MODULES = frozenset(
    {"torch", "torchvision", "torchaudio", "numpy", "onnx", "triton", *sys.stdlib_module_names}
)
_INSTALLED = re.compile(r"(?:site|dist)-packages")
_MODULES_OF_ALL = frozenset(
    f"torch.{name}"
    for name in ("_C", "version", "utils", "nn", "cuda", "_utils", "jit", "autograd", "optim", "functional")
)
"""Modules that every torch since 0.1 has."""
_MISSING_NAME = re.compile(
    r"cannot import name '?(?P<name>\w+)'? from (?:partially initialized module )?'?(?P<module>torch[\w.]*)"
    r"|module '?(?P<container>torch[\w.]*)'? has no attribute '?(?P<attribute>\w+)"
)
_NAMES_OF_ALL = frozenset(
    """
    version nn Tensor tensor cuda device utils float32 long zeros ones rand randn _C _utils __version__
    """.split()  # noqa: SIM905 - a list of sixteen strings would hide the names among quotes
)
"""Names that every torch of these years has, whatever its release."""
_USER_SITE = re.compile(r"\.local[\\/]lib[\\/]python|Roaming[\\/]Python[\\/]", re.IGNORECASE)


def broken(heard: Heard) -> Iterator[Finding]:
    """Python itself does not start."""
    if "python-moved" in heard:
        yield heard.finding(
            "env-broken", "python-moved", variant="", path=heard.subject("python-moved") or UNKNOWN
        )
    elif "pip-without-pip" in heard:
        script = heard.subject("pip-without-pip")
        code = "env-pip-mismatch" if _SYSTEMS_PIP.match(script) else "env-broken"
        yield heard.finding(code, "pip-without-pip", pip=script, path=script, python=UNKNOWN)
    elif "pip-broken" in heard:
        yield heard.finding("env-broken", "pip-broken")
    elif "python-without" in heard:
        yield from _incomplete(heard)
    elif heard.any("no-encodings", "no-interpreter"):
        path = heard.machine.facts.interpreter.executable or "python"
        yield heard.finding("python-broken", "no-encodings", "no-interpreter", variant="", path=path)


def _incomplete(heard: Heard) -> Iterator[Finding]:
    """An interpreter, or an environment, without a part that belongs to it; torch may run without pip."""
    said = heard.all("python-without")[0].text
    part = re.search(r"_ctypes|_lzma|_bz2|ensurepip|venv(?=\W*$)|pip(?=\W*$)", said)
    name = part[0] if part else UNKNOWN
    if name == "pip" and heard.machine.torch_version is not None:
        return
    if name == "pip" and _ENVIRONMENT.search(said):
        yield heard.finding("env-broken", "python-without", variant="no-pip")
        return
    path = heard.machine.facts.interpreter.executable or "python"
    yield heard.finding("python-broken", "python-without", variant="part", path=path, name=name)


_ENVIRONMENT = re.compile(r"[\\/](?:\.?v?envs?|venv[\w.-]{1,20})[\\/]", re.IGNORECASE)

_SYSTEMS_PIP = re.compile(r"/usr/(?:local/)?bin/")
"""Where the pip of no environment lies: one that has lost its package belongs to another Python."""


def absent(heard: Heard) -> Iterator[Finding]:
    """There is no module torch for the interpreter that ran."""
    if builds_apart(heard) or not heard.any("no-torch", "said-no-torch"):
        if ("said-other-python" in heard and _names_torch(heard)) or "launcher-path" in heard:
            yield heard.finding(
                "env-pip-mismatch", "said-other-python", "launcher-path", pip=UNKNOWN, python=UNKNOWN
            )
        return
    elsewhere = _elsewhere(heard)
    if "said-editor" in heard:
        yield heard.finding("vscode-interpreter-mismatch", "said-editor", "no-torch")
    elif "said-jupyter" in heard and "said-works-in-jupyter" not in heard:
        yield heard.finding("jupyter-kernel-mismatch", "said-jupyter", "no-torch")
    elif elsewhere:
        yield heard.finding("env-pip-mismatch", "no-torch", *elsewhere, pip=UNKNOWN, python=UNKNOWN)
    yield heard.finding("torch-missing", "no-torch", "said-no-torch", variant="")


def _names_torch(heard: Heard) -> bool:
    text = heard.subject("said-other-python") + " ".join(each.text for each in heard.all("said-other-python"))
    return re.search("torch", text, re.IGNORECASE) is not None


def _elsewhere(heard: Heard) -> list[str]:
    """Signs that torch was installed, only not for the interpreter that ran."""
    machine = heard.machine
    found = [
        kind
        for kind in (
            "satisfied-elsewhere",
            "launcher-path",
            "said-other-python",
            "said-works-elsewhere",
            "said-works-in-jupyter",
        )
        if kind in heard
    ]
    conda = any(each.name.startswith("pytorch") for each in machine.facts.packages.conda)
    as_root = any(_AS_ROOT.search(each) for each in heard.commands)
    installed = conda or as_root or bool(machine.installed("torch")) or _two_places(heard)
    by_command = any(re.search(r"\binstall\b.*\b(?:py)?torch", command) for command in heard.commands)
    pip_python = machine.facts.environment.shell_pip_python
    other = (
        pip_python is not None
        and machine.python is not None
        and pip_python != f"{machine.python[0]}.{machine.python[1]}"
    )
    refused = heard.paste.no_versions or heard.any(
        "wheel-unsupported", "externally-managed", "no-space", "tls", "proxy"
    )
    if installed or other or (by_command and not refused):
        found.append("no-torch")
    return found


_AS_ROOT = re.compile(r"\bsudo (?:-\w+ )*(?:\S*/)?(?:python|pip)")
"""A command as root takes root's Python, not the environment's."""


def _two_places(heard: Heard) -> bool:
    """Whether `which` found python and pip in different places."""
    environment = heard.machine.facts.environment
    places = []
    for path in (environment.shell_python, environment.shell_pip):
        if path is None or "packages" in path:
            return False
        folder = re.split(r"[\\/]", path)[:-1]
        places.append([part.lower() for part in folder if part.lower() not in ("bin", "scripts", "condabin")])
    return places[0] != places[1]


def shadowed(heard: Heard) -> Iterator[Finding]:
    """Python found something else under torch's name: a source tree, a file, the user site's copy."""
    if "source-tree" in heard and heard.machine.facts.interpreter.free_threaded:
        python = heard.machine.python_key or UNKNOWN
        yield heard.finding(
            "python-free-threaded", "source-tree", "said-free-threaded", python=python, variant=""
        )
        return
    trees = heard.all("source-tree")
    remains = any("orch" in each.subject.lower() for each in heard.all("invalid-distribution"))
    installed = [each for each in trees if remains or _INSTALLED.search(_where(each))]
    if installed and re.search(r"torch\._c|'_c'", installed[0].text.lower()):
        yield heard.finding("torch-partial-install", "source-tree")
        return
    if heard.any("source-tree", "renaming"):
        yield heard.finding("env-pythonpath-shadow", "source-tree", "renaming", name="torch", path=UNKNOWN)
        return
    if "shadowed-stdlib" in heard:
        yield heard.finding("env-pythonpath-shadow", "shadowed-stdlib", name=UNKNOWN, path=UNKNOWN)
        return
    foreign = [each for each in heard.all("stdlib-shadowed") if _is_foreign(each)]
    foreign += [each for each in heard.all("no-package") if each.subject in _MODULES]
    foreign += [
        each
        for each in heard.all("partial-module")
        if each.subject in sys.stdlib_module_names and each.subject not in ("typing",)
    ]
    named = [each for each in heard.all("said-named-as-module") if each.subject.lower() in _MODULES]
    if foreign or named:
        yield heard.finding(
            "env-pythonpath-shadow",
            more=heard.evidence([*foreign, *named]),
            name=(foreign or named)[0].subject,
            path=UNKNOWN,
        )
        return
    for kind in ("torch-file", "torch-frame"):
        if kind in heard:
            yield heard.finding("env-pythonpath-shadow", kind, name="torch", path=heard.subject(kind))
    if "torch-file" in heard:
        return  # what that file lacks is no damage of torch's
    for complaint in heard.all(*_PARTS):
        yield from _part(heard, complaint)
    for complaint in heard.all("module-no-attribute"):
        if is_torch_path(complaint.raised_in) and not complaint.subject.lower().startswith("_cuda"):
            yield from _part(heard, complaint)


def _is_foreign(complaint: Complaint) -> bool:
    """A file that goes by the name of a module of the standard library and does not lie in it."""
    where = re.search(r"\(([^()]+\.py)\)", complaint.text)
    if where is None or complaint.subject not in sys.stdlib_module_names:
        return False
    return re.search(r"[\\/](?:lib[\\/])?python\d[\d.]*[\\/]\w+\.py$|[\\/]Lib[\\/]\w+\.py$", where[1]) is None


def _part(heard: Heard, complaint: Complaint) -> Iterator[Finding]:
    where = _where(complaint)
    if _wanted_by_companion(complaint) or (not complaint.raised_in and _has_unfit_companion(heard.machine)):
        yield heard.finding("torch-companion-mismatch", complaint.kind)
    elif _USER_SITE.search(where):
        yield heard.finding("env-user-site-shadow", complaint.kind, names="torch")
    elif re.search(r"from '?torch\.\w[\w.]*'? \(unknown location\)", complaint.text):
        yield heard.finding("torch-partial-install", complaint.kind)  # a part of torch without its files
    elif "(unknown location)" in complaint.text or _outside(where):
        yield heard.finding("env-pythonpath-shadow", complaint.kind, name="torch", path=where or UNKNOWN)
    elif _is_core(complaint):
        if libraries := _other_libtorch(heard):
            yield heard.finding("torch-missing-library", complaint.kind, more=libraries, subject="libtorch")
        elif "said-user-site" in heard:
            yield heard.finding("env-user-site-shadow", "said-user-site", complaint.kind, names="torch")
        elif _is_circular(complaint) and not _INSTALLED.search(where):
            yield heard.finding("env-pythonpath-shadow", complaint.kind, name="torch", path=where or UNKNOWN)
        else:
            yield heard.finding("torch-partial-install", complaint.kind)


def _has_unfit_companion(machine: Machine) -> bool:
    """Whether a torchvision or torchaudio is listed that was made for another torch."""
    torch, fits = machine.torch_version, machine.tables.companion_fits
    copies = [copy for name in ("torchvision", "torchaudio") for copy in machine.installed(name)]
    return torch is not None and any(
        fits(each.name, each.version, torch) is False for each in copies if each.version
    )


def _wanted_by_companion(complaint: Complaint) -> bool:
    """Whether torchvision or torchaudio asks torch for something of another release."""
    if "partially initialized" in complaint.text:
        return False
    caller = re.search(r"(?:site|dist)-packages[\\/]+torch(?:vision|audio|text)[\\/]", complaint.raised_in)
    return caller is not None or (not complaint.raised_in and "register_fake" in complaint.text)


def _is_circular(complaint: Complaint) -> bool:
    return complaint.kind == "partial-module" or "circular import" in complaint.text


def _other_libtorch(heard: Heard) -> list[Words]:
    """The variables by which the loader finds a libtorch of its own before the wheel's."""
    variables = heard.machine.facts.environment.variables
    return [
        words("evidence.plain", text=f"{name}={variables[name]}")
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LD_PRELOAD")
        if "libtorch" in variables.get(name, "")
    ]


def _where(complaint: Complaint) -> str:
    """The file that the message itself names in parentheses, else the one that raised it."""
    found = re.search(r"\(((?:[A-Za-z]:)?[\\/~.][^()]{2,260})\)", complaint.text)
    return found[1] if found else complaint.raised_in


def _outside(where: str) -> bool:
    """A torch that does not lie among installed packages: a source tree or one's own file."""
    if not where or _INSTALLED.search(where):
        return False
    return is_torch_path(where) or re.search(r"[\\/]torch\.py$", where) is not None


def _is_core(complaint: Complaint) -> bool:
    """Parts that every torch has, so that their absence is damage and not age."""
    if complaint.kind == "partial-module" and complaint.subject == "torch":
        return True  # torch's own import did not come to its end
    if complaint.kind == "module-no-attribute":
        return True  # torch's own file lacks something of torch
    if complaint.kind == "no-torch-part":
        return complaint.subject in _MODULES_OF_ALL or complaint.subject.startswith("torch._C.")
    if 'type object "torch._C.' in complaint.text or "type object 'torch._C." in complaint.text:
        return True  # its compiled and its written parts are of different releases
    found = _MISSING_NAME.search(complaint.text)
    if found is None:
        return False
    name, module = found["name"] or found["attribute"], found["module"] or found["container"]
    if module == "torch._C":
        # Compiled and written parts are of different releases, unless this is just a build without CUDA.
        return not name.lower().startswith("_cuda")
    if module == "torch":
        return name in _NAMES_OF_ALL or name.endswith("StorageBase")
    return complaint.kind == "torch-cannot-import" and is_torch_path(complaint.raised_in)


def unknown_python(heard: Heard) -> Iterator[Finding]:
    """A torch.compile that does not know this Python yet."""
    told = heard.first("dynamo-python")
    numbers = version_numbers(heard.subject("dynamo-python"))
    if told is not None and "GIL disabled" in told.text:
        python = heard.machine.python_key or UNKNOWN
        yield heard.finding("python-free-threaded", "dynamo-python", python=python, variant="")
    elif numbers and numbers < (3, 8):  # the oldest Python of torch 2.0, the first with torch.compile
        yield heard.finding(
            "python-too-old", "dynamo-python", variant="said", python=heard.subject("dynamo-python")
        )
    elif told is not None:
        yield heard.finding(
            "python-too-new", "dynamo-python", variant="compile", python=heard.subject("dynamo-python")
        )


def paths(heard: Heard) -> Iterator[Finding]:
    """A path with letters that a native library can't open."""
    if "said-foreign-path" in heard and heard.any("path-encoding", "open-failed", "winerror-dll"):
        yield heard.finding(
            "env-path-non-ascii", "said-foreign-path", "path-encoding", "open-failed", path=UNKNOWN
        )
    elif "foreign-path-refused" in heard and heard.machine.os in (None, "windows"):
        yield heard.finding("env-path-non-ascii", "foreign-path-refused", path=UNKNOWN)


def user_site(heard: Heard) -> Iterator[Finding]:
    """Keeping the user site out cures it, so something in there was the cause."""
    failed = heard.any(
        *_PARTS, "undefined-symbol", "library-missing", "torchvision-nms", "numpy-abi", "source-tree"
    )
    if failed and "said-no-user-site" in heard and "said-user-site" in heard:
        yield heard.finding("env-user-site-shadow", "said-user-site", "said-no-user-site", names="torch")


def crashes(heard: Heard) -> Iterator[Finding]:
    """`import torch` brings the interpreter down, and nothing says why."""
    if "import-crash" in heard and not heard.any("illegal-instruction", "omp-15"):
        yield heard.finding("torch-import-failed", "import-crash", variant="crashed")


RULES = (broken, absent, shadowed, unknown_python, paths, user_site, crashes)
