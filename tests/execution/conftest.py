"""A small index on loopback, real virtual environments, and the state of one to the byte."""

from __future__ import annotations

import base64
import hashlib
import http.server
import importlib.util
import io
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from envdoctor.findings import Words

TORCH = (Path(__file__).parents[1] / "torch_import" / "standin_torch.py").read_text()
WHOLE = """
import importlib.util, sys
site = {site!r}
sys.path.insert(0, site)  # what torch needs is a stand-in in the patient
spec = importlib.util.spec_from_file_location(
    "torch", site + "/torch/__init__.py", submodule_search_locations=[site + "/torch"]
)
real = importlib.util.module_from_spec(spec)
sys.modules["torch"] = real
spec.loader.exec_module(real)
real.__version__ = {version!r}
real.version.cuda = None  # the tests' torch may be of any variant; the index calls this one the CPU build
"""
"""The torch of the tests' own environment, under another version, as the one module of a wheel."""
BROKEN = "raise ImportError('libtorch_cpu.so: cannot open shared object file')\n"


def wheel(
    name: str,
    version: str,
    files: Mapping[str, str | bytes],
    *,
    requires: tuple[str, ...] = (),
    scripts: Mapping[str, str] | None = None,
) -> tuple[str, bytes]:
    """A wheel's file name and content; paths that start with ".data/" go into its data folder."""
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    content: dict[str, str | bytes] = {
        path.replace(".data/", f"{name}-{version}.data/", 1) if path.startswith(".data/") else path: text
        for path, text in files.items()
    }
    content[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    content[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    if scripts:
        rows = "".join(f"{key} = {value}\n" for key, value in scripts.items())
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{rows}"
    raw = {path: text.encode() if isinstance(text, str) else text for path, text in content.items()}
    record = "".join(f"{path},sha256={_digest(data)},{len(data)}\n" for path, data in raw.items())
    raw[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in raw.items():
            archive.writestr(path, data)
    return f"{name}-{version}-py3-none-any.whl", packed.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def whole_torch(version: str) -> str:
    """The source of a torch that really computes and trains."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        pytest.skip("torch is not installed here")
    return WHOLE.format(site=str(Path(found.origin).parents[1]), version=version)


class Index:
    """A package index that serves what it was given, and some files not to their end."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        """Files whose transfer breaks off in the middle."""
        self.stall: set[str] = set()
        """Files whose transfer stops in the middle and stays open."""
        self.asked = threading.Event()
        """Set when a stalling file has been asked for."""
        self._over = threading.Event()
        index = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                index._serve(self)

            do_HEAD = do_GET  # noqa: N815 - the name that http.server calls

            def log_message(self, *_: object) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                pass  # the installer was ended and hung up

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/simple"

    def add(self, name: str, version: str, files: Mapping[str, str | bytes], **more: object) -> str:
        """Serve a wheel; its file name."""
        file, content = wheel(name, version, files, **more)  # type: ignore[arg-type]
        self.files[file] = content
        return file

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, request: http.server.BaseHTTPRequestHandler) -> None:
        parts = [part for part in request.path.split("?")[0].split("/") if part]
        if parts[:1] == ["simple"] and len(parts) == 2:
            own = [file for file in self.files if file.partition("-")[0].replace("_", "-") == parts[1]]
            links = "".join(
                f'<a href="/files/{file.replace("+", "%2B")}#sha256='
                f'{hashlib.sha256(self.files[file]).hexdigest()}">{file}</a>\n'
                for file in own
            )
            return self._send(request, links.encode(), "text/html", 200 if own else 404)
        name = parts[-1].replace("%2B", "+") if parts else ""
        if name in self.files:
            return self._send(request, self.files[name], "application/octet-stream", 200, name)
        return self._send(request, b"", "text/plain", 404)

    def _send(
        self, request: http.server.BaseHTTPRequestHandler, body: bytes, kind: str, code: int, name: str = ""
    ) -> None:
        request.send_response(code)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command == "HEAD":
            return
        broken = name in self.cut or name in self.stall
        request.wfile.write(body[: len(body) // 2] if broken else body)
        request.wfile.flush()
        if name in self.stall:
            self.asked.set()
            self._over.wait(60)
        if broken:
            request.close_connection = True
            request.connection.close()


@pytest.fixture
def index(family: Index) -> Iterator[Index]:
    """The index, all of whose files come whole until a test says otherwise."""
    yield family
    family.cut.clear()
    family.stall.clear()
    family.asked.clear()


@pytest.fixture(scope="session")
def family() -> Iterator[Index]:
    """An index that holds a torch family of tiny wheels."""
    made = Index()
    made.add(
        "numpy", "1.26.0", {"numpy/__init__.py": "__version__ = '1.26.0'\n"}, scripts={"f2py": "numpy:main"}
    )
    made.add("numpy", "2.1.0", {"numpy/__init__.py": "__version__ = '2.1.0'\n", "numpy/new.py": ""})
    made.add("sympy", "1.13", {"sympy/__init__.py": "", ".data/data/share/man/man1/isympy.1": "man\n"})
    made.add(
        "torch",
        "2.0.0",
        {"torch/__init__.py": TORCH.replace("2.9.9+cu126", "2.0.0"), "torch/lib/old.so": b"\0" * 70_000},
        requires=("numpy<2",),
        scripts={"torchrun": "torch:run"},
    )
    made.add(
        "torch",
        "2.9.9+cu126",
        {
            "torch/__init__.py": TORCH,
            "torch/lib/libtorch.so": os.urandom(200_000),
            "torch/lib/new.so": b"\1" * 9,
        },
        requires=("numpy>=2", "sympy"),
        scripts={"torchrun": "torch:run", "torchfrtrace": "torch:trace"},
    )
    made.add("torch", "2.9.8+cu126", {"torch/__init__.py": BROKEN}, requires=("numpy>=2",))
    yield made
    made.close()


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with pip and nothing else."""
    folder = tmp_path_factory.mktemp("bare") / "env"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder


@pytest.fixture(scope="session")
def used(bare: Path, family: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment that holds an old torch and its console scripts."""
    folder = copied(bare, tmp_path_factory.mktemp("used") / "env")
    pip(folder, "install", "-q", "torch==2.0.0", "--index-url", family.url)
    return folder


@pytest.fixture
def patient(used: Path, tmp_path: Path) -> Path:
    """A virtual environment to work on, with an old torch in it."""
    return copied(used, tmp_path / "patient with a space")


def copied(bare: Path, folder: Path) -> Path:
    """The bare environment at another place."""
    shutil.copytree(bare, folder, symlinks=True)
    for script in (folder / "bin").glob("pip*"):
        script.unlink()  # they would call the pip of the original
    return folder


def python_of(folder: Path) -> str:
    return str(folder / "bin" / "python")


def pip(folder: Path, *arguments: str) -> str:
    """Run the environment's pip; what it printed."""
    argv = [python_of(folder), "-m", "pip", *arguments]
    return subprocess.run(argv, check=True, capture_output=True, text=True, env=user()).stdout


def user(**more: str) -> dict[str, str]:
    """The variables of a user whose installers are configured in no way of their own."""
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("PIP_", "UV_", "CONDA"))}
    for name in ("VIRTUAL_ENV", "PYTHONPATH"):
        kept.pop(name, None)
    installers = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1", "PIP_NO_COMPILE": "1"}
    return {**kept, **installers, "UV_NO_CONFIG": "1", **more}


def state_of(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything below a folder with kind, mode, time and content; byte code is nobody's property."""
    found: dict[str, tuple[object, ...]] = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in (*folders, *names):
            path = Path(place, name)
            state = path.lstat()
            if path.is_symlink():
                what: tuple[object, ...] = ("link", os.readlink(path))
            elif path.is_dir():
                what = ("folder", stat.S_IMODE(state.st_mode))
            else:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                what = ("file", stat.S_IMODE(state.st_mode), state.st_mtime_ns, digest)
            found[str(path.relative_to(folder))] = what
    return found


class Heard:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.said: list[Words] = []
        self.lines: list[str] = []
        self.steps: list[tuple[str, ...]] = []
        self.on_line: Callable[[str], None] = lambda text: None

    def say(self, said: Words) -> None:
        self.said.append(said)

    def step(self, number: int, total: int, argv: tuple[str, ...]) -> None:
        self.steps.append(argv)

    def line(self, text: str) -> None:
        self.lines.append(text)
        self.on_line(text)

    def waiting(self, key: str, seconds: float) -> None:
        pass


@pytest.fixture
def heard() -> Heard:
    return Heard()


def wait_for(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)
