"""What a package index says of a project: its wheels, their dates and demands (PEP 691, 700 and 658)."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from envdoctor.errors import EnvdoctorError, UsageError
from envdoctor.knowledge.tables import Platform
from envdoctor.network import Route, fetcher, without_login
from envdoctor.outside import LiveOutside

__all__ = ["PackageIndex", "Wheel", "default_index_url"]

_JSON = "application/vnd.pypi.simple.v1+json"
ASKING_SECONDS = 30.0
"""How long pip may take to say how it is configured."""
ANSWERS = 20
"""The whole of a refresh may take the time of so many answers: three pages, and a few files a new release."""
_LARGEST_ANSWER = 64 * 1024 * 1024  # bytes; a project page of torch has about 2 MB
_WHEEL_NAME = re.compile(
    r"(?P<name>[^-]+)-(?P<version>[^-]+)(?:-\d[^-]*)?-(?P<python>[^-]+)-(?P<abi>[^-]+)-(?P<platform>[^-]+)\.whl"
)
_RELEASE = re.compile(r"\d+(\.\d+)+(\.post\d+)?")
_PLATFORMS: tuple[tuple[str, Platform], ...] = (
    (r"(many)?linux.*_x86_64", "linux_x86_64"),
    (r"(many)?linux.*_aarch64", "linux_aarch64"),
    (r"win_amd64", "windows_amd64"),
    (r"win_arm64", "windows_arm64"),
    (r"macosx_.*_arm64", "macos_arm64"),
    (r"macosx_.*_x86_64", "macos_x86_64"),
)
_OLD_LINUX_TAGS = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """One wheel of a release, as the index lists it."""

    version: str
    python: str
    """ "3.12", "3.13t", or "any"."""
    platform: Platform
    tag: str
    """The platform tag: "manylinux_2_28_x86_64"."""
    url: str
    has_metadata: bool
    """Whether the index says that it hands out the wheel's metadata by itself."""
    bytes: int | None
    uploaded: str | None
    """ "2026-10-28"; `None`: the index does not tell."""
    requires_python: str | None

    @property
    def min_glibc(self) -> str | None:
        """The oldest glibc that the tag allows."""
        match = re.match(r"manylinux_(\d+)_(\d+)_", self.tag)
        return f"{match[1]}.{match[2]}" if match else _OLD_LINUX_TAGS.get(self.tag.split("_", maxsplit=1)[0])

    @property
    def min_macos(self) -> str | None:
        """The oldest macOS that the tag allows."""
        match = re.match(r"macosx_(\d+)_(\d+)_", self.tag)
        return f"{match[1]}.{match[2]}" if match else None


class PackageIndex:
    """A package index that answers in JSON."""

    def __init__(self, url: str, *, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UsageError(f"{_shown(url)!r} is not the address of a package index (http:// or https://).")
        self._timeout, self._end = timeout, time.monotonic() + ANSWERS * timeout
        bare, logins = without_login(url)
        self._route = Route(logins=logins)  # credentials go to the index itself and nowhere else
        self.url = bare.rstrip("/")
        """The address, without credentials."""

    def wheels(self, project: str) -> list[Wheel]:
        """Every wheel of every release of a project that has not been withdrawn."""
        url = f"{self.url}/{project}/"
        body, kind = self._get(url, accept=_JSON)
        if "html" in kind:
            raise UsageError(
                f"{self.url} lists {project} as HTML only. "
                "Choose an index that answers in JSON (PEP 691): --index-url URL"
            )
        try:
            page = json.loads(body)
            version = str(page["meta"]["api-version"])
            files = page["files"]
            found = [wheel for file in files if (wheel := _wheel(url, file))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise EnvdoctorError(f"{url} does not answer as a package index does ({error!r}).") from error
        if not version.startswith("1."):
            raise EnvdoctorError(
                f"{url} speaks version {version} of the index protocol; this tool reads 1.x."
            )
        if not found:
            raise UsageError(f"{url} lists no wheels of {project}. Is it a complete package index?")
        return found

    def requirements(self, wheel: Wheel) -> list[str] | None:
        """What a wheel demands (its Requires-Dist lines); `None`: the index does not hand that out."""
        try:
            body, _ = self._get(f"{wheel.url}.metadata", accept="*/*")
        except UsageError:
            if wheel.has_metadata:
                raise
            return None  # some mirrors have the file without saying so, others have it not
        head = body.decode("utf-8", "replace").split("\n\n", 1)[0]
        if "Metadata-Version:" not in head:
            raise EnvdoctorError(f"{wheel.url}.metadata is not the metadata of a wheel.")
        return re.findall(r"(?m)^Requires-Dist:\s*(.+?)\s*$", head)

    def _get(self, url: str, *, accept: str) -> tuple[bytes, str]:
        if urlsplit(url).scheme not in ("http", "https"):
            raise EnvdoctorError(f"The index sends this tool to {url}, which is no address on the web.")
        seconds = min(self._timeout, self._end - time.monotonic())
        if seconds <= 0:
            raise EnvdoctorError(
                f"{self.url} took longer than {ANSWERS * self._timeout:g} seconds altogether. "
                "Wait longer for each answer: --timeout SECONDS"
            )
        headers = {"Accept": accept, "User-Agent": "envdoctor"}
        got = fetcher(self._route, headers)(url, limit=_LARGEST_ANSWER + 1, seconds=seconds)
        if got.status in (401, 403, 404, 406, 410):
            raise UsageError(f"{url} was refused: HTTP {got.status}. Is this a package index?")
        if got.status is not None and got.status >= 300:
            raise EnvdoctorError(f"{url} failed: HTTP {got.status}. Try again later.")
        if len(got.body) > _LARGEST_ANSWER:
            raise EnvdoctorError(
                f"{url} sends more than {_LARGEST_ANSWER // 1024**2} MiB; that is no index page."
            )
        if got.outcome not in ("ok", "timed-out"):
            raise EnvdoctorError(
                f"{url} can't be reached: {got.detail}. "
                "Check the network, or name another index: --index-url URL"
            )
        if got.outcome != "ok" or not got.whole:
            raise EnvdoctorError(
                f"{url} was not read whole within {seconds:.3g} seconds. "
                "Wait longer (--timeout SECONDS), or name another index: --index-url URL"
            )
        return got.body, got.kind


def default_index_url(environ: Mapping[str, str]) -> str:
    """The index that the user's pip asks: PIP_INDEX_URL, pip's configuration, or pip's own default."""
    if configured := environ.get("PIP_INDEX_URL", "").strip():
        return configured
    told: list[tuple[bool, str]] = []
    # `pip config get` looks into one file only; the list is what pip goes by.
    for line in _ask("-m", "pip", "config", "list").splitlines():
        match = re.fullmatch(r"(?:global|install)\.index-url='(.+)'", line.strip())
        if match:
            told.append((line.startswith("install"), match[1]))
    if told:
        return max(told)[1]  # what stands under [install] is stronger
    # pip's own default is asked of pip, so that it stays true when pip changes it.
    if default := _ask("-c", "from pip._internal.models.index import PyPI; print(PyPI.simple_url)").strip():
        return default
    raise UsageError("pip could not be asked for its index. Name one: --index-url URL")


def _ask(*arguments: str) -> str:
    """What this interpreter prints; empty when it fails."""
    answer = LiveOutside().run([sys.executable, "-I", *arguments], timeout=ASKING_SECONDS)
    return answer.stdout if answer.exit_code == 0 else ""


def _wheel(page: str, file: Mapping[str, object]) -> Wheel | None:
    """The wheel of one entry; `None`: no wheel, withdrawn, a pre-release, or for another platform."""
    name = file["filename"]
    if not isinstance(name, str) or not isinstance(file["url"], str):
        raise TypeError(f"an entry without a file name or address: {file!r:.80}")
    match = _WHEEL_NAME.fullmatch(name)
    if match is None or file.get("yanked") or not _RELEASE.fullmatch(match["version"]):
        return None
    platform = _platform(match["platform"])
    python = _python(match["python"], match["abi"])
    if platform is None or python is None:
        return None
    size, uploaded = file.get("size"), file.get("upload-time")
    requires = file.get("requires-python")
    metadata = file.get("core-metadata", file.get("dist-info-metadata"))
    return Wheel(
        version=match["version"],
        python=python,
        platform=platform,
        tag=match["platform"],
        url=urljoin(page, file["url"]).split("#", maxsplit=1)[0],
        has_metadata=bool(metadata),
        bytes=size if isinstance(size, int) else None,
        uploaded=uploaded[:10] if isinstance(uploaded, str) else None,
        requires_python=requires if isinstance(requires, str) else None,
    )


def _platform(tags: str) -> Platform | None:
    for tag in tags.split("."):
        for pattern, platform in _PLATFORMS:
            if re.fullmatch(pattern, tag):
                return platform
    return None


def _python(python: str, abi: str) -> str | None:
    if python.startswith("py3") or abi == "abi3":
        return "any"
    match = re.fullmatch(r"cp3(\d+)", python)
    return f"3.{match[1]}{'t' if abi.endswith('t') else ''}" if match else None


def _shown(url: str) -> str:
    """An address without credentials, for people to read."""
    return re.sub(r"//[^/@\s]*@", "//", url)
