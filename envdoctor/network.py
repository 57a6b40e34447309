"""The one door to the network: reads that are bounded in bytes and in time, and never raise.

Opened only where a person asked for it (`mirrors --measure`, `--mirror auto`).
"""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Protocol

from envdoctor import __version__
from envdoctor.facts.mirrors import ReadOutcome
from envdoctor.redact import without_credentials

__all__ = ["Fetch", "Fetched", "fetch"]

AGENT = f"pip/26.0 envdoctor/{__version__}"
"""Some mirrors refuse pip by its name, so a read that is to show what pip gets has to come under it."""
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one read.

    `first` and `seconds` are the times from the start to the first byte of the body and to the end. `whole`:
    the body ended by itself, within the limit. `url` is where redirects led.
    """

    outcome: ReadOutcome
    url: str
    status: int | None = None
    body: bytes = b""
    first: float | None = None
    seconds: float = 0.0
    whole: bool = False
    detail: str = ""


class Fetch(Protocol):
    """Something that reads an address."""

    def __call__(self, url: str, *, limit: int, seconds: float) -> Fetched:
        """At most `limit` bytes of what the address holds, within so many seconds."""


def fetch(url: str, *, limit: int, seconds: float) -> Fetched:
    """See `Fetch`. Proxies are those of the environment; a server that dribbles is left at the time limit."""
    reader = _Reader(url, limit, seconds)
    reader.start()
    reader.join(seconds + 0.25)
    return reader.result()


class _Reader(threading.Thread):
    """One read in a thread of its own: neither the look-up of a name nor a dribbling head has a limit."""

    def __init__(self, url: str, limit: int, seconds: float) -> None:
        super().__init__(daemon=True)
        self._url, self._limit, self._seconds = url, limit, seconds
        self._began = time.monotonic()
        self._body = bytearray()
        self._first: float | None = None
        self._done: Fetched | None = None
        self._final = url
        self._status: int | None = None

    def run(self) -> None:
        """Read once."""
        try:
            whole = self._read()
            self._done = self._so_far("ok", whole=whole)
        except (OSError, http.client.HTTPException, ValueError) as error:
            outcome, detail = _outcome(error)
            if outcome in ("no-connection", "no-such-host") and (proxy := _proxy(self._url)):
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
        request = urllib.request.Request(
            self._url,
            headers={
                "User-Agent": AGENT,
                "Accept": "text/html, */*;q=0.5",
                "Accept-Encoding": "identity",
                "Range": f"bytes=0-{self._limit - 1}",
            },
        )
        # An opener of its own: the shared one remembers the proxies of its first call.
        with urllib.request.build_opener().open(request, timeout=self._seconds) as response:
            self._final, self._status = response.geturl(), response.status
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
        )


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


def _proxy(url: str) -> str | None:
    """The proxy that a read of this address goes through, without credentials."""
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
