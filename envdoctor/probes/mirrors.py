"""How mirrors answer from here, timed side by side: whether, how soon, how fast, how current."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urljoin, urlsplit

from envdoctor.facts import MirrorAnswer
from envdoctor.network import Fetch, Fetched
from envdoctor.redact import without_credentials

if TYPE_CHECKING:
    from envdoctor.knowledge import Mirror
    from envdoctor.outside import Outside

__all__ = ["CONFIGURED", "Place", "default_index", "measure", "places"]

Serves = Literal["pypi", "wheels", "conda"]

CONFIGURED = "configured"
"""Stands for a mirror's id where the index of pip's configuration is in no table."""
SMALL_SECONDS = 6.0
"""How long a mirror may take to show its page of torch."""
LARGE_SECONDS = 3.0
SMALL_BYTES = 1 << 20
LARGE_BYTES = 4 << 20
"""What is read of one wheel: enough that the speed is no longer that of the connection's first moments."""
_LINK = re.compile(rb"""<a\b[^>]*\bhref\s*=\s*["']([^"'#]+)""", re.IGNORECASE)
_TORCH = re.compile(r"torch-(\d+(?:\.\d+)+)(?:\+[\w.]+)?-cp\d+")


@dataclass(frozen=True, slots=True)
class Place:
    """One page to ask: the links to torch's wheels at one mirror, or the index of a conda channel."""

    mirror: str
    serves: Serves
    url: str
    page: str
    """The address of the page of links; for a conda channel that of its list of packages."""


def places(mirrors: Iterable[Mirror], variant: str, index: str | None = None) -> tuple[Place, ...]:
    """What can be measured of these mirrors; `index` is the official PyPI's address, which no table holds."""
    found: list[Place] = []
    for row in mirrors:
        if row.status == "dead":
            continue
        pypi = row.pypi or (index if row.id == "official" else None)
        if pypi:
            found.append(Place(row.id, "pypi", pypi, pypi.rstrip("/") + "/torch/"))
        if row.wheels is not None and (not row.wheels.variants or variant in row.wheels.variants):
            url = row.wheels.url.replace("{variant}", variant)
            page = url if row.wheels.kind == "flat" else url.rstrip("/") + "/torch/"
            found.append(Place(row.id, "wheels", url, page))
        if channel := row.conda.get("conda-forge"):
            found.append(Place(row.id, "conda", channel, channel + "/noarch/repodata.json.zst"))
    return tuple(found)


def default_index(outside: Outside, pythons: Sequence[str]) -> str | None:
    """The official PyPI's address as pip has it built in; the first of these Pythons that has pip tells."""
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    for python in dict.fromkeys(pythons):
        said = outside.run((python, "-I", "-c", code), timeout=15).stdout.strip()
        if re.fullmatch(r"https://[\w./-]+", said):
            return said
    return None


def measure(
    asked: Sequence[Place],
    fetch: Fetch,
    settled: str,
    progress: Callable[[str | None], None] = lambda mirror: None,
) -> tuple[MirrorAnswer, ...]:
    """Each place's answer, in the order asked.

    The pages are asked for all at once. Then a part of a wheel is read from each place that answered, one
    after the other, since side by side they would share the line and look alike.

    Arguments:
        asked: the pages.
        fetch: what reads an address.
        settled: the torch release whose wheel is read where it is listed.
        progress: told which mirror is being read from; `None` at the end.

    """
    pages = _at_once(asked, fetch)
    answers = []
    for place, page in zip(asked, pages, strict=True):
        progress(place.mirror)
        answers.append(_answer(place, page, fetch, settled))
    progress(None)
    return tuple(answers)


def _at_once(asked: Sequence[Place], fetch: Fetch) -> list[Fetched]:
    pages: dict[int, Fetched] = {}

    def ask(number: int, place: Place) -> None:
        # Of a channel's list the first bytes are enough here; the rest is its large read.
        limit = SMALL_BYTES if place.serves != "conda" else 1 << 12
        pages[number] = fetch(place.page, limit=limit, seconds=SMALL_SECONDS)

    threads = [
        threading.Thread(target=ask, args=each, daemon=True, name=f"page {each[1].mirror}")
        for each in enumerate(asked)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.1)  # in steps, so that Ctrl-C is heard on every system
    return [pages[number] for number in range(len(asked))]


def _answer(place: Place, page: Fetched, fetch: Fetch, settled: str) -> MirrorAnswer:
    known = MirrorAnswer(
        mirror=place.mirror,
        serves=place.serves,
        url=without_credentials(place.url),
        outcome=page.outcome,
        status=page.status,
        first=page.first,
        detail=without_credentials(page.detail) or None,
        host=_other_host(place.page, page.url),
    )
    if page.outcome != "ok":
        return known
    links = _links(page) if place.serves != "conda" else ()
    if place.serves != "conda" and not links:
        return _with(known, outcome="lists-nothing")
    file = _wheel(links, settled) if place.serves != "conda" else place.page
    part = fetch(file, limit=LARGE_BYTES, seconds=LARGE_SECONDS)
    return _with(
        known,
        newest=_newest(links),
        rate=_rate(part),
        file_outcome=part.outcome,
        host=_other_host(place.page, part.url) or known.host,
        detail=without_credentials(part.detail) or known.detail,
    )


def _with(answer: MirrorAnswer, **changes: object) -> MirrorAnswer:
    from dataclasses import replace

    return replace(answer, **changes)  # type: ignore[arg-type]  # fields of the record, checked by its maker


def _links(page: Fetched) -> tuple[str, ...]:
    """The addresses of the wheels of torch that a page lists."""
    found = (link.decode("utf-8", "replace") for link in _LINK.findall(page.body))
    return tuple(urljoin(page.url, link) for link in found if _TORCH.match(_file_name(link)))


def _file_name(link: str) -> str:
    try:
        return unquote(urlsplit(link).path).rpartition("/")[2]
    except ValueError:  # "//[", which a page may well hold
        return ""


def _wheel(links: Sequence[str], settled: str) -> str:
    """The wheel to read from: one that would really be installed, else the last that is listed."""
    wanted = [
        link for link in links if _file_name(link).startswith((f"torch-{settled}-", f"torch-{settled}+"))
    ]
    return next((link for link in wanted if "x86_64" in link), (wanted or list(links))[-1])


def _newest(links: Sequence[str]) -> str | None:
    versions = [found[1] for link in links if (found := _TORCH.match(_file_name(link)))]
    return max(versions, key=lambda version: tuple(map(int, version.split("."))), default=None)


def _rate(part: Fetched) -> float | None:
    """Bytes a second of the body alone; what is too little to tell is not told."""
    if part.outcome not in ("ok", "cut") or part.first is None or len(part.body) < 1 << 16:
        return None
    return len(part.body) / max(part.seconds - part.first, 1e-4)


def _other_host(asked: str, came: str) -> str | None:
    """The host that answered in another's stead."""
    before, after = urlsplit(asked).hostname, urlsplit(came).hostname
    return after if after and after != before else None
