"""What people tell in their own words, where no line of a program says what is wrong.

Each row joins notions that stand in one sentence, with what the rest of the text and the machine show. The first
row that fits gives the one finding; a report with an error of its own is not read this way.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from envdoctor.facts import Sentence
from envdoctor.findings import UNKNOWN, Finding, Words, words
from envdoctor.machine import Machine
from envdoctor.rules.complaints.device import driver_ended
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.states import STATES

__all__ = ["EFFECTS", "told"]

EFFECTS = frozenset({"torch-missing", "torch-import-failed"})
"""Errors that say only what did not work; what is told may say why."""

WHICH_PYTHON = frozenset(
    {
        "python-not-cpython",
        "python-32bit",
        "vscode-interpreter-mismatch",
        "jupyter-kernel-mismatch",
        "env-pip-mismatch",
        "env-user-site-shadow",
        "env-pythonpath-shadow",
        "extension-build-isolation",
    }
)
"""What explains a torch that is missing although it was installed."""
Row = tuple[str, str]

# fmt: off
ROWS: tuple[Row, ...] = (
    # -- the interpreter that can't be used at all
    ("python-not-cpython", "pypy @torch"),
    ("python-rosetta", "x86-python %apple"),
    ("python-free-threaded", "no-gil @lacks|fails|unsupported @wheel|torch|install"),
    ("python-32bit", "bits32 python-version|interpreter|install|torch !wheel"),
    ("cpu-missing-instructions", "no-avx @fails"),
    # -- which Python runs
    ("vscode-interpreter-mismatch", "editor fails|lacks @import|torch @works|chosen|terminal %missing"),
    ("vscode-interpreter-mismatch", "editor interpreter|chosen|other %missing"),
    ("vscode-interpreter-mismatch", "editor interpreter|terminal other|chosen @import|torch @fails"),
    ("vscode-interpreter-mismatch", "editor interpreter cured|chosen|other fails|lacks|cured"),
    ("vscode-interpreter-mismatch", "editor torch-version outside|other|wrong-one @terminal"),
    ("jupyter-kernel-mismatch", "notebook python-version torch !editor"),
    ("jupyter-kernel-mismatch", "notebook true false !editor"),
    ("jupyter-kernel-mismatch", "executable notebook %two-pythons !editor"),
    ("jupyter-kernel-mismatch", "terminal works !fails @notebook %missing !editor"),
    ("jupyter-kernel-mismatch", "notebook fails|lacks @terminal|other|interpreter @works|other %missing !editor"),
    ("jupyter-kernel-mismatch", "notebook-cell other|chosen|interpreter|path %missing"),
    ("jupyter-kernel-mismatch", "notebook interpreter other|chosen %missing !editor"),
    ("jupyter-kernel-mismatch", "notebook interpreter other @torch @chosen !editor !works"),
    ("jupyter-kernel-mismatch", "notebook interpreter other cured|fails|lacks @torch|gpu-idle !editor"),
    ("env-user-site-shadow", "user-site torch|import|numpy|interpreter instead"),
    ("env-user-site-shadow", "user-site torch|other|cured|install @fails|cured|works"),
    ("env-user-site-shadow", "user-site torch comes interpreter !pip"),
    ("env-user-site-shadow", "user-site ahead path|interpreter|cwd !works"),
    ("env-duplicate-torch", "duplicate torch !mixed"),
    ("env-duplicate-torch", "torch conda-and-pip beside !mixed"),
    ("env-pythonpath-shadow", "named"),
    ("env-pythonpath-shadow", "pythonpath"),
    ("env-pythonpath-shadow", "cwd works|cured|fails|torch|import @torch|import !container"),
    ("env-pip-mismatch", "launcher %missing"),
    ("env-pip-mismatch", "interpreter made wrong-one"),
    ("env-pip-mismatch", "pip install outside interpreter"),
    ("env-pip-mismatch", "pip|interpreter other|two|chosen|path|python-version #no-torch|no-module"),
    ("env-pip-mismatch", "pip install other|two interpreter|python-version %missing"),
    ("env-pip-mismatch", "pip python-version interpreter install|chosen %missing"),
    ("env-pip-mismatch", "interpreter other|two chosen|works|install %missing"),
    ("env-pip-mismatch", "python-version works|install @python-version @fails %missing"),
    ("env-pip-mismatch", "torch interpreter works|install @launcher|other fails %missing"),
    ("env-broken", "interpreter broke @cured|works|reinstall"),
    ("env-broken", "env-moved fails|lacks|@fails|@lacks"),
    # -- the index, the way to it, and what came from it
    ("pip-config-conflict", "config precedence"),
    ("pip-config-conflict", "config gone|reinstall cured !cuda-build"),
    ("tls-failed", "certificate fails|cured|gone|switched|old|precedence !proxy @download|mirror|pip"),
    ("proxy-broken", "proxy fails|cured|switched|works @download|pip|mirror|torch|install"),
    ("extension-build-isolation", "extension building import fails"),
    ("extension-build-isolation", "extension building #no-torch"),
    ("extension-build-isolation", "isolation cured|fails|lacks|torch|works"),
    ("torch-cpu-build", "asks-cpu !works !named-mirror %cuda-unproven %unseen"),
    ("mirror-lacks-cuda-build", "mirror cpu-build|on-cpu install|gone|lacks|chosen|mirror !precedence"),
    ("mirror-lacks-cuda-build", "mirror lacks|gone cuda-build|gpu !driver !blocked !cured"),
    ("mirror-lacks-cuda-build", "cpu-build install @mirror !precedence"),
    ("mirror-lacks-cuda-build", "torchs-index cured @unfound @torch|wheel !blocked %not-installed"),
    ("env-path-too-long", "too-long @fails|cured|lacks %windows"),
    ("torch-pin-unavailable", "dev-build gone|fails|lacks|short !building !import"),
    ("torch-pin-unavailable", "torch-version gone !driver !blocked"),
    ("torch-pin-unavailable", "nightly gone torch|wheel|mirror"),
    ("mirror-dead", "mirror gone !blocked"),
    ("mirror-unreachable", "mirror sync fails|old|sync"),
    ("mirror-unreachable", "mirror blocked|fails @mirror download|blocked !works !model"),
    ("mirror-unreachable", "mirror cured|works @blocked @download !model !cuda-build"),
    ("mirror-unreachable", "blocked cured @download|pip|torch !model"),
    ("mirror-unreachable", "download blocked @torch|pip|wheel !model"),
    ("mirror-unreachable", "blocked pip !works !model"),
    ("mirror-unreachable", "download blocked torch|pip|wheel|mirror !model"),
    ("download-corrupt", "corrupt download|wheel|install|cured"),
    ("disk-low", "disk full fails|install|download|torch|cured"),
    ("torch-glibc-too-old", "glibc-needed !works"),
    ("torch-numpy-abi", "numpy numpy-2|downgrade cured|downgrade|fails|mismatch|new torch|cured|import|fails"),
    ("torch-companion-mismatch", "companion %unmatched"),
    ("torch-companion-mismatch", "companion fails symbol|import"),
    ("torch-companion-mismatch", "companion torch-version works|cured @fails"),
    ("extension-mismatch", "extension symbol"),
    ("torch-companion-mismatch", "companion !cuda-index mismatch|cpu-build|downgrade|old|new|update torch|cured|fails"),
    ("torch-vcredist-missing", "vcredist cured|install|lacks|old|update"),
    ("torch-vcredist-missing", "dll-init torch|install|import"),
    ("torch-missing-library", "torch-dll|openmp instead"),
    ("torch-missing-library", "torch-dll fails|lacks|gone"),
    ("torch-missing-library", "torch seeks"),
    ("torch-missing-library", "loader-path cured|works @torch @import @fails !driver !extension"),
    ("env-path-non-ascii", "foreign path"),
    ("env-mixed-conda-pip", "kmp"),
    ("env-mixed-conda-pip", "mixed conda-and-pip"),
    ("env-mixed-conda-pip", "mixed two|cured|fails|works"),
    ("env-not-isolated", "base-env fails|lacks install|pip"),
    # -- the GPU, where the words name its trouble
    ("shm-small", "shm short|lacks|cured"),
    ("wsl-driver", "wsl gpu-idle"),
    ("wsl-driver", "wsl smi-fails"),
    ("wsl-driver", "wsl-lib cured|lacks|gone %unseen"),
    ("wsl-driver", "wsl nvidia-smi|driver fails !cured !works %blind"),
    ("gpu-no-permission", "permission gpu|fabric|driver|nvidia-smi fails|lacks|cured"),
    ("driver-init-failed", "suspend gpu-idle|fails|gone|cured"),
    ("container-no-gpu", "container no-gpu-flag lacks|cured|works|fails !smi-inside"),
    ("container-no-gpu", "no-gpu-flag lacks|cured %contained"),
    ("container-no-gpu", "allocatable gpu lacks"),
    ("container-no-gpu", "node lacks|fails %contained"),
    ("container-no-gpu", "smi-fails %contained|blind"),
    ("gpu-no-permission", "as-root true false|fails !driver"),
    ("fabric-manager-down", "fabric lacks|cured|install|gone|fails !works %switched"),
    ("gpu-exclusive-mode", "exclusive gpu|fails|two|other"),
    ("cuda-compat-shadow", "compat two|gone|cured|library|old|path"),
    ("gpu-fell-off-bus", "lost gpu|nvidia-smi|reboot"),
    ("gpu-memory-full", "zombie gpu|vram"),
    ("gpu-memory-full", "vram taken|short|two"),
    ("gpu-wrong-backend", "amd|intel-gpu cpu|cuda-build|gpu-idle|unsupported|torch %no-nvidia %unfit %blind"),
    ("gpu-wrong-backend", "amd #cuda-unavailable %no-nvidia %unfit %blind"),
    ("gpu-absent", "no-card intel-gpu @cuda-call|gpu-idle %no-nvidia %blind"),
    ("gpu-wrong-backend", "on-cpu|gpu-idle %other-gpu %unfit %blind"),
    ("gpu-wrong-backend", "other-build torch|install|chosen %nvidia %blind"),
    ("gpu-wrong-backend", "other-build torch|install|chosen nvidia-card !amd %blind"),
    ("gpu-too-new-for-build", "gpu-idle|unsupported !cpu-build %newest-gpu"),
    ("gpu-too-new-for-build", "blackwell-build @fails %newest-gpu"),
    ("gpu-too-new-for-build", "new-gpu unsupported|old|cured|cuda-build"),
    ("gpu-too-old-for-build", "blackwell-build @fails %dropped-gpu"),
    ("gpu-too-old-for-build", "old-gpu unsupported|gone|cured|downgrade !driver"),
    ("driver-not-running", "module fails|lacks|cured @driver|nvidia-smi|gpu !container !extension"),
    ("driver-not-running", "kernel-update @driver|nvidia-smi @fails %on-host"),
    ("driver-missing", "no-driver gpu|torch|fails|driver !container"),
    ("driver-not-running", "smi-fails !pip %on-host"),
    ("driver-missing", "lspci nvidia-card #smi-not-found !fails %blind"),
    ("driver-library-mismatch", "driver updated-itself @gpu-idle|fails !works !cured !reboot !container %blind"),
    ("driver-too-old", "old-driver fails %modern-python"),
    ("driver-too-old", "driver old|cured gpu|torch|cured|driver !works"),
    ("driver-too-old", "driver updated !works !newest-driver"),
    ("driver-library-mismatch", "reboot cured driver|update"),
    ("driver-too-old", "driver update cured"),
    ("driver-library-mismatch", "no-reboot @driver|gpu @update !cured %blind"),
    ("driver-library-mismatch", "two-drivers parts !works !container %blind"),
    ("gpu-hidden", "hidden set-wrong|cured !hides"),
    ("gpu-mig", "mig gpu-idle|fails|lacks"),
    # -- what does not fit
    ("platform-no-wheel", "no-wheel-platform @torch|install|fails %not-installed"),
    ("python-too-old", "python-version least torch|wheel|install !downgrade %not-installed"),
    ("python-too-old", "python-version works|cured @fails @torch|wheel|install %newer-works %not-installed"),
    ("python-too-old", "new-syntax %before-syntax"),
    ("python-too-old", "old-python fails %not-installed"),
    ("python-too-old", "old-python @fails !works %not-installed"),
    ("python-too-new", "younger-python cured #no-match|uv-no-version %not-installed"),
    ("python-too-new", "python-version new %not-installed"),
    ("python-too-new", "python-version cured|works downgrade|@python-version|@fails wheel|torch|python-version @lacks|new|downgrade|fails %not-installed"),
    ("python-too-new", "python-version instead @torch @lacks|fails !editor !notebook %not-installed"),
    ("python-too-new", "python-version lacks|unsupported wheel|unsupported|torch %not-installed"),
    ("platform-no-wheel", "mac cuda-build install %not-installed"),
    ("os-too-old", "fails import|library %old-os"),
    ("os-too-old", "os-name old|lacks|unsupported|update|fails"),
    ("torch-partial-install", "remains torch|install|library|wheel|cured|update"),
    ("memory-low", "ram short fails|cured|torch|install|short !vram"),
    ("torch-missing-library", "library lacks|gone|two|old|path cured|fails|torch|import|lacks !driver !extension !cpu-build"),
    ("toolkit-mismatch", "toolkit mismatch|other|old @extension|compiler"),
    ("extension-mismatch", "extension mismatch|unsupported|old|cured torch|gpu|cured|wheel"),
    ("compiler-missing", "compiler lacks|install|cured"),
    ("torch-partial-install", "reinstall cured torch !cuda-build !cpu-build !driver"),
    # -- a build without CUDA, last: many other causes look like it
    ("container-no-gpu", "gpu-idle !on-cpu !cpu-build !works %contained|blind|cuda-unproven"),
    ("torch-cpu-build", "cpu-build install|torch|chosen|cured|pip !works %cuda-unproven"),
    ("torch-cpu-build", "has-gpu|cuda-build|gpu-idle|on-cpu %plain"),
    ("torch-cpu-build", "cuda-build gives %cuda-unproven %unseen"),
    ("torch-cpu-build", "on-cpu|gpu-idle @gpu|has-gpu|vram %windows %cuda-unproven"),
    ("torch-cpu-build", "gpu works|other|chosen #cuda-unavailable|computes-on-cpu !cuda-call !fails %windows %cuda-unproven"),
    ("torch-cpu-build", "cuda-build cured|install @gpu-idle|on-cpu %cuda-unproven"),
)
# fmt: on


def told(asked: tuple[Machine, frozenset[str]]) -> Iterator[Finding]:
    """The one finding that the sentences of a pasted text bear out, beside the errors that were found."""
    machine, errors = asked
    paste = machine.facts.paste
    if paste is None or not paste.told or errors - EFFECTS or machine.cuda_proven:
        return
    told = _Told(Heard(machine, paste), tuple(each for each in paste.told if not has(each.text, "advice")))
    for code, needs in ROWS:
        if errors and code not in WHICH_PYTHON:
            continue  # of a torch that is missing, only which Python runs is asked
        sentence = told.bearing_out(needs)
        if sentence is not None:
            more = [shown(sentence.line, sentence.text), words("evidence.told")]
            yield _found(told.heard, code, more)
            return


def _found(heard: Heard, code: str, more: list[Words]) -> Finding:
    """The finding, with what its sentences may name."""
    machine = heard.machine
    gpu, torch, python = (
        machine.gpu_name or "GPU",
        machine.torch_version or UNKNOWN,
        machine.python_key or UNKNOWN,
    )
    ended = code == "driver-too-old" and driver_ended(machine)
    return heard.finding(
        "gpu-unsupported" if ended else code,
        variant="driver-ended" if ended else "said",
        more=more,
        gpu=gpu,
        torch=torch,
        python=python,
        version=torch,
        listed=UNKNOWN,
        name="torch",
        names="torch",
        capability=(machine.capabilities or (UNKNOWN,))[0],
        path=UNKNOWN,
        free=UNKNOWN,
        need=UNKNOWN,
        mib=UNKNOWN,
        count="2",
        implementation="PyPy",
        os=machine.os or UNKNOWN,
        arch=machine.arch or UNKNOWN,
    )


class _Told:
    """The sentences of one text, and what may be asked of them."""

    def __init__(self, heard: Heard, sentences: tuple[Sentence, ...]) -> None:
        self.heard = heard
        self.sentences = sentences
        self.has = functools.cache(has)

    def bearing_out(self, needs: str) -> Sentence | None:
        """The first sentence that has all that a row needs."""
        terms = needs.split()
        general = [each for each in terms if each[0] in "@%#"]
        own = [each for each in terms if each[0] not in "@%#"]
        if not self.sentences or not all(self._somewhere(each) for each in general):
            return None
        return next((each for each in self.sentences if self._all(each.text, own)), None)

    def _all(self, text: str, terms: list[str]) -> bool:
        return all(self._one(text, each) for each in terms)

    def _one(self, text: str, term: str) -> bool:
        if term[0] == "!":
            return not self.has(text, term[1:])
        return any(
            self._somewhere(each) if each[0] in "@%#" else self.has(text, each) for each in term.split("|")
        )

    def _somewhere(self, term: str) -> bool:
        kind, names = term[0], term[1:].split("|")
        if kind == "%":
            return all(STATES[each](self.heard) for each in names)
        if kind == "#":
            return self.heard.any(*names)
        return any(self.has(each.text, name) for each in self.sentences for name in names)
