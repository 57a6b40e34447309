"""The copies under the real addresses: a proxy on loopback that answers for every host over TLS.

For tools whose addresses are built in, such as uv's `--torch-backend`, which asks `https://download.pytorch.org`.
The certificate is made for each proxy by `openssl` and is nobody's: the tool has to be told not to verify it.
Whatever host is asked for, nothing but 127.0.0.1 is reached.
"""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from replicas.server import Replicas

__all__ = ["HttpsProxy", "identity"]


class HttpsProxy:
    """The proxy, from its start to its end as a context manager.

    `url` is its address. `asked` holds the address of every request, oldest first. `certificate` is what a tool
    has to trust, as PEM; it is good for `host`. `known`: the certificate of the only client that is let in, as
    PEM; empty: everybody is.
    """

    def __init__(self, replicas: Replicas, host: str = "replicas.invalid", known: str = "") -> None:
        self.replicas = replicas
        self.host = host
        self.known = known
        self.asked: list[str] = []

    def __enter__(self) -> HttpsProxy:
        proxy = self

        class Handler(_Handler):
            proxy_of = proxy

        self._context, self.certificate = _context(self.host)
        if self.known:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(cadata=self.known)
        self._server = _Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(socketserver.StreamRequestHandler):
    """One tunnel: "CONNECT host:443", then requests as if this were the host."""

    proxy_of: HttpsProxy

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            request = self.rfile.readline().split()
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            if len(request) < 2 or request[0] != b"CONNECT":
                self.wfile.write(b"HTTP/1.1 405 Only tunnels\r\nContent-Length: 0\r\n\r\n")
                return
            host = request[1].decode("ascii", "replace").partition(":")[0]
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            with self.proxy_of._context.wrap_socket(self.request, server_side=True) as tunnel:
                self._answer_all(tunnel, host)

    def _answer_all(self, tunnel: ssl.SSLSocket, host: str) -> None:
        with tunnel.makefile("rb") as incoming:
            while line := incoming.readline().split():
                while incoming.readline() not in (b"\r\n", b""):
                    pass
                path = line[1].decode("ascii", "replace")
                self.proxy_of.asked.append(f"https://{host}{path}")
                status, kind, content = self.proxy_of.replicas.answer(f"/{host}{path}")
                if status == 301:
                    # The copy names itself; the tool has to come back through the tunnel.
                    kind = kind.removeprefix(f"/{host}")
                content = content.replace(f'"/{host}/'.encode(), b'"/')
                name = "Location" if status == 301 else "Content-Type"
                head = f"HTTP/1.1 {status} .\r\n{name}: {kind}\r\nContent-Length: {len(content)}\r\n\r\n"
                tunnel.sendall(head.encode() + (b"" if line[0] == b"HEAD" else content))


def _context(host: str) -> tuple[ssl.SSLContext, str]:
    """A server's context with a certificate of its own for this host, and that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = _made(Path(folder), host)
        context.load_cert_chain(certificate, key)
        return context, certificate.read_text()


def identity(host: str) -> tuple[str, str]:
    """A certificate that is its own witness, and the key that goes with it, as PEM."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = _made(Path(folder), host)
        return certificate.read_text(), key.read_text()


def _made(folder: Path, host: str) -> tuple[Path, Path]:
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-days", "1", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run([*argv, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    return key, certificate
