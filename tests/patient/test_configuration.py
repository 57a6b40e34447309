"""pip's and conda's configuration, as they would read it."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from envdoctor.outside import LiveOutside, Outside
from envdoctor.probes.conda_config import conda_settings
from envdoctor.probes.pip_config import pip_settings

if TYPE_CHECKING:
    from tests.recorded import RecordedOutside

MakeOutside = Callable[..., LiveOutside]
MakeMachine = Callable[..., "RecordedOutside"]
TUNA = "https://pypi.tuna.tsinghua.edu.cn/simple"
USTC = "https://mirrors.ustc.edu.cn/pypi/simple"
INDEX = "[global]\nindex-url = {}\n"


def pip_of(outside: Outside, prefix: str | None = None) -> dict[str, tuple[str, str]]:
    return {each.name: (each.value, each.origin) for each in pip_settings(outside, prefix)[0]}


def test_files_in_pips_order_the_last_one_wins(machine_of: MakeMachine) -> None:
    order = [
        "/etc/xdg/pip/pip.conf",
        "/etc/pip.conf",
        "/home/anna/.pip/pip.conf",
        "/home/anna/.config/pip/pip.conf",
        "/env/pip.conf",
    ]
    for last in range(1, len(order) + 1):
        files = {path: INDEX.format(f"https://h{index}.example/") for index, path in enumerate(order[:last])}
        made = machine_of(system="linux", environ={"HOME": "/home/anna"}, files=files)
        assert pip_of(made, "/env") == {
            "global.index-url": (f"https://h{last - 1}.example/", order[last - 1])
        }


def test_windows_places(machine_of: MakeMachine) -> None:
    home, roaming = r"C:\Users\anna", r"C:\Users\anna\AppData\Roaming"
    files = {
        r"C:\ProgramData\pip\pip.ini": "[global]\nproxy = http://anna:pw@proxy:3128\n",
        rf"{home}\pip\pip.ini": INDEX.format(USTC),
        rf"{roaming}\pip\pip.ini": INDEX.format(TUNA),
        r"D:\env\pip.ini": "[install]\nno-cache-dir = true\n",
    }
    environ = {"USERPROFILE": home, "APPDATA": roaming, "PROGRAMDATA": r"C:\ProgramData"}
    found = pip_of(machine_of(system="windows", environ=environ, files=files), r"D:\env")
    assert found["global.index-url"] == (TUNA, rf"{roaming}\pip\pip.ini")
    assert found["global.proxy"] == ("http://proxy:3128", r"C:\ProgramData\pip\pip.ini")
    assert found["install.no-cache-dir"] == ("true", r"D:\env\pip.ini")


def test_macos_places(machine_of: MakeMachine) -> None:
    support = "/Users/anna/Library/Application Support/pip/pip.conf"
    plain = "/Users/anna/.config/pip/pip.conf"
    made = machine_of(
        system="macos",
        environ={"HOME": "/Users/anna"},
        files={support: INDEX.format(TUNA), plain: INDEX.format(USTC)},
    )
    assert pip_of(made)["global.index-url"] == (TUNA, support)
    made = machine_of(system="macos", environ={"HOME": "/Users/anna"}, files={plain: INDEX.format(USTC)})
    assert pip_of(made)["global.index-url"] == (USTC, plain)


def linux(machine_of: MakeMachine, files: dict[str, str], **environ: str) -> RecordedOutside:
    return machine_of(system="linux", environ={"HOME": "/home/anna", **environ}, files=files)


def test_a_named_file_takes_the_place_of_the_users(machine_of: MakeMachine) -> None:
    files = {
        "/home/anna/.config/pip/pip.conf": "[global]\nno-index = true\nindex-url = https://user.example/\n",
        "/srv/other.conf": INDEX.format(TUNA),
    }
    named = pip_of(linux(machine_of, files, PIP_CONFIG_FILE="/srv/other.conf"))
    assert named == {"global.index-url": (TUNA, "/srv/other.conf")}
    missing = pip_of(linux(machine_of, files, PIP_CONFIG_FILE="/srv/absent.conf"))
    assert missing["global.index-url"][0] == "https://user.example/"
    assert pip_of(linux(machine_of, files, PIP_CONFIG_FILE="/dev/null")) == {}


def test_variables_beat_every_section(machine_of: MakeMachine) -> None:
    files = {"/env/pip.conf": "[install]\nindex-url = https://file.example/\n[global]\ntimeout = 60\n"}
    found = linux(machine_of, files, PIP_INDEX_URL=TUNA, PIP_TOKEN="secret", PIP_EXTRA_INDEX_URL="")
    assert pip_of(found, "/env") == {
        "global.timeout": ("60", "/env/pip.conf"),
        "global.index-url": (TUNA, "PIP_INDEX_URL"),
    }


def test_spelling_and_many_lines(machine_of: MakeMachine) -> None:
    lines = [
        "[global]",
        f"INDEX_URL = {TUNA}",
        "extra-index-url =",
        f"    {USTC}",
        "    https://me:pw@h.example/s",
    ]
    text = "\n".join([*lines, "[list]", "format = columns", ""])
    found = pip_of(linux(machine_of, {"/env/pip.conf": text}), "/env")
    values = {name: value for name, (value, _) in found.items()}
    assert values == {"global.index-url": TUNA, "global.extra-index-url": f"{USTC} https://h.example/s"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"index-url = x\n", "no section headers"),
        (b"\xef\xbb\xbf[global]\nindex-url = x\n", "byte order mark"),
        ("[global]\nindex-url = x\n".encode("utf-16"), "byte order mark"),
        (b"[global]\nindex-url = a\nindex-url = b\n", "already exists"),
    ],
)
def test_a_file_that_pip_can_not_read_is_named(
    outside: MakeOutside, tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "pip.conf").write_bytes(content)
    settings, trouble = pip_settings(outside(), str(tmp_path))
    assert not [each for each in settings if each.origin.startswith(str(tmp_path))]
    assert str(tmp_path / "pip.conf") in trouble
    assert words in trouble


@pytest.mark.skipif(os.name != "posix", reason="POSIX places")
def test_pip_itself_agrees(outside: MakeOutside, tmp_path: Path) -> None:
    """The real pip, asked with the same home folder and variables."""
    import importlib.util
    import sys

    if importlib.util.find_spec("pip") is None:
        pytest.skip("no pip beside the tests")
    for place, host in ((".pip", "old"), (".config/pip", "new")):
        folder = tmp_path / "home" / place
        folder.mkdir(parents=True)
        (folder / "pip.conf").write_text(
            f"[global]\nindex-url = https://{host}.example/s\n[install]\nno-deps = yes\n[download]\npre = {host}\n"
        )
    environ = {"PIP_EXTRA_INDEX_URL": "https://extra.example/s", "XDG_CONFIG_DIRS": str(tmp_path / "none")}
    at = outside(**environ)

    def pip(*asked: str) -> str:
        argv = [sys.executable, "-m", "pip", "config", *asked]
        return subprocess.run(
            argv, env=dict(at.environ), capture_output=True, text=True, check=True
        ).stdout.strip()

    # Newer versions of pip list a key once a file, in the order of the files' names: which one holds is asked for.
    rows = [line.partition("=") for line in pip("list").splitlines()]
    twice = {key for key, count in Counter(key for key, _, _ in rows).items() if count > 1}
    theirs = {key.replace(":env:", "global"): value.strip("'") for key, _, value in rows}
    theirs |= {key: pip("get", key) for key in twice}
    ours = {name: value for name, (value, _) in pip_of(at, sys.prefix).items()}
    assert ours == theirs


def conda_of(
    outside: Outside, prefix: str | None = None, root: str | None = None
) -> list[tuple[str, str, str]]:
    return [(each.name, each.value, each.origin) for each in conda_settings(outside, prefix, root)]


CONDARC = """\
# from a mirror's page
channels:
  - defaults   # last
  - "conda-forge"
show_channel_urls: true
default_channels:
- https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main
- https://anna:secret@mirror.lab/t/ab-12345678/pkgs/r
custom_channels:
  conda-forge: https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud
  'pytorch': https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud
proxy_servers:
    https: http://anna:secret@proxy.lab:3128
ssl_verify: False
envs_dirs:
  - /scratch/anna
channel_alias: [
"""


def test_what_mirrors_tell_people_to_paste(outside: MakeOutside, tmp_path: Path) -> None:
    at = outside()
    file = tmp_path / "home" / ".condarc"
    file.write_text(CONDARC)
    cloud = "https://mirrors.tuna.tsinghua.edu.cn/anaconda/cloud"
    main = "https://mirrors.tuna.tsinghua.edu.cn/anaconda/pkgs/main"
    assert conda_of(at) == [
        ("channels", "defaults, conda-forge", str(file)),
        ("default_channels", f"{main}, https://mirror.lab/t/***/pkgs/r", str(file)),
        ("custom_channels", f"conda-forge={cloud}, pytorch={cloud}", str(file)),
        ("proxy_servers", "https=http://proxy.lab:3128", str(file)),
        ("ssl_verify", "False", str(file)),
    ]


def test_the_strongest_file_comes_last(outside: MakeOutside, tmp_path: Path) -> None:
    prefix, root = tmp_path / "root" / "envs" / "dl", tmp_path / "root"
    (prefix / "conda-meta").mkdir(parents=True)
    (root / ".condarc").write_text("channels: [defaults, 'nvidia']\n")
    (prefix / ".condarc").write_text("channels:\n  - pytorch\n")
    at = outside()
    (tmp_path / "home" / ".condarc").write_text("channels:\r\n  - conda-forge\r\n")
    values = [value for _, value, _ in conda_of(at, str(prefix), str(root))]
    assert values == ["defaults, nvidia", "conda-forge", "pytorch"]


@pytest.mark.parametrize(
    "text", ["", "channels:", ":::\n- x\n", "channels: {a: b", "\x00\x01\xff", "- a\n- b", "a: [[["]
)
def test_rubbish_is_passed_over(outside: MakeOutside, tmp_path: Path, text: str) -> None:
    at = outside()
    (tmp_path / "home" / ".condarc").write_text(text)
    assert len(conda_of(at)) <= 1


def test_what_a_stronger_line_replaced_is_kept(machine_of: Callable[..., RecordedOutside]) -> None:
    from envdoctor.probes.pip_config import overridden_settings

    outside = machine_of(
        system="linux",
        environ={"HOME": "/home/li", "PIP_INDEX_URL": "https://two.example/simple"},
        files={
            "/etc/pip.conf": "[global]\nindex-url = https://one.example/simple\ntimeout = 60\n",
            "/home/li/.config/pip/pip.conf": "[global]\nindex-url = https://one.example/simple\n",
        },
    )
    (line,) = overridden_settings(outside, None)
    assert (line.value, line.origin) == ("https://one.example/simple", "/home/li/.config/pip/pip.conf")
