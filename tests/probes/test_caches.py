"""Where installers keep what they download, as the real ones say of themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from envdoctor.facts import Setting
from envdoctor.outside import LiveOutside
from envdoctor.probes.caches import conda_cache, pip_cache, uv_cache
from envdoctor.probes.pip_config import pip_settings
from envdoctor.probes.uv_config import uv_settings

BARE = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("UV_", "PIP_", "XDG_", "CONDA", "MAMBA"))
}
UV = shutil.which("uv", path=os.path.dirname(sys.executable)) or shutil.which("uv")


@pytest.mark.skipif(UV is None, reason="uv is in the extra `test`")
@pytest.mark.parametrize("variable", ["", "XDG_CACHE_HOME", "UV_CACHE_DIR"])
def test_uv_says_the_same(variable: str, tmp_path: Path) -> None:
    environ = {**BARE, "HOME": str(tmp_path / "home")}
    environ |= {variable: str(tmp_path / "told")} if variable else {}
    said = subprocess.run(
        [str(UV), "cache", "dir", "--no-config"], env=environ, capture_output=True, text=True, check=True
    )
    assert uv_cache(LiveOutside(environ)) == said.stdout.strip()


@pytest.mark.skipif(UV is None, reason="uv is in the extra `test`")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uv.toml", 'cache-dir = "{told}"'),
        ("uv.toml", 'cache-dir = "beside"'),
        ("uv.toml", 'cache-dir = "~/beside"'),
        ("pyproject.toml", '[tool.uv]\ncache-dir = "{told}"'),
        ("pyproject.toml", '[tool.uv.pip]\nindex-strategy = "first-index"'),
    ],
)
@pytest.mark.parametrize("variable", [False, True])
def test_uv_reads_its_cache_folder_from_its_files(
    name: str, text: str, variable: bool, tmp_path: Path
) -> None:
    inner = tmp_path / "project" / "inner"
    inner.mkdir(parents=True)
    (inner.parent / name).write_text(text.replace("{told}", str(tmp_path / "told")))
    environ = {**BARE, "HOME": str(tmp_path / "home")}
    environ |= {"UV_CACHE_DIR": str(tmp_path / "stronger")} if variable else {}
    said = subprocess.run(
        [str(UV), "cache", "dir"], cwd=inner, env=environ, capture_output=True, text=True, check=True
    )
    outside = LiveOutside(environ, str(inner))
    settings, trouble = uv_settings(outside)
    assert trouble == ""
    assert uv_cache(outside, settings) == os.path.join(inner, said.stdout.strip())


def test_without_a_cache_uv_unpacks_in_the_temporary_folder(tmp_path: Path) -> None:
    environ = {**BARE, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    (tmp_path / "uv.toml").write_text('no-cache = true\ncache-dir = "kept"')
    outside = LiveOutside(environ, str(tmp_path))
    assert uv_cache(outside, uv_settings(outside)[0]) == str(tmp_path)
    assert uv_cache(LiveOutside({**environ, "UV_NO_CACHE": "1"}, "/")) == str(tmp_path)


def test_pip_keeps_its_downloads_where_its_configuration_says(tmp_path: Path) -> None:
    environ = {**BARE, "HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    (tmp_path / "pip.conf").write_text("[global]\ncache-dir = ~/wheels\n")
    outside = LiveOutside(environ, str(tmp_path))
    argv = [sys.executable, "-m", "pip", "cache", "dir", "--disable-pip-version-check"]
    said = subprocess.run(argv, env=environ, capture_output=True, text=True, check=True)
    assert pip_cache(outside, pip_settings(outside, None)[0]) == said.stdout.strip()
    (tmp_path / "pip.conf").write_text("[install]\nno-cache-dir = yes\n")
    assert pip_cache(outside, pip_settings(outside, None)[0]) is None


@pytest.mark.parametrize(
    "lines",
    [
        "[wheel]\ncache-dir = /elsewhere\n[global]\ncache-dir = /mine\n[download]\ncache-dir = /theirs",
        "[cache]\ncache-dir = /not/for/install\n[install]\nno-cache-dir = false",
        "[global]\ncache-dir = ~nobody-of-that-name/wheels",
    ],
)
def test_pip_goes_by_the_lines_that_are_for_it(lines: str, tmp_path: Path) -> None:
    environ = {**BARE, "HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    (tmp_path / "pip.conf").write_text(lines)
    code = "from pip._internal.commands import create_command as make;"
    code += "print(make('install').parse_args(['torch'])[0].cache_dir)"
    said = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    outside = LiveOutside(environ, str(tmp_path))
    assert str(pip_cache(outside, pip_settings(outside, None)[0]) or False) == said.stdout.strip()


@pytest.mark.parametrize("variable", ["", "XDG_CACHE_HOME", "PIP_CACHE_DIR"])
def test_pip_says_the_same(variable: str, tmp_path: Path) -> None:
    environ = {**BARE, "HOME": str(tmp_path / "home"), "PIP_CONFIG_FILE": os.devnull}
    environ |= {variable: str(tmp_path / "told")} if variable else {}
    argv = [sys.executable, "-m", "pip", "cache", "dir", "--disable-pip-version-check"]
    said = subprocess.run(argv, env=environ, capture_output=True, text=True, check=True)
    outside = LiveOutside(environ)
    assert pip_cache(outside, pip_settings(outside, None)[0]) == said.stdout.strip()


def test_conda_takes_what_it_is_told_before_its_own(tmp_path: Path) -> None:
    root, home, told = tmp_path / "root", tmp_path / "home", tmp_path / "told"
    outside = LiveOutside({**BARE, "HOME": str(home)})
    assert conda_cache(outside, str(root), ()) == str(root / "pkgs")
    assert conda_cache(outside, None, ()) == str(home / ".conda" / "pkgs")
    (home / ".conda" / "pkgs").mkdir(parents=True)
    assert conda_cache(outside, str(root), ()) == str(home / ".conda" / "pkgs"), (
        "a root without one is not its place"
    )
    setting = Setting(name="pkgs_dirs", value=f"~/mine, {told}", origin="~/.condarc")
    weaker = Setting(name="pkgs_dirs", value="/system", origin="/etc/conda/.condarc")
    assert conda_cache(outside, str(root), [weaker, setting]) == str(home / "mine")
    variable = LiveOutside({**BARE, "HOME": str(home), "CONDA_PKGS_DIRS": f"{told}:/other"})
    assert conda_cache(variable, str(root), [setting]) == str(told)
