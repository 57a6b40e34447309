"""The user's variables count as they do for the user, and nothing of theirs spoils our answer."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from envdoctor.facts import TorchImport
from envdoctor.probes.patient import SCRIPTS

Probe = Callable[..., TorchImport]
Plant = Callable[..., Path]


@pytest.mark.parametrize("safe", ["", "1"])
def test_neither_our_folder_nor_the_working_folder_is_on_the_path(
    probe: Probe, standin: Path, safe: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    ran = probe(standin, PYTHONSAFEPATH=safe, STANDIN_FAULT="path")
    assert ran.outcome == "raised", "PYTHONPATH counts"
    assert str(standin) in (ran.error or "")
    path, argv = eval(ran.error or "")
    assert str(SCRIPTS) not in path
    assert str(tmp_path / "work") not in path and "" not in path
    assert len(argv) == 1, "the token is out of sight"


@pytest.mark.parametrize("name", ["json.py", "traceback.py", "re.py"])
def test_a_module_of_a_usual_name_hits_torch_and_not_the_answer(
    probe: Probe, planted: Plant, name: str
) -> None:
    planted("raise LookupError('I am not the real one')", name)
    ran = probe(planted(f"import {name[:-3]}"))
    assert (ran.outcome, ran.error_type, ran.error) == ("raised", "LookupError", "I am not the real one")


def test_modules_named_as_our_scripts_mean_nothing_to_the_real_torch(
    probe: Probe, planted: Plant, torch_folder: Path
) -> None:
    for name in ("interpreter.py", "torch_import.py", "cuda_driver.py"):
        site = planted("raise LookupError('I am not the real one')", name)
    assert probe(site).outcome == "imported"


def test_a_fake_json_that_is_already_imported_does_not_spoil_the_answer(
    probe: Probe, planted: Plant, standin: Path
) -> None:
    planted("dumps = None", "json.py")
    planted("import json\nprint('hello from sitecustomize', end='')", "sitecustomize.py")
    ran = probe(standin)
    assert (ran.outcome, ran.version) == ("imported", "2.9.9+cu126")
    assert probe(planted("import json\nraise ValueError(json.dumps)")).error == "None", "torch met it still"


def test_the_library_itself_on_pythonpath_is_no_stranger(probe: Probe, standin: Path) -> None:
    library = sysconfig.get_path("stdlib")
    assert probe(os.pathsep.join([str(standin), library])).outcome == "imported"


def test_an_empty_entry_of_pythonpath_is_the_working_folder(
    probe: Probe, planted: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(planted("raise LookupError('I am not the real one')", "json.py"))
    ran = probe(os.pathsep + str(tmp_path))
    assert ran.outcome in ("imported", "raised"), ran


def test_a_torch_py_in_the_working_folder_fools_nobody(
    probe: Probe, standin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise RuntimeError('the homework of lesson one')")
    (tmp_path / "json.py").write_text("raise RuntimeError('lesson two')")
    monkeypatch.chdir(tmp_path)
    assert probe(standin).outcome == "imported"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a working folder from being removed")
def test_a_working_folder_that_is_gone_matters_to_nobody(
    probe: Probe, standin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert probe(standin).outcome == "imported"


def test_warnings_turned_into_errors_change_nothing(probe: Probe, standin: Path) -> None:
    assert probe(standin, PYTHONWARNINGS="error", STANDIN_FAULT="old-habit").outcome == "imported"
