"""A package index on this machine, and copies of the tables that a test may damage."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from envdoctor.knowledge.loading import DATA_FOLDER

TAGS = {
    "linux_x86_64": "manylinux_2_28_x86_64",
    "linux_aarch64": "manylinux_2_28_aarch64",
    "windows_amd64": "win_amd64",
    "windows_arm64": "win_arm64",
    "macos_arm64": "macosx_14_0_arm64",
    "macos_x86_64": "macosx_10_9_x86_64",
}
JSON = "application/vnd.pypi.simple.v1+json"


class Index:
    """Answers as a package index does (PEP 691, 700, 658); a test says what it holds."""

    def __init__(self) -> None:
        self.files: dict[str, list[dict[str, object]]] = {"torch": [], "torchvision": [], "torchaudio": []}
        self.answers: dict[str, tuple[int, str, bytes]] = {}
        """Path → what is said there, in place of a page or beside the pages."""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.drip = 0.0
        """Seconds between two letters of an answer; 0: it comes at once."""
        self.wait = 0.0
        """Seconds before each answer."""
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.asked.append((self.path, dict(self.headers)))
                time.sleep(index.wait)
                status, kind, body = index.answer(self.path)
                self.send_response(status)
                self.send_header("Location" if 300 <= status < 400 else "Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                try:
                    for piece in (body[i : i + 1] for i in range(len(body))) if index.drip else (body,):
                        self.wfile.write(piece)
                        time.sleep(index.drip)
                except OSError:
                    return  # who asked has left

            def log_message(self, *args: object) -> None:
                """Nothing: a test reads `asked`."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/simple"

    def answer(self, path: str) -> tuple[int, str, bytes]:
        if path in self.answers:
            return self.answers[path]
        project = path.removeprefix("/simple/").rstrip("/")
        if path.endswith("/") and project in self.files:
            page = {"meta": {"api-version": "1.1"}, "name": project, "files": self.files[project]}
            return 200, JSON, json.dumps(page).encode()
        return 404, "text/plain", b"not here"

    def add(
        self,
        project: str,
        version: str,
        python: str,
        platform: str,
        *,
        released: str | None = "2026-12-01",
        requires_python: str | None = ">=3.11",
        demands: tuple[str, ...] | None = None,
        tag: str | None = None,
        size: int | None = 100_000_000,
        **more: object,
    ) -> None:
        """One wheel; with `demands` the index hands out its metadata."""
        digits = python.rstrip("t").replace(".", "")
        names = (
            "py3-none" if python == "any" else f"cp{digits}-cp{digits}{'t' if python.endswith('t') else ''}"
        )
        name = f"{project}-{version}-{names}-{tag or TAGS[platform]}.whl"
        file: dict[str, object] = {"filename": name, "url": f"/files/{name}#sha256=00", "hashes": {}, **more}
        file |= {"size": size} if size else {}
        file |= {"upload-time": f"{released}T10:00:00.000000Z"} if released else {}
        file |= {"requires-python": requires_python} if requires_python else {}
        if demands is not None:
            file["core-metadata"] = {"sha256": "00"}
            lines = ["Metadata-Version: 2.1", f"Name: {project}", f"Version: {version}"]
            lines += [f"Requires-Dist: {demand}" for demand in demands]
            body = "\n".join([*lines, "", "Requires-Dist: cuda-toolkit==9.9.9 is prose here"])
            self.answers[f"/files/{name}.metadata"] = (200, "application/octet-stream", body.encode())
        self.files[project].append(file)

    def hold_shipped_tables(self) -> None:
        """Holds just what the shipped tables say."""
        torch = json.loads((DATA_FOLDER / "torch_releases.json").read_text())["releases"]
        companions = json.loads((DATA_FOLDER / "companions.json").read_text())["companions"]
        for row in [*({**row, "name": "torch"} for row in torch), *companions]:
            for platform, pythons in row["pythons"].items():
                if row["name"] == "torch" and platform == "windows_arm64":
                    continue
                for python in pythons:
                    self.add(
                        row["name"],
                        row["version"],
                        python,
                        platform,
                        released=row["released"],
                        requires_python=row["requires_python"] or None,
                    )


@pytest.fixture
def index() -> Iterator[Index]:
    """A package index on the loopback address."""
    served = Index()
    thread = threading.Thread(target=served.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield served
    served.server.shutdown()
    served.server.server_close()
    thread.join()


@pytest.fixture
def damaged(tmp_path: Path) -> Callable[[str, Callable[[dict[str, object]], object]], Path]:
    """A folder with the shipped tables, one of them changed."""

    def damage(table: str, change: Callable[[dict[str, object]], object]) -> Path:
        folder = tmp_path / "data"
        shutil.copytree(DATA_FOLDER, folder, dirs_exist_ok=True)
        content = json.loads((folder / f"{table}.json").read_text(encoding="utf-8"))
        change(content)
        (folder / f"{table}.json").write_text(json.dumps(content), encoding="utf-8")
        return folder

    return damage
