"""Tiny wheels that installers take for real: right names, tags, metadata, hashes; the same bytes each time."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import zipfile
from dataclasses import dataclass, field

EPOCH = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Wheel:
    """One wheel: what its name says, what its metadata demands and what it holds.

    `version` may carry a local label. `tag` is "cp312-cp312-win_amd64". `files` maps a path inside to text.
    """

    name: str
    version: str
    tag: str
    requires: tuple[str, ...] = ()
    requires_python: str = ""
    build: str = ""
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def filename(self) -> str:
        parts = (self.name.replace("-", "_"), self.version, self.build, self.tag)
        return "-".join(part for part in parts if part) + ".whl"

    @property
    def metadata(self) -> bytes:
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        lines += [f"Requires-Python: {self.requires_python}"] if self.requires_python else []
        lines += [f"Requires-Dist: {each}" for each in self.requires]
        return ("\n".join(lines) + "\n").encode()

    @property
    def content(self) -> bytes:
        return _content(self)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@functools.cache
def _content(wheel: Wheel) -> bytes:
    info = f"{wheel.name.replace('-', '_')}-{wheel.version}.dist-info"
    python, abi, platforms = wheel.tag.split("-")
    tags = [
        f"Tag: {each}-{abi}-{platform}" for each in python.split(".") for platform in platforms.split(".")
    ]
    pure = "true" if wheel.tag.endswith("-any") else "false"
    about = [
        "Wheel-Version: 1.0",
        "Generator: envdoctor replicas",
        f"Root-Is-Purelib: {pure}",
        *tags,
        *([f"Build: {wheel.build}"] if wheel.build else []),
    ]
    files = {path: text.encode() for path, text in wheel.files}
    files[f"{info}/METADATA"] = wheel.metadata
    files[f"{info}/WHEEL"] = ("\n".join(about) + "\n").encode()
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), data)
    return stream.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
