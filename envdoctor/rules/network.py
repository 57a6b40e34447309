"""Rules about where packages come from: pip's configuration, and mirrors that were measured.

A configured mirror is no fault. What is one: an index that is gone, one that pip ignores, settings that
work against each other, and an index that can't have the build that this machine needs.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from envdoctor.facts import MirrorAnswer, Setting, pip_line, pip_lines
from envdoctor.findings import UNKNOWN, Finding, Remedy, Words, words
from envdoctor.machine import Machine
from envdoctor.rules.levels import error, warning

__all__ = ["RULES"]


def _line(machine: Machine, option: str) -> Iterator[Setting]:
    """The line of an option that `pip install` goes by; nothing where there is none."""
    if (line := pip_line(machine.facts.environment.pip_settings, option)) is not None:
        yield line


def _index(machine: Machine) -> Setting | None:
    """The index that `pip install` asks."""
    return next(_line(machine, "index-url"), None)


def _urls(setting: Setting) -> list[str]:
    return [each for each in setting.value.split() if "://" in each]


def _shown(*settings: Setting) -> list[Words]:
    return [
        words("evidence.setting", name=each.name, value=each.value, origin=each.origin) for each in settings
    ]


def dead_index(machine: Machine) -> Iterator[Finding]:
    """An index of the configuration that was shut down, or never existed."""
    from envdoctor.planner.configured import known_mirror

    tables = machine.tables
    for option in ("index-url", "extra-index-url", "find-links"):
        for setting in _line(machine, option):
            for url in _urls(setting):
                row = known_mirror(url, tables)
                invented = any(_under(url, each) for each in tables.invented_urls)
                if not invented and (row is None or row.status != "dead"):
                    continue
                # Without its index pip finds nothing; beside one, a dead page costs time and a warning.
                make = error if option == "index-url" else warning
                yield make(
                    "mirror-dead",
                    _shown(setting),
                    [_replace(machine, setting)],
                    "invented" if invented else "configured",
                    name=row.name if row is not None else url,
                    url=url,
                    option=option,
                )


def _under(url: str, root: str) -> bool:
    return f"{url.rstrip('/')}/".startswith(root.rstrip("/") + "/")


def _replace(machine: Machine, setting: Setting) -> Remedy:
    """A living index in the place of the one that is configured there."""
    from envdoctor.planner.configured import IN_PLACE_OF_DEAD

    row = machine.tables.mirror(IN_PLACE_OF_DEAD)
    if setting.name.endswith(".index-url") and row is not None and row.pypi is not None:
        return _config(machine, setting, "remedy.index-replace", "set", setting.name, row.pypi)
    return _unset(machine, setting)


def _unset(machine: Machine, setting: Setting) -> Remedy:
    """The line taken out."""
    return _config(machine, setting, "remedy.index-unset", "unset", setting.name)


def _config(machine: Machine, setting: Setting, key: str, *arguments: str) -> Remedy:
    from envdoctor.reach import python_command

    if setting.origin.startswith("PIP_"):
        return Remedy(words("remedy.index-variable", name=setting.origin))
    argv = (python_command(machine), "-m", "pip", "config", *arguments)
    return Remedy(words(key, origin=setting.origin), (argv,))


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme, network location and host of an address; all empty where it is none ("https://[::1")."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.netloc, (parts.hostname or "").lower()
    except ValueError:
        return "", "", ""


def ignored_index(machine: Machine) -> Iterator[Finding]:
    """Pip passes over an index over plain http whose host it was not told to trust."""
    trusted = {
        part.rpartition("@")[2].lower()
        for setting in _line(machine, "trusted-host")
        for part in setting.value.split()
    }
    for option in ("index-url", "extra-index-url"):
        for setting in _line(machine, option):
            for url in _urls(setting):
                scheme, netloc, host = _parts(url)
                known = {host, netloc.rpartition("@")[2].lower()}
                if scheme != "http" or _is_here(host) or known & trusted or "*" in trusted:
                    continue
                make = error if option == "index-url" else warning
                yield make(
                    "pip-config-conflict",
                    _shown(setting),
                    [Remedy(words("remedy.index-https", url="https" + url[4:], origin=setting.origin))],
                    "untrusted",
                    url=url,
                    host=host,
                )


def _is_here(host: str) -> bool:
    """Whether a host is this machine, which pip trusts without being told."""
    if host[:1].isalpha():
        return host == "localhost"
    import ipaddress  # of all machines only those with such an index need it

    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def refused_installs(machine: Machine) -> Iterator[Finding]:
    """Settings under which pip installs nothing here, or somewhere else."""
    environment = machine.facts.environment
    for setting in _line(machine, "no-index"):
        if setting.is_on and not any(_line(machine, "find-links")):
            yield _conflict(machine, setting, "no-index")
    virtual = environment.kind in ("venv", "virtualenv")
    for setting in _line(machine, "require-virtualenv"):
        if setting.is_on and environment.kind is not None and not virtual:
            yield _conflict(machine, setting, "require-virtualenv")
    for setting in _line(machine, "user"):
        if setting.is_on and virtual and environment.system_site_packages is not True:
            yield _conflict(machine, setting, "user")
    for option in ("target", "prefix"):
        for setting in _line(machine, option):
            yield _conflict(machine, setting, "elsewhere", bad=False, path=setting.value)


def _conflict(
    machine: Machine, setting: Setting, variant: str, *, bad: bool = True, **values: str
) -> Finding:
    make = error if bad else warning
    return make(
        "pip-config-conflict",
        _shown(setting),
        [_unset(machine, setting)],
        variant,
        option=setting.name,
        **values,
    )


def two_words(machine: Machine) -> Iterator[Finding]:
    """A variable that overrides a file, or [install] that overrides [global], with another index."""
    from envdoctor.planner.configured import same_index

    index = _index(machine)
    if index is None:
        return
    weaker = [
        each
        for each in (
            *machine.facts.environment.pip_overridden,
            *pip_lines(machine.facts.environment.pip_settings, "index-url"),
        )
        if each.name.rpartition(".")[2] == "index-url" and not same_index(each.value, index.value)
    ]
    by_variable = index.origin.startswith("PIP_")
    by_section = index.name.startswith("install.")
    told = [each for each in weaker if by_variable or (by_section and each.name.startswith("global."))]
    if told:
        yield warning(
            "pip-config-conflict",
            _shown(index, *told),
            [Remedy(words("remedy.one-index"))],
            "overridden",
            url=index.value,
            other=told[-1].value,
            origin=index.origin,
        )


def pytorchs_page(machine: Machine) -> Iterator[Finding]:
    """PyTorch's own index given where pip can't use it, or beside one whose newer CPU build wins."""
    from envdoctor.rules import remedies

    variant = _wheels_variant(machine, "extra-index-url")
    links = _wheels_variant(machine, "find-links")
    for found, story in ((variant, "extra-index"), (links, "links")):
        if found is None:
            continue
        setting, label = found
        harmed = _lost_to_pypi(machine)
        make = error if harmed else warning
        yield make(
            "pip-config-conflict",
            _shown(setting),
            remedies.torch(machine) if harmed else [_unset(machine, setting)],
            f"configured-{story}",
            url=setting.value,
            label=label,
        )


def _wheels_variant(machine: Machine, option: str) -> tuple[Setting, str] | None:
    """The line that names an index of PyTorch's own wheels for one CUDA variant, and that variant."""
    for setting in _line(machine, option):
        for url in _urls(setting):
            found = re.search(r"/(cu\d{2,3})/?$", url)
            if found and url.startswith(_roots_of_wheels(machine, option)):
                return setting, found[1]
    return None


def _roots_of_wheels(machine: Machine, option: str) -> tuple[str, ...]:
    """How the addresses begin under which there are PyTorch's own wheels of this shape."""
    return tuple(
        row.wheels.url.partition("{variant}")[0]
        for row in machine.tables.mirrors
        if row.wheels is not None and (option != "find-links" or row.wheels.kind == "index")
    )


def no_cuda_here(machine: Machine) -> Iterator[Finding]:
    """The CPU build came from a copy of PyPI that has no other for this system, while the GPU wants one."""
    from envdoctor.planner.configured import known_mirror
    from envdoctor.rules import remedies

    index = _index(machine)
    row = known_mirror(index.value, machine.tables) if index is not None else None
    if index is None or row is None or row.status == "dead" or not _lost_to_pypi(machine):
        return
    if any(_wheels_variant(machine, option) for option in ("extra-index-url", "find-links")):
        return
    yield error(
        "mirror-lacks-cuda-build",
        [*_shown(index), words("evidence.torch", version=machine.torch_version or UNKNOWN, variant="cpu")],
        remedies.torch(machine),
        "configured",
        mirror=row.name,
        torch=machine.torch_version or UNKNOWN,
        system={"windows": "Windows"}.get(machine.os or "", machine.platform or UNKNOWN),
    )


def _lost_to_pypi(machine: Machine) -> bool:
    """Whether the torch that is here is PyPI's CPU build for this system, while a GPU could use another."""
    copies = machine.installed("torch")
    release = machine.tables.release(machine.torch_version or "")
    platform = machine.platform
    if machine.torch_variant != "cpu" or not machine.has_nvidia or release is None or platform is None:
        return False
    # A label in the metadata says that it is from an index of PyTorch's own.
    plain = bool(copies) and all("+" not in each.version and each.installer != "conda" for each in copies)
    built = any(each.startswith("cu") for each in release.official_variants.get(platform, ()))
    return plain and built and release.pypi_variant.get(platform) == "cpu"


_UNREACHED = (
    "refused",
    "timed-out",
    "no-such-host",
    "no-connection",
    "cut",
    "failed",
    "lists-nothing",
    "not-found",
)


def measured(machine: Machine) -> Iterator[Finding]:
    """What a measurement showed of the index that pip is configured to ask."""
    index, answers = _index(machine), machine.facts.mirrors
    if not answers:
        return
    from envdoctor.planner.configured import known_mirror
    from envdoctor.probes.mirrors import CONFIGURED

    proxy = [each for each in answers if each.outcome == "proxy"]
    if proxy and not any(each.outcome == "ok" for each in answers):
        yield error("proxy-broken", _answered(proxy[:1]), [Remedy(words("remedy.proxy"))], variant="measured")
        return
    row = known_mirror(index.value, machine.tables) if index is not None else None
    name = row.id if row is not None else CONFIGURED if index is not None else "official"
    mine = [each for each in answers if each.mirror == name and each.serves == "pypi"]
    for answer in mine:
        if answer.outcome == "tls":
            yield error(
                "tls-failed", _answered(mine), [Remedy(words("remedy.tls"))], "measured", url=answer.url
            )
        elif answer.outcome in _UNREACHED:
            variant = "lists-nothing" if answer.outcome in ("lists-nothing", "not-found") else "measured"
            yield error(
                "mirror-unreachable",
                _answered(mine),
                [Remedy(words("remedy.another-source"), (("envdoctor", "mirrors", "--measure"),))],
                variant,
                url=answer.url,
            )


def _answered(answers: list[MirrorAnswer]) -> list[Words]:
    found = []
    for each in answers:
        found.append(words(f"evidence.mirror-{each.outcome}", url=each.url))
        if each.detail or each.status:
            found.append(words("evidence.plain", text=each.detail or f"HTTP {each.status}"))
    return found


RULES = (dead_index, ignored_index, refused_installs, two_words, pytorchs_page, no_cuda_here, measured)
