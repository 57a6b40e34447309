"""The measurement goes the way that pip goes: its own proxy, certificates and trusted hosts, beside the real pip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from replicas import Replicas
from replicas.https import HttpsProxy, identity

from envdoctor.network import Route, fetcher
from envdoctor.outside import LiveOutside
from envdoctor.probes.pip_config import pip_route, pip_settings

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl for its certificates")

HOST = "pypi.tuna.tsinghua.edu.cn"
INDEX = f"https://{HOST}/simple"


def configured(folder: Path, *lines: str, **environ: str) -> dict[str, str]:
    """The variables of a shell in which pip reads these lines and nothing else of this machine's."""
    file = folder / "pip.conf"
    file.write_text("\n".join(("[global]", *lines)))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        kept.pop(name, None)
    return {**kept, "PIP_CONFIG_FILE": str(file), **environ}


def pip_comes_through(environ: dict[str, str], folder: Path) -> bool:
    """Whether the real pip finds torch's wheels on the index."""
    argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--index-url", INDEX, "--retries", "0"]
    argv += ["--disable-pip-version-check", "-d", str(folder), "--only-binary", ":all:", "torchaudio"]
    ran = subprocess.run(argv, env=environ, capture_output=True, text=True, timeout=120)
    return "Downloading" in ran.stdout


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (("proxy = {proxy}",), "tls"),
        (("proxy = {proxy}", "cert = {certificate}"), "ok"),
        (("proxy = {proxy}", f"trusted-host = other.invalid {HOST}"), "ok"),
        (("proxy = {bare}", f"trusted-host = {HOST}:443", "cert = {certificate}"), "ok"),
        (("proxy = {proxy}", "cert = {certificate}.gone"), "tls"),
        (("proxy = http://127.0.0.1:9", f"trusted-host = {HOST}"), "proxy"),
    ],
)
def test_the_measurement_reaches_what_pip_reaches(
    lines: tuple[str, ...], outcome: str, tmp_path: Path
) -> None:
    with Replicas() as replicas, HttpsProxy(replicas, HOST) as proxy:
        (tmp_path / "ours.pem").write_text(proxy.certificate)
        filled = [
            each.format(proxy=proxy.url, bare=proxy.url[7:], certificate=tmp_path / "ours.pem")
            for each in lines
        ]
        # A proxy of the environment and a list of exceptions, both of which pip's own proxy outranks.
        environ = configured(tmp_path, *filled, https_proxy="http://127.0.0.1:1", no_proxy=HOST)
        read = fetcher(pip_route(LiveOutside(environ), None))
        got = read(f"{INDEX}/torch/", limit=1 << 20, seconds=10)
        assert (got.outcome, b"torch-2." in got.body) == (outcome, outcome == "ok"), got.detail
        assert pip_comes_through(environ, tmp_path) == (outcome == "ok")


@pytest.mark.parametrize(
    ("name", "outcome"), [("both.pem", "ok"), ("", "tls"), ("other.pem", "tls"), ("gone.pem", "tls")]
)
def test_the_measurement_makes_itself_known_as_pip_does(name: str, outcome: str, tmp_path: Path) -> None:
    known, key = identity("client")
    with Replicas() as replicas, HttpsProxy(replicas, HOST, known=known) as proxy:
        (tmp_path / "ours.pem").write_text(proxy.certificate)
        (tmp_path / "both.pem").write_text(known + key)
        (tmp_path / "other.pem").write_text("".join(identity("somebody else")))
        lines = [f"proxy = {proxy.url}", f"cert = {tmp_path / 'ours.pem'}"]
        environ = configured(tmp_path, *lines, *([f"client-cert = {tmp_path / name}"] if name else []))
        read = fetcher(pip_route(LiveOutside(environ), None))
        got = read(f"{INDEX}/torch/", limit=1 << 20, seconds=10)
        assert (got.outcome, b"torch-2." in got.body) == (outcome, outcome == "ok"), got.detail
        assert pip_comes_through(environ, tmp_path) == (outcome == "ok")


def test_a_file_in_the_home_folder_is_found_there(machine_of: Callable[..., RecordedOutside]) -> None:
    lines = "[global]\nclient-cert = ~/me.pem\ncert = ~/company.pem\n"
    machine = machine_of(system="linux", files={"/etc/pip.conf": lines}, environ={"HOME": "/home/li"})
    assert pip_route(machine, None) == Route(bundle="/home/li/company.pem", client="/home/li/me.pem")


@pytest.mark.parametrize(
    ("line", "route"),
    [
        ("proxy = http://proxy.example:3128", Route("http://proxy.example:3128")),
        ("timeout = 30", Route(bundle="/etc/company.pem")),
        ("cert = /etc/own.pem", Route(bundle="/etc/own.pem")),
    ],
)
def test_the_environments_certificates_count_where_pip_has_no_proxy_of_its_own(
    line: str, route: Route, machine_of: Callable[..., RecordedOutside]
) -> None:
    machine = machine_of(
        system="linux",
        files={"/etc/pip.conf": f"[global]\n{line}\n"},
        environ={"REQUESTS_CA_BUNDLE": "/etc/company.pem"},
    )
    assert pip_route(machine, None) == route


def test_a_login_reaches_the_proxy_and_no_report(tmp_path: Path) -> None:
    environ = configured(tmp_path, "proxy = http://ann:geheim@127.0.0.1:9")
    outside = LiveOutside(environ)
    assert "geheim" in str(pip_route(outside, None).proxy)
    assert "geheim" not in str(pip_settings(outside, None))
    got = fetcher(pip_route(outside, None))(f"{INDEX}/torch/", limit=10, seconds=5)
    assert got.outcome == "proxy" and "127.0.0.1:9" in got.detail and "geheim" not in got.detail
    socks = fetcher(Route("socks5://127.0.0.1:9"))(f"{INDEX}/torch/", limit=10, seconds=5)
    assert socks.outcome == "proxy" and "SOCKS" in socks.detail
