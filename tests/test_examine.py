"""Whole machines, recorded, through every probe and rule: the verdict a person would read."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from envdoctor.errors import EnvdoctorError
from envdoctor.examine import Examination, examine
from envdoctor.facts.saved import facts_from_json, facts_to_json
from envdoctor.machine import Machine
from envdoctor.messages import catalogue
from envdoctor.outside import Outside
from envdoctor.reports.diagnosis import Diagnosis, diagnose
from envdoctor.reports.json import as_json
from envdoctor.reports.text import Style, as_text

TODAY = date(2026, 11, 24)
VERDICTS = {
    "docker-no-gpu": "container-no-gpu",
    "linux-v100-cu130": "gpu-too-old-for-build",
    "macos-rosetta": "python-rosetta",
    "macos14-m2-healthy": None,
    "windows-store-python": None,
    "windows10-no-driver": "driver-missing",
    "windows11-healthy-3060": None,
    "windows11-laptop-4060-cpu-torch": "mirror-lacks-cuda-build",
    "wsl2-healthy": None,
    "wsl2-no-libcuda": "wsl-driver",
}
PIP_INI = "C:\\Users\\Li\\AppData\\Roaming\\pip\\pip.ini"

Load = Callable[..., Outside]


def diagnosed(outside: Outside, *, quick: bool = False) -> Diagnosis:
    facts = examine(outside, Examination(quick=quick))
    return diagnose(Machine(facts, today=TODAY), "live", catalogue(), str)


@pytest.mark.parametrize("name", VERDICTS)
def test_the_root_cause_of_a_recorded_machine(recorded: Load, name: str) -> None:
    found = diagnosed(recorded(name))
    assert found.primary == VERDICTS[name]
    assert [probe for probe in found.facts.probes if probe.outcome != "ok"] == []


@pytest.mark.parametrize("name", [name for name, cause in VERDICTS.items() if cause is None])
def test_a_healthy_machine_is_told_so_in_one_sentence(recorded: Load, name: str) -> None:
    found = diagnosed(recorded(name))
    assert found.verdict == "ok"
    assert "All is well" in as_text(found, Style())


@pytest.mark.parametrize(
    "name", ["windows11-laptop-4060-cpu-torch", "linux-v100-cu130", "wsl2-no-libcuda", "macos-rosetta"]
)
def test_files_alone_are_enough_for_most_verdicts(recorded: Load, name: str) -> None:
    found = diagnosed(recorded(name), quick=True)
    assert found.primary == VERDICTS[name]
    assert {probe.name for probe in found.facts.probes if probe.outcome == "skipped"} == {
        "torch_import",
        "cuda_driver",
    }


def test_the_laptop_gets_the_build_of_the_design(recorded: Load) -> None:
    found = diagnosed(recorded("windows11-laptop-4060-cpu-torch"))
    uninstall, install = found.findings[0].remedies[0].commands
    assert uninstall == ("python", "-m", "pip", "uninstall", "-y", "torch", "torchvision", "torchaudio")
    assert install[:6] == (
        "python",
        "-m",
        "pip",
        "install",
        "torch==2.14.1+cu126",
        "torchvision==0.29.1+cu126",
    )
    # pip is configured to use Tsinghua's mirror there, which has no wheels of PyTorch's own index.
    assert install[-4:] == (
        "--index-url",
        "https://pypi.tuna.tsinghua.edu.cn/simple",
        "--extra-index-url",
        "https://mirror.nju.edu.cn/pytorch/whl/cu126",
    )


def test_without_a_configured_mirror_the_wheels_come_from_pytorch_itself(recorded: Load) -> None:
    found = diagnosed(recorded("windows11-laptop-4060-cpu-torch", files={PIP_INI: None}))
    install = found.findings[0].remedies[0].commands[-1]
    assert install[-2:] == ("--index-url", "https://download.pytorch.org/whl/cu126")


@pytest.mark.parametrize("name", VERDICTS)
def test_facts_survive_their_own_json(recorded: Load, name: str) -> None:
    facts = examine(recorded(name), Examination())
    assert facts_from_json(json.loads(json.dumps(facts_to_json(facts)))) == facts


@pytest.mark.parametrize("name", VERDICTS)
def test_the_json_has_the_shape_of_version_1(recorded: Load, name: str) -> None:
    found = diagnosed(recorded(name))
    report = as_json(found)
    assert report["schema"] == 1
    assert report["verdict"] == found.verdict
    assert report["primary"] == VERDICTS[name]
    findings = report["findings"]
    assert isinstance(findings, list)
    for finding in findings:
        assert set(finding) == {"code", "severity", "title", "detail", "evidence", "caused_by", "remedies"}
        assert finding["severity"] in ("error", "warning", "info", "ok")


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("name", VERDICTS)
def test_prose_fits_the_width_and_commands_stay_whole(recorded: Load, name: str, width: int) -> None:
    found = diagnosed(recorded(name))
    commands = {
        word
        for finding in found.findings
        for remedy in finding.remedies
        for argv in remedy.commands
        for word in argv
    }
    commands.add("envdoctor explain ")
    for line in as_text(found, Style(width=width)).splitlines():
        prose = not any(line.startswith(word) for word in commands)
        assert not prose or len(line) <= width or " " not in line.strip(), line


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252", "utf-8", "no-such-encoding"])
def test_any_terminal_can_show_the_report(recorded: Load, encoding: str) -> None:
    text = as_text(diagnosed(recorded("docker-no-gpu")), Style(encoding=encoding))
    if encoding != "no-such-encoding":
        text.encode(encoding)
    assert "container-no-gpu" in text


def test_control_characters_of_the_machine_do_not_reach_the_terminal(recorded: Load) -> None:
    found = diagnosed(recorded("linux-v100-cu130", environ={"CUDA_VISIBLE_DEVICES": "\x1b]0;owned\x07-1"}))
    assert "\x1b" not in as_text(found, Style())
    assert "\x07" not in as_text(found, Style())


def test_assumed_facts_change_the_verdict(recorded: Load) -> None:
    from envdoctor.assume import assume

    facts = examine(recorded("wsl2-healthy"), Examination())
    other = assume(
        facts, ["os=windows", "python=3.12", "driver=551.61", "gpu=NVIDIA GeForce GTX 1060", "torch=2.15.0"]
    )
    found = diagnose(Machine(other, today=TODAY), "live", catalogue(), str)
    assert found.primary == "torch-cpu-build"
    assert other.host.os_name == "Windows", "nothing of this machine's host leaks into the answer"
    older = assume(facts, ["driver=470.57.02"])
    assert diagnose(Machine(older, today=TODAY), "live", catalogue(), str).primary == "driver-too-old"


class _DeadMount:
    """A machine on which every look below one folder takes for ever, as on a mount whose server is gone."""

    def __init__(self, machine: Outside, folder: str) -> None:
        self._machine, self._folder = machine, folder
        self.awake = threading.Event()

    def __getattr__(self, name: str) -> object:
        found = getattr(self._machine, name)
        if not callable(found):
            return found

        def look(*arguments: object, **options: object) -> object:
            if arguments and isinstance(arguments[0], str) and arguments[0].startswith(self._folder):
                self.awake.wait()
            return found(*arguments, **options)

        return look


@pytest.fixture
def dead_mount() -> Iterator[Callable[[Outside, str], _DeadMount]]:
    made: list[_DeadMount] = []

    def make(machine: Outside, folder: str) -> _DeadMount:
        made.append(_DeadMount(machine, folder))
        return made[-1]

    yield make
    for each in made:
        each.awake.set()


@pytest.mark.parametrize(("folder", "probe"), [("/proc/driver/nvidia", "nvidia"), ("/dev/shm", "host")])
def test_a_dead_mount_is_a_fact_about_one_probe(
    recorded: Load,
    dead_mount: Callable[[Outside, str], _DeadMount],
    monkeypatch: pytest.MonkeyPatch,
    folder: str,
    probe: str,
) -> None:
    monkeypatch.setattr("envdoctor.examine.GRACE", 0.5)
    machine = dead_mount(recorded("linux-v100-cu130"), folder)
    started = time.monotonic()
    facts = examine(machine, Examination(timeout=2))
    assert time.monotonic() - started < 20
    late = {each.name for each in facts.probes if each.outcome == "timed-out"}
    assert late == {probe}
    assert facts.unknown[probe].key == "ended.timed-out"
    assert facts.interpreter.version is not None


def test_a_search_path_on_a_dead_mount_is_one_clear_sentence(
    recorded: Load, dead_mount: Callable[[Outside, str], _DeadMount], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("envdoctor.examine.GRACE", 0.2)
    machine = dead_mount(recorded("linux-v100-cu130"), "")
    with pytest.raises(EnvdoctorError, match="network drive that does not answer") as stopped:
        examine(machine, Examination(timeout=0.2))
    assert stopped.value.exit_code == 3
