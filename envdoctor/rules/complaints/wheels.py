"""A wheel or a requirement that is for another interpreter or system than the one that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from envdoctor.findings import UNKNOWN, Finding, Severity
from envdoctor.machine import Machine
from envdoctor.rules.complaints.heard import Heard, shown
from envdoctor.rules.complaints.notions import has
from envdoctor.rules.complaints.pythons import LAST_FOR_INTEL_MACS, age_for, installing_python, span
from envdoctor.rules.complaints.sources import lacks_variant, places
from envdoctor.rules.complaints.systems import system_without_wheels
from envdoctor.versions import version_numbers

__all__ = ["RULES"]


def wheel_file(heard: Heard) -> Iterator[Finding]:
    """A wheel by its file name, which this interpreter refuses: the name says for whom it was made."""
    complaint = heard.first("wheel-unsupported")
    if complaint is None:
        return
    machine = heard.machine
    tag = re.search(r"-(?P<python>cp\d{2,3}|pp\d+|py\d)\w*-\w+-(?P<platform>[\w.]+)\.whl", complaint.subject)
    if tag is None:
        yield heard.finding("download-corrupt", "wheel-unsupported", variant="name")
        return
    if machine.facts.interpreter.bits == 32:
        return
    needs, have = re.search(r"manylinux_(\d+)_(\d+)", tag["platform"]), machine.facts.host.glibc
    if needs and have and version_numbers(have) < (int(needs[1]), int(needs[2])):
        yield heard.finding("torch-glibc-too-old", "wheel-unsupported", have=have)
        return
    made, python = tag["python"].removeprefix("cp"), installing_python(heard)
    wants = (int(made[0]), int(made[1:])) if made.isdigit() and len(made) > 1 else None
    if _is_foreign(machine, tag["platform"]) or python is None or wants is None or python == wants:
        yield heard.finding("platform-no-wheel", "wheel-unsupported", variant="file")
        return
    code = "python-too-new" if python > wants else "python-too-old"
    yield heard.finding(code, "wheel-unsupported", variant="file", python=machine.python_key or UNKNOWN)


def _is_foreign(machine: Machine, platform: str) -> bool:
    system = "windows" if platform.startswith("win") else "macos" if "macosx" in platform else "linux"
    arm = "aarch64" in platform or "arm64" in platform
    if machine.os is not None and system != machine.os:
        return True
    return machine.arch is not None and "any" not in platform and arm != (machine.arch == "aarch64")


def demands(heard: Heard) -> Iterator[Finding]:
    """A package, or uv, names the Python or the platform that it wants."""
    machine = heard.machine
    python = machine.python_key or UNKNOWN
    for kind in ("uv-no-wheel", "different-python"):
        complaint = heard.first(kind)
        if complaint is None or (kind == "different-python" and heard.paste.no_versions):
            continue
        texts = " ".join(each.text for each in heard.all(kind))
        if kind == "different-python" and "conda-needs-python" in heard:
            continue
        if kind == "uv-no-wheel" and _has_no_torch(heard, texts):
            yield heard.finding("mirror-lacks-cuda-build", kind, torch=UNKNOWN, listed="-")
            return
        if kind == "uv-no-wheel" and (name := _from_torchs_index(heard, texts)):
            yield heard.finding("pip-config-conflict", kind, variant="every-package", subject=name)
            return
        if re.search(r"\bcp3\d+t\b", texts) and machine.facts.interpreter.free_threaded:
            yield heard.finding("python-free-threaded", kind, variant="", python=python)
        elif (
            kind == "uv-no-wheel"
            and not re.search(r"Python \w+ tag", texts)
            and re.search("platform|macOS", texts)
        ):
            yield heard.finding("platform-no-wheel", kind, variant="file")
        elif re.search(
            r"torch\b|not in '|requires a different|the running Python|required[^\n]*, but Python",
            complaint.text,
        ) or _wants_newer(heard, texts):
            yield heard.finding(_age(machine, texts), kind, variant="file", python=python)
        return


_FOREIGN = re.compile(
    r"(?<![\w.-])(?!torch|triton|pytorch|nvidia|functorch)(?P<name>[a-z][\w.-]*)"
    r"(?:==\S+ (?:@ |has no wheels)|` \(v\d)"
)
"""A package that is not of torch's family, as uv names what it can't install."""
_TORCHS_INDEX = re.compile(r"download\.pytorch\.org/whl/")


def _from_torchs_index(heard: Heard, text: str) -> str:
    """A package of somebody else's that uv takes from PyTorch's index, where only some of its wheels lie."""
    found = _FOREIGN.search(text)
    places = (text, *heard.commands)
    return found["name"] if found and any(_TORCHS_INDEX.search(each) for each in places) else ""


def _has_no_torch(heard: Heard, text: str) -> bool:
    """Whether uv asks a page for a CUDA that is in no table, with a Python that has torch elsewhere."""
    page = lacks_variant(heard.machine, " ".join((heard.words, *heard.commands, *places(heard))), newer=True)
    named = re.search(r"all versions of torch have no wheels.{0,80}?cp3(\d{1,2})\b", text, re.DOTALL)
    ages = span(heard.machine, "") if named and page else None
    return ages is not None and named is not None and ages[0] <= (3, int(named[1])) <= ages[1]


def _wants_newer(heard: Heard, text: str) -> bool:
    """Whether pip passed over versions that all want a newer Python, and nothing else of pip's is shown."""
    bounds = re.findall(r"Requires-Python ([<>=!~]+)", text)
    alone = all(
        each.kind == "different-python" or each.kind.startswith("said-") for each in heard.paste.complaints
    )
    return alone and "Ignored the following versions" in text and bool(bounds) and set(bounds) <= {">", ">="}


def untested(heard: Heard) -> Iterator[Finding]:
    """A program that names the Python it was made for, and the one that it runs on."""
    numbers = [int(each) for each in re.findall(r"3\.(\d+)", heard.subject("python-untested"))]
    listed = re.search(r"3\.?\[([\d, ]+)", heard.subject("python-untested"))
    if listed is not None:  # SD.Next: the one that runs, and all that fit
        fits, have = [int(each) for each in re.findall(r"\d+", listed[1])], numbers[0]
    elif len(numbers) > 1:
        fits, have = numbers[:1], numbers[-1]
    else:
        return
    machine = heard.machine
    works = machine.torch_imports is True or machine.cuda_proven
    yield heard.finding(
        "python-too-new" if have > max(fits) else "python-too-old",
        "python-untested",
        severity=Severity.WARNING if works else Severity.ERROR,
        variant="file",
        python=f"3.{have}",
    )


def _age(machine: Machine, text: str) -> str:
    """Whether this Python is too old or too new for what the text demands."""
    running = re.search(r"Python: (\d)\.(\d+)|Python ?(?:==)?(\d)\.(\d+)|CPython (\d)\.(\d+)", text)
    python = machine.python
    if python is None and running:
        parts = [int(part) for part in running.groups() if part]
        python = (parts[0], parts[1])
    offered = [(int(one), int(two)) for one, two in re.findall(r"`?cp(\d)(\d{1,2})`?", text)]
    upper = re.search(r"(?<![>])<=? ?'?(\d)\.(\d+)", text)
    if python is None:
        return "python-too-new" if offered else "python-too-old"
    if upper and python >= (int(upper[1]), int(upper[2])):
        return "python-too-new"
    others = [each for each in offered if each != python]
    if others:
        return "python-too-new" if python > max(others) else "python-too-old"
    lower = re.search(r">=? ?'?(\d)\.(\d+)", text)
    if lower and python < (int(lower[1]), int(lower[2])):
        return "python-too-old"
    return "python-too-new" if python >= (3, 12) else "python-too-old"


def candidates(heard: Heard) -> Iterator[Finding]:
    """Poetry finds no wheel of the locked version that fits: for this interpreter, or for this system."""
    subject = heard.subject("poetry-no-candidate")
    if not subject:
        return
    machine = heard.machine
    kinds = ("poetry-no-candidate", "poetry-python", "poetry-abi")
    version = subject.partition("(")[2].rstrip(")").partition("+")[0]
    numbers = version_numbers(heard.subject("poetry-python"))
    python = machine.python or ((numbers[0], numbers[1]) if len(numbers) > 1 else None)
    ages = span(machine, version)
    fits = python is None or ages is None or ages[0] <= python <= ages[1]
    intel = machine.platform == "macos_x86_64" and version_numbers(version) > version_numbers(
        LAST_FOR_INTEL_MACS[-1]
    )
    if intel or (fits and machine.os == "macos" and "poetry-abi" not in heard):
        yield heard.finding("platform-no-wheel", *kinds)
        return
    old = not fits and python is not None and ages is not None and python < ages[0]
    code = "python-too-old" if old else "python-too-new"
    yield heard.finding(code, *kinds, variant="file", python=machine.python_key or UNKNOWN)


def refused(heard: Heard) -> Iterator[Finding]:
    """A project, a lock file or a build tool names the Pythons that it works with, and this is none."""
    complaint = heard.first("python-refused")
    if complaint is None:
        return
    text = complaint.text
    if "newer than" in text or "was removed from" in text:
        code = "python-too-new"
    elif "lower than" in text:
        code = "python-too-old"
    else:
        code = _age(heard.machine, f"Python {complaint.subject} {text}")
    yield heard.finding(code, "python-refused", variant="said" if code == "python-too-new" else "file")


NUMPY_PYTHONS = {
    "1.17": 8, "1.18": 8, "1.19": 9, "1.20": 9, "1.21": 10, "1.22": 10, "1.23": 11, "1.24": 11, "1.25": 11,
    "1.26": 12, "2.0": 12, "2.1": 13, "2.2": 13, "2.3": 14,
}  # fmt: skip
"""The newest Python 3 that a release of NumPy has wheels for, by NumPy's release notes."""


def numpy_source(heard: Heard) -> Iterator[Finding]:
    """Pip takes NumPy's sources: no wheel of that release fits this Python."""
    python = installing_python(heard)
    releases = [each.subject for each in heard.all("numpy-source")]
    last = [NUMPY_PYTHONS[each] for each in releases if each in NUMPY_PYTHONS]
    if python is not None and last and python > (3, max(last)) and not heard.machine.cuda_proven:
        key = ".".join(map(str, python))
        yield heard.finding("python-too-new", "numpy-source", variant="file", python=key)


def placeholder(heard: Heard) -> Iterator[Finding]:
    """The source packages "torch 0.1.2" and "pytorch 1.0.2", which pip takes where no wheel fits."""
    machine = heard.machine
    if "torch-old-setup" not in heard or machine.facts.interpreter.bits == 32:
        return
    if _is_misnamed(heard):
        yield heard.finding("torch-missing", "torch-old-setup", variant="name")
        return
    if machine.python is not None and machine.python > (3, 8):
        yield heard.finding(
            "python-too-new",
            "torch-old-setup",
            variant="asked",
            python=machine.python_key or UNKNOWN,
            torch=UNKNOWN,
            listed="0.1.2",
        )
    else:
        yield heard.finding("platform-no-wheel", "torch-old-setup", variant="placeholder")


_MISNAMED = re.compile(r"\binstall\b[^\n]*(?<![\w/.-])pytorch(?![\w.-])")


def _is_misnamed(heard: Heard) -> bool:
    """Whether PyPI is asked for a package "pytorch", which is there only to say that it is called torch."""
    pip = [each for each in heard.commands if not each.startswith(("conda", "mamba", "micromamba"))]
    said = any("ried to install" in each.text for each in heard.all("torch-old-setup"))
    return said or any(_MISNAMED.search(each) for each in pip)


def asked(heard: Heard) -> Iterator[Finding]:
    """A command asks for a release that has no wheel for this machine, and nothing else tells how it went."""
    machine = heard.machine
    silent = all(each.kind.startswith("said-") for each in heard.paste.complaints)
    if not silent or machine.torch_version is not None or machine.platform is None:
        return
    found = [hit for each in heard.commands if (hit := _ASKED.search(each))]
    release = machine.tables.release(found[0][1]) if found else None
    if release is None:
        return
    python, ages = installing_python(heard), span(machine, release.version)
    if not release.pythons.get(machine.platform):
        yield heard.finding("platform-no-wheel", variant="file", subject=f"torch=={release.version}")
    elif python is not None and ages is not None and not ages[0] <= python <= ages[1]:
        code = "python-too-new" if python > ages[1] else "python-too-old"
        yield heard.finding(code, variant="file", python=machine.python_key or UNKNOWN)


FIRST_KEPT = (3, 8)
"""The oldest Python that was maintained until late 2024 (devguide.python.org, status of versions).

New releases of most packages want it, or a later one; an index shows an older Python none of them."""


def others(heard: Heard) -> Iterator[Finding]:
    """Another package of which an old Python is shown only older releases than what is asked for."""
    python = installing_python(heard)
    if "other-no-match" in heard and python is not None and (3, 0) <= python < FIRST_KEPT:
        yield heard.finding("python-too-old", "other-no-match", variant="file", python=f"3.{python[1]}")


def unsourced(heard: Heard) -> Iterator[Finding]:
    """A CUDA build by its label, of which PyPI has none, asked for without the index that has it."""
    machine = heard.machine
    silent = all(each.kind.startswith("said-") for each in heard.paste.complaints)
    if not silent or heard.paste.no_versions or machine.torch_version is not None or places(heard):
        return
    for command in heard.paste.commands:
        label = _LABELLED.search(command.text)
        if label is None or _ELSEWHERE.search(command.text) or age_for(heard, label["release"]) is not None:
            continue
        more = [shown(command.line, command.text)]
        yield heard.finding("mirror-lacks-cuda-build", more=more, torch=label["release"], listed=UNKNOWN)
        return


_LABELLED = re.compile(
    r"\bpip3?\b.*\binstall\b.*?(?<![\w-])torch==(?P<release>\d\.\d{1,2}\.\d)\+cu\d{2,3}(?![\w.])"
)
_ELSEWHERE = re.compile(r"https?://|(?<!\S)(?:-[fi]|--find-links|--\S*index\S*)[ =]")


def said(heard: Heard) -> Iterator[Finding]:
    """Somebody says that there is no wheel for this system, or asks for one that only others have."""
    machine = heard.machine
    if "no-directml" in heard and machine.os == "linux" and not machine.is_wsl:
        yield heard.finding("platform-no-wheel", "no-directml", variant="file")
    elif _later_than_intels(heard):
        yield heard.finding("platform-no-wheel", variant="intel-mac", torch=LAST_FOR_INTEL_MACS[-1])
    elif _asks_for_a_wheel(heard) and (part := system_without_wheels(heard)) is not None:
        yield heard.finding("platform-no-wheel", variant=part, torch=UNKNOWN, listed=UNKNOWN)
    elif "pixi-platform" in heard:
        yield heard.finding("platform-no-wheel", "pixi-platform", variant="file")
    elif "said-no-wheel" in heard and machine.torch_version is None and not heard.paste.no_versions:
        yield heard.finding("platform-no-wheel", "said-no-wheel", variant="file")


_RELEASE = re.compile(
    r"(?<![\w-])(?:py)?torch[ =]{1,3}v?(?P<release>\d\.\d{1,2}(?:\.\d)?)(?![\d.])", re.IGNORECASE
)


def _later_than_intels(heard: Heard) -> bool:
    """Whether somebody without a torch names a release that Macs with Intel's processors never got."""
    machine = heard.machine
    if machine.platform != "macos_x86_64" or machine.torch_version is not None or heard.paste.no_versions:
        return False
    named = [hit["release"] for each in heard.paste.told for hit in _RELEASE.finditer(each.text)]
    return any(version_numbers(each) > version_numbers(LAST_FOR_INTEL_MACS[-1]) for each in named)


def _asks_for_a_wheel(heard: Heard) -> bool:
    """Whether somebody without a torch speaks of a wheel for it, and no index is shown to refuse it."""
    known = heard.machine.torch_version is not None or heard.paste.no_versions
    return not known and any(has(each.text, "wheel") for each in heard.paste.told)


_ASKED = re.compile(r"\b(?:install|add)\b.*?(?<![\w-])torch==(\d\.\d{1,2}(?:\.\d)?)\b(?![.\w])")

RULES = (
    wheel_file,
    demands,
    refused,
    candidates,
    numpy_source,
    placeholder,
    asked,
    others,
    unsourced,
    said,
    untested,
)
