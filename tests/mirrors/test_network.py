"""Bounded reads against real servers on loopback that answer, refuse, stall, dribble and hang up."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from envdoctor.network import Route, fetch, fetcher
from envdoctor.outside import LiveOutside
from envdoctor.probes.pip_config import pip_route

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"


@contextmanager
def server(answer: bytes, *, drip: float = 0.0, wait: float = 0.0) -> Iterator[str]:
    """A server that sends these bytes to everybody, after a while or one by one, and hangs up."""
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)

    def serve(connection: socket.socket) -> None:
        with connection:
            connection.recv(65536)
            stop.wait(wait)
            try:
                for piece in [answer[i : i + 1] for i in range(len(answer))] if drip else [answer]:
                    if stop.is_set():
                        return
                    connection.sendall(piece)
                    stop.wait(drip)
                connection.shutdown(socket.SHUT_WR)
                connection.recv(65536)
            except OSError:
                pass

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_a_page_comes_whole_with_its_times() -> None:
    with server(OK % 5 + b"hello") as url:
        got = fetch(url, limit=100, seconds=5)
    assert (got.outcome, got.status, got.body, got.whole) == ("ok", 200, b"hello", True)
    assert got.first is not None and 0 < got.first <= got.seconds < 5


def test_no_more_is_read_than_the_limit() -> None:
    body = b"x" * 300_000
    with server(OK % len(body) + body) as url:
        got = fetch(url, limit=100_000, seconds=5)
    assert (got.outcome, len(got.body), got.whole) == ("ok", 100_000, False)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(401, "refused"), (403, "refused"), (405, "refused"), (429, "refused"), (404, "not-found"),
     (410, "not-found"), (407, "proxy"), (500, "failed"), (502, "failed")],
)  # fmt: skip
def test_what_a_server_says_no_with_is_told_apart(status: int, outcome: str) -> None:
    with server(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status) as url:
        got = fetch(url, limit=100, seconds=5)
    assert (got.outcome, got.status) == (outcome, status)


def test_a_server_that_stalls_costs_the_limit_and_no_more() -> None:
    started = time.monotonic()
    with server(OK % 5 + b"hello", wait=30) as url:
        got = fetch(url, limit=100, seconds=0.5)
        assert time.monotonic() - started < 2
    assert got.outcome == "timed-out"


def test_a_head_that_dribbles_is_left_at_the_limit() -> None:
    started = time.monotonic()
    with server(OK % 5 + b"hello", drip=0.2) as url:
        got = fetch(url, limit=100, seconds=0.6)
        assert time.monotonic() - started < 2
    assert got.outcome == "timed-out"


def test_a_body_that_dribbles_gives_what_came() -> None:
    with server(OK % 400 + b"y" * 400, drip=0.002) as url:
        got = fetch(url, limit=400, seconds=0.7)
    assert got.outcome == "ok" and not got.whole
    assert 0 < len(got.body) < 400


def test_a_connection_that_breaks_is_cut() -> None:
    with server(OK % 5000 + b"half") as url:
        assert fetch(url, limit=9999, seconds=5).outcome == "cut"
    with server(b"") as url:
        assert fetch(url, limit=9999, seconds=5).outcome == "cut"


def test_nobody_there_and_no_such_host() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert fetch(f"http://127.0.0.1:{port}/", limit=10, seconds=5).outcome == "no-connection"
    assert fetch("http://no-such-host.invalid/", limit=10, seconds=10).outcome in (
        "no-such-host",
        "timed-out",
    )


def test_redirects_are_followed_and_told() -> None:
    elsewhere = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
    with server(OK % 2 + b"ok") as there, server(elsewhere % there.encode()) as here:
        got = fetch(here, limit=10, seconds=5)
    assert (got.outcome, got.url, got.body) == ("ok", there, b"ok")


def test_plain_http_where_tls_is_expected_is_a_proxys_doing() -> None:
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        got = fetch(url.replace("http:", "https:"), limit=10, seconds=5)
    assert got.outcome == "proxy"


def test_a_proxy_that_is_down_or_says_no_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.setenv("no_proxy", "")
        assert fetch("https://mirror.invalid/simple/", limit=10, seconds=5).outcome == "proxy"
    # The server is gone by now.
    monkeypatch.setenv("https_proxy", proxy.replace("//", "//ann:geheim@"))
    got = fetch("https://mirror.invalid/simple/", limit=10, seconds=5)
    assert got.outcome == "proxy" and "geheim" not in got.detail


@pytest.mark.parametrize(
    "address",
    [
        *("http://[::bad/", "gopher://x/", "http://127.0.0.1:99999/", "", "http://ann:@/"),
        *(Path(__file__).as_uri(), "data:text/plain,torch"),
    ],
)
def test_an_address_that_is_none_does_not_raise_and_opens_no_file(address: str) -> None:
    got = fetch(address, limit=10, seconds=2)
    assert got.outcome in ("failed", "no-connection") and not got.body


def test_a_redirect_off_the_web_is_not_followed() -> None:
    leads = b"HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1:9/torch\r\nContent-Length: 0\r\n\r\n"
    with server(leads) as url:
        got = fetch(url, limit=10, seconds=5)
    assert (got.outcome, got.status) == ("failed", 302)


def asked_of(route: Route, address: Callable[[str], str]) -> bytes:
    """What a server was sent by a read of the address that is made of its own."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                heard.append(connection.recv(65536))
                connection.sendall(OK % 2 + b"ok")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        got = fetcher(route)(address(f"127.0.0.1:{listener.getsockname()[1]}"), limit=10, seconds=5)
        thread.join(5)
    assert got.body == b"ok" and "geheim" not in got.url
    return heard[0]


LOGIN = b"Authorization: Basic " + base64.b64encode(b"ann:geheim/1")


def test_a_login_in_the_address_reaches_its_host() -> None:
    assert LOGIN in asked_of(Route(), lambda host: f"http://ann:geheim%2F1@{host}/simple/")


def test_the_login_of_pips_index_reaches_its_host(tmp_path: Path) -> None:
    def read(host: str) -> Route:
        config = tmp_path / "pip.conf"
        config.write_text(f"[global]\nindex-url = http://ann:geheim%2F1@{host}/simple\n")
        return pip_route(LiveOutside({"PIP_CONFIG_FILE": str(config), "HOME": str(tmp_path)}), None)

    assert LOGIN not in asked_of(read("other.example"), lambda host: f"http://{host}/simple/")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert dict(read(f"127.0.0.1:{port}").logins) == {f"127.0.0.1:{port}": "ann:geheim/1"}
