"""The one door to the network: reads that are bounded in bytes and in time, and never raise.

Opened only where a person asked for it (`mirrors --measure`, `--mirror auto`, the refresh of the tables).
"""

from __future__ import annotations

import base64
import http.client
import os
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import IO, Protocol

from envdoctor import __version__
from envdoctor.facts.mirrors import ReadOutcome
from envdoctor.redact import without_credentials

__all__ = ["Fetch", "Fetched", "Route", "fetch", "fetcher", "without_login"]

AGENT = f"pip/26.0 envdoctor/{__version__}"
"""Some mirrors refuse pip by its name, so a read that is to show what pip gets has to come under it."""
CHUNK = 1 << 16
_WEB = ("http", "https")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one read.

    `first` and `seconds` are the times from the start to the first byte of the body and to the end. `whole`:
    the body ended by itself, within the limit. `url` is where redirects led. `kind` is its Content-Type.
    """

    outcome: ReadOutcome
    url: str
    status: int | None = None
    body: bytes = b""
    first: float | None = None
    seconds: float = 0.0
    whole: bool = False
    detail: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """How an address is reached, as pip is told; nothing is set where pip goes by the environment alone.

    `proxy` is taken for every address, whatever the environment says. `bundle` is a file of certificates,
    or a folder of them, in place of the system's. `client` is a file with a certificate and its key, by which
    this side makes itself known. Of `trusted` hosts ("host", "host:port") none is checked. `logins` are hosts
    as addresses name them, each with the "user:password" that it, and no other, is told.
    """

    proxy: str | None = None
    bundle: str | None = None
    trusted: tuple[str, ...] = ()
    client: str | None = None
    logins: tuple[tuple[str, str], ...] = ()


class Fetch(Protocol):
    """Something that reads an address."""

    def __call__(self, url: str, *, limit: int, seconds: float) -> Fetched:
        """At most `limit` bytes of what the address holds, within so many seconds."""


def fetcher(route: Route, headers: Mapping[str, str] | None = None) -> Fetch:
    """Reads that take this route; a server that dribbles is left at the time limit.

    `headers` stand in the place of those that pip would send for a page of links.
    """

    def read(url: str, *, limit: int, seconds: float) -> Fetched:
        reader = _Reader(url, limit, seconds, route, headers)
        reader.start()
        reader.join(seconds + 0.25)
        return reader.result()

    return read


fetch = fetcher(Route())
"""Reads with the proxies and the certificates of the environment. See `Fetch`."""


class _PipsProxy(urllib.request.BaseHandler):
    """Sends every request through one proxy, those that redirects lead to as well."""

    handler_order = 100  # before those that connect

    def __init__(self, proxy: str) -> None:
        parts = urllib.parse.urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        login, _, self._place = parts.netloc.rpartition("@")
        self._scheme = parts.scheme
        self._login = base64.b64encode(urllib.parse.unquote(login).encode()).decode() if login else None

    def http_open(self, request: urllib.request.Request) -> None:
        """Take the way through the proxy; who opens the connection comes after this."""
        if self._scheme.startswith("socks"):
            raise OSError(
                f"proxy {self._scheme}://{self._place}: pip speaks SOCKS, this measurement does not"
            )
        if self._login is not None:
            request.add_header("Proxy-authorization", f"Basic {self._login}")
        request.set_proxy(self._place, self._scheme)

    https_open = http_open


class _Logins(urllib.request.BaseHandler):
    """Tells each host its own login, with every request that redirects make too, and no other host."""

    def __init__(self, logins: tuple[tuple[str, str], ...]) -> None:
        self._logins = {
            host.lower(): base64.b64encode(login.encode()).decode("ascii") for host, login in logins
        }

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        """The request, with the login of its host."""
        if (login := self._logins.get(request.host.lower())) is not None:
            request.add_unredirected_header("Authorization", f"Basic {login}")
        return request

    https_request = http_request


class _OnTheWeb(urllib.request.HTTPRedirectHandler):
    """Follows a redirect to another page, and none to ftp, as which urllib would go on reading."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """The request to make next."""
        if urllib.parse.urlsplit(newurl).scheme not in _WEB:
            raise urllib.error.HTTPError(req.full_url, code, "leads off the web", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Reader(threading.Thread):
    """One read in a thread of its own: neither the look-up of a name nor a dribbling head has a limit."""

    def __init__(
        self, url: str, limit: int, seconds: float, route: Route, headers: Mapping[str, str] | None
    ) -> None:
        super().__init__(daemon=True)
        self._url, self._limit, self._seconds, self._route = url, limit, seconds, route
        self._headers = _as_pip(limit) if headers is None else headers
        self._began = time.monotonic()
        self._body = bytearray()
        self._first: float | None = None
        self._done: Fetched | None = None
        self._final = url
        self._status: int | None = None
        self._kind = ""

    def run(self) -> None:
        """Read once."""
        try:
            whole = self._read()
            self._done = self._so_far("ok", whole=whole)
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcome, detail = _outcome(error)
            if outcome in ("no-connection", "no-such-host") and (proxy := _proxy(self._url, self._route)):
                # With a proxy nothing else is looked up or connected to.
                outcome, detail = "proxy", f"{proxy}: {detail}"
            if isinstance(error, urllib.error.HTTPError):
                self._status = error.code
                error.close()
            self._done = self._so_far(outcome, detail=detail)

    def result(self) -> Fetched:
        """What came of it; what is still under way has timed out."""
        return self._done or self._so_far("ok" if self._body else "timed-out")

    def _read(self) -> bool:
        url, login = without_login(self._url)
        route = replace(self._route, logins=(*self._route.logins, *login))
        request = urllib.request.Request(url, headers={"Accept-Encoding": "identity", **self._headers})
        with _opener(url, route).open(request, timeout=self._seconds) as response:
            self._final, self._status = response.geturl(), response.status
            self._kind = response.headers.get("Content-Type", "")
            while len(self._body) < self._limit:
                left = self._seconds - (time.monotonic() - self._began)
                if left <= 0:
                    return False
                chunk = response.read1(min(CHUNK, self._limit - len(self._body)))
                if self._first is None:
                    self._first = time.monotonic() - self._began
                if not chunk:
                    if response.length:
                        raise http.client.IncompleteRead(bytes(self._body), response.length)
                    return True
                self._body += chunk
            return not response.length

    def _so_far(self, outcome: ReadOutcome, *, whole: bool = False, detail: str = "") -> Fetched:
        return Fetched(
            outcome=outcome,
            url=self._final,
            status=self._status,
            body=bytes(self._body),
            first=self._first,
            seconds=time.monotonic() - self._began,
            whole=whole,
            detail=detail,
            kind=self._kind,
        )


def _as_pip(limit: int) -> Mapping[str, str]:
    return {"User-Agent": AGENT, "Accept": "text/html, */*;q=0.5", "Range": f"bytes=0-{limit - 1}"}


def without_login(url: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The address as a server is asked for it, and the login that stood in it with the host that it is for.

    Raises:
        ValueError: it is no address on the web.

    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in _WEB:
        raise ValueError(f"no address on the web: {without_credentials(url)}")
    login, _, host = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    told = f"{urllib.parse.unquote(user)}:{urllib.parse.unquote(password)}"
    return urllib.parse.urlunsplit(parts._replace(netloc=host)), ((host, told),) if login else ()


def _opener(url: str, route: Route) -> urllib.request.OpenerDirector:
    """An opener of its own: the shared one remembers the proxies of its first call."""
    handlers: list[urllib.request.BaseHandler] = [_OnTheWeb(), _Logins(route.logins)]
    if route.proxy is not None:
        handlers += [urllib.request.ProxyHandler({}), _PipsProxy(route.proxy)]
    parts = urllib.parse.urlsplit(url)
    if route.bundle is not None or route.trusted or route.client is not None:
        context = _certificates(route.bundle)
        if route.client is not None:
            _make_known(context, route.client)
        if parts.hostname in route.trusted or f"{parts.hostname}:{parts.port}" in route.trusted:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        handlers.append(urllib.request.HTTPSHandler(context=context))
    return urllib.request.build_opener(*handlers)


def _certificates(bundle: str | None) -> ssl.SSLContext:
    try:
        if bundle is not None and os.path.isdir(bundle):
            return ssl.create_default_context(capath=bundle)
        return ssl.create_default_context(cafile=bundle)
    except (OSError, ValueError) as error:
        raise ssl.SSLError(f"the certificates in {bundle}, which pip is told to use: {error}") from None


def _make_known(context: ssl.SSLContext, client: str) -> None:
    try:
        # Somebody's key may ask for a password; the terminal is not asked for it, as pip does not.
        context.load_cert_chain(client, password="")
    except (OSError, ValueError) as error:
        raise ssl.SSLError(f"the client certificate {client}, which pip is told to use: {error}") from None


def _outcome(error: Exception) -> tuple[ReadOutcome, str]:
    if isinstance(error, urllib.error.HTTPError):
        return _by_status(error.code), f"HTTP {error.code}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    text = re.sub(r"\s+", " ", str(reason))[:200]
    if isinstance(reason, ssl.SSLError):
        # A proxy that speaks plain HTTP where TLS is expected answers with just this.
        return ("proxy" if "WRONG_VERSION_NUMBER" in text else "tls"), text
    if isinstance(reason, TimeoutError):
        return "timed-out", text
    if isinstance(reason, socket.gaierror):
        return "no-such-host", text
    if "Tunnel connection failed" in text or "proxy" in text.lower():
        return "proxy", text
    if isinstance(reason, (http.client.RemoteDisconnected, http.client.IncompleteRead, ConnectionResetError)):
        return "cut", text or type(reason).__name__
    if isinstance(reason, OSError):
        return "no-connection", text
    return "failed", text or type(reason).__name__


def _proxy(url: str, route: Route) -> str | None:
    """The proxy that a read of this address goes through, without credentials."""
    if route.proxy is not None:
        return without_credentials(route.proxy if "://" in route.proxy else f"http://{route.proxy}")
    parts = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if not proxy or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return without_credentials(proxy)


def _by_status(code: int) -> ReadOutcome:
    if code == 407:
        return "proxy"
    if code in (404, 410):
        return "not-found"
    return "refused" if code in (401, 403, 405, 429) else "failed"
