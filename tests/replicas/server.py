"""Copies of package indexes on this machine, one path a host, that can be told to misbehave."""

from __future__ import annotations

import contextlib
import html
import os
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from envdoctor.knowledge import knowledge
from replicas import conda, stock
from replicas.wheels import Wheel

DEFAULT = "default.index/simple"
"""Where the copy of the index stands that pip and uv ask when no option names one."""


@dataclass(frozen=True)
class Place:
    """One path of the server: what stands there in what shape."""

    kind: Literal["pypi", "index", "flat", "conda"]
    variants: tuple[str, ...] = ()
    """Those it has; empty: all that PyTorch's own index has."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with every request whose path contains `fragment`."""

    fragment: str
    kind: Literal["refuse", "break", "stall"]
    status: int = 403
    after: int = 0
    """Bytes that are sent before the connection breaks."""
    seconds: float = 0.0


class Replicas:
    """The server, from its start to its end as a context manager.

    `url` is its address. `requests` holds the path of every request, oldest first.
    """

    def __init__(self) -> None:
        self.places: dict[str, Place] = {DEFAULT: Place("pypi")}
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.contents: dict[str, tuple[tuple[str, str], ...]] = {}
        self.extra: dict[str, bytes] = {}
        self._pages: dict[tuple[object, ...], bytes] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        for mirror in knowledge().mirrors:
            for address in (mirror.pypi, *mirror.pypi_alternatives):
                if address:
                    self.places[_path(address)] = Place("pypi")
            if mirror.wheels:
                root = _path(mirror.wheels.url.replace("{variant}", ""))
                self.places[root] = Place(mirror.wheels.kind, mirror.wheels.variants)
            if "conda-forge" in mirror.conda:
                self.places[_path(mirror.conda["conda-forge"])] = Place("conda")

    def __enter__(self) -> Replicas:
        replicas = self

        class Handler(_Handler):
            server_of = replicas

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # -- addresses and commands

    def at(self, url: str) -> str:
        """The address here of an address out there."""
        return f"{self.url}/{_path(url)}" + ("/" if url.endswith("/") else "")

    def argv(self, command: Iterable[str]) -> list[str]:
        """The command with every address replaced by the one here, and the index that it leaves open named."""
        argv = [
            self.at(word) if re.match(r"https?://", word) and not word.startswith(self.url) else word
            for word in command
        ]
        option = "--default-index" if argv[:1] == ["uv"] else "--index-url"
        named = {option, "--index-url", "-i"} & set(argv)
        if "install" in argv and not named and not {"conda", "mamba", "micromamba"} & set(argv[:1]):
            argv += [option, f"{self.url}/{DEFAULT}"]
        return argv

    def environment(self, home: os.PathLike[str] | str) -> dict[str, str]:
        """An environment in which pip, uv and conda know of nothing but their command line."""
        kept = {
            key: value
            for key, value in os.environ.items()
            if not re.match(r"(PIP|UV|CONDA|MAMBA)_|(VIRTUAL_ENV|PYTHONPATH|PYTHONHOME|.*_proxy)$", key, re.I)
        }
        return {
            **kept,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "XDG_CACHE_HOME": str(home),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_CACHE_DIR": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_RETRIES": "0",
            "UV_NO_CONFIG": "1",
            "UV_NO_CACHE": "1",
            "UV_HTTP_RETRIES": "0",
            "UV_PYTHON_DOWNLOADS": "never",
            "no_proxy": "127.0.0.1",
            "NO_PROXY": "127.0.0.1",
        }

    # -- misbehaviour

    def refuse(self, fragment: str, status: int = 403) -> None:
        """Answer every request whose path contains this with an error."""
        self.faults.append(Fault(fragment, "refuse", status=status))

    def break_off(self, fragment: str, after: int = 200) -> None:
        """Close the connection in the middle of every answer to such a request."""
        self.faults.append(Fault(fragment, "break", after=after))

    def stall(self, fragment: str, seconds: float) -> None:
        """Let such a request wait; the end of the server ends the wait."""
        self.faults.append(Fault(fragment, "stall", seconds=seconds))

    def hold(self, name: str, files: dict[str, str]) -> None:
        """Give every wheel of this project other contents: {"torch/__init__.py": "raise OSError('no')"}."""
        self.contents[name] = tuple(files.items())
        self._pages.clear()

    def heal(self) -> None:
        """Behave again, and forget what was asked so far."""
        self.faults.clear()
        self.requests.clear()
        if self.contents:
            self.contents.clear()
            self._pages.clear()

    @contextlib.contextmanager
    def healed(self) -> Iterator[Replicas]:
        """Themselves for one test, without faults before and after."""
        self.heal()
        try:
            yield self
        finally:
            self.heal()

    # -- what is asked

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type (or the place to go to) and content of a path."""
        inner = unquote(urlsplit(path).path).lstrip("/")
        if inner.rstrip("/") in self.extra or inner in self.extra:
            return 200, "application/octet-stream", self.extra[inner.rstrip("/")]
        root = next(
            (
                root
                for root in sorted(self.places, key=len, reverse=True)
                if f"{inner}/".startswith(f"{root}/")
            ),
            None,
        )
        if root is None:
            return 404, "text/plain", b"no such place"
        place, parts = self.places[root], [part for part in inner[len(root) :].split("/") if part]
        if place.kind == "conda":
            if len(parts) != 2 or parts[1] != "repodata.json":
                return 404, "text/plain", b"no such file"
            return 200, "application/json", conda.repodata(parts[0])
        if not path.partition("?")[0].endswith((".whl", ".metadata", "/")):
            return 301, path + "/", b""
        with self._lock:
            return self._in_place(place, f"/{quote(root)}", parts)

    def _in_place(self, place: Place, root: str, parts: list[str]) -> tuple[int, str, bytes]:
        if place.kind == "pypi":
            return self._project_pages(None, root, parts)
        variant = parts[0] if parts and stock.served(parts[0]) else stock.ROOT
        if variant and place.variants and variant not in place.variants:
            return 403, "text/plain", b"AccessDenied"
        rest, here = (parts[1:], f"{root}/{variant}") if variant else (parts, root)
        if place.kind == "index":
            return self._project_pages(variant, here, rest)
        if not variant:
            return 404, "text/plain", b"no such page"
        if rest:
            return self._file([w for name in stock.FAMILY for w in self._wheels(variant, name)], rest[-1])
        return (
            200,
            "text/html",
            self._links(here, [w for name in stock.FAMILY for w in self._wheels(variant, name)], flat=True),
        )

    def _project_pages(self, variant: str | None, root: str, parts: list[str]) -> tuple[int, str, bytes]:
        if not parts:
            links = "".join(
                f'<a href="{name}/">{name}</a><br/>\n' for name in map(_normal, stock.projects(variant))
            )
            return 200, "text/html", _page(links)
        wheels = self._wheels(
            variant, next((n for n in stock.projects(variant) if _normal(n) == _normal(parts[0])), "")
        )
        if not wheels:
            # PyTorch's own host says "forbidden" of what it does not have.
            return (404 if variant is None else 403), "text/plain", b"no such project"
        if len(parts) > 1:
            return self._file(wheels, parts[-1])
        return 200, "text/html", self._links(f"{root}/{_normal(parts[0])}", wheels, flat=False)

    def _wheels(self, variant: str | None, project: str) -> tuple[Wheel, ...]:
        found = stock.pypi(project) if variant is None else stock.pytorch(variant, project)
        if project in self.contents:
            return tuple(replace(wheel, files=self.contents[project]) for wheel in found)
        return found

    def _file(self, wheels: Iterable[Wheel], name: str) -> tuple[int, str, bytes]:
        for wheel in wheels:
            if wheel.filename == name.removesuffix(".metadata"):
                return (
                    200,
                    "application/octet-stream",
                    wheel.metadata if name.endswith(".metadata") else wheel.content,
                )
        return 404, "text/plain", b"no such file"

    def _links(self, root: str, wheels: Iterable[Wheel], *, flat: bool) -> bytes:
        key = (root, flat)
        if key not in self._pages:
            self._pages[key] = _page("".join(_link(root, wheel, flat=flat) for wheel in wheels))
        return self._pages[key]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: Replicas

    def do_HEAD(self) -> None:
        self._respond(body=False)

    def do_GET(self) -> None:
        self._respond(body=True)

    def _respond(self, *, body: bool) -> None:
        replicas = self.server_of
        replicas.requests.append(self.path)
        fault = next((each for each in replicas.faults if each.fragment in unquote(self.path)), None)
        if fault is not None and fault.kind == "stall":
            replicas._stopped.wait(fault.seconds)
        status, kind, content = replicas.answer(self.path)
        if fault is not None and fault.kind == "refuse":
            status, kind, content = fault.status, "text/plain", b"refused"
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Location" if status == 301 else "Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if fault is not None and fault.kind == "break":
                self.wfile.write(content[: fault.after])
                self.close_connection = True
            elif body:
                self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it
        pass


def _link(root: str, wheel: Wheel, *, flat: bool) -> str:
    address = quote(wheel.filename)
    more = ""
    if not flat:
        import hashlib

        digest = hashlib.sha256(wheel.metadata).hexdigest()
        python = (
            f' data-requires-python="{html.escape(wheel.requires_python)}"' if wheel.requires_python else ""
        )
        more = f'{python} data-dist-info-metadata="sha256={digest}" data-core-metadata="sha256={digest}"'
        address = f"{root}/{address}#sha256={wheel.sha256}"
    return f'<a href="{address}"{more}>{wheel.filename}</a><br/>\n'


def _page(links: str) -> bytes:
    return f"<!DOCTYPE html>\n<html>\n<body>\n{links}</body>\n</html>\n".encode()


def _path(url: str) -> str:
    """ "host/simple" of "https://host/simple/"; credentials are left behind."""
    found = urlsplit(url)
    host = found.hostname or ""
    return f"{host}{found.path}".rstrip("/")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
