"""uv's configuration, read in the order in which the real uv obeys it."""

from __future__ import annotations

import http.server
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.outside import LiveOutside
from envdoctor.probes.uv_config import uv_settings

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

MakeMachine = Callable[..., "RecordedOutside"]
UV = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server that has nothing, and the paths it was asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()
        thread.join()


LAYERS = ("system", "user", "project", "variable")


@pytest.mark.skipif(UV is None, reason="uv is not installed beside the tests")
@pytest.mark.skipif(os.name != "posix", reason="the places are those of Linux")
@pytest.mark.parametrize("layers", [LAYERS[: count + 1] for count in range(len(LAYERS))], ids="-".join)
def test_the_last_word_is_the_one_that_uv_obeys(
    layers: tuple[str, ...], tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    url, paths = asked
    home, project = tmp_path / "home", tmp_path / "project" / "inner"
    project.mkdir(parents=True)
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "XDG_CONFIG_DIRS": str(tmp_path / "xdg"),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_PYTHON": sys.executable,
    }
    files = {
        "system": tmp_path / "xdg" / "uv" / "uv.toml",
        "user": home / ".config" / "uv" / "uv.toml",
        "project": tmp_path / "project" / "pyproject.toml",
    }
    for layer in layers:
        if layer == "variable":
            environ["UV_DEFAULT_INDEX"] = f"{url}/variable/simple"
            continue
        files[layer].parent.mkdir(parents=True, exist_ok=True)
        head = "[project]\nname = 'x'\nversion = '1'\n[tool.uv]\n" if layer == "project" else ""
        files[layer].write_text(f'{head}index-url = "{url}/{layer}/simple"\n')
    settings, trouble = uv_settings(LiveOutside(environ, str(project)))
    assert trouble == ""
    assert settings[-1].value == f"{url}/{layers[-1]}/simple"
    assert [each.value.split("/")[3] for each in settings] == list(layers)
    assert UV is not None
    subprocess.run(
        [UV, "pip", "compile", "--no-progress", "-"],
        input="some-package\n",
        text=True,
        capture_output=True,
        cwd=project,
        env=environ,
        timeout=60,
    )
    assert paths == [f"/{layers[-1]}/simple/some-package/"]


def test_named_indexes_the_pip_table_and_lists(machine_of: MakeMachine) -> None:
    text = """
    find-links = ["https://a.example/x/", "/srv/wheels"]
    [pip]
    torch-backend = "cu126"
    extra-index-url = ["https://anna:secret@b.example/simple"]
    [[index]]
    name = "pytorch"
    url = "https://download.pytorch.org/whl/cu126"
    explicit = true
    """
    made = machine_of(
        system="linux",
        cwd="/srv/inner",
        environ={"HOME": "/home/anna"},
        files={"/home/anna/.config/uv/uv.toml": text},
    )
    assert [(each.name, each.value) for each in uv_settings(made)[0]] == [
        ("find-links", "https://a.example/x/ /srv/wheels"),
        ("pip.extra-index-url", "https://b.example/simple"),
        ("pip.torch-backend", "cu126"),
        ("index", "https://download.pytorch.org/whl/cu126"),
    ]


def test_windows_places_and_the_own_file_before_the_project(machine_of: MakeMachine) -> None:
    files = {
        r"C:\ProgramData\uv\uv.toml": 'index-url = "https://a.example/"',
        r"C:\Users\anna\AppData\Roaming\uv\uv.toml": 'index-url = "https://b.example/"',
        r"D:\work\uv.toml": 'index-url = "https://c.example/"',
        r"D:\work\pyproject.toml": '[tool.uv]\nindex-url = "https://never.example/"',
    }
    environ = {"APPDATA": r"C:\Users\anna\AppData\Roaming", "PROGRAMDATA": r"C:\ProgramData"}
    made = machine_of(system="windows", cwd=r"D:\work", environ=environ, files=files)
    assert [each.value[8] for each in uv_settings(made)[0]] == ["a", "b", "c"]


def test_no_config_and_a_file_of_choice(machine_of: MakeMachine) -> None:
    files = {
        "/home/anna/.config/uv/uv.toml": 'index-url = "https://a.example/"',
        "/srv/mine.toml": 'index-url = "https://b.example/"',
    }
    home = {"HOME": "/home/anna"}
    made = machine_of(system="linux", cwd="/srv", environ={**home, "UV_NO_CONFIG": "1"}, files=files)
    assert uv_settings(made) == ((), "")
    made = machine_of(
        system="linux", cwd="/srv", environ={**home, "UV_CONFIG_FILE": "mine.toml"}, files=files
    )
    assert [each.value for each in uv_settings(made)[0]] == ["https://b.example/"]


def test_a_file_that_is_no_toml_is_a_fact(machine_of: MakeMachine) -> None:
    files = {"/home/anna/.config/uv/uv.toml": "index-url = https://a.example/"}
    settings, trouble = uv_settings(machine_of(system="linux", environ={"HOME": "/home/anna"}, files=files))
    assert settings == ()
    assert trouble.startswith("/home/anna/.config/uv/uv.toml: ")


def test_a_file_nested_without_end_is_a_trouble_and_no_end_of_the_probe(machine_of: MakeMachine) -> None:
    text = "[tool.uv]\nindex-url = " + "[" * 20_000
    outside = machine_of(system="linux", cwd="/project", files={"/project/pyproject.toml": text})
    assert uv_settings(outside) == ((), "/project/pyproject.toml: it is nested too deeply")


@pytest.mark.parametrize(("said", "read"), [("yes", False), ("1", False), ("no", True)])
def test_no_file_is_read_where_uv_reads_none(said: str, read: bool, machine_of: MakeMachine) -> None:
    line = 'index-url = "https://host/simple"'
    environ = {"UV_NO_CONFIG": said, "HOME": "/home/li"}
    outside = machine_of(system="linux", environ=environ, files={"/home/li/.config/uv/uv.toml": line})
    assert bool(uv_settings(outside)[0]) is read
