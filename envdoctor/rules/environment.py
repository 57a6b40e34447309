"""Rules about the environment around the interpreter: isolation, and what is found in its stead."""

from __future__ import annotations

from collections.abc import Iterator

from envdoctor.findings import Finding, Remedy, words
from envdoctor.machine import Machine
from envdoctor.reach import python_command
from envdoctor.rules import remedies
from envdoctor.rules.evidence import conda_row, said
from envdoctor.rules.levels import error, info, warning, worse_if_torch_fails

__all__ = ["RULES"]


def isolation(machine: Machine) -> Iterator[Finding]:
    """Working in conda's base or the system Python; in a container that is how images are made."""
    environment = machine.facts.environment
    if machine.in_container:
        return
    if environment.conda_base:
        yield warning("env-not-isolated", remedies=[remedies.isolated(machine)], variant="conda-base")
    elif environment.externally_managed:
        yield warning("env-not-isolated", remedies=[remedies.isolated(machine)], variant="managed")
    elif environment.kind == "system":
        yield warning("env-not-isolated", remedies=[remedies.isolated(machine)], variant="system")


def pip_of_another(machine: Machine) -> Iterator[Finding]:
    """`pip` on PATH installs into another interpreter than `python` runs."""
    environment, interpreter = machine.facts.environment, machine.facts.interpreter
    theirs, ours = environment.shell_pip_prefix, interpreter.prefix
    if theirs is None or ours is None or theirs == ours or environment.found_by in ("option", "doctor"):
        return
    if environment.found_by == "project" and not environment.active:
        return  # nobody activated it yet: a shell's pip belongs to something else, as it should
    if environment.has_pip is False and environment.manager in ("uv", "pixi"):
        return  # such environments have no pip on purpose; their own tool installs
    evidence = [
        words("evidence.pip", path=environment.shell_pip or "pip", prefix=theirs),
        words("evidence.python", path=interpreter.executable or "python", prefix=ours),
    ]
    remedy = Remedy(words("remedy.python-m-pip"), ((python_command(machine), "-m", "pip", "--version"),))
    make = error if machine.torch_version is None else warning
    yield make("env-pip-mismatch", evidence, [remedy], pip=theirs, python=ours)


def user_site(machine: Machine) -> Iterator[Finding]:
    """torch, or a part of it, from ~/.local although an environment is in use."""
    environment = machine.facts.environment
    if environment.kind not in ("venv", "virtualenv", "conda"):
        return
    strays = [each for each in machine.facts.packages.distributions or () if each.site == "user"]
    family = [each for each in strays if each.name in ("torch", "torchvision", "torchaudio", "numpy")]
    if not family:
        return
    evidence = [
        words("evidence.distribution", name=e.name, version=e.version, path=e.location) for e in family
    ]
    make = worse_if_torch_fails(machine)
    yield make(
        "env-user-site-shadow",
        evidence,
        [_no_user_site(machine)],
        names=", ".join(each.name for each in family),
    )


def _no_user_site(machine: Machine) -> Remedy:
    if machine.os == "windows":
        return Remedy(words("remedy.no-user-site-windows"), (("setx", "PYTHONNOUSERSITE", "1"),))
    return Remedy(words("remedy.no-user-site"), (("export", "PYTHONNOUSERSITE=1"),))


def shadows(machine: Machine) -> Iterator[Finding]:
    """A file or folder that Python imports instead of the real module."""
    for shadow in machine.facts.packages.shadows:
        if shadow.by not in ("working-folder", "pythonpath"):
            continue
        evidence = [words("evidence.shadow", name=shadow.name, path=shadow.path)]
        torch_itself = shadow.name == "torch"
        if shadow.by == "working-folder":
            make = error if torch_itself else warning
            remedy = Remedy(words("remedy.rename", path=shadow.path))
        else:
            # Clusters hand out torch through PYTHONPATH on purpose; only a failure makes it a fault.
            make = worse_if_torch_fails(machine)
            remedy = remedies.variable(machine, "remedy.unset-pythonpath", "PYTHONPATH")
        yield make("env-pythonpath-shadow", evidence, [remedy], shadow.by, name=shadow.name, path=shadow.path)


def python_home(machine: Machine) -> Iterator[Finding]:
    """PYTHONHOME pointing at another Python keeps this one from starting."""
    home = machine.facts.environment.variables.get("PYTHONHOME")
    ran = machine.facts.torch_import
    if home and ran is not None and ran.outcome != "imported" and "encodings" in f"{ran.error} {ran.output}":
        yield error(
            "env-pythonpath-shadow",
            [words("evidence.variable", name="PYTHONHOME", value=home)],
            [remedies.variable(machine, "remedy.unset-pythonhome", "PYTHONHOME")],
            "pythonhome",
            name="PYTHONHOME",
            path=home,
        )


def duplicates(machine: Machine) -> Iterator[Finding]:
    """Two torches on disk: from two installers, or twice in one folder."""
    copies = [each for each in machine.installed("torch") if each.site in ("environment", "base")]
    conda = [
        each
        for each in machine.facts.packages.conda
        if each.name in ("pytorch", "pytorch-nightly", "torch", "libtorch")
    ]
    conda = [each for each in conda if each.name != "libtorch"] or conda
    from_both = bool(conda) and any(each.installer in ("pip", "uv") for each in copies)
    twice_by_conda = len({each.version for each in conda}) > 1
    if len(copies) < 2 and not from_both and not twice_by_conda:
        return
    evidence = [
        words("evidence.distribution", name="torch", version=e.version, path=e.location) for e in copies
    ]
    evidence += [conda_row(e) for e in conda]
    make = worse_if_torch_fails(machine)
    yield make(
        "env-duplicate-torch",
        evidence,
        remedies.torch(machine, "remedy.one-torch"),
        "installers" if from_both else "",
        count=len(copies) + (len(conda) if from_both else 0),
    )


def mixed_numpy(machine: Machine) -> Iterator[Finding]:
    """NumPy from conda and from pip over one another: two sets of MKL and OpenMP libraries."""
    pip = [
        each
        for each in machine.installed("numpy")
        if each.installer in ("pip", "uv") and each.site == "environment"
    ]
    conda = [each for each in machine.facts.packages.conda if each.name in ("numpy", "numpy-base")]
    if not pip or not conda or pip[0].version == conda[0].version:
        return
    evidence = [
        words("evidence.distribution", name="numpy", version=pip[0].version, path=pip[0].location),
        conda_row(conda[0]),
    ]
    version = pip[0].version
    remedy = remedies.packages(
        machine, "remedy.numpy-again", "install", "--force-reinstall", "--no-deps", f"numpy=={version}"
    )
    yield warning("env-mixed-conda-pip", evidence, [remedy], "numpy")


def path_encoding(machine: Machine) -> Iterator[Finding]:
    """Native Windows libraries and compilers that open paths in the ANSI code page fail on other letters."""
    prefix = machine.facts.interpreter.prefix or ""
    if machine.os != "windows" or prefix.isascii():
        return
    make = worse_if_torch_fails(machine)
    evidence = [words("evidence.environment", path=prefix)]
    yield make("env-path-non-ascii", evidence, [Remedy(words("remedy.plain-path"))], path=prefix)


FOLDER_LIMIT = 248
"""Letters that the path of a folder stays below without long paths (Microsoft, CreateDirectoryW)."""
DEEPEST_FOLDER = 162
"""Letters from site-packages to the deepest folder, one of licences, in a wheel like torch 2.13.0+cu126's."""


def path_length(machine: Machine) -> Iterator[Finding]:
    """Below a long path Windows makes none of the deepest folders that torch's wheel holds."""
    site = next(iter(machine.facts.interpreter.site_packages), "")
    if machine.facts.host.long_paths is not False or machine.torch_imports:
        return
    if len(site) + 1 + DEEPEST_FOLDER >= FOLDER_LIMIT:
        yield warning(
            "env-path-too-long",
            [words("evidence.environment", path=site)],
            remedies.long_paths(machine),
            path=site,
            most=FOLDER_LIMIT - 2 - DEEPEST_FOLDER,
        )


_UV_INDEXES = ("index-url", "default-index", "index", "extra-index-url")


def settings(machine: Machine) -> Iterator[Finding]:
    """A configured mirror is information, never a fault."""
    environment = machine.facts.environment
    pip = [each for each in environment.pip_settings if each.name.endswith("index-url")]
    uv = [each for each in environment.uv_settings if each.name.removeprefix("pip.") in _UV_INDEXES]
    if pip or uv:
        yield info(
            "pip-index-configured",
            [said(each.origin, f"{each.name} = {each.value}") for each in (*pip, *uv)],
            variant="" if pip else "uv",
            url=(pip or uv)[-1].value,
        )


RULES = (
    isolation,
    pip_of_another,
    user_site,
    shadows,
    python_home,
    duplicates,
    mixed_numpy,
    path_encoding,
    path_length,
    settings,
)
