"""The place that `--mirror` or `--wheels` names: a known mirror, or what a URL tells by its shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from envdoctor.errors import UsageError
from envdoctor.late import late
from envdoctor.redact import without_credentials

if TYPE_CHECKING:
    from envdoctor.knowledge import Knowledge, Mirror

__all__ = ["mirror_of", "nearest_name", "wheels_of"]

Kind = Literal["index", "flat"]
KINDS = ("flat+", "index+")
"""What may stand before a URL of wheels: its kind, where its shape does not tell ("flat+https://host/page")."""
_URL = late(r"https?://(?:[^\s/@]+@)?(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?(?:/\S*)?")
_FORBIDDEN = late(r"[\x00-\x20\x7f\"'`<>\\^|$;]")
_VARIANT = late(r"/(cpu|cu\d{2,3}|rocm\d+(?:\.\d+)*|xpu)/?$")


def _is_url(given: str) -> bool:
    """Whether this is meant as an address rather than as a mirror's name."""
    return "/" in given or ":" in given


def _one_variant(url: str) -> str | None:
    """The "cu126" of ".../whl/cu126"; `None`: the address is not that of one variant."""
    found = _VARIANT.search(url)
    return found[1] if found else None


def mirror_of(given: str, tables: Knowledge, option: str = "--mirror") -> Mirror:
    """The mirror of a name or URL.

    A URL is that of an index like PyPI's, of the channel conda-forge (its last part is "conda-forge"), or
    of wheels of PyTorch's own, when it has "{variant}" in it or is a known one.

    Raises:
        UsageError: no such mirror (the message names the nearest), one that was shut down, or no URL.

    """
    if not _is_url(given):
        return _named(given, tables, option)
    _refuse_invented(given, tables, option)
    known = _known_wheels(given, tables)
    if known is not None or "{variant}" in given or _one_variant(given) or given.startswith(KINDS):
        return _wheels_at(given, tables, option)
    url = _checked(given, option)
    for row in tables.mirrors:
        if _same(url, *(each for each in (row.pypi, *row.pypi_alternatives) if each)):
            from dataclasses import replace

            return replace(row, pypi=url)
    conda = {"conda-forge": url} if url.rstrip("/").endswith("/conda-forge") else {}
    return _made(url, pypi=None if conda else url, conda=conda)


def wheels_of(given: str, tables: Knowledge, option: str = "--wheels") -> Mirror:
    """The place of PyTorch's own wheels that a name or URL stands for.

    A URL is an index per variant ("https://host/whl/{variant}", "https://host/whl/cu126"), an index of them
    all, or a flat page of links: one of a known place, one that ends in ".html", or "flat+https://...".

    Raises:
        UsageError: no such mirror, one that keeps no such wheels, or no URL.

    """
    if _is_url(given):
        _refuse_invented(given, tables, option)
        for known in tables.mirrors:
            if _same(given, *(each for each in (known.pypi, *known.pypi_alternatives) if each)):
                raise UsageError(
                    f"{option} {given}: this is {known.id}'s PyPI, without PyTorch's own wheels; "
                    f"{_keepers(tables)}"
                )
        return _wheels_at(given, tables, option)
    row = _named(given, tables, option)
    if row.wheels is None:
        raise UsageError(f"{option} {given}: {row.id} keeps no wheels of PyTorch's own; {_keepers(tables)}")
    return row


def _keepers(tables: Knowledge) -> str:
    have = ", ".join(each.id for each in tables.mirrors if each.wheels and each.status != "dead")
    return f"these do: {have}"


def _refuse_invented(given: str, tables: Knowledge, option: str) -> None:
    """Addresses that are passed around and never existed would only fail later, and less clearly."""
    for invented in tables.invented_urls:
        if f"{given}/".startswith(invented.rstrip("/") + "/"):
            shown = without_credentials(given)
            raise UsageError(
                f"{option} {shown}: this address never existed; for PyTorch's own wheels {_keepers(tables)}"
            )


def _named(given: str, tables: Knowledge, option: str) -> Mirror:
    row = tables.mirror(given)
    if row is None:
        others = [name for each in tables.mirrors for name in each.other_names]
        near = nearest_name(given, [each.id for each in tables.mirrors if each.status != "dead"], others)
        raise UsageError(f"{option} {given}: no such mirror; {near}")
    if row.status == "dead":
        one, other, *_ = (each.id for each in tables.mirrors if each.status == "ok" and each.pypi)
        raise UsageError(
            f"{option} {given}: {row.name} was shut down; take {one}, {other} or another of its kind"
        )
    return row


def _wheels_at(given: str, tables: Knowledge, option: str) -> Mirror:
    known = _known_wheels(given, tables)
    if known is not None:
        return known
    from envdoctor.knowledge import WheelSource

    kind: Kind | None = None
    bare = given
    for start in KINDS:
        if given.startswith(start):
            kind, bare = ("flat" if start == "flat+" else "index"), given[len(start) :]
    url = _checked(bare, option)
    same_host = (row.wheels for row in tables.mirrors if row.wheels and _under(url, row.wheels.url))
    kind = kind or next((each.kind for each in same_host), None)
    kind = kind or ("flat" if url.endswith((".html", ".htm")) else "index")
    variant = _one_variant(url)
    return _made(url, wheels=WheelSource(url=url, kind=kind, variants=(variant,) if variant else ()))


def _known_wheels(given: str, tables: Knowledge) -> Mirror | None:
    """The mirror whose wheels stand at this address, with or without "{variant}" at its end."""
    for row in tables.mirrors:
        if row.wheels and _same(given, row.wheels.url, row.wheels.url.replace("{variant}", "").rstrip("/")):
            return row
    return None


def _made(
    url: str,
    *,
    pypi: str | None = None,
    conda: dict[str, str] | None = None,
    wheels: object = None,
) -> Mirror:
    from envdoctor.knowledge import Mirror

    host = without_credentials(url).split("/")[2]
    return Mirror(
        id=host,
        name=host,
        status="unverified",
        pypi=pypi,
        conda=conda or {},
        wheels=wheels,  # type: ignore[arg-type]  # made by the one caller that gives it
    )


def _checked(given: str, option: str) -> str:
    """The URL, if it is one that can stand in a command."""
    found = _URL.fullmatch(given)
    if found is None or _FORBIDDEN.search(given) or re.search(r"\{(?!variant\})", given):
        shown = without_credentials(given)
        raise UsageError(
            f"{option} {shown!r} is neither a mirror's name nor a URL such as https://host/simple"
        )
    return given


def _same(given: str, *urls: str) -> bool:
    return given.rstrip("/") in [url.rstrip("/") for url in urls]


def _under(url: str, pattern: str) -> bool:
    """Whether a URL stands below the one of a known place."""
    return url.startswith(pattern.partition("{variant}")[0])


def nearest_name(given: str, known: list[str], others: list[str] | tuple[str, ...] = ()) -> str:
    """What to say of a name that is none of the known ones; the other names are taken, but not listed."""
    import difflib

    near = difflib.get_close_matches(given, [*known, *others], 1, 0.6)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
