"""The recorded machines are whole, and the recorded door behaves like the live one."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

from envdoctor.facts import CudaDriver, Nvml, TorchImport
from envdoctor.outside import LiveOutside, Outside
from envdoctor.probes.host import probe_host
from envdoctor.probes.nvidia import probe_nvidia
from envdoctor.probes.other_gpus import probe_other_gpus
from envdoctor.probes.patient import ask
from envdoctor.probes.toolkit import probe_toolkit
from envdoctor.reviving import revive

RECORDINGS = sorted(path.stem for path in (Path(__file__).parent.parent / "recordings").glob("*.json"))
MACHINES = {
    "windows11-laptop-4060-cpu-torch": ("Windows 11", "551.86"),
    "windows11-healthy-3060": ("Windows 11", "560.94"),
    "windows10-no-driver": ("Windows 10", None),
    "windows-store-python": ("Windows 11", "566.36"),
    "macos14-m2-healthy": ("macOS 14.5", None),
    "macos-rosetta": ("macOS 13.6.4", None),
    "wsl2-healthy": ("Ubuntu 22.04.5 LTS", None),
    "wsl2-no-libcuda": ("Ubuntu 22.04.5 LTS", None),
    "docker-no-gpu": ("Debian GNU/Linux 12 (bookworm)", "550.54.14"),
    "linux-v100-cu130": ("Ubuntu 22.04.5 LTS", "580.82.07"),
}


def test_every_recording_is_expected():
    assert set(RECORDINGS) == set(MACHINES)


@pytest.mark.parametrize("name", RECORDINGS)
def test_file_probes_agree_on_a_recording(recorded, name):
    outside = recorded(name)
    system, driver = MACHINES[name]
    assert probe_host(outside).value.os_name == system
    assert probe_nvidia(outside).value.driver_version == driver
    for reading in (probe_other_gpus(outside), probe_toolkit(outside)):
        assert isinstance(reading.unknown, dict)


@pytest.mark.parametrize("name", RECORDINGS)
def test_scripts_of_a_recording_answer_in_the_facts_own_words(recorded, name):
    outside = recorded(name)
    assert outside.recording["note"].startswith("Composed from the documented formats")
    scripts = outside.recording["scripts"]
    assert scripts["interpreter"]["version"]
    for script, block in (("torch_import", TorchImport), ("cuda_driver", CudaDriver), ("nvml", Nvml)):
        if script in scripts:
            answer = {key: value for key, value in scripts[script].items() if value is not None}
            assert revive(block, answer, script) is not None
            assert set(answer) <= set(block.__dataclass_fields__), script


@pytest.mark.parametrize("name", RECORDINGS)
def test_installed_files_of_a_recording_are_all_there(recorded, name):
    outside = recorded(name)
    records = [path for path in outside.recording["files"] if path.endswith("RECORD")]
    assert any("torch-" in path for path in records)
    for record in records:
        site = outside.path.dirname(outside.path.dirname(record))
        for listed, *_ in csv.reader(outside.read_text(record).splitlines()):
            assert outside.is_file(outside.path.join(site, listed)), listed


# The recorded door


def make(machine_of) -> Outside:
    return machine_of(
        system="linux",
        cwd="/home/a",
        environ={"PATH": "/nowhere:/usr/bin"},
        files={"/usr/bin/tool": "#!/bin/sh\n", "/etc/real/conf": "hello", "/secret/key": "x"},
        links={"/etc/link": "real", "/usr/bin/alias": "/usr/bin/tool", "/loop": "/loop"},
        nodes=["/dev/nvidia0"],
        forbidden=["/secret"],
        disk={"/": [1, 2], "/home": [3, 4]},
        commands=[
            {"starts_with": ["tool", "-v"], "stdout": "1.0"},
            {"argv0": "tool", "outcome": "timed-out"},
        ],
    )


def test_files_links_and_permissions(machine_of):
    outside = make(machine_of)
    assert outside.read_text("/etc/link/conf") == "hello"
    assert outside.read_text("/etc/real/conf", 2) == "he"
    assert outside.resolve("/etc/link/conf") == "/etc/real/conf"
    assert outside.list_folder("/etc") == ("link", "real")
    assert (
        outside.is_folder("/etc/link") and outside.is_file("/usr/bin/alias") and not outside.is_file("/etc")
    )
    assert outside.read_text("/secret/key") is None
    assert outside.exists("/secret/key") and not outside.may("/secret/key", "read")
    assert outside.exists("/dev/nvidia0") and not outside.is_file("/dev/nvidia0")
    assert not outside.exists("/dev/nvidia1") and not outside.exists("/loop")
    assert outside.which("alias") == "/usr/bin/alias" and outside.which("nothing") is None
    assert outside.disk("/home/a/new") == (3, 4) and outside.disk("/homely") == (1, 2)


def test_commands_and_scripts(machine_of):
    outside = make(machine_of)
    assert outside.run(["tool", "-v", "x"], timeout=1).stdout == "1.0"
    assert outside.run(["/usr/bin/tool"], timeout=1).outcome == "timed-out"
    assert outside.run(["other"], timeout=1).outcome == "not-started"
    told = machine_of(
        system="linux",
        scripts={
            "interpreter": {"version": "3.12.1"},
            "interpreter@/old/python": {"parts": [{"version": "3.5.1"}], "exit_code": -11},
        },
    )
    answer = ask(told, ["/usr/bin/python3"], "interpreter", timeout=1)
    assert (answer.state, answer.data["version"]) == ("answered", "3.12.1")
    crashed = ask(told, ["/old/python"], "interpreter", timeout=1)
    assert (crashed.state, crashed.data["version"], crashed.ran.exit_code) == ("partial", "3.5.1", -11)
    assert ask(told, ["/usr/bin/python3"], "torch_import", timeout=1).ran.outcome == "not-started"


def test_windows_knows_neither_case_nor_the_kind_of_slash(recorded):
    outside = recorded("windows11-healthy-3060")
    assert outside.read_text("c:/users/ANNA/proj/.venv/PYVENV.CFG").startswith("home = ")
    assert outside.registry(r"hklm\software\microsoft\windows nt\currentversion")["CurrentBuild"] == "26100"
    assert outside.registry_keys(r"HKLM\SOFTWARE\Microsoft\VisualStudio\14.0\VC") == ("Runtimes",)
    assert outside.registry(r"HKLM\SOFTWARE\Nobody") is None
    assert outside.environ["SYSTEMROOT"] == r"C:\Windows"
    assert outside.which("nvidia-smi") == r"C:\Windows\system32\nvidia-smi.exe"


@pytest.mark.skipif(sys.platform == "win32", reason="makes links")
def test_the_recorded_door_answers_like_the_live_one(machine_of, tmp_path):
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "text").write_text("words")
    (root / "short").symlink_to("a/b")
    (root / "dangling").symlink_to("nowhere")
    live = LiveOutside(environ={"PATH": str(root / "a" / "b")}, cwd=str(root))
    replay = machine_of(
        system=live.system,
        environ=live.environ,
        cwd=live.cwd,
        files={str(root / "a" / "b" / "text"): "words"},
        links={str(root / "short"): "a/b", str(root / "dangling"): "nowhere"},
    )
    for path in ("a", "a/b/text", "short", "short/text", "dangling", "missing", "a/../short/text"):
        full = f"{root}/{path}"
        for door in ("read_text", "list_folder", "is_file", "is_folder", "exists"):
            assert getattr(replay, door)(full) == getattr(live, door)(full), (door, path)
    assert replay.resolve(f"{root}/short/text") == str(root / "a" / "b" / "text")


def test_the_live_door_tells_the_libc_and_the_user():
    outside = LiveOutside()
    assert isinstance(outside.is_root, bool)
    libc = outside.libc()
    assert libc is None or libc.split()[0] == "glibc"
    assert (outside.cpu_features() is None) == (sys.platform != "win32")
